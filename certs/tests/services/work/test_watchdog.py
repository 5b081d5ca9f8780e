from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from certs.models import Duty, Worker
from certs.services.work import rota, watchdog
from certs.tests.factories import NOW

pytestmark = pytest.mark.django_db
INSTANT = timedelta(milliseconds=1)
HALF_HOUR = timedelta(minutes=30)


@pytest.fixture(autouse=True)
def _admins(settings):
    settings.ADMINS = [("Ann", "ann@example.org"), ("Bob", "bob@example.org")]
    cache.delete(rota.CACHE_KEY)


@pytest.fixture
def duties():
    """All were done now."""
    return [
        Duty.objects.create(name=name, finished_at=NOW, since=NOW)
        for name in rota.EVERY
    ]


def late(*, now: Any) -> Any:  # a Standstill, or None
    return watchdog.late(now=now)


def names(standstill):
    return [name for name, _ in standstill.late]


@pytest.mark.usefixtures("duties")
def test_a_duty_is_late_when_it_is_not_finished_within_twice_its_interval():
    assert late(now=NOW + watchdog.SHORTEST) is None
    soon = late(now=NOW + watchdog.SHORTEST + INSTANT)
    assert names(soon) == ["checks", "letters"]
    assert soon.late[0] == ("checks", NOW)

    assert "warnings" not in names(late(now=NOW + HALF_HOUR))
    assert "warnings" in names(late(now=NOW + HALF_HOUR + INSTANT))
    two_days = timedelta(days=2)
    assert "retention" not in names(late(now=NOW + two_days))
    assert "retention" in names(late(now=NOW + two_days + INSTANT))


def test_what_was_never_done_is_late_from_when_it_was_first_looked_for():
    assert late(now=NOW) is None

    assert late(now=NOW + watchdog.SHORTEST) is None
    found = late(now=NOW + watchdog.SHORTEST + INSTANT)
    assert names(found) == ["checks", "letters"]


@pytest.mark.usefixtures("duties")
def test_who_is_not_there_to_do_it_is_said():
    later = NOW + timedelta(hours=1)
    Worker.objects.create(
        name="worker@here:1", kind="worker", started_at=NOW, seen_at=later
    )

    lines = late(now=later).lines

    assert "Checks: not done since 2026-11-21 12:00 UTC." in lines
    assert "Deep checks: not done since 2026-11-21 12:00 UTC." in lines
    assert "No scheduler has been heard of." in lines
    assert "No worker has been heard of." not in lines


@pytest.mark.usefixtures("duties")
def test_an_outage_is_mailed_to_admins_once(mailoutbox):
    moment = NOW + watchdog.SHORTEST + INSTANT
    assert names(watchdog.look(now=moment)) == ["checks", "letters"]
    cache.delete(rota.CACHE_KEY)
    assert names(watchdog.look(now=moment + HALF_HOUR)) == [
        "checks",
        "deep-checks",
        "letters",
        "revocation-lists",
        "warnings",
    ]

    (mail,) = mailoutbox
    assert mail.to == ["ann@example.org", "bob@example.org"]
    assert "No worker has been heard of." in mail.body


@pytest.mark.usefixtures("duties")
def test_the_next_outage_is_told_again(mailoutbox):
    found = late(now=NOW + HALF_HOUR)
    assert watchdog.tell(found, now=NOW + HALF_HOUR)
    assert not watchdog.tell(found, now=NOW + HALF_HOUR)

    Duty.objects.update(finished_at=NOW + HALF_HOUR, told_at=None)  # as perform does
    again = NOW + 2 * HALF_HOUR
    assert watchdog.tell(late(now=again), now=again)
    assert len(mailoutbox) == 2


@pytest.mark.usefixtures("duties")
def test_pages_look_once_a_minute_and_take_two_queries_at_most(
    django_assert_num_queries,
):
    with django_assert_num_queries(1):
        assert watchdog.look(now=NOW) is None
    with django_assert_num_queries(0):
        assert watchdog.look(now=NOW) is None
    cache.delete(rota.CACHE_KEY)
    with django_assert_num_queries(2):
        assert watchdog.late(now=NOW + HALF_HOUR) is not None


@pytest.mark.usefixtures("duties")
def test_without_admins_nobody_is_mailed(settings, mailoutbox):
    settings.ADMINS = []

    assert watchdog.tell(late(now=NOW + HALF_HOUR), now=NOW)

    assert not mailoutbox
