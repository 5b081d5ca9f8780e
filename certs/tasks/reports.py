"""The weekly report to Administrators."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from certs.services.notices import report
from certs.services.work import duties

DUTY = "report"
LEASE = timedelta(hours=1)
EVERY = timedelta(days=7)
LOOK = timedelta(hours=1)  # how often somebody looks whether a week has passed


@shared_task
def weekly() -> None:
    """Write the report if the last one is a week old; doing it twice is harmless."""
    now = timezone.now()
    # A round begins a little later each time: not to slip into the next hour.
    with duties.perform(DUTY, now=now, lease=LEASE, every=EVERY - LOOK / 2) as turn:
        if turn is not None:
            turn.numbers["letters"] = report.send(now=now)
