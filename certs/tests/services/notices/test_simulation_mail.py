"""Weeks of warnings through a mail server that refuses, hangs, goes, comes back."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from accounts.services import changes
from certs.models import Contact, Endpoint, Letter, Notice
from certs.services.notices import crossings, delivery, letters, policies
from certs.tests.services.notices.rows import (
    NOW,
    certificate_row,
    make_policy,
    make_warned,
    record,
    serve,
)
from certs.tests.warned import MailServer, serving

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

DAY = timedelta(days=1)
ROUND = timedelta(hours=8)
A_DAY = 3  # rounds
ROUNDS = (60 if connection.vendor == "sqlite" else 30) * A_DAY
LAST = ROUNDS + 4 * A_DAY
ENDPOINTS = 30
LIFETIMES = (6, 10, 30, 47, 90)
WEATHER = ("fine", "fine", "refuses", "hangs", "away")
State = Notice.State


class Weather:
    """The mail server from one day to the next."""

    def __init__(self, box, people, settings):
        self._box, self._people, self._settings = box, people, settings
        self._serving = None

    def set(self, name):
        box = self._box
        box.data_answer = "451 Later." if name == "refuses" else "250 OK"
        box.hangs = set(self._people) if name == "hangs" else set()
        # A machine that is busy must not look like a server that hangs.
        self._settings.EMAIL_TIMEOUT = 0.1 if name == "hangs" else 10
        self.end()
        if name != "away":
            self._serving = serving(box, port=self._settings.EMAIL_PORT)
            self._serving.__enter__()

    def end(self):
        if self._serving is not None:
            self._serving.__exit__(None, None, None)
            self._serving = None


def make_estate(chance):
    """Endpoints with a policy each, and the certificates that they will serve."""
    people = [Contact.objects.create(email=f"c{n}@example.org") for n in range(6)]
    kept = [
        None,
        make_policy("Days", steps="20d 5d 2d", from_hour=0, until_hour=24),
        make_policy("Weekdays", weekdays="01234", time_zone="Europe/Berlin"),
    ]
    renewals = []
    for number in range(ENDPOINTS):
        lifetime = LIFETIMES[number % len(LIFETIMES)]
        endpoint = make_warned(
            days=lifetime * chance.random(),
            lifetime=lifetime,
            contacts=chance.sample(people, chance.choice((1, 2))),
            policy=chance.choice(kept),
        )
        end = endpoint.not_after
        for _ in range(3):
            when = end + lifetime * DAY * chance.uniform(-0.5, 0.1)
            row = certificate_row(not_before=when, not_after=when + lifetime * DAY)
            row.save()
            renewals.append((when, endpoint, row))
            end = row.not_after
    return [each.email for each in people], sorted(renewals, key=lambda each: each[0])


def test_every_warning_arrives_once_whatever_the_mail_server_does(mail_settings):
    chance = random.Random(20261121)  # noqa: S311 - the same each time
    with changes.unnoticed():
        people, renewals = make_estate(chance)
    box = MailServer()
    weather = Weather(box, people, mail_settings)
    renewed = {}  # when each certificate had gone
    try:
        for number in range(ROUNDS):
            moment = NOW + number * ROUND
            if number % A_DAY == 0:
                weather.set(chance.choice(WEATHER))
            while renewals and renewals[0][0] <= moment:
                _, endpoint, row = renewals.pop(0)
                before = Endpoint.objects.get(pk=endpoint.pk).certificate_id
                renewed[endpoint.pk, before] = moment
                serve(endpoint, row, now=moment)
            tell(moment)
        weather.set("fine")
        for number in range(ROUNDS, LAST + 1):  # back-offs end, weekends too
            tell(NOW + number * ROUND)
    finally:
        weather.end()

    check_letters(box)
    check_ledger(renewed, now=NOW + LAST * ROUND)


def tell(moment):
    record(moment)
    letters.gather(now=moment)
    for _ in delivery.deliver(now=moment):
        pass


def check_letters(box):
    """Each letter came once, each told notice is in one, and none is left."""
    arrived = Counter(mail["Message-ID"] for mail in box.taken)
    sent = Letter.objects.filter(state=Letter.State.SENT)
    keys = sent.values_list("pk", flat=True)
    assert arrived == {f"<{key}@certdesk.example.org>": 1 for key in keys}
    told = Notice.objects.filter(state=State.SENT)
    assert told.exclude(letter__in=sent).count() == 0
    assert Letter.objects.exclude(state=Letter.State.SENT).count() == 0


def check_ledger(renewed, *, now):
    told = list(Notice.objects.filter(state=State.SENT))
    assert len(told) > ENDPOINTS
    for row in told:
        assert row.sent_at is not None
        assert row.sent_at >= row.due_at >= row.crossed_at
        gone = renewed.get((row.endpoint_id, row.certificate_id))
        assert gone is None or row.sent_at < gone + ROUND
    for endpoint in Endpoint.objects.select_related("certificate"):
        served, policy = endpoint.certificate, policies.chosen([endpoint])
        assert served is not None
        ladder = crossings.Ladder(
            policy[endpoint.pk].policy,
            not_before=served.not_before,
            not_after=served.not_after,
        )
        steps = [each for each in ladder.crossed(now) if each.due_at <= now - DAY]
        for contact in endpoint.contacts.all() if steps else ():
            mine = {
                row.step
                for row in told
                if (row.endpoint_id, row.recipient) == (endpoint.pk, contact.email)
                and row.fingerprint == served.fingerprint_sha256
            }
            assert mine, (endpoint, contact)
