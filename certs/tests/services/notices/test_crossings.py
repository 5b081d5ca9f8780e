from datetime import UTC, datetime, timedelta

import pytest

from certs.models import Policy
from certs.services.notices import crossings
from certs.services.notices.crossings import Ladder

DAY = timedelta(days=1)
END = datetime(2027, 3, 1, 15, 30, tzinfo=UTC)


def policy(**fields):
    return Policy(**{"time_zone": "UTC", **fields})


def planned(policy, *, lifetime, end=END):
    return crossings.plan(policy, not_before=end - lifetime * DAY, not_after=end)


def keys(steps):
    return [each.key for each in steps]


def midnight(days):
    return datetime(2027, 3, 1, tzinfo=UTC) - days * DAY


@pytest.mark.parametrize(
    ("lifetime", "steps"),
    [
        (6, ["1/2", "1/4", "0d"]),
        (10, ["1/2", "1/4", "0d"]),
        (47, ["1/3", "1/6", "3d", "1d", "0d"]),
        (100, ["1/3", "1/6", "3d", "1d", "0d"]),
        (200, ["60d", "30d", "14d", "7d", "3d", "1d", "0d"]),
        (3650, ["60d", "30d", "14d", "7d", "3d", "1d", "0d"]),
    ],
)
def test_the_lifetime_decides_where_a_policy_does_not(lifetime, steps):
    assert keys(planned(policy(), lifetime=lifetime)) == steps


def test_days_are_crossed_at_midnight_and_parts_at_their_instant():
    steps = planned(policy(steps="7d 1/4"), lifetime=10)

    found = {each.key: each.crossed_at for each in steps}
    assert found == {
        "7d": midnight(7),
        "1/4": END - 2.5 * DAY,
        "0d": midnight(0),
    }


def test_a_part_of_a_second_is_crossed_at_the_next_whole_one():
    (step, _) = planned(policy(steps="1/7"), lifetime=10)

    assert step.crossed_at.microsecond == 0
    assert timedelta() <= step.crossed_at - (END - 10 * DAY / 7) < timedelta(seconds=1)


def test_midnight_is_that_of_the_zone():
    far = policy(steps="1d", time_zone="Pacific/Auckland")  # where END is 2 March

    (step, last) = planned(far, lifetime=100)

    assert step.crossed_at == datetime(2027, 2, 28, 11, tzinfo=UTC)
    assert last.crossed_at == datetime(2027, 3, 1, 11, tzinfo=UTC)


def test_days_are_calendar_days_across_a_change_of_the_clock():
    end = datetime(2027, 3, 30, 10, tzinfo=UTC)
    oslo = policy(steps="7d", time_zone="Europe/Oslo")

    (step, _) = planned(oslo, lifetime=100, end=end)

    assert step.crossed_at == datetime(2027, 3, 22, 23, tzinfo=UTC)


def test_steps_before_the_certificate_begins_are_none():
    assert keys(planned(policy(steps="60d 7d"), lifetime=30)) == ["7d", "0d"]
    assert keys(planned(policy(steps="60d"), lifetime=30)) == ["0d"]


def test_a_certificate_of_an_afternoon_has_its_day_from_when_it_begins():
    (step,) = planned(policy(steps="7d"), lifetime=0.1)

    assert (step.key, step.crossed_at) == ("0d", END - 0.1 * DAY)


def test_the_last_step_before_the_end_is_marked():
    steps = planned(policy(steps="7d 1d"), lifetime=100)

    assert [each.key for each in steps if each.is_last] == ["1d"]
    (only,) = planned(policy(steps="60d"), lifetime=30)
    assert only.is_last


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        (END, END - DAY),  # it ends before it begins
        (END, END),
        (datetime(1, 1, 1, tzinfo=UTC), datetime(1, 1, 2, tzinfo=UTC)),
        (END, datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "Pacific/Pago_Pago"])
def test_dates_that_make_no_sense_are_no_error(begin, end, zone):
    odd = policy(steps="30d 1/3", time_zone=zone, daily_after_step=True)
    ladder = Ladder(odd, not_before=begin, not_after=end)

    assert "0d" in keys(ladder.steps)
    assert [each.due_at for each in ladder.steps]
    assert len(ladder.crossed(END)) <= 4
    assert len(ladder.coming(END, END + 5 * DAY)) <= 6


