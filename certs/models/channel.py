"""Where warnings go besides mail."""

from django.db import models

from accounts.fields import SealedTextField
from accounts.identifiers import uuid7


class Channel(models.Model):
    """A place that messages are posted to: a chat, a pager, a program of one's own.

    Its address is a secret, for whoever knows it may post there. It is kept sealed
    (accounts/sealing.py) and never shown again.
    """

    class Kind(models.TextChoices):
        APPRISE = "apprise", "A service that Apprise knows"
        WEBHOOK = "webhook", "A web address of one's own (JSON by POST)"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.APPRISE)
    sealed_url = SealedTextField("address", editable=False)
    is_active = models.BooleanField("active", default=True)
    # What the last test said; services.channels alone writes it.
    tested_at = models.DateTimeField("tested", null=True, editable=False)
    test_error = models.CharField(max_length=500, blank=True, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
