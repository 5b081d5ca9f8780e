"""The change log: who changed what, when, from where, and how it was before."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts import origin
from accounts.identifiers import earliest, uuid7
from accounts.models.noticing import Noticing
from accounts.values import instant


def moment() -> datetime:
    """Return now, to the millisecond that every database keeps."""
    now = timezone.now().astimezone(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def waiting_number() -> int:
    """Return a number below zero: an entry has it until it is put into the chain.

    Not NULL, so that one plain unique index serves every database.
    """
    return -1 - secrets.randbits(62)


class AppendOnlyError(Exception):
    """Entries of the change log are not deleted, but by pruning."""


class ChangeQuerySet(models.QuerySet["Change"]):
    """The questions we ask about changes."""

    def sealed(self) -> Self:
        """Entries in the chain, the oldest first."""
        return self.filter(number__gt=0).order_by("number")

    def waiting(self) -> Self:
        """Entries that are not in the chain yet, the oldest first."""
        return self.filter(number__lt=0).order_by("id")

    def newest_first(self) -> Self:
        """By key, which sorts by time and has an index with every filter."""
        return self.order_by("-id")

    def since(self, moment: datetime) -> Self:
        """Entries written at `moment` or later; the key says when."""
        return self.filter(id__gte=earliest(moment))

    def about(self, row: models.Model) -> Self:
        """Entries about one record, the newest first."""
        label = row._meta.concrete_model._meta.label_lower  # type: ignore[union-attr]  # it has one
        return self.filter(model=label, object_key=str(row.pk)).newest_first()

    def delete(self) -> tuple[int, dict[str, int]]:
        """Raise AppendOnlyError: `auditlogflush` and its like have no business here."""
        raise AppendOnlyError

    def prune(self) -> int:
        """Delete these entries; services.trail alone knows which ones may go."""
        return super().delete()[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What became of one field, ready to be shown."""

    label: str
    before: str
    after: str
    is_list: bool = False


class Change(models.Model):
    """One entry. It refers to nothing, so that nothing that goes takes it along."""

    class Action(models.TextChoices):
        CREATE = "create", "Added"
        UPDATE = "update", "Changed"
        DELETE = "delete", "Deleted"
        SIGN_IN = "sign-in", "Signed in"
        SIGN_OUT = "sign-out", "Signed out"
        REFUSAL = "refusal", "Refused"
        LINK = "link", "Sent a link for a new password"
        PRUNE = "prune", "Pruned"

    class Channel(models.TextChoices):
        PAGE = origin.PAGE, "Page"
        ADMIN = origin.ADMIN, "Admin"
        API = origin.API, "API"
        COMMAND = origin.COMMAND, "Command"
        IMPORT = origin.IMPORT, "Import"
        SYSTEM = origin.SYSTEM, "System"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField("time", default=moment)
    action = models.CharField(max_length=20, choices=Action)
    channel = models.CharField("way", max_length=10, choices=Channel)
    actor = models.UUIDField("key of the person", null=True)
    actor_name = models.CharField("person", max_length=150, blank=True)
    address = models.CharField(max_length=45, blank=True)
    request_id = models.CharField("request", max_length=64, blank=True)
    model = models.CharField("kind of record", max_length=100)
    object_key = models.CharField("key", max_length=255, blank=True)
    object_text = models.CharField("record", max_length=200, blank=True)
    changes = models.JSONField(default=dict)
    # The chain: accounts/chain.py.
    number = models.BigIntegerField(unique=True, default=waiting_number)
    proof = models.CharField(max_length=64)
    link = models.CharField(max_length=64, blank=True)

    objects = Noticing.from_queryset(ChangeQuerySet)()

    class Meta:
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["object_key", "id"], name="change_of_record"),
            models.Index(fields=["model", "id"], name="change_of_kind"),
            models.Index(fields=["actor", "id"], name="change_by_actor"),
            models.Index(fields=["action", "id"], name="change_by_action"),
            models.Index(fields=["request_id"], name="change_of_request"),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.object_text}".strip()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raise AppendOnlyError."""
        raise AppendOnlyError

    @property
    def facts(self) -> dict[str, Any]:
        """What the proof is made of: everything that the entry says."""
        return {
            "id": str(self.id),
            "at": instant(self.at),
            "action": self.action,
            "channel": self.channel,
            "actor": None if self.actor is None else str(self.actor),
            "actor_name": self.actor_name,
            "address": self.address,
            "request_id": self.request_id,
            "model": self.model,
            "object_key": self.object_key,
            "object_text": self.object_text,
            "changes": self.changes,
        }

    @property
    def model_name(self) -> str:
        """What people call this kind of record."""
        try:
            return str(apps.get_model(self.model)._meta.verbose_name)
        except (LookupError, ValueError):  # of a version that had it
            return self.model

    @property
    def lines(self) -> list[Line]:
        """What changed, field by field."""
        return [self._line(name, what) for name, what in self.changes.items()]

    @property
    def record_url(self) -> str:
        """Where the record is in the admin, if it has a place there."""
        name = f"admin:{self.model.replace('.', '_')}_change"
        try:
            return reverse(name, args=[self.object_key])
        except NoReverseMatch:
            return ""

    def _line(self, name: str, what: Any) -> Line:
        try:
            field = apps.get_model(self.model)._meta.get_field(name)
            label = str(getattr(field, "verbose_name", name))
        except (LookupError, ValueError, FieldDoesNotExist):
            label = name
        label = label.replace("_", " ")
        if isinstance(what, dict):
            gone, new = what.get("removed", []), what.get("added", [])
            shown = (", ".join(gone), ", ".join(new))
            return Line(label=label, before=shown[0], after=shown[1], is_list=True)
        before, after = what
        return Line(label=label, before=_shown(before), after=_shown(after))


def _shown(value: Any) -> str:
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value)
    return str(value)
