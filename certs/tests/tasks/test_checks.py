from datetime import timedelta

import pytest
from django.utils import timezone

from certs.models import Duty, Endpoint, Reachability
from certs.services import figures, survey, watch
from certs.services.work import ping, rounds
from certs.tasks import checks
from certs.tests.factories import make_chain, make_endpoint, seen
from certs.tests.services.test_survey import shows

pytestmark = pytest.mark.django_db


@pytest.fixture
def fleet(monkeypatch):
    """Every place serves a certificate; returns the hosts that were asked."""
    asked = []

    def probe(targets):
        for target in targets:
            asked.append(target.host)
            yield seen(target, make_chain(target.host))

    monkeypatch.setattr(watch, "default_probe", lambda: probe)
    monkeypatch.setattr(survey, "default_deep", shows)
    return asked


@pytest.fixture(autouse=True)
def sent(monkeypatch):
    """Messages that were sent, as task and arguments."""
    messages = []

    def keep(task, *arguments, expires):
        assert expires > timezone.now()
        messages.append((task, *arguments))

    monkeypatch.setattr(checks, "_call", keep)
    return messages


@pytest.fixture
def renewed(monkeypatch):
    calls = []
    monkeypatch.setattr(figures, "renew", lambda *, now: calls.append(now))
    return calls


def make(number):
    for _ in range(number):
        make_endpoint()


def test_a_round_checks_what_is_due_and_says_so(fleet, sent, renewed, monkeypatch):
    pings = []
    monkeypatch.setattr(ping, "send", lambda: pings.append(1))
    make(3)

    checks.check()

    assert len(fleet) == 3
    assert {row.status for row in Endpoint.objects.all()} == {Reachability.UP}
    duty = Duty.objects.get(name="checks")
    assert duty.numbers == {"due": 3, "checked": 3}
    assert duty.finished_at is not None
    assert (len(renewed), len(pings), sent) == (1, 1, [])

    checks.check()
    assert len(fleet) == 3  # nothing is due any more
    assert (len(renewed), len(pings)) == (1, 2)


def test_a_large_round_calls_for_help_and_goes_on(fleet, sent, renewed, monkeypatch):
    monkeypatch.setattr(rounds, "BATCH", 4)
    make(10)

    checks.check()

    assert len(fleet) == 4
    assert [task for task, _ in sent] == [checks.check_batch] * 3
    assert not renewed
    while sent:
        task, until = sent.pop()
        task(until)
    assert len(fleet) == len(set(fleet)) == 10
    assert renewed


def test_a_batch_calls_for_no_other_when_its_time_is_over(fleet, sent, monkeypatch):
    monkeypatch.setattr(rounds, "BATCH", 4)
    make(10)

    checks.check_batch((timezone.now() - timedelta(seconds=1)).timestamp())

    assert (len(fleet), sent) == (4, [])


def test_while_another_begins_the_round_nothing_is_done(fleet):
    make(1)
    Duty.objects.create(
        name="checks",
        claim="5f0f2c3a-3c2f-4f86-a2c4-cd6b44b6d8f1",
        claimed_until=timezone.now() + timedelta(minutes=1),
    )

    checks.check()

    assert not fleet


@pytest.mark.usefixtures("fleet")
def test_deep_checks_go_on_a_few_at_a_time_up_to_so_many(sent, monkeypatch):
    monkeypatch.setattr(rounds, "DEEP_BATCH", 2)
    monkeypatch.setattr(checks, "DEEP_MOST", 5)
    make(9)

    checks.deep()

    assert sent == [(checks.deep_batch, 3)]
    assert Duty.objects.get(name="deep-checks").numbers == {"due": 5, "checked": 2}
    while sent:
        task, most = sent.pop()
        task(most)
    assert Endpoint.objects.filter(deep_check__isnull=False).count() == 5
    assert rounds.due(now=timezone.now(), kind=rounds.DEEP).count() == 4
