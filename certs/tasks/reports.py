"""The weekly report to Administrators."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from certs.services.notices import report
from certs.services.work import duties, rota

LEASE = timedelta(hours=1)
# A round begins a little later each time: not to slip into the next hour.
LITTLE = timedelta(minutes=30)


@shared_task
def weekly() -> None:
    """Write the report if the last one is a week old; doing it twice is harmless."""
    now, duty = timezone.now(), rota.REPORT
    every = rota.EVERY[duty] - LITTLE
    with duties.perform(duty, now=now, lease=LEASE, every=every) as turn:
        if turn is not None:
            turn.numbers["letters"] = report.send(now=now)
