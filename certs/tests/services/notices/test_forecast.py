from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Team
from certs.models import Acknowledgement, Endpoint
from certs.services.notices import forecast
from certs.tests.services.notices.rows import (
    NOW,
    make_policy,
    make_warned,
    record,
    send,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def coming(days=30, **options):
    found = forecast.coming(now=NOW, until=NOW + days * DAY, **options)
    return [(each.step, each.due_at.date().isoformat()) for each in found]


def test_the_steps_of_the_coming_days_are_shown_with_who_is_told_and_why(contact):
    endpoint = make_warned(
        days=9, contacts=[contact], policy=make_policy(steps="7d 1d")
    )

    found = forecast.coming(now=NOW, until=NOW + 8 * DAY)

    assert [each.step for each in found] == ["7d", "1d"]
    first = found[0]
    assert first.endpoint == endpoint
    assert first.due_at == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert first.why == "chosen for this endpoint"
    assert [each.key for each in first.recipients] == ["ops@example.org"]


def test_what_waits_is_shown_with_those_who_will_be_told(contact):
    make_warned(
        days=6, contacts=[contact], policy=make_policy(steps="6d 1d", weekdays="0")
    )
    record(NOW)

    found = forecast.coming(now=NOW, until=NOW + 3 * DAY)

    assert [(each.step, len(each.recipients)) for each in found] == [("6d", 1)]


def test_at_one_opening_only_the_newest_is_sent(contact):
    policy = make_policy(steps="4d 3d 2d", weekdays="4")  # Fridays
    make_warned(days=7, contacts=[contact], policy=policy)

    assert coming(6) == [("2d", "2026-11-27")]


def test_of_what_is_told_each_day_the_next_is_shown(contact):
    make_warned("a.example.org", days=-3, contacts=[contact])
    make_warned(
        "b.example.org",
        days=9,
        contacts=[contact],
        policy=make_policy(steps="9d", daily_after_step=True),
    )

    assert coming(5) == [
        ("ended+4", "2026-11-22"),
        ("reminder/2026-11-22", "2026-11-22"),
    ]


def test_what_is_snoozed_and_what_is_paused_does_not_go_out(contact):
    make_warned(days=9, contacts=[contact], paused=True)
    endpoint = make_warned(
        days=9, contacts=[contact], policy=make_policy(steps="7d 5d 1d")
    )
    Acknowledgement.objects.create(
        endpoint=endpoint,
        fingerprint=endpoint.certificate.fingerprint_sha256,
        reason="On it.",
        created_at=NOW,
        until=NOW + 3 * DAY,
        is_snoozed=True,
    )

    assert coming(8) == [("5d", "2026-11-25"), ("1d", "2026-11-29")]


def test_an_escalation_that_nobody_stops_is_shown(contact):
    policy = make_policy(
        steps="30d", escalate_after_days=3, fallback_email="boss@example.org"
    )
    make_warned(days=30, contacts=[contact], policy=policy)
    record(NOW)
    send(NOW)

    (one,) = forecast.coming(now=NOW, until=NOW + 9 * DAY)

    assert (one.step, one.due_at) == ("escalation/1/30d", NOW + 3 * DAY)
    assert [each.key for each in one.recipients] == ["boss@example.org"]


def test_some_endpoints_alone_and_no_more_than_asked_for(contact):
    one = make_warned(days=9, contacts=[contact])
    make_warned(days=9, contacts=[contact])
    none = Endpoint.objects.create(host="new.example.org")

    assert len(coming(8)) == 2 * len(coming(8, endpoints=[one]))
    assert len(coming(8, limit=1)) == 1
    assert coming(endpoints=[none]) == []


def test_queries_do_not_grow_with_endpoints(contact):
    counts = []
    for number in (1, 5):
        for each in range(number):
            team = Team.objects.create(slug=f"{number}-{each}")
            make_warned(days=9, contacts=[contact], team=team)
        with CaptureQueriesContext(connection) as queries:
            coming(8)
        counts.append(len(queries))

    assert counts[0] == counts[1]
