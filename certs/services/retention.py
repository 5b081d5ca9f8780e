"""Deletes history that is old enough, in small steps."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from certs.models import Job, Letter, Notice, Observation

KEPT = timedelta(days=400)  # a year to compare with, and a month to do it in
LEDGER_KEPT = timedelta(days=3650)
LETTERS_KEPT = timedelta(days=730)
JOBS_KEPT = timedelta(days=90)
BATCH = 500  # rows deleted in one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of history: what people call it, and which rows end before a moment."""

    name: str
    ended_before: Callable[[datetime], QuerySet[Any]]
    kept: timedelta = KEPT


def _letters_before(moment: datetime) -> QuerySet[Letter]:
    return Letter.objects.filter(created_at__lt=moment).exclude(
        state=Letter.State.WAITING
    )


def _notices_before(moment: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(created_at__lt=moment).exclude(
        state=Notice.State.WAITING
    )


def _jobs_before(moment: datetime) -> QuerySet[Job]:
    over = (Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED)
    return Job.objects.filter(state__in=over, created_at__lt=moment)


# A later kind of history joins here; the command and its counts follow.
KINDS = (
    Kind(
        name="runs of observations",
        ended_before=Observation.objects.ended_before,
    ),
    # The ledger is what keeps a warning from going out twice: it stays longer than any
    # certificate that is still served should.
    Kind(name="warnings", ended_before=_notices_before, kept=LEDGER_KEPT),
    Kind(name="letters", ended_before=_letters_before, kept=LETTERS_KEPT),
    Kind(name="jobs", ended_before=_jobs_before, kept=JOBS_KEPT),
)


def due(kind: Kind, *, now: datetime, kept: timedelta | None = None) -> int:
    """Return how many rows of `kind` ended longer than `kept` ago."""
    return kind.ended_before(now - (kept or kind.kept)).count()


def prune(
    kind: Kind, *, now: datetime, kept: timedelta | None = None, batch: int = BATCH
) -> Iterator[int]:
    """Delete what ended longer than `kept` ago; yields the number after each batch.

    Without `kept`, each kind has its own time.

    Each batch is a transaction of its own and the caller has the word in between, so
    that nobody waits long for a lock. Stopping anywhere leaves nothing half done.
    """
    rows = kind.ended_before(now - (kept or kind.kept))
    while True:
        # Keys first: MongoDB deletes by nothing that would need a sub-query.
        keys = list(rows.order_by().values_list("pk", flat=True)[:batch])
        if not keys:
            return
        with transaction.atomic():
            rows.filter(pk__in=keys).delete()
        yield len(keys)
