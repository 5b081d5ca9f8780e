"""How work in the background stands: duties, processes, queue, and what is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from certs.models import Duty, Endpoint, Job, Letter, Worker
from certs.services.work import presence, queue, rounds, watchdog
from certs.services.work.watchdog import Standstill

MOST = 10_000  # counted; more is "more than"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits to be done, and how long the first of it has waited."""

    name: str
    number: int
    waited: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All of it, at one moment."""

    duties: list[Duty]
    workers: list[Worker]
    messages: int | None  # None: the broker does not answer
    backlogs: list[Backlog]
    standstill: Standstill | None

    @property
    def is_well(self) -> bool:
        return self.standstill is None


def standing(*, now: datetime) -> Overview:
    """Return how work stands at `now`."""
    jobs = Job.objects.filter(state=Job.State.QUEUED, claimed_until__lte=now)
    letters = Letter.objects.filter(state=Letter.State.WAITING, due_at__lte=now)
    checks, deep = rounds.CHECK, rounds.DEEP
    return Overview(
        standstill=watchdog.late(now=now),
        duties=list(Duty.objects.all()),
        workers=presence.heard(now=now),
        messages=queue.waiting(),
        backlogs=[
            _backlog("checks", _due(checks, now=now), checks.due, now=now),
            _backlog("deep checks", _due(deep, now=now), deep.due, now=now),
            _backlog("jobs", jobs.values_list("created_at"), "created_at", now=now),
            _backlog("letters", letters.values_list("due_at"), "due_at", now=now),
        ],
    )


def _due(kind: rounds.Kind, *, now: datetime) -> "QuerySet[Endpoint, tuple[datetime]]":
    rows: QuerySet[Endpoint, tuple[datetime]]
    rows = rounds.due(now=now, kind=kind).values_list(kind.due)
    return rows


def _backlog(
    name: str, rows: "QuerySet[Any, tuple[datetime]]", column: str, *, now: datetime
) -> Backlog:
    rows = rows.order_by(column)
    first = rows.first()
    return Backlog(
        name=name,
        number=rows[:MOST].count() if first else 0,
        waited=now - first[0] if first else timedelta(),
    )
