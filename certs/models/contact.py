"""Who is told, and the words that sort endpoints."""

from django.db import models

from accounts.fields import LowerCaseEmailField
from accounts.identifiers import uuid7
from accounts.models import Team
from certs.models.policy import Policy
from certs.models.scope import Owned, OwnedQuerySet


class ContactQuerySet(OwnedQuerySet["Contact"]):
    """What we ask about contacts."""


class Contact(Owned):
    """Somebody who is told about endpoints; an account is not needed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100, blank=True)
    email = LowerCaseEmailField("e-mail address", unique=True)
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="contacts"
    )
    is_active = models.BooleanField("active", default=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["email"]

    def __str__(self) -> str:
        return self.name or self.email


class Tag(models.Model):
    """A word that gathers endpoints across teams."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.SlugField(unique=True)
    policy = models.ForeignKey(
        Policy,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="tags",
        help_text="How endpoints with this tag are warned of.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
