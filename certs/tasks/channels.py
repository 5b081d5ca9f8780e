"""The test of a channel, which nobody should have to wait for in a page."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from certs.models import Channel
from certs.services import channels


@shared_task
def test_channel(pk: str) -> None:
    """Send a test message; what became of it is on the row."""
    channel = Channel.objects.filter(pk=UUID(pk)).first()
    if channel is not None:  # deleted since
        channels.test(channel, now=timezone.now())
