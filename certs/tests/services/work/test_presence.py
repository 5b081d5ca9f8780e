import time
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from certs.models import Worker
from certs.services.work import presence
from certs.tests.factories import NOW

KIND = Worker.Kind.WORKER
INSTANT = timedelta(milliseconds=1)


@pytest.mark.django_db
def test_a_process_is_noted_once_and_heard_of_for_two_minutes():
    presence.note(KIND, started_at=NOW, now=NOW)
    later = NOW + presence.EVERY
    presence.note(KIND, started_at=NOW, now=later)

    (worker,) = presence.heard(now=later + presence.HEARD - INSTANT)
    assert (worker.kind, worker.started_at, worker.seen_at) == (KIND, NOW, later)
    assert presence.heard(now=later + presence.HEARD) == []

    presence.forget(KIND)
    assert not Worker.objects.exists()


@pytest.mark.django_db
def test_who_died_is_forgotten_after_a_day():
    for number, seen_at in enumerate((NOW - presence.KEPT, NOW - 2 * presence.KEPT)):
        Worker.objects.create(
            name=f"worker@gone:{number}", kind=KIND, started_at=NOW, seen_at=seen_at
        )

    presence.note(KIND, started_at=NOW, now=NOW)

    left = set(Worker.objects.values_list("name", flat=True))
    assert left == {presence.name_of(KIND), "worker@gone:0"}


@pytest.mark.django_db(transaction=True)
def test_a_heart_beats_until_it_is_stopped_and_leaves_nothing():
    seen = []

    def clock():
        # In the thread of the heart: SQLite in memory refuses two at once.
        seen.append(Worker.objects.count())
        return timezone.now()

    heart = presence.Heart(KIND, clock=clock, every=timedelta(milliseconds=20))
    heart.start()
    try:
        limit = time.monotonic() + 10
        while 1 not in seen:
            assert time.monotonic() < limit
            time.sleep(0.01)
    finally:
        heart.stop()

    assert not heart.is_alive()
    assert not Worker.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_stops_no_heart(monkeypatch, caplog):
    def fail(*_, **__):
        raise OperationalError("away")

    monkeypatch.setattr(presence, "note", fail)
    heart = presence.Heart(KIND, clock=timezone.now, every=timedelta(milliseconds=5))

    heart.start()
    time.sleep(0.05)

    assert heart.is_alive()
    heart.stop()
    assert "The heartbeat was not written: away" in caplog.text
