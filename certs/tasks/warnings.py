"""Writes down who is to be warned of what; others send it."""

from celery import shared_task
from django.utils import timezone

from certs.services.notices import ledger


@shared_task
def warn() -> None:
    """Record what is crossed. Done twice, or by two at once, it is done once."""
    for _ in ledger.record(now=timezone.now()):
        pass
