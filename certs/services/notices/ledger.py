"""Writes the ledger of warnings: who is to be told of what, before anything is sent.

There can be no second row of an endpoint, certificate, step and recipient, so it does
not matter how often somebody looks, nor how late: what is crossed and not in the ledger
is written, and nothing else.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from certs.models import Certificate, Endpoint, Notice
from certs.models.endpoint import EndpointQuerySet
from certs.services import patience
from certs.services.notices import decisions
from certs.services.notices.book import NEVER_TOLD, Decision

BATCH = 200  # endpoints in one transaction
ROWS = 500  # in one statement
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
State = Notice.State


def record(*, now: datetime, waits: Sequence[float] = patience.LONG) -> Iterator[int]:
    """Write what is crossed at `now` and not in the ledger; yields notices per batch.

    Only endpoints that are due to be looked at are, paused ones too, to close what
    waits. It happens as the result is iterated over; what was begun may be done again.
    """
    keys = patience.patiently(partial(_due, now=now), waits=waits)
    for part in _parts(keys, BATCH):
        write = partial(_write, part, now=now)
        yield patience.patiently(write, waits=waits)


def preview(endpoints: Iterable[UUID] | None = None, *, now: datetime) -> list[Notice]:
    """Return what waits to be sent, and what `record` would add; nothing is written.

    Of `endpoints`, else of those that the next round looks at or of which some waits.
    """
    keys = _due(now=now) if endpoints is None else list(endpoints)
    if endpoints is None:
        waiting = Notice.objects.filter(state=State.WAITING)
        keys = list({*keys, *waiting.values_list("endpoint_id", flat=True)})
    found: list[Notice] = []
    for part in _parts(keys, BATCH):
        batch = _read(Endpoint.objects.filter(pk__in=part))
        found += _previewed(batch, decisions.decide(batch, now=now))
    return sorted(found, key=lambda row: (row.due_at, str(row.endpoint), row.recipient))


def touch(endpoints: Iterable[UUID], *, now: datetime = LONG_AGO) -> None:
    """Have endpoints looked at in the next round: what decides has changed."""
    for keys in _parts(list(endpoints)):
        Endpoint.objects.filter(pk__in=keys).update(next_notice_at=now)


def touch_all(*, now: datetime) -> None:
    """Have all endpoints looked at in the next round."""
    rows = Endpoint.objects.filter(paused__in=(True, False), next_notice_at__gt=now)
    rows.update(next_notice_at=now)


def due(*, now: datetime) -> EndpointQuerySet:
    """Return the endpoints that the round of `now` looks at, paused ones too."""
    # Both: an index has the paused ones apart.
    return Endpoint.objects.filter(paused__in=(True, False), next_notice_at__lte=now)


def _due(*, now: datetime) -> list[UUID]:
    return sorted(due(now=now).order_by().values_list("pk", flat=True))


def _write(keys: Sequence[UUID], *, now: datetime) -> int:
    """Decide and write for a batch.

    The rows of the endpoints are held meanwhile, so that no second worker and no check
    comes between what is read and what is written: on MongoDB, which has no such locks,
    the later of two is refused and done again.
    """
    with transaction.atomic():
        rows = Endpoint.objects.filter(pk__in=keys, next_notice_at__lte=now)
        endpoints = _read(rows.select_for_update())
        if not endpoints:
            return 0
        decision = decisions.decide(endpoints, now=now)
        _put_off(decision)
        return _write_decision(decision)


def _read(rows: QuerySet[Endpoint]) -> list[Endpoint]:
    served = Prefetch("certificate", Certificate.objects.defer("der"))
    return list(rows.order_by("pk").prefetch_related(served, "team"))


def _put_off(decision: Decision) -> None:
    """Write when to look again: mostly the same moment, so a statement for each.

    bulk_update would make a CASE of all rows, which is ten times as slow.
    """
    by_look = defaultdict(list)
    for key, look in decision.looks.items():
        by_look[look].append(key)
    for look, keys in by_look.items():
        Endpoint.objects.filter(pk__in=keys).update(next_notice_at=look)


def _write_decision(decision: Decision) -> int:
    notices = Notice.objects
    waiting = notices.in_state(State.WAITING)
    for keys in _parts(decision.superseded):
        free = waiting.filter(pk__in=keys).in_no_letter()
        free.update(state=State.SUPERSEDED)
    for keys in _parts(decision.closed):
        waiting.filter(pk__in=keys).update(state=State.CLOSED)
    by_due = defaultdict(list)
    for row, due_at in decision.again:
        by_due[due_at].append(row.pk)
    for due_at, keys in by_due.items():
        rows = notices.filter(pk__in=keys, sent_at=None).in_state(*NEVER_TOLD)
        rows.update(state=State.WAITING, letter=None, due_at=due_at)
    notices.bulk_create(decision.new, ignore_conflicts=True, batch_size=ROWS)
    return len(decision.new) + len(decision.again)


def _parts(keys: Sequence[UUID], size: int = ROWS) -> Iterator[Sequence[UUID]]:
    return (keys[start : start + size] for start in range(0, len(keys), size))


def _previewed(endpoints: Sequence[Endpoint], decision: Decision) -> list[Notice]:
    """Return what would wait: what does and stays, what is new, what is true again."""
    gone = {*decision.superseded, *decision.closed}
    keys = [each.pk for each in endpoints]
    waiting = Notice.objects.filter(endpoint__in=keys).in_state(State.WAITING)
    rows = [row for row in waiting.select_related("policy") if row.pk not in gone]
    again = {row.pk: due_at for row, due_at in decision.again}
    for row in Notice.objects.filter(pk__in=list(again)).select_related("policy"):
        row.due_at = again[row.pk]
        rows.append(row)
    rows += [row for row in decision.new if row.state == State.WAITING]
    by_key = {each.pk: each for each in endpoints}
    for row in rows:
        row.endpoint = by_key[row.endpoint_id]
    return rows
