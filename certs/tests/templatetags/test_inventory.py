"""What pages and admin say about endpoints and certificates."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from certs.models import Endpoint, Health
from certs.templatetags import inventory

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
OSLO = ZoneInfo("Europe/Oslo")


@pytest.mark.parametrize("health", Health)
def test_every_state_has_a_shape_a_word_and_a_colour(health):
    pill = render_to_string("certs/_status.html", inventory.status_pill(health))

    assert f'class="st st-{health.value}"' in pill
    assert "<svg" in pill
    assert health.label in pill


def test_no_two_states_have_the_same_shape():
    assert len(set(inventory.STATUS_ICONS.values())) == len(Health)


def test_an_endpoint_has_a_state_and_days_left():
    endpoint = Endpoint(
        host="www.example.org", not_after=datetime(2026, 11, 23, tzinfo=UTC)
    )

    assert inventory.health(endpoint, NOW) == Health.UNCHECKED
    assert inventory.days_left(endpoint, NOW) == 2
    assert inventory.days_left(Endpoint(), NOW) is None


def test_a_state_follows_the_calendar_of_the_viewer():
    asked = []

    class Watched:
        def health(self, now):
            asked.append(now.tzinfo)
            return Health.OK

    with timezone.override(OSLO):
        inventory.health(Watched(), NOW)

    assert asked == [OSLO]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (None, ""),
        (-1, "days-crit"),
        (6, "days-crit"),
        (7, "days-warn"),
        (20, "days-warn"),
        (21, ""),
    ],
)
def test_few_days_stand_out(days, expected):
    assert inventory.days_class(days) == expected


def test_a_moment_is_in_the_viewer_s_zone():
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)

    with timezone.override(OSLO):
        assert inventory.moment(late) == "22 Nov 2026, 00:30"
        assert inventory.day(late) == "22 Nov 2026"
    assert inventory.moment(None) == ""


def test_the_end_of_time_has_no_local_time_and_is_shown_all_the_same():
    end = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)

    with timezone.override(OSLO):
        assert inventory.moment(end) == "31 Dec 9999, 23:59"


@pytest.mark.parametrize(
    ("digits", "expected"), [("0a1b2c", "0A:1B:2C"), ("a1b", "0A:1B"), ("", "")]
)
def test_hexadecimal_digits_are_shown_in_pairs(digits, expected):
    assert inventory.pairs(digits) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("www.example.org", ("www", ".example.org")),
        ("localhost", ("localhost", "")),
        ("192.0.2.1", ("192.0.2.1", "")),
        ("[2001:db8::1]", ("[2001:db8::1]", "")),
    ],
)
def test_a_host_is_parted_where_people_look(host, expected):
    assert inventory.host_parts(host) == expected
