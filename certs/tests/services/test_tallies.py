from zoneinfo import ZoneInfo

import pytest

from certs.models import Health, endpoint_questions
from certs.models.counting import Certainty, Count
from certs.services import tallies
from certs.tests.factories import NOW, make_checked, make_endpoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def large(monkeypatch):
    many = Count(98_765, Certainty.ABOUT)
    monkeypatch.setattr(endpoint_questions, "size", lambda *_, **__: many)


def unchecked(now):
    return tallies.current(now=now).by_state[Health.UNCHECKED]


def test_few_are_counted_each_time():
    make_endpoint("a.example.org")
    assert unchecked(NOW) == 1

    make_endpoint("b.example.org")

    assert unchecked(NOW) == 2


def test_many_are_counted_every_few_seconds(large, django_assert_num_queries):
    make_endpoint("a.example.org")
    before = tallies.current(now=NOW)
    make_endpoint("b.example.org")

    with django_assert_num_queries(0):
        assert tallies.current(now=NOW + tallies.KEPT) == before

    assert unchecked(NOW + 2 * tallies.KEPT) == 2


def test_what_is_kept_says_what_its_numbers_are_worth(large):
    make_checked()
    tallies.current(now=NOW)

    kept = tallies.current(now=NOW)

    assert str(kept.total) == "about 98,800"
    assert kept.by_state[Health.OK].certainty is Certainty.ABOUT
    assert kept.by_state[Health.EXPIRED].is_exact


def test_the_tally_of_another_time_is_not_that_of_now(large):
    make_checked()
    tallies.current(now=NOW)

    earlier = tallies.current(now=NOW - 2 * tallies.KEPT)

    make_endpoint("new.example.org")
    assert tallies.current(now=NOW).by_state != earlier.by_state


def test_days_are_those_of_the_viewer(large):
    make_checked(days=7, now=NOW.replace(hour=10))
    evening = NOW.replace(hour=20)  # in Tokyo, the next day

    here = tallies.current(now=evening)
    there = tallies.current(now=evening.astimezone(ZoneInfo("Asia/Tokyo")))

    assert here.by_state[Health.CRITICAL] == 0
    assert there.by_state[Health.CRITICAL] == 1
