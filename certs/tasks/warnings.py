"""Writes down who is to be warned of what; others send it."""

from celery import shared_task
from django.utils import timezone

from certs.services.notices import ledger
from certs.services.work import duties, rota


@shared_task
def warn() -> None:
    """Record what is crossed. Done twice, or by two at once, it is done once."""
    now, duty = timezone.now(), rota.WARNINGS
    with duties.perform(duty, now=now, lease=duties.brief(duty)) as turn:
        if turn is not None:
            turn.numbers = {"written": sum(ledger.record(now=now))}
