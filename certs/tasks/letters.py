"""Letters go out each minute: what became due is gathered, what is due is sent."""

from celery import shared_task
from django.utils import timezone

from certs.services.notices import delivery, letters


@shared_task
def deliver() -> None:
    """Make letters of what is due and send them. Doubled, it does nothing."""
    now = timezone.now()
    letters.gather(now=now)
    for _ in delivery.deliver(now=now):
        pass
