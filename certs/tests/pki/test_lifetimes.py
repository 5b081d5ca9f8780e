"""How long public certificates may live, to the second."""

from datetime import UTC, datetime, timedelta

import pytest

from certs.pki.lifetimes import lifetime_days, longest_days

SECOND = timedelta(seconds=1)


def issued(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "days"),
    [
        (0, 1),
        (86_398, 1),
        (86_399, 1),
        (86_400, 2),
        (200 * 86_400 - 1, 200),
        (200 * 86_400, 201),
    ],
)
def test_the_last_second_belongs_to_the_lifetime(seconds, days):
    begin = issued("2026-05-04")

    assert lifetime_days(begin, begin + timedelta(seconds=seconds)) == days


def test_a_certificate_that_ends_before_it_begins_lives_no_day():
    begin = issued("2026-05-04")

    assert lifetime_days(begin, begin - timedelta(days=3)) <= 0


@pytest.mark.parametrize(
    ("day", "before", "from_then_on"),
    [
        ("2018-03-01", 1188, 825),
        ("2020-09-01", 825, 398),
        ("2026-03-15", 398, 200),
        ("2027-03-15", 200, 100),
        ("2029-03-15", 100, 47),
    ],
)
def test_the_limit_changes_with_the_second_of_issue(day, before, from_then_on):
    assert longest_days(issued(day) - SECOND) == before
    assert longest_days(issued(day)) == from_then_on
