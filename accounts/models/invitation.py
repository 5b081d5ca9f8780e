"""Who was asked to join, into which role and teams."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models

from accounts.fields import LowerCaseEmailField
from accounts.identifiers import uuid7
from accounts.models.team import Team
from accounts.roles import Role


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """The questions we ask about invitations."""

    def open(self) -> Self:
        """Return those that nobody has accepted yet, the latest first."""
        return self.filter(accepted_at=None).order_by("-created_at")


class Invitation(models.Model):
    """A link by mail that makes an account, once. Of the link only a hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = LowerCaseEmailField("e-mail address", db_index=True)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.VIEWER)
    teams = models.ManyToManyField(Team, blank=True, related_name="+")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.email

    def is_open(self, now: datetime) -> bool:
        """Whether the link still makes an account.

        What somebody sent who is deactivated by now does not count any more.
        """
        inviter = self.invited_by
        return (
            self.accepted_at is None
            and now < self.expires_at
            and (inviter is None or inviter.is_active)
        )
