"""Regular duties: each is done by one worker at a time, wherever the workers are."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Q

from certs.models import Duty


@dataclass(kw_only=True)
class Turn:
    """A duty while it is done; `numbers` are shown to people afterwards."""

    name: str
    token: UUID
    numbers: dict[str, Any] = field(default_factory=dict)


@contextmanager
def perform(
    name: str, *, now: datetime, lease: timedelta, every: timedelta | None = None
) -> Iterator[Turn | None]:
    """Claim the duty `name` for the block; None where it is not to be done now."""
    turn = Turn(name=name, token=uuid4())
    rows = Duty.objects.filter(name=name)
    if not rows.exists():
        Duty.objects.bulk_create([Duty(name=name)], ignore_conflicts=True)
    free = Q(claim=None) | Q(claimed_until__lte=now)
    if every is not None:
        free &= Q(finished_at=None) | Q(finished_at__lte=now - every)
    if not rows.filter(free).update(claim=turn.token, claimed_until=now + lease):
        yield None
        return
    yield turn
    rows.filter(claim=turn.token).update(
        claim=None, claimed_until=None, finished_at=now, numbers=turn.numbers
    )
