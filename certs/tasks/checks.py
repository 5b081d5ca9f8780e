"""Rounds of checks, a batch for each message: other work has its turn in between."""

from datetime import datetime
from typing import Any

from celery import shared_task
from django.utils import timezone

from certs.services import figures
from certs.services.work import duties, ping, rota, rounds

HELPERS = 8  # batches that are checked at the same time, by all workers together
# Endpoints in one round: 200,000 a week, and new ones one after another.
DEEP_MOST = 200


@shared_task
def check() -> None:
    """Begin a round: check a batch, and ask others to help if more is due."""
    now = timezone.now()
    with duties.perform(rota.CHECKS, now=now, lease=duties.brief(rota.CHECKS)) as turn:
        if turn is None:
            return
        most = rounds.BATCH * HELPERS
        waiting = rounds.due(now=now)[:most].count()
        until = now + rota.EVERY[rota.CHECKS]
        for _ in range(0, waiting - rounds.BATCH, rounds.BATCH):
            _call(check_batch, until.timestamp(), expires=until)
        turn.numbers = {"due": waiting, "checked": _check(until)}
    ping.send()


@shared_task
def check_batch(until: float) -> None:
    """Check a batch of what is due, and go on before `until` while more may be."""
    _check(datetime.fromtimestamp(until, tz=timezone.get_default_timezone()))


@shared_task
def deep() -> None:
    """Begin a round of deep checks, a few endpoints at a time."""
    now = timezone.now()
    duty = rota.DEEP_CHECKS
    with duties.perform(duty, now=now, lease=duties.brief(duty)) as turn:
        if turn is not None:
            waiting = rounds.due(now=now, kind=rounds.DEEP)[:DEEP_MOST].count()
            turn.numbers = {"due": waiting, "checked": _deep(DEEP_MOST)}


@shared_task
def deep_batch(most: int) -> None:
    """Check a few of what is due for a deep check, and go on up to `most`."""
    _deep(most)


def _check(until: datetime) -> int:
    claimed = rounds.claim_due(now=timezone.now())
    checked = sum(1 for _ in rounds.step(claimed, now=timezone.now()))
    if len(claimed.endpoints) == rounds.BATCH:
        if timezone.now() < until:
            _call(check_batch, until.timestamp(), expires=until)
    elif checked:
        figures.renew(now=timezone.now())  # the last batch of a round
    return checked


def _deep(most: int) -> int:
    now = timezone.now()
    batch = min(rounds.DEEP_BATCH, most)
    claimed = rounds.claim_due(now=now, batch=batch, kind=rounds.DEEP)
    checked = sum(1 for _ in rounds.deep_step(claimed, now=timezone.now()))
    left = most - batch
    if left and len(claimed.endpoints) == batch:
        ends = timezone.now() + rota.EVERY[rota.DEEP_CHECKS]
        _call(deep_batch, left, expires=ends)
    return checked


def _call(task: Any, *arguments: Any, expires: datetime) -> None:
    task.apply_async(arguments, expires=expires)
