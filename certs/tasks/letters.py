"""Letters go out each minute: what became due is gathered, what is due is sent."""

from celery import shared_task
from django.utils import timezone

from certs.models import Letter
from certs.services.notices import delivery, letters
from certs.services.work import duties, rota


@shared_task
def deliver() -> None:
    """Make letters of what is due and send them. Doubled, it does nothing."""
    now, duty = timezone.now(), rota.LETTERS
    with duties.perform(duty, now=now, lease=duties.brief(duty)) as turn:
        if turn is None:
            return
        letters.gather(now=now)
        tried = [letter.state for letter in delivery.deliver(now=now)]
        turn.numbers = {"tried": len(tried), "sent": tried.count(Letter.State.SENT)}
