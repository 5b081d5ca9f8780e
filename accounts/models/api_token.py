"""What programs show instead of a person's password."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models

from accounts.identifiers import uuid7
from accounts.networks import Address, include, validate


class TokenState(models.TextChoices):
    """What has become of a token at a moment."""

    ACTIVE = "active", "Active"
    EXPIRED = "expired", "Expired"
    REVOKED = "revoked", "Revoked"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """The questions we ask about tokens."""

    def in_force(self, now: datetime) -> Self:
        """Tokens that still open the door at `now`."""
        return self.filter(revoked_at=None, expires_at__gt=now)


class ApiToken(models.Model):
    """A token of a person; it can do what the person can, or look only.

    Of its text only the SHA-256 is kept (token_text.py says why that is enough).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens"
    )
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    is_read_only = models.BooleanField("read only", default=True)
    networks = models.JSONField(default=list, blank=True, validators=[validate])
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_used_from = models.GenericIPAddressField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
    )

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = "API token"
        # People make them for themselves; nobody deletes what may have left traces.
        default_permissions = ("view", "change")

    def __str__(self) -> str:
        return f"{self.name} ({self.shown})"

    @property
    def shown(self) -> str:
        """What people know the token by: its beginning."""
        return f"cdk_{self.prefix}…"

    def state(self, now: datetime) -> TokenState:
        """Tell what has become of the token at `now`."""
        if self.revoked_at is not None:
            return TokenState.REVOKED
        return TokenState.ACTIVE if now < self.expires_at else TokenState.EXPIRED

    def may_come_from(self, address: Address | None) -> bool:
        """Whether the token is good at `address`; without a list it is anywhere."""
        return not self.networks or include(self.networks, address)
