"""The people who sign in."""

import zoneinfo
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from accounts.fields import LowerCaseEmailField
from accounts.identifiers import uuid7
from accounts.models.people import FACTORS, People
from accounts.roles import Role


def validate_time_zone(value: str) -> None:
    """Raise ValidationError unless `value` names a zone of the IANA database."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError("“%(value)s” is no time zone.", params={"value": value})


def validate_language(value: str) -> None:
    """Raise ValidationError unless Django can write dates in the language `value`."""
    if value not in dict(settings.LANGUAGES):
        raise ValidationError("“%(value)s” is no language.", params={"value": value})


class Theme(models.TextChoices):
    """The colours of the pages where a browser has no choice of its own."""

    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class User(AbstractUser):
    """A person on the staff. The groups they are in give the role."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    first_name = None  # type: ignore[assignment]  # one name serves every culture
    last_name = None  # type: ignore[assignment]
    email = LowerCaseEmailField("e-mail address", unique=True)
    display_name = models.CharField("name", max_length=100, blank=True)
    time_zone = models.CharField(
        max_length=64,
        blank=True,
        validators=[validate_time_zone],
        help_text="Detected at the first sign-in; empty means the site's own.",
    )
    date_language = models.CharField(
        "language of dates", max_length=10, blank=True, validators=[validate_language]
    )
    theme = models.CharField(max_length=5, blank=True, choices=Theme)

    authenticator_set: Any  # a manager of allauth, which has no types

    objects: ClassVar[People] = People()

    class Meta:
        ordering = ["username"]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        """Return the name to show: what the person is called, else the user name."""
        return self.display_name or self.username

    def get_short_name(self) -> str:
        return self.get_full_name()

    def get_absolute_url(self) -> str:
        return reverse("accounts:user-edit", args=[self.pk])

    @property
    def initials(self) -> str:
        """One or two letters for the round mark in the navigation bar."""
        words = self.get_full_name().split()
        return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper()

    def roles(self) -> list[Role]:
        """Return the roles of the groups this person is in, the weakest first."""
        names = {group.name for group in self.groups.all()}
        return [role for role in Role if role in names]

    def role(self) -> Role | None:
        """Return the strongest role; superusers count as administrators."""
        if self.is_superuser:
            return Role.ADMINISTRATOR
        roles = self.roles()
        return roles[-1] if roles else None

    def has_second_factor(self) -> bool:
        """Whether an authenticator app or a passkey is set up."""
        return any(factor.type in FACTORS for factor in self.authenticator_set.all())
