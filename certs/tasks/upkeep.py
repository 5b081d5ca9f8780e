"""What is tidied up each night."""

import time
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from accounts.services import trail
from certs.services import retention
from certs.services.work import duties, rota

LEASE = timedelta(hours=1)
PAUSE = 0.01  # seconds between batches: SQLite's writers wait by asking again


@shared_task
def retain() -> None:
    """Delete what is old enough, if that was last done a day ago."""
    now = timezone.now()
    duty = rota.RETENTION
    with duties.perform(duty, now=now, lease=LEASE, every=rota.EVERY[duty]) as turn:
        if turn is None:
            return
        for kind in retention.KINDS:
            for number in retention.prune(kind, now=now):
                turn.numbers[kind.name] = turn.numbers.get(kind.name, 0) + number
                time.sleep(PAUSE)
        kept = timedelta(days=settings.CHANGELOG_DAYS)
        turn.numbers["entries of the change log"] = sum(trail.prune(now=now, kept=kept))
        call_command("clearsessions")
        call_command("flushexpiredtokens")
