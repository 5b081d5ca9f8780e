"""The people who sign in."""

import zoneinfo
from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.fields import LowerCaseEmailField
from accounts.identifiers import uuid7
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


class PeopleManager(UserManager["User"]):
    """Finds people by what they type at the door."""

    use_in_migrations = False  # they want rows, not what the site does with them

    def known_as(self, name: str) -> "User | None":
        """Return who has this user name or mail address, None if nobody has.

        One query whoever it is. Case makes no difference, unless two user names differ
        by it alone. An address comes first: nobody takes another's as a user name.
        """
        name = name.strip()
        found = list(self.filter(Q(email=name) | Q(username__iexact=name)))
        for fits in (
            [user for user in found if user.email == name.lower()],
            [user for user in found if user.username == name],
            [user for user in found if user.username.lower() == name.lower()],
        ):
            if len(fits) == 1:
                return fits[0]
        return None

    def create_superuser(self, *args: Any, **kwargs: Any) -> "User":
        """Make a superuser; the address counts as confirmed, as the shell is theirs."""
        user = super().create_superuser(*args, **kwargs)
        if user.email:
            EmailAddress.objects.using(self.db).create(
                user=user, email=user.email, verified=True, primary=True
            )
        return user


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

    objects: ClassVar[PeopleManager] = PeopleManager()

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
