"""400 days of 200 endpoints, of workers that are away, late, twice and at once."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection

from accounts.models import Team
from accounts.services import changes
from certs.models import Certificate, Contact, Endpoint, Notice, Policy
from certs.services.notices import ledger
from certs.tests.services.notices.oracle import DAY, Oracle, Rules
from certs.tests.services.notices.rows import (
    certificate_row,
    record,
    send,
    serve,
    served,
)

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

BEGIN = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
DAYS = 400
State = Notice.State
# The ledger is the same code on a server, only slower: fewer will do there.
ENDPOINTS = 200 if connection.vendor == "sqlite" else 50
LIFETIMES = (6, 10, 30, 47, 90, 100, 200, 398, 825, 3650)
RULES = [
    Rules(name="default"),
    Rules(name="days", days=(45, 20, 10, 5, 2)),
    Rules(name="percent", parts=("1/2", "1/4", "1/10")),
    Rules(name="weekdays", weekdays="01234", hours=(9, 17), zone="Europe/Berlin"),
    Rules(name="night", hours=(1, 4), zone="Pacific/Auckland"),
    Rules(
        name="holidays",
        weekdays="01234",
        zone="America/New_York",
        holidays=("12-24", "12-25", "2026-12-31", "2027-01-01", "07-05"),
    ),
    Rules(name="itself", renews_itself=True),
    Rules(name="daily", days=(14, 3), is_daily=True, weekdays="01234"),
    Rules(name="escalated", days=(30, 7), escalate=4, fallback="boss@example.org"),
]


def make_policy(rules):
    return Policy.objects.create(
        name=rules.name,
        time_zone=rules.zone,
        weekdays=rules.weekdays,
        from_hour=rules.hours[0],
        until_hour=rules.hours[1],
        holidays=rules.holidays,
        steps=" ".join([*(f"{n}d" for n in rules.days), *rules.parts]),
        renews_itself=rules.renews_itself,
        daily_after_step=rules.is_daily,
        escalate_after_days=rules.escalate,
        fallback_email=rules.fallback,
        to_team=rules.escalate is None,
        events=(),
    )


def make_policies():
    Policy.objects.all().delete()
    policies = {rules.name: make_policy(rules) for rules in RULES}
    Policy.objects.filter(name="default").update(is_default=True)
    return policies


class World:
    """The endpoints, the certificates they will serve, and when."""

    def __init__(self, chance):
        self.chance = chance
        self.renewals = []  # when, endpoint, certificate
        with changes.unnoticed():
            self._make()

    def _make(self):
        chance, policies = self.chance, make_policies()
        teams = [
            Team.objects.create(slug=f"t{n}", name=f"T{n}", email=email)
            for n, email in enumerate(("web@example.org", "", "dba@example.org"))
        ]
        contacts = [
            Contact.objects.create(email=f"c{n}@example.org") for n in range(12)
        ]
        self.facts, self.first, rows = {}, {}, []
        links, certificates = [], []
        for number in range(ENDPOINTS):
            rules = RULES[number % len(RULES)]
            team = chance.choice([*teams, None])
            lifetime = LIFETIMES[number % len(LIFETIMES)] * DAY
            begin = BEGIN - lifetime * chance.random()
            endpoint = Endpoint(
                host=f"h{number}.example.org",
                team=team,
                policy=None if rules.name == "default" else policies[rules.name],
            )
            mine = chance.sample(contacts, chance.choice((1, 1, 2)))
            address = team.email if team else ""
            people = [each.email for each in mine]
            if address and rules.escalate is None:
                people.append(address)
            self.facts[endpoint.pk] = (rules.name, people, address)
            chain = [*self._certificates(begin, lifetime)]
            certificates += [row for _, row in chain]
            self.first[endpoint.pk] = chain[0][1]
            self.renewals += [(when, endpoint.pk, row) for when, row in chain[1:]]
            rows.append((endpoint, chain[0][1]))
            links += [
                Endpoint.contacts.through(endpoint_id=endpoint.pk, contact_id=each.pk)
                for each in mine
            ]
        Certificate.objects.bulk_create(certificates, batch_size=500)
        for endpoint, row in rows:
            for name, value in served(row, now=BEGIN).items():
                setattr(endpoint, name, value)
            endpoint.next_notice_at = BEGIN
        Endpoint.objects.bulk_create([endpoint for endpoint, _ in rows])
        Endpoint.contacts.through.objects.bulk_create(links)
        self.renewals.sort(key=lambda each: each[0])

    def _certificates(self, begin, lifetime):
        """A certificate, and those that take its place: in time, late or never."""
        when = BEGIN
        while when < BEGIN + DAYS * DAY:
            begin = begin.replace(microsecond=0)
            end = begin + lifetime
            yield when, certificate_row(not_before=begin, not_after=end)
            left = self.chance.choice((0.4, 0.3, 0.2, 0.1, 0.02, 0.001, -0.1, -0.5))
            when = max(end - lifetime * left, when + timedelta(hours=5))
            begin = when - timedelta(hours=1)

    def rounds(self):
        """When workers look: twice in three days or so, but for longer outages."""
        outages = [1, 2, 3, 5, 8, 13, 21, 40]
        self.chance.shuffle(outages)
        away: dict[int, Any] = {}
        day = 10
        for length in outages:
            away |= dict.fromkeys(range(day, day + length))
            day += length + 30
        for number in range(DAYS):
            if number in away or number % 3 == 2:
                continue
            for _ in range(1 + (number % 12 == 0)):
                yield BEGIN + number * DAY + DAY * self.chance.random()


def at_once(now):
    """Two workers do the same round at the same time."""

    def work():
        try:
            return record(now)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(work) for _ in range(2)]:
            done.result()


@pytest.mark.parametrize("seed", [1])
def test_every_step_is_told_exactly_once_to_each(seed):
    chance = random.Random(seed)  # noqa: S311 - not a secret
    world = World(chance)
    oracle = Oracle({rules.name: rules for rules in RULES}, world.facts)
    for key, row in world.first.items():
        oracle.serve(key, row.fingerprint_sha256, row.not_before, row.not_after)
    left, sent_ever, rounds = list(world.renewals), [], sorted(world.rounds())

    for number, now in enumerate(rounds):
        while left and left[0][0] <= now:
            when, key, row = left.pop(0)
            serve(Endpoint(pk=key), row, now=when)
            oracle.serve(key, row.fingerprint_sha256, row.not_before, row.not_after)
        if number % 25 == 7:
            at_once(now)
        else:
            record(now)
        if number % 10 == 3:  # the same round again, whether something is due or not
            ledger.touch_all(now=now)
            record(now)
        sent = {
            (row.endpoint_id, row.fingerprint, row.step, row.recipient)
            for row in send(now)
        }
        expected = oracle.round(now)
        assert sent == set(expected), f"{now}, round {number}"
        sent_ever += expected

    assert len(sent_ever) == len(set(sent_ever)) > 10 * ENDPOINTS
    _nothing_was_lost(oracle, world, rounds)


def _nothing_was_lost(oracle, world, rounds):
    """Each step that a round saw crossed was told, or a later one, or it is over."""
    rows: dict[Any, Any] = {}
    for row in Notice.objects.all():
        rows.setdefault((row.endpoint_id, row.fingerprint), {})[
            row.step, row.recipient
        ] = row
    steps = 0
    for key, fingerprint, begin, end in _spans(world):
        written = rows.get((key, fingerprint), {})
        for row in written.values():
            if row.state == State.SENT:
                assert end > row.sent_at >= row.due_at >= row.crossed_at
        looked = [now for now in rounds if begin <= now < end]
        seen = (
            [each for each in oracle.steps[fingerprint] if each[0] <= looked[-1]]
            if looked
            else []
        )
        for moment, step in seen:
            for person in world.facts[key][1]:
                if not step.startswith("ended"):
                    row = written[step, person]
                    assert row.crossed_at == moment
                    _is_accounted_for(row, written.values(), end=end, last=looked[-1])
                    steps += 1
    assert steps > 5 * ENDPOINTS


def _is_accounted_for(row, others, *, end, last):
    later = {
        other.state
        for other in others
        if other.recipient == row.recipient and other.crossed_at >= row.crossed_at
    }
    if row.state == State.SUPERSEDED:
        assert later - {State.SUPERSEDED}
    elif row.state != State.SENT:  # its hour had not come
        assert row.due_at >= end or row.due_at > last


def _spans(world):
    """When which endpoint served which certificate."""
    renewals: dict[Any, Any] = {}
    for when, key, row in world.renewals:
        renewals.setdefault(key, []).append((when, row.fingerprint_sha256))
    for key, row in world.first.items():
        spans = [(BEGIN, row.fingerprint_sha256), *renewals.get(key, [])]
        spans.append((BEGIN + 2 * DAYS * DAY, ""))
        for (begin, fingerprint), (end, _) in pairwise(spans):
            yield key, fingerprint, begin, end
