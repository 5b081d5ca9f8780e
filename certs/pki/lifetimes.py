"""How long a public certificate may live (CA/Browser Forum, Baseline Requirements)."""

from datetime import UTC, datetime, timedelta

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
# Until March 2018 the limit was 39 months, which are so many days at most.
_DAYS_BEFORE = 1188
# Section 6.3.2, as ballot SC-081v3 left it: from which day of issue, and the days.
_LIMITS = (
    (datetime(2029, 3, 15, tzinfo=UTC), 47),
    (datetime(2027, 3, 15, tzinfo=UTC), 100),
    (datetime(2026, 3, 15, tzinfo=UTC), 200),
    (datetime(2020, 9, 1, tzinfo=UTC), 398),
    (datetime(2018, 3, 1, tzinfo=UTC), 825),
)


def lifetime_days(not_before: datetime, not_after: datetime) -> int:
    """Return the days that a certificate lives, a day begun counting as a whole one.

    A day is 86,400 seconds and the last second belongs to the lifetime, so that from
    midnight to midnight is a day and a second, which is two days. Section 6.3.2.
    """
    return -((not_before - not_after - _SECOND) // _DAY)


def longest_days(not_before: datetime) -> int:
    """Return the days that a certificate issued at `not_before` may live."""
    for begin, days in _LIMITS:
        if not_before >= begin:
            return days
    return _DAYS_BEFORE
