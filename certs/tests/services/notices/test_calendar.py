from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from certs.models import Policy
from certs.services.notices import calendar

SATURDAY = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def policy(**fields):
    return Policy(**{"time_zone": "UTC", **fields})


def utc(year, month, day, hour=0, minute=0, second=0):
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def test_inside_its_hours_it_is_open_at_once():
    assert calendar.next_opening(policy(), SATURDAY) == SATURDAY


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        (utc(2026, 11, 21, 7, 59), utc(2026, 11, 21, 8)),
        (utc(2026, 11, 21, 8, 0), utc(2026, 11, 21, 8)),
        (utc(2026, 11, 21, 17, 59), utc(2026, 11, 21, 17, 59)),
        (utc(2026, 11, 21, 18, 0), utc(2026, 11, 22, 8)),
    ],
)
def test_hours_begin_at_the_first_and_end_before_the_last(moment, opening):
    assert calendar.next_opening(policy(), moment) == opening


def test_weekdays_and_holidays_are_left_out():
    closed = policy(weekdays="01234", holidays=("2026-11-23", "11-24"))

    assert calendar.next_opening(closed, SATURDAY) == utc(2026, 11, 25, 8)
    assert calendar.next_opening(closed, SATURDAY, any_day=True) == SATURDAY


def test_the_end_of_the_year_is_closed():
    closed = policy(
        weekdays="01234", holidays=("12-24", "12-25", "12-31", "2027-01-01")
    )

    assert calendar.next_opening(closed, utc(2026, 12, 24)) == utc(2026, 12, 28, 8)
    assert calendar.next_opening(closed, utc(2026, 12, 31)) == utc(2027, 1, 4, 8)


def test_a_calendar_without_an_open_day_loses_nothing():
    closed = policy(weekdays="")

    assert calendar.next_opening(closed, SATURDAY) == SATURDAY
    assert calendar.next_opening(closed, SATURDAY + 8 * HOUR) == utc(2026, 11, 22, 8)


def test_hours_that_are_none_last_until_midnight():
    odd = policy(from_hour=20, until_hour=6)

    assert calendar.next_opening(odd, SATURDAY) == utc(2026, 11, 21, 20)
    assert calendar.next_opening(odd, utc(2026, 11, 21, 23)) == utc(2026, 11, 21, 23)


def test_hours_are_those_of_the_zone():
    far = policy(time_zone="Pacific/Auckland", weekdays="0")

    # Monday, 8:00 in Auckland is Sunday in Greenwich.
    assert calendar.next_opening(far, SATURDAY) == utc(2026, 11, 22, 19)


def test_without_a_zone_it_is_the_site_s_own(settings):
    settings.DEFAULT_VIEWER_ZONE = "Europe/Oslo"

    assert calendar.zone(Policy()) == ZoneInfo("Europe/Oslo")


def test_the_hour_is_the_same_before_and_after_the_clocks_change():
    oslo = policy(time_zone="Europe/Oslo")

    assert calendar.next_opening(oslo, utc(2026, 10, 24)) == utc(2026, 10, 24, 6)
    assert calendar.next_opening(oslo, utc(2026, 10, 25)) == utc(2026, 10, 25, 7)
    assert calendar.next_opening(oslo, utc(2027, 3, 28)) == utc(2027, 3, 28, 6)


def test_an_hour_that_the_clock_skips_opens_after_it():
    oslo = policy(time_zone="Europe/Oslo", from_hour=2, until_hour=3)

    assert calendar.next_opening(oslo, utc(2027, 3, 27, 12)) == utc(2027, 3, 28, 1)
    assert calendar.next_opening(oslo, utc(2027, 3, 28, 1)) == utc(2027, 3, 29, 0)


def test_an_hour_that_comes_twice_is_open_twice():
    oslo = policy(time_zone="Europe/Oslo", from_hour=2, until_hour=3)

    for hour in (0, 1):
        moment = utc(2026, 10, 25, hour, 30)
        assert calendar.next_opening(oslo, moment) == moment


def test_a_day_whose_midnight_is_skipped_begins_later():
    beirut = ZoneInfo("Asia/Beirut")

    assert calendar.day_start(date(2027, 3, 28), at=beirut) == utc(2027, 3, 27, 22)


def test_the_end_of_time_is_no_error():
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    far = policy(time_zone="Pacific/Auckland")

    assert calendar.local_day(last, at=ZoneInfo("Pacific/Auckland")) == date.max
    assert calendar.next_opening(far, last) == last
    first = datetime(1, 1, 1, tzinfo=UTC)
    assert calendar.day_start(date.min, at=ZoneInfo("Pacific/Auckland")) == first


def test_what_ends_before_the_opening_is_told_on_any_day_or_at_once():
    closed = policy(weekdays="0")
    due = calendar.due

    assert due(closed, SATURDAY, not_after=SATURDAY + 9 * DAY) == utc(2026, 11, 23, 8)
    assert due(closed, SATURDAY, not_after=SATURDAY + DAY) == SATURDAY
    evening = SATURDAY + 7 * HOUR
    assert due(closed, evening, not_after=SATURDAY + DAY) == utc(2026, 11, 22, 8)
    assert due(closed, evening, not_after=evening + HOUR) == evening
    # After the end there is time.
    assert due(closed, evening, not_after=SATURDAY) == utc(2026, 11, 23, 8)


def test_holidays_are_days():
    calendar.validate_holidays(("2026-12-25", "12-25", "02-29"))

    for line in ("25.12.", "13-01", "2026-02-29", "2026-12-25 ", "0000-01-01"):
        with pytest.raises(ValidationError, match="is no day"):
            calendar.validate_holidays((line,))
    with pytest.raises(ValidationError, match="At most"):
        calendar.validate_holidays(("12-25",) * 401)


@pytest.mark.parametrize("days", ["", "7", "00", "mon"])
def test_weekdays_are_some_of_seven(days):
    calendar.validate_weekdays("0123456")

    with pytest.raises(ValidationError):
        calendar.validate_weekdays(days)


def test_hours_open_before_they_close():
    calendar.validate_hours(0, 24)

    with pytest.raises(ValidationError):
        calendar.validate_hours(18, 8)
