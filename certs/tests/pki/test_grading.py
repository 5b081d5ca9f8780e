"""Days and validity, to the second and in every zone."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from certs.pki.grading import (
    CRITICAL_DAYS,
    EXPIRING_DAYS,
    Validity,
    day_start,
    days_left,
    validity,
)

BERLIN = ZoneInfo("Europe/Berlin")
SECOND = timedelta(seconds=1)
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ZONES = [
    UTC,
    BERLIN,
    ZoneInfo("America/New_York"),
    ZoneInfo("America/Havana"),  # midnight comes twice
    ZoneInfo("Africa/Cairo"),  # midnight is skipped
    ZoneInfo("Atlantic/Azores"),
    ZoneInfo("Asia/Kathmandu"),
    ZoneInfo("Australia/Lord_Howe"),  # half an hour of summer time
    ZoneInfo("Pacific/Apia"),
    timezone(timedelta(hours=14)),
]


@pytest.mark.parametrize(
    ("not_after", "days"),
    [
        (datetime(2026, 5, 4, 0, 0, tzinfo=BERLIN), 0),
        (datetime(2026, 5, 4, 23, 59, 59, tzinfo=BERLIN), 0),
        (datetime(2026, 5, 5, 0, 0, tzinfo=BERLIN), 1),
        (datetime(2026, 5, 3, 23, 59, 59, tzinfo=BERLIN), -1),
        (datetime(2026, 5, 4, 22, 0, tzinfo=UTC), 1),
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), 2_912_319),
    ],
)
def test_days_are_calendar_days_where_now_is(not_after, days):
    now = datetime(2026, 5, 4, 18, 30, tzinfo=BERLIN)

    assert days_left(not_after, now=now) == days


def test_a_date_before_the_calendar_of_a_zone_is_long_past():
    now = datetime(2026, 5, 4, tzinfo=ZoneInfo("America/New_York"))

    assert days_left(datetime(1, 1, 1, tzinfo=UTC), now=now) < -700_000


@pytest.mark.parametrize(
    ("now", "start"),
    [
        (datetime(2026, 5, 4, 18, tzinfo=UTC), datetime(2026, 5, 11, tzinfo=UTC)),
        (
            datetime(2026, 3, 24, 12, tzinfo=BERLIN),  # summer time begins between
            datetime(2026, 3, 30, 22, tzinfo=UTC),
        ),
        (
            datetime(2026, 4, 17, 12, tzinfo=ZoneInfo("Africa/Cairo")),
            datetime(2026, 4, 23, 22, tzinfo=UTC),  # 00:00 is 01:00 on 24 April
        ),
        (
            datetime(2026, 10, 25, 12, tzinfo=ZoneInfo("America/Havana")),
            datetime(2026, 11, 1, 4, tzinfo=UTC),  # the first of two midnights
        ),
    ],
)
def test_a_day_starts_at_midnight_where_now_is(now, start):
    assert day_start(now, days=7) == start
    assert day_start(now, days=7).tzinfo is UTC


@given(
    now=st.datetimes(
        datetime(2025, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
        datetime(2035, 1, 1),  # noqa: DTZ001 - the same
        timezones=st.sampled_from(ZONES),
    ),
    days=st.integers(-30, 400),
    distance=st.one_of(st.integers(-2, 2), st.integers(-100_000, 100_000)),
)
def test_before_the_start_of_a_day_means_fewer_days_left(now, days, distance):
    not_after = day_start(now, days=days) + distance * SECOND

    is_before = not_after < day_start(now, days=days)

    assert is_before == (days_left(not_after, now=now) < days)


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [
        (NOW + SECOND, NOW + timedelta(days=90), Validity.PENDING),
        (NOW, NOW + timedelta(days=90), Validity.VALID),
        (NOW - SECOND, NOW - SECOND, Validity.EXPIRED),
        (NOW + SECOND, NOW - SECOND, Validity.EXPIRED),
        (NOW - SECOND, NOW, Validity.CRITICAL),
        (NOW, day_start(NOW, days=CRITICAL_DAYS) - SECOND, Validity.CRITICAL),
        (NOW, day_start(NOW, days=CRITICAL_DAYS), Validity.EXPIRING),
        (NOW, day_start(NOW, days=EXPIRING_DAYS) - SECOND, Validity.EXPIRING),
        (NOW, day_start(NOW, days=EXPIRING_DAYS), Validity.VALID),
    ],
)
def test_validity_changes_at_the_second(begins, ends, expected):
    assert validity(begins, ends, now=NOW) is expected


def test_a_now_without_a_zone_is_refused():
    naive = NOW.replace(tzinfo=None)

    with pytest.raises(ValueError, match="time zone"):
        days_left(NOW, now=naive)
    with pytest.raises(ValueError, match="time zone"):
        day_start(naive, days=1)
