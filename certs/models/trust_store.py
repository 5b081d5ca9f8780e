"""Whom people trust besides the public CAs."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from accounts.identifiers import uuid7
from accounts.models import Team
from certs.models.certificate import Certificate
from certs.pki.roots import PUBLIC


def validate_store_name(value: str) -> None:
    """Raise ValidationError for the name of the store that is not in the database."""
    if value.casefold() == PUBLIC.casefold():
        raise ValidationError("This is the name of the public store.", code="public")


class TrustStore(models.Model):
    """Roots that an organisation trusts, as of a private CA; the public are not here.

    A store that no team claims is everybody's.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(
        max_length=100, unique=True, validators=[validate_store_name]
    )
    teams = models.ManyToManyField(
        Team,
        related_name="trust_stores",
        blank=True,
        help_text="Whose default it is; of all teams without one, if none is chosen.",
    )
    with_public = models.BooleanField(
        "public CAs too",
        default=True,
        help_text="Its teams trust the public CAs as well.",
    )
    is_active = models.BooleanField("active", default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TrustRoot(models.Model):
    """A certificate in a trust store, and who put it there. Rows never change."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    store = models.ForeignKey(
        TrustStore, models.CASCADE, related_name="roots", db_index=False
    )
    certificate = models.ForeignKey(
        Certificate, models.PROTECT, related_name="trust_roots"
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    added_at = models.DateTimeField("added")

    class Meta:
        verbose_name = "root"
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "certificate"], name="trust_root_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.certificate)
