"""What acknowledgements silence, and what nobody acknowledges."""

from datetime import timedelta

import pytest

from accounts.models import Team
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


def test_snoozed_steps_are_told_when_the_snooze_ends(always, contact):
    endpoint = make_warned(days=15, contacts=[contact], policy=always)
    assert told(NOW) == ["30d"]

    acknowledge(endpoint, until=NOW + 3 * DAY, is_snoozed=True)
    for days in (1, 2):
        assert told(NOW + days * DAY) == []
    assert states(endpoint) == {"30d": "sent"}

    assert told(NOW + 3 * DAY) == ["14d"]


def test_what_waited_is_silenced_too_and_told_afterwards(contact):
    policy = make_policy(steps="14d 1d", weekdays="01234")
    endpoint = make_warned(days=10, contacts=[contact], policy=policy)
    record(NOW)  # on Saturday, for Monday

    acknowledge(endpoint, until=NOW + 4 * DAY, is_snoozed=True)
    assert told(NOW + 2 * DAY) == []

    assert told(NOW + 4 * DAY) == ["14d"]


def test_the_last_step_is_told_whatever_was_snoozed(always, contact):
    endpoint = make_warned(days=2, contacts=[contact], policy=always)
    acknowledge(endpoint, until=NOW + 30 * DAY, is_snoozed=True)

    assert told(NOW) == []
    assert told(NOW + DAY) == ["1d"]
    assert told(NOW + 2 * DAY) == ["0d"]


def test_a_snooze_is_of_one_certificate(always, contact):
    endpoint = make_warned(days=10, contacts=[contact], policy=always)
    acknowledge(endpoint, until=NOW + 5 * DAY, is_snoozed=True)

    serve(endpoint, make_row(days=12), now=NOW)

    assert told(NOW) == ["14d"]


def test_withdrawing_lets_steps_be_told_again(always, contact):
    endpoint = make_warned(days=10, contacts=[contact], policy=always)
    row = acknowledge(endpoint, until=NOW + 5 * DAY, is_snoozed=True)
    assert told(NOW) == []

    row.withdrawn_at = NOW
    row.save()
    ledger.touch([endpoint.pk], now=NOW)

    assert told(NOW) == ["14d"]


def test_nobody_acknowledges_so_the_team_then_the_fallback_is_told(contact):
    policy = make_policy(
        steps="30d 14d",
        from_hour=0,
        until_hour=24,
        to_team=False,
        escalate_after_days=3,
        fallback_email="boss@example.org",
    )
    team = Team.objects.create(name="Web", slug="web", email="web@example.org")
    make_warned(days=30, contacts=[contact], policy=policy, team=team)

    assert told(NOW) == ["30d"]
    assert told(NOW + 2 * DAY) == []
    record(NOW + 3 * DAY)
    (row,) = send(NOW + 3 * DAY)
    assert (row.step, row.recipient) == ("escalation/1/30d", "web@example.org")
    assert told(NOW + 5 * DAY) == []
    record(NOW + 6 * DAY)
    (row,) = send(NOW + 6 * DAY)
    assert (row.step, row.recipient) == ("escalation/2/30d", "boss@example.org")
    assert told(NOW + 9 * DAY) == []


def test_an_acknowledgement_puts_the_escalation_off(contact):
    policy = make_policy(
        steps="30d",
        from_hour=0,
        until_hour=24,
        escalate_after_days=3,
        fallback_email="boss@example.org",
    )
    endpoint = make_warned(days=30, contacts=[contact], policy=policy)
    assert told(NOW) == ["30d"]

    acknowledge(endpoint, until=NOW + 10 * DAY)

    assert told(NOW + 9 * DAY) == []
    assert told(NOW + 12 * DAY) == []
    assert told(NOW + 13 * DAY) == ["escalation/1/30d"]
