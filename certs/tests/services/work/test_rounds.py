from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connections

from certs.models import DeepCheck, Endpoint, Reachability
from certs.services import inventory
from certs.services.work import rounds
from certs.tests.factories import NOW, make_chain, make_endpoint, seen
from certs.tests.services.test_survey import shows

pytestmark = pytest.mark.django_db
INSTANT = timedelta(milliseconds=1)
DAY = timedelta(days=1)
TENTH = 1.1


def make_due(number=1, *, at=NOW, **fields):
    made = [make_endpoint(**fields) for _ in range(number)]
    keys = [endpoint.pk for endpoint in made]
    Endpoint.objects.filter(pk__in=keys).update(next_check_at=at, next_deep_check_at=at)
    return list(Endpoint.objects.filter(pk__in=keys))


def serve(*, days=90, down=()):
    """Every place serves a certificate with `days` left, but for the hosts `down`."""

    def probe(targets):
        for target in targets:
            if target.host in down:
                problem = {"error_code": "refused", "error_text": "Refused."}
                yield seen(target, (), **problem)
            else:
                yield seen(target, make_chain(target.host, days=days))

    return probe


def check(claimed, now=NOW, **served):
    return list(rounds.step(claimed, now=now, probe=serve(**served)))


def keys_of(endpoints):
    return {endpoint.pk for endpoint in endpoints}


def test_of_what_was_checked_nothing_is_asked_again(django_assert_num_queries):
    make_due(2)
    checked = check(rounds.claim_due(now=NOW))

    assert len(checked) == 2
    with django_assert_num_queries(0):
        for row in checked:
            rounds.interval(row, now=NOW)
            row.health(NOW), row.grade_at(NOW), row.certificate, row.findings


def test_what_is_due_is_claimed_to_the_instant_and_paused_ones_never():
    (due,) = make_due()
    make_due(at=NOW + INSTANT)
    make_due(paused=True)

    won = rounds.claim_due(now=NOW)

    assert won.endpoints == [due]
    row = Endpoint.objects.get(pk=due.pk)
    assert row.check_claim == won.token
    assert row.next_check_at > NOW


def test_what_has_waited_longest_comes_first():
    late, later, latest = (
        make_due(at=NOW - timedelta(hours=hours))[0].pk for hours in (1, 2, 3)
    )

    assert keys_of(rounds.claim_due(now=NOW, batch=2).endpoints) == {latest, later}
    assert keys_of(rounds.claim_due(now=NOW, batch=2).endpoints) == {late}


def test_nobody_claims_what_is_claimed_until_the_lease_is_over(settings):
    make_due(3)
    first = rounds.claim_due(now=NOW)

    again = NOW + settings.WORK_LEASE
    assert rounds.claim_due(now=again - INSTANT).endpoints == []
    second = rounds.claim_due(now=again)

    assert keys_of(second.endpoints) == keys_of(first.endpoints)
    assert second.token != first.token


def test_some_that_people_want_are_claimed_due_or_not_but_not_twice():
    ahead = make_due(2, at=NOW + DAY)
    token, won = rounds.claim([each.pk for each in ahead], now=NOW)

    assert keys_of(won) == keys_of(ahead)
    assert rounds.claim([each.pk for each in ahead], now=NOW).endpoints == []
    assert rounds.claim([], now=NOW).endpoints == []
    assert rounds.claim([uuid4()], now=NOW).endpoints == []

    check(rounds.Claim(token, won))
    assert keys_of(rounds.claim(list(keys_of(ahead)), now=NOW).endpoints) == keys_of(
        ahead
    )


def test_after_its_check_it_is_free_and_due_again_in_a_day_or_so():
    make_due(40)
    claimed = rounds.claim_due(now=NOW)

    checked = check(claimed)

    assert keys_of(checked) == keys_of(claimed.endpoints)
    rows = list(Endpoint.objects.all())
    assert {row.check_claim for row in rows} == {None}
    assert {row.status for row in rows} == {Reachability.UP}
    times = {row.next_check_at - NOW for row in rows}
    assert len(times) == rounds.SLOTS  # a fleet does not fire at once
    assert (min(times), max(times)) == (DAY * 0.9, DAY * TENTH)


