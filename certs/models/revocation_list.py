"""Revocation lists of private CAs: whether clients find one that is good."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from accounts.identifiers import uuid7
from certs.models.trust_store import TrustStore
from certs.pki.errands import web

# A CA makes the next list before the last one ends. When so little of the time is left,
# it is overdue: of a week, the 12 hours that Windows' CA leaves are 7 %.
LATE_SHARE = 20  # a twentieth
LATE_MOST = timedelta(days=7)
SILENT = timedelta(days=1)  # without an answer, until that is worth a word


def validate_web_address(value: str) -> None:
    """Raise ValidationError unless a list can be fetched from `value`."""
    if not web.is_address(value):
        raise ValidationError(
            "A list is fetched from an address that begins with http:// or https://.",
            code="address",
        )
    if urlsplit(value).username is not None:
        raise ValidationError(
            "The address would be shown with its password: give one without.",
            code="password",
        )


class RevocationList(models.Model):
    """Where a CRL is published, and what it said when it was fetched last.

    RFC 5280 section 5. Clients that look at it mostly refuse all certificates of its CA
    once it is older than its nextUpdate.
    """

    class Trouble(models.TextChoices):
        OLD = "old", "too old"
        LATE = "late", "overdue"
        UNKNOWN = "unknown", "out of reach"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    store = models.ForeignKey(
        TrustStore, models.CASCADE, related_name="revocation_lists", db_index=False
    )
    url = models.CharField(
        "address",
        max_length=500,
        validators=[validate_web_address],
        help_text="As in the CRL distribution points of the CA's certificates.",
    )
    issuer = models.CharField(max_length=1000, blank=True, editable=False)
    number = models.CharField(max_length=60, blank=True, editable=False)
    revoked = models.PositiveIntegerField(null=True, editable=False)
    this_update = models.DateTimeField(null=True, editable=False)
    next_update = models.DateTimeField(null=True, editable=False)
    fetched_at = models.DateTimeField("fetched", null=True, editable=False)
    error = models.CharField(max_length=500, blank=True, editable=False)
    failed_since = models.DateTimeField(null=True, editable=False)
    due_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "revocation list"
        ordering = ["url"]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "url"], name="revocation_list_once"
            ),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def late_from(self) -> datetime | None:
        """When another list should have come; None where nothing was fetched."""
        if self.this_update is None or self.next_update is None:
            return None
        share = (self.next_update - self.this_update) / LATE_SHARE
        return self.next_update - min(share, LATE_MOST)

    def trouble(self, now: datetime) -> Trouble | None:
        """Return what is wrong with it at `now`, the worst if several things are."""
        if self.next_update is not None and self.next_update <= now:
            return self.Trouble.OLD
        if self.failed_since is not None and self.failed_since + SILENT <= now:
            return self.Trouble.UNKNOWN
        if self.late_from is not None and self.late_from <= now:
            return self.Trouble.LATE
        return None
