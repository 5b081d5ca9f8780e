"""Deletes history that is old enough, in small steps."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from certs.models import Observation

KEPT = timedelta(days=400)  # a year to compare with, and a month to do it in
BATCH = 500  # rows deleted in one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of history: what people call it, and which rows end before a moment."""

    name: str
    ended_before: Callable[[datetime], QuerySet[Any]]


# A later kind of history joins here; the command and its counts follow.
KINDS = (
    Kind(
        name="runs of observations",
        ended_before=Observation.objects.ended_before,
    ),
)


def due(kind: Kind, *, now: datetime, kept: timedelta = KEPT) -> int:
    """Return how many rows of `kind` ended longer than `kept` ago."""
    return kind.ended_before(now - kept).count()


def prune(
    kind: Kind, *, now: datetime, kept: timedelta = KEPT, batch: int = BATCH
) -> Iterator[int]:
    """Delete what ended longer than `kept` ago; yields the number after each batch.

    Each batch is a transaction of its own and the caller has the word in between, so
    that nobody waits long for a lock. Stopping anywhere leaves nothing half done.
    """
    rows = kind.ended_before(now - kept)
    while True:
        # Keys first: MongoDB deletes by nothing that would need a sub-query.
        keys = list(rows.order_by().values_list("pk", flat=True)[:batch])
        if not keys:
            return
        with transaction.atomic():
            rows.filter(pk__in=keys).delete()
        yield len(keys)
