from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Team
from certs.models import Contact, Endpoint, Notice
from certs.services.notices import ledger
from certs.tests.services.notices.rows import (
    NOW,
    acknowledge,
    make_policy,
    make_row,
    make_warned,
    record,
    send,
    serve,
    states,
    told,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_of_several_open_steps_the_newest_alone_waits(always, contact):
    endpoint = make_warned(days=10, contacts=[contact], policy=always)

    assert record(NOW) == 2

    assert states(endpoint) == {"30d": "superseded", "14d": "waiting"}
    row = Notice.objects.get(step="14d")
    assert (row.recipient, row.reason) == (
        "ops@example.org",
        "contact of this endpoint",
    )
    assert row.crossed_at == datetime(2026, 11, 17, tzinfo=UTC)
    assert row.due_at == NOW
    assert row.policy == always


def test_what_was_written_is_not_written_again(always, contact):
    make_warned(days=10, contacts=[contact], policy=always)

    assert told(NOW) == ["14d"]
    for hours in range(0, 48, 5):
        assert told(NOW + timedelta(hours=hours)) == []
    ledger.touch_all(now=NOW + 2 * DAY)
    assert told(NOW + 2 * DAY) == []


def test_after_an_outage_one_is_sent_not_seven_and_not_none(always, contact):
    endpoint = make_warned(days=31, contacts=[contact], policy=always)
    assert told(NOW) == []

    assert told(NOW + 27 * DAY) == ["7d"]
    assert states(endpoint) == {
        "30d": "superseded",
        "14d": "superseded",
        "7d": "sent",
    }
    assert told(NOW + 40 * DAY) == ["ended+9"]


def test_a_later_step_supersedes_what_waits_but_not_what_is_in_a_letter(contact):
    policy = make_policy(steps="7d 6d", weekdays="0", from_hour=8)
    endpoint = make_warned(days=7, contacts=[contact], policy=policy)

    record(NOW)  # a Saturday; it would be told on Monday
    assert states(endpoint) == {"7d": "waiting"}
    record(NOW + DAY)

    assert states(endpoint) == {"7d": "superseded", "6d": "waiting"}


def test_a_renewed_certificate_closes_what_waits(always, contact):
    endpoint = make_warned(days=10, contacts=[contact], policy=always)
    record(NOW)

    serve(endpoint, make_row(days=100), now=NOW)
    record(NOW)

    assert states(endpoint) == {"30d": "superseded", "14d": "closed"}
    assert send(NOW) == []


def test_pausing_closes_and_going_on_tells_what_is_open_then(always, contact):
    endpoint = make_warned(days=10, contacts=[contact], policy=always)
    rows = Endpoint.objects.filter(pk=endpoint.pk)
    record(NOW)

    rows.update(paused=True, next_notice_at=NOW)
    assert told(NOW) == []
    assert states(endpoint)["14d"] == "closed"

    rows.update(paused=False, next_notice_at=NOW)
    assert told(NOW + DAY) == ["14d"]

    rows.update(paused=True, next_notice_at=NOW)
    assert told(NOW + 2 * DAY) == []
    rows.update(paused=False, next_notice_at=NOW)
    assert told(NOW + 2 * DAY) == []  # it was told before


def test_a_contact_that_comes_later_is_told_the_newest_open_step(always, contact):
    endpoint = make_warned(days=10, contacts=[contact], policy=always)
    assert told(NOW) == ["14d"]

    endpoint.contacts.add(Contact.objects.create(email="new@example.org"))
    ledger.touch([endpoint.pk], now=NOW)

    record(NOW)
    assert [(row.step, row.recipient) for row in send(NOW)] == [
        ("14d", "new@example.org")
    ]


def test_a_deactivated_contact_is_not_told_what_waits(always, contact):
    endpoint = make_warned(days=10, contacts=[contact], policy=always)
    record(NOW)

    Contact.objects.update(is_active=False)
    ledger.touch([endpoint.pk], now=NOW)

    assert told(NOW) == []
    assert states(endpoint)["14d"] == "closed"


def test_another_policy_tells_its_own_steps_and_none_twice(always, contact):
    endpoint = make_warned(days=10, contacts=[contact], policy=always)
    assert told(NOW) == ["14d"]

    always.steps = "30d 20d 11d"
    always.save()
    ledger.touch_all(now=NOW)
    assert told(NOW) == ["11d"]

    always.steps = "14d"
    always.save()
    ledger.touch_all(now=NOW)
    assert told(NOW) == []
    assert states(endpoint)["14d"] == "sent"


def test_who_was_told_of_a_later_step_is_not_told_of_an_earlier_one(always, contact):
    make_warned(days=10, contacts=[contact], policy=always)
    assert told(NOW) == ["14d"]

    always.steps = "30d 20d"
    always.save()
    ledger.touch_all(now=NOW)

    assert told(NOW) == []


def test_reminders_come_each_day_between_steps_until_somebody_acknowledges(contact):
    policy = make_policy(
        steps="7d 3d", daily_after_step=True, from_hour=0, until_hour=24
    )
    endpoint = make_warned(days=7, contacts=[contact], policy=policy)

    assert told(NOW) == ["7d"]
    assert told(NOW + DAY) == ["reminder/2026-11-22"]
    assert told(NOW + DAY) == []
    row = acknowledge(endpoint, until=NOW + 4 * DAY)
    assert told(NOW + 2 * DAY) == []
    row.withdrawn_at = NOW
    row.save()
    ledger.touch([endpoint.pk], now=NOW)
    assert told(NOW + 3 * DAY) == ["reminder/2026-11-24"]
    assert told(NOW + 4 * DAY) == ["3d"]
    assert told(NOW + 5 * DAY) == ["reminder/2026-11-26"]
    assert told(NOW + 7 * DAY) == ["0d"]
    assert told(NOW + 8 * DAY) == ["ended+1"]


def test_who_was_not_told_of_the_step_is_told_of_it_not_reminded(contact):
    policy = make_policy(
        steps="7d 3d", daily_after_step=True, from_hour=0, until_hour=24
    )
    make_warned(days=7, contacts=[contact], policy=policy)

    assert told(NOW + DAY) == ["7d"]
    assert told(NOW + 2 * DAY) == ["reminder/2026-11-23"]


def test_one_that_renews_itself_is_silent_until_it_should_have(contact):
    policy = make_policy(
        renews_itself=True, renewal_expected="30d", from_hour=0, until_hour=24
    )
    make_warned(days=40, contacts=[contact], policy=policy)

    assert told(NOW + 9 * DAY) == []
    assert told(NOW + 11 * DAY) == []
    assert told(NOW + 12 * DAY) == ["overdue"]
    assert told(NOW + 37 * DAY) == ["3d"]


def test_an_endpoint_that_nobody_is_told_of_has_no_rows(always):
    endpoint = make_warned(days=10, policy=always)

    assert record(NOW) == 0

    endpoint.refresh_from_db()
    assert NOW < endpoint.next_notice_at <= NOW + DAY


def test_a_deleted_endpoint_takes_its_notices_along(always, contact):
    endpoint = make_warned(days=10, contacts=[contact], policy=always)
    record(NOW)

    endpoint.delete()

    assert not Notice.objects.exists()
    assert record(NOW + DAY) == 0


def test_endpoints_are_looked_at_when_something_happens(always, contact):
    endpoint = make_warned(days=8, contacts=[contact], policy=always)

    record(NOW)

    endpoint.refresh_from_db()
    assert endpoint.next_notice_at == datetime(2026, 11, 22, tzinfo=UTC)


def test_an_endpoint_without_a_certificate_has_nothing_that_ends(contact):
    endpoint = Endpoint.objects.create(host="new.example.org")
    endpoint.contacts.add(contact)
    ledger.touch([endpoint.pk])

    assert record(NOW) == 0


def test_a_preview_shows_what_would_be_sent_and_writes_nothing(always, contact):
    make_warned("a.example.org", days=10, contacts=[contact], policy=always)
    renewed = make_warned("b.example.org", days=10, contacts=[contact], policy=always)
    record(NOW)
    serve(renewed, make_row(days=100), now=NOW)
    make_warned("c.example.org", days=10, contacts=[contact], policy=always)
    before = Notice.objects.count()

    shown = ledger.preview(now=NOW)

    assert [(str(row.endpoint), row.step) for row in shown] == [
        ("a.example.org:443", "14d"),
        ("c.example.org:443", "14d"),
    ]
    assert Notice.objects.count() == before


def test_a_preview_shows_what_is_true_again(always, contact):
    endpoint = make_warned(days=10, contacts=[contact], policy=always)
    record(NOW)
    Notice.objects.update(state=Notice.State.CLOSED)

    (row,) = ledger.preview([endpoint.pk], now=NOW + DAY)

    assert (row.step, row.due_at) == ("14d", NOW + DAY)


def test_queries_do_not_grow_with_endpoints(always, contact):
    counts = []
    for number in (1, 5):
        team = Team.objects.create(slug=str(number), email=f"{number}@example.org")
        for _ in range(number):
            make_warned(days=10, contacts=[contact], policy=always, team=team)
        with CaptureQueriesContext(connection) as queries:
            record(NOW)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_round_without_anything_due_is_one_query(django_assert_num_queries):
    Endpoint.objects.create(host="a.example.org", next_notice_at=NOW + DAY)

    with django_assert_num_queries(1):
        record(NOW)
