"""The ledger of warnings: what was crossed, who is told, and in which letter."""

from typing import Self

from django.conf import settings
from django.db import models

from accounts.identifiers import uuid7
from certs.models.certificate import Certificate
from certs.models.channel import Channel
from certs.models.endpoint import Endpoint
from certs.models.policy import Policy

MOST = 200  # endpoints that a search is about


class Letter(models.Model):
    """One message to one recipient, in which all that was due to them is told.

    It is made before it is sent and sent by whoever claims it; its key is in the
    Message-ID, so what a crash made twice can be told to be one.
    """

    class Kind(models.TextChoices):
        DIGEST = "digest", "Warnings"
        MANUAL = "manual", "Written by hand"
        REPORT = "report", "Report to Administrators"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        FAILED = "failed", "Given up"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    # One of the two: a mail address, or a channel.
    address = models.CharField(max_length=254, blank=True)
    channel = models.ForeignKey(
        Channel, models.SET_NULL, null=True, blank=True, related_name="letters"
    )
    subject = models.CharField(max_length=200, blank=True)  # digests are worded late
    body = models.TextField(blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField("made")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    due_at = models.DateTimeField("due")  # while somebody has it, when it is free again
    claim = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField("sent", null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        default_permissions = ("view",)
        permissions = [("resend_letter", "Can have a letter sent again")]
        indexes = [
            models.Index(fields=["state", "due_at"], name="letter_due"),
            models.Index(fields=["-created_at", "-id"], name="letter_by_time"),
            models.Index(fields=["address", "-created_at"], name="letter_by_address"),
        ]

    def __str__(self) -> str:
        return self.subject or f"{self.get_kind_display()}: {self.address}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Conditions for rows that their keys, endpoints, letter or recipient find.

    They say what is left out, which no index answers. SQLite does not know how many
    rows have a state or a kind: by the index of those it would read half the ledger for
    a few keys.
    """

    # Whether `matching` has left endpoints out.
    is_cut = False

    def matching(self, term: str) -> Self:
        """Notices to an address, or of MOST endpoints with `term`.

        Endpoints first: the ledger is then entered by their keys. Which of more is up
        to the database: to sort them would take longer than all the rest.
        """
        if "@" in term:  # no host has one
            return self.filter(recipient=term.lower())
        found = Endpoint.objects.first_matching(term, most=MOST + 1).order_by()
        keys = list(found.values_list("pk", flat=True)[: MOST + 1])
        rows = self.filter(endpoint__in=keys[:MOST])
        rows.is_cut = len(keys) > MOST
        return rows

    def in_state(self, *states: "Notice.State") -> Self:
        """Notices in one of `states`."""
        return self.exclude(
            state__in=[each for each in Notice.State if each not in states]
        )

    def of_kind(self, *kinds: "Notice.Kind") -> Self:
        """Notices of one of `kinds`."""
        return self.exclude(
            kind__in=[each for each in Notice.Kind if each not in kinds]
        )

    def in_no_letter(self) -> Self:
        """Notices that nobody has put into a letter."""
        return self.exclude(letter__isnull=False)


class Notice(models.Model):
    """That one recipient is told of one step of one certificate at one endpoint.

    Written before anything is sent, and there can be no second: that is why a warning
    goes out exactly once, however often or seldom somebody looks for what is due.
    """

    class Kind(models.TextChoices):
        STEP = "step", "The certificate ends"
        REMINDER = "reminder", "Reminder of the end"
        OVERDUE = "overdue", "It was not renewed as expected"
        ENDED = "ended", "The certificate has ended"
        UNREACHABLE = "unreachable", "It cannot be reached"
        RECOVERED = "recovered", "It can be reached again"
        CHANGED = "changed", "Another certificate"
        GRADE = "grade", "The grade dropped"
        FINDING = "finding", "A new finding"
        CHAIN = "chain", "A certificate above it ends"
        RENEWED = "renewed", "It was renewed: it is over"
        ESCALATION = "escalation", "Nobody has acknowledged"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Told"
        SUPERSEDED = "superseded", "A later one was told"
        CLOSED = "closed", "No longer true"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(
        Endpoint, models.CASCADE, related_name="notices", db_index=False
    )  # notice_once begins with it
    certificate = models.ForeignKey(
        Certificate, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    fingerprint = models.CharField(max_length=64, blank=True)  # empty: none was served
    step = models.CharField(max_length=80)  # such as "7d", "ended+1", "unreachable/…"
    recipient = models.CharField(max_length=254)  # an address, or "channel:<key>"
    kind = models.CharField(max_length=12, choices=Kind)
    policy = models.ForeignKey(Policy, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)  # why this recipient
    crossed_at = models.DateTimeField("crossed")
    due_at = models.DateTimeField("due")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    letter = models.ForeignKey(
        Letter, models.SET_NULL, null=True, related_name="notices"
    )
    created_at = models.DateTimeField("written")
    sent_at = models.DateTimeField("told", null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "fingerprint", "step", "recipient"],
                name="notice_once",
            ),
        ]
        indexes = [
            # The key last: thousands may be written, and due, at one moment.
            models.Index(fields=["state", "due_at", "id"], name="notice_due"),
            models.Index(fields=["-created_at", "-id"], name="notice_by_time"),
            models.Index(
                fields=["recipient", "-created_at", "-id"], name="notice_by_person"
            ),
            # The admin's filters.
            models.Index(
                fields=["state", "-created_at", "-id"], name="notice_by_state"
            ),
            models.Index(fields=["kind", "-created_at", "-id"], name="notice_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint}, {self.step}, {self.recipient}"


class Undeliverable(models.Model):
    """A mail address that a server refused; who was flagged should be looked at."""

    FLAGGED_FROM = 5  # refusals

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    address = models.CharField(max_length=254, unique=True)
    refusals = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    refused_at = models.DateTimeField("last refused")

    class Meta:
        verbose_name = "undeliverable address"
        verbose_name_plural = "undeliverable addresses"
        ordering = ["-refused_at"]
        default_permissions = ("view", "delete")

    def __str__(self) -> str:
        return self.address

    @property
    def is_flagged(self) -> bool:
        """Whether it was refused so often that somebody should look at it."""
        return self.refusals >= self.FLAGGED_FROM


class Acknowledgement(models.Model):
    """That somebody is on it, until a date before the last step."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(
        Endpoint, models.CASCADE, related_name="acknowledgements"
    )
    fingerprint = models.CharField(max_length=64, blank=True)  # of what was served
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    reason = models.CharField(max_length=500)
    created_at = models.DateTimeField("acknowledged")
    until = models.DateTimeField()
    is_snoozed = models.BooleanField(
        "snoozed", default=False, help_text="No steps either until then."
    )
    withdrawn_at = models.DateTimeField("withdrawn", null=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        default_permissions = ("add", "view")

    def __str__(self) -> str:
        return f"{self.endpoint}: {self.reason}"
