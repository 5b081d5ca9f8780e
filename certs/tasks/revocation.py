"""Revocation lists of private CAs: fetched when they are due, and told of if old."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from certs.services import revocation
from certs.services.notices import revocation as telling
from certs.services.work import duties, rota

LEASE = timedelta(hours=1)


@shared_task
def look() -> None:
    """Fetch the lists that are due, and tell of those in trouble."""
    now, duty = timezone.now(), rota.REVOCATION
    with duties.perform(duty, now=now, lease=LEASE) as turn:
        if turn is not None:
            fetched = list(revocation.refresh(now=now))
            turn.numbers = {
                "fetched": sum(fetched),
                "failed": fetched.count(False),
                "letters": telling.tell(now=timezone.now()),
            }