@pytest.mark.parametrize(
    ("fields", "served", "hours"),
    [
        ({}, {"days": 90}, 24),
        ({"check_hours": 6}, {"days": 90}, 6),
        ({"check_hours": 168}, {"days": 15}, 168),
        ({"check_hours": 168}, {"days": 14}, 1),
        ({"check_hours": 168}, {"days": -14}, 1),
        ({"check_hours": 168}, {"days": -15}, 168),
        ({"check_hours": 168, "host": "a.example.org"}, {"down": "a.example.org"}, 1),
    ],
)
def test_the_next_check_comes_by_interval_and_soon_when_somebody_waits(
    fields, served, hours
):
    make_due(**fields)

    check(rounds.claim_due(now=NOW), **served)

    wait = Endpoint.objects.get().next_check_at - NOW
    assert timedelta(hours=hours * 0.9) <= wait <= timedelta(hours=hours * TENTH)


def test_where_no_interval_is_chosen_the_setting_counts(settings):
    settings.CHECK_HOURS = 2
    (endpoint,) = make_due()

    assert rounds.interval(endpoint, now=NOW) == timedelta(hours=2)


@pytest.mark.parametrize("number", [10, 100])
def test_a_batch_is_put_off_in_few_statements(number, django_assert_max_num_queries):
    endpoints = make_due(number)
    groups = rounds._groups({DAY: [each.pk for each in endpoints]}, place=3)

    with django_assert_max_num_queries(rounds.SLOTS):
        rounds._put_off(groups, token=uuid4(), kind=rounds.CHECK, now=NOW)


def test_who_lost_its_lease_writes_no_next_check(settings):
    make_due()
    slow = rounds.claim_due(now=NOW)
    late = NOW + settings.WORK_LEASE
    quick = rounds.claim_due(now=late)

    check(slow, now=NOW)

    assert Endpoint.objects.get().check_claim == quick.token


def test_what_was_moved_while_it_was_checked_is_due_again_at_its_new_place():
    (endpoint,) = make_due()
    claimed = rounds.claim_due(now=NOW)
    endpoint.port = 8443
    inventory.save_endpoint(endpoint)

    assert check(claimed) == []

    row = Endpoint.objects.get()
    assert row.check_claim is None
    assert row.next_check_at <= endpoint.next_check_at


def test_what_could_not_be_checked_is_given_back():
    make_due(2)
    token, won = rounds.claim_due(now=NOW)

    rounds.release(token, keys_of(won), now=NOW)

    assert keys_of(rounds.claim_due(now=NOW).endpoints) == keys_of(won)


def test_a_deep_check_comes_weekly_and_the_next_check_grades_with_it():
    (endpoint,) = make_due()
    Endpoint.objects.update(next_check_at=NOW + DAY)
    claimed = rounds.claim_due(now=NOW, batch=5, kind=rounds.DEEP)
    assert rounds.claim_due(now=NOW, kind=rounds.DEEP).endpoints == []

    assert list(rounds.deep_step(claimed, now=NOW, deep=shows())) == [endpoint]

    row = Endpoint.objects.get()
    assert DeepCheck.objects.get().endpoint == row
    assert (row.deep_check_claim, row.next_check_at) == (None, NOW)
    wait = row.next_deep_check_at - NOW
    assert rounds.DEEP_EVERY * 0.9 <= wait <= rounds.DEEP_EVERY * TENTH


def test_a_check_that_somebody_does_is_not_made_due_by_a_deep_check():
    make_due()
    held = rounds.claim_due(now=NOW)
    claimed = rounds.claim_due(now=NOW, kind=rounds.DEEP)

    list(rounds.deep_step(claimed, now=NOW, deep=shows()))

    row = Endpoint.objects.get()
    assert row.check_claim == held.token
    assert row.next_check_at > NOW


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_at_once_each_endpoint_has_one():
    make_due(60)
    workers = 4
    together = Barrier(workers)
    won = []

    def work():
        together.wait()
        try:
            while (claimed := rounds.claim_due(now=NOW, batch=7)).endpoints:
                won.append(claimed)
        finally:
            connections.close_all()

    threads = [Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    keys = [endpoint.pk for claimed in won for endpoint in claimed.endpoints]
    assert len(keys) == len(set(keys)) == 60


def test_another_interval_counts_at_once():
    (endpoint,) = make_due(at=NOW + 300 * DAY)
    endpoint.check_hours = 1

    inventory.save_endpoint(endpoint)

    assert Endpoint.objects.get().next_check_at < NOW + 300 * DAY