def test_after_the_end_each_day_is_crossed_and_the_missed_ones_are_over():
    ladder = Ladder(policy(steps="1d"), not_before=END - 90 * DAY, not_after=END)

    assert keys(ladder.crossed(END + DAY)) == ["1d", "0d", "ended+1"]
    assert keys(ladder.crossed(END + 9 * DAY)) == ["1d", "0d", "ended+9"]
    assert keys(ladder.coming(END, END + 2 * DAY)) == ["ended+1", "ended+2"]


def test_reminders_come_on_open_days_between_steps():
    daily = policy(steps="7d 3d", daily_after_step=True, weekdays="01235")
    ladder = Ladder(daily, not_before=END - 90 * DAY, not_after=END)  # a Monday

    found = keys(ladder.coming(END - 9 * DAY, END + DAY))

    # 7d is on Monday, 22 February; 3d on a closed Friday, and told on Saturday.
    assert found == [
        "7d",
        "reminder/2027-02-23",
        "reminder/2027-02-24",
        "reminder/2027-02-25",
        "3d",
        "0d",
        "ended+1",
    ]


def test_of_what_is_told_daily_the_next_one_can_be_had_alone():
    daily = policy(steps="7d 3d", daily_after_step=True, weekdays="01235")
    ladder = Ladder(daily, not_before=END - 90 * DAY, not_after=END)

    found = ladder.coming(END - 9 * DAY, END + 9 * DAY, each_day=False)

    steps = ["7d", "reminder/2027-02-23", "3d", "0d", "ended+1"]
    assert keys(found) == steps


def test_nobody_is_reminded_before_they_could_be_told():
    daily = policy(steps="10d", daily_after_step=True, weekdays="12")
    ladder = Ladder(daily, not_before=END - 90 * DAY, not_after=END)

    # 10d is on Friday, 19 February; it is told on Tuesday.
    assert keys(ladder.coming(END - 12 * DAY, END - DAY)) == [
        "10d",
        "reminder/2027-02-24",
    ]


def test_one_that_renews_itself_has_no_steps_until_it_is_overdue():
    itself = policy(steps="40d 30d 14d 3d", renews_itself=True)

    steps = planned(itself, lifetime=90)

    assert keys(steps) == ["overdue", "14d", "3d", "0d"]
    assert steps[0].crossed_at == END - 28 * DAY
    given = policy(steps="3d", renews_itself=True, renewal_expected="20d")
    assert planned(given, lifetime=90)[0].crossed_at == midnight(20) + 2 * DAY


def test_grace_is_no_longer_than_half_of_what_is_left():
    itself = policy(renews_itself=True, renewal_grace_days=30)

    steps = planned(itself, lifetime=6)

    assert keys(steps) == ["overdue", "0d"]
    assert steps[0].crossed_at == END - DAY
    blank = policy(renews_itself=True, renewal_expected="")
    assert planned(blank, lifetime=90)[0].crossed_at == END - 28 * DAY


def test_a_renewal_expected_before_it_begins_is_expected_at_once():
    itself = policy(renews_itself=True, renewal_expected="90d")

    steps = planned(itself, lifetime=30)

    assert steps[0].crossed_at == END - 28 * DAY
    assert steps[0].key == "overdue"


def test_a_six_day_certificate_over_a_weekend_is_told_of_in_time():
    weekdays = policy(weekdays="01234")
    end = datetime(2026, 11, 23, 6, tzinfo=UTC)  # a Monday, before anybody is in

    half, quarter, last = planned(weekdays, lifetime=6, end=end)

    assert half.due_at == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert quarter.crossed_at == datetime(2026, 11, 21, 18, tzinfo=UTC)
    assert quarter.due_at == datetime(2026, 11, 22, 8, tzinfo=UTC)  # a Sunday
    assert last.due_at == datetime(2026, 11, 23, tzinfo=UTC)  # at once


def test_what_ends_on_a_holiday_is_told_on_it():
    closed = policy(steps="1d", holidays=("12-24", "12-25"))
    end = datetime(2026, 12, 25, 20, tzinfo=UTC)

    step, last = planned(closed, lifetime=90, end=end)

    assert step.due_at == datetime(2026, 12, 24, 8, tzinfo=UTC)
    assert last.due_at == datetime(2026, 12, 25, 8, tzinfo=UTC)
