"""Regular duties: each is done by one worker at a time, wherever the workers are."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import Q

from certs.models import Duty
from certs.services import patience
from certs.services.work import rota

ERROR_LENGTH = 500  # as the column has it


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
    """Claim the duty `name` for the block; None where it is not to be done now.

    That is while somebody else does it, until the `lease` of a worker that died is
    over, and, with `every`, until it was finished so long ago. The block must be
    harmless to do twice. What it raises is noted down and raised on.
    """
    turn = Turn(name=name, token=uuid4())
    if not patience.patiently(partial(_claim, turn, now=now, lease=lease, every=every)):
        yield None
        return
    begun = time.monotonic()
    try:
        yield turn
    except Exception as error:  # whatever it was is noted for people, and raised on
        problem = f"{type(error).__name__}: {error}"[:ERROR_LENGTH]
        _let_go(turn, error=problem, numbers=turn.numbers)
        raise
    finished_at = now + timedelta(seconds=time.monotonic() - begun)
    _let_go(turn, finished_at=finished_at, error="", numbers=turn.numbers, told_at=None)


def brief(name: str) -> timedelta:
    """Return a short lease, for what two may do at once: rows are claimed, too."""
    lease: timedelta = min(settings.WORK_LEASE, 2 * rota.EVERY[name])
    return lease


def _claim(
    turn: Turn, *, now: datetime, lease: timedelta, every: timedelta | None
) -> bool:
    rows = Duty.objects.filter(name=turn.name)
    if not rows.exists():
        Duty.objects.bulk_create(
            [Duty(name=turn.name, since=now)], ignore_conflicts=True
        )
    free = Q(claim=None) | Q(claimed_until__lte=now) | Q(claim=turn.token)
    if every is not None:
        free &= Q(finished_at=None) | Q(finished_at__lte=now - every)
    claimed = rows.filter(free).update(
        claim=turn.token, claimed_until=now + lease, begun_at=now
    )
    return bool(claimed)


def _let_go(turn: Turn, **values: Any) -> None:
    """Note how it went, unless the lease was over and another has taken it."""
    rows = Duty.objects.filter(name=turn.name, claim=turn.token)
    patience.patiently(partial(rows.update, claim=None, claimed_until=None, **values))
