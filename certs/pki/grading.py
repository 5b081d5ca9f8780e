"""Facts and a moment in, verdicts out."""

from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum

CRITICAL_DAYS = 7
EXPIRING_DAYS = 21


class Validity(StrEnum):
    """Where a certificate stands in its life."""

    PENDING = "pending"
    VALID = "valid"
    EXPIRING = "expiring"
    CRITICAL = "critical"
    EXPIRED = "expired"


def days_left(not_after: datetime, *, now: datetime) -> int:
    """Return the calendar days from today to the last day, in `now`'s own zone.

    0 is today, negative is past. Both are aware datetimes; raises ValueError when
    `now` is not.
    """
    zone = _zone(now)
    try:
        last_day = not_after.astimezone(zone).date()
    except OverflowError:  # 9999-12-31T23:59:59Z, RFC 5280 section 4.1.2.5
        last_day = not_after.date()
    return (last_day - now.date()).days


def day_start(now: datetime, *, days: int) -> datetime:
    """Return when the day `days` from today begins in `now`'s zone, as UTC datetime.

    `not_after < day_start(now, days=n)` says the same as `days_left(…) < n`, also
    across changes of the clock: where midnight is skipped, the day begins later,
    where it comes twice, it begins with the first. Raises ValueError when `now` is
    not aware.
    """
    zone = _zone(now)
    day = now.date() + timedelta(days=days)
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def validity(not_before: datetime, not_after: datetime, *, now: datetime) -> Validity:
    """Return where a certificate stands at `now`; all three are aware datetimes.

    Both ends belong to the validity period (RFC 5280 section 4.1.2.5). A certificate
    is critical below 7 and expiring below 21 calendar days in `now`'s zone. Raises
    ValueError when `now` is not aware.
    """
    if now > not_after:
        return Validity.EXPIRED
    if now < not_before:
        return Validity.PENDING
    days = days_left(not_after, now=now)
    if days < CRITICAL_DAYS:
        return Validity.CRITICAL
    return Validity.EXPIRING if days < EXPIRING_DAYS else Validity.VALID


def _zone(now: datetime) -> tzinfo:
    if now.tzinfo is None:
        raise ValueError("`now` needs a time zone.")
    return now.tzinfo
