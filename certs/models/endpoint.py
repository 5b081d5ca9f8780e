"""What people look after: the places where TLS is served."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
    validate_ipv46_address,
)
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.identifiers import uuid7
from accounts.models import Team, User
from certs.models.certificate import Certificate
from certs.models.contact import Contact, Tag
from certs.models.endpoint_questions import Questions
from certs.models.fields import LinesField
from certs.models.health import UNTRUSTED, Health, Reachability, of_served
from certs.models.policy import Policy
from certs.models.scope import Owned
from certs.models.starttls import StartTLSChoices
from certs.pki import grading
from certs.pki.addresses import MAX_PORT, MIN_PORT
from certs.pki.hostnames import InvalidHostError, to_ascii, to_unicode
from certs.pki.starttls import StartTLS
from certs.pki.target import MAX_NODES, Target

# The columns that people fill in, and those that say what the last check found.
DESCRIPTION = (
    "host",
    "port",
    "server_name",
    "starttls",
    "address_mode",
    "addresses",
    "team",
    "environment",
    "renewal_method",
    "policy",
    "check_hours",
    "paused",
    "notes",
)
STATE = (
    "status",
    "certificate_id",
    "not_before",
    "not_after",
    "issuer",
    "name_matches",
    "is_trusted",
    "grade",
    "findings",
    "error_code",
    "error_text",
    "observed_at",
    "changed_at",
)
# When it is checked; those of another place are as of a new one.
TURNS = (
    "next_check_at",
    "check_claim",
    "next_deep_check_at",
    "deep_check_claim",
)


def validate_host(value: str) -> None:
    """Raise ValidationError unless `value` is a host name or IP as it is stored."""
    try:
        stored = to_ascii(value)
    except InvalidHostError as error:
        raise ValidationError(str(error), code="invalid") from error
    if stored != value:
        raise ValidationError(f"This must be written as {stored}.", code="spelling")


def validate_addresses(values: tuple[str, ...]) -> None:
    """Raise ValidationError unless `values` are at most 50 IP addresses."""
    if len(values) > MAX_NODES:
        raise ValidationError(f"At most {MAX_NODES} addresses can be listed.")
    for value in values:
        validate_ipv46_address(value)


class CheckHours(models.IntegerChoices):
    """Hours from one check to the next."""

    HOUR = 1, "Hour"
    SIX_HOURS = 6, "6 hours"
    DAY = 24, "Day"
    WEEK = 168, "Week"

    @classmethod
    def usual(cls, hours: int) -> str:
        """Return the words for `hours`, which need not be one of these."""
        return str(cls(hours).label) if hours in cls else f"{hours} hours"


class EndpointQuerySet(Questions["Endpoint"]):
    """Endpoints, and what we ask about them."""


class Endpoint(Owned):
    """A host and port that should speak TLS, and what the last check found there."""

    class Environment(models.TextChoices):
        PRODUCTION = "production", "Production"
        STAGING = "staging", "Staging"
        DEVELOPMENT = "development", "Development"

    class Renewal(models.TextChoices):
        UNKNOWN = "unknown", "Not known"
        MANUAL = "manual", "By hand"
        ACME = "acme", "ACME"
        MANAGED = "managed", "By the hosting service"

    class AddressMode(models.TextChoices):
        FIRST = "first", "Where the name leads"
        EVERY = "every", "At every address of the name"
        LISTED = "listed", "At the addresses listed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    host = models.CharField(
        max_length=253,
        validators=[validate_host],
        help_text="A host name or an IP address.",
    )
    port = models.PositiveIntegerField(
        default=443,
        validators=[MinValueValidator(MIN_PORT), MaxValueValidator(MAX_PORT)],
    )
    server_name = models.CharField(
        max_length=253,
        blank=True,
        validators=[validate_host],
        help_text="The name to ask for (SNI), if it is not the host.",
    )
    starttls = models.CharField(
        "STARTTLS",
        max_length=12,
        blank=True,
        choices=StartTLSChoices,
        help_text="What is spoken before TLS begins.",
    )
    address_mode = models.CharField(
        "connect", max_length=10, choices=AddressMode, default=AddressMode.FIRST
    )
    addresses = LinesField(
        blank=True,
        validators=[validate_addresses],
        help_text="IP addresses, a line for each.",
    )
    team = models.ForeignKey(
        Team,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="endpoints",
        db_index=False,  # endpoint_by_team begins with it
    )
    contacts = models.ManyToManyField(Contact, related_name="endpoints", blank=True)
    tags = models.ManyToManyField(Tag, related_name="endpoints", blank=True)
    followers = models.ManyToManyField(
        User, related_name="followed_endpoints", blank=True, editable=False
    )
    environment = models.CharField(
        max_length=20, choices=Environment, default=Environment.PRODUCTION
    )
    renewal_method = models.CharField(
        "renewed", max_length=20, choices=Renewal, default=Renewal.UNKNOWN
    )
    notes = models.TextField(blank=True, max_length=10_000)
    policy = models.ForeignKey(
        Policy,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="endpoints",
        help_text="How it is warned of; that of a tag or the team, if none is chosen.",
    )
    check_hours = models.PositiveSmallIntegerField(
        "checked every",
        null=True,
        blank=True,
        choices=CheckHours,
        help_text="Each hour near the end and while it cannot be reached.",
    )
    paused = models.BooleanField(default=False, help_text="Not checked meanwhile.")
    created_at = models.DateTimeField("added", default=timezone.now, editable=False)

    # The current state. services.watch alone writes it; lists read it without a join.
    status = models.CharField(
        max_length=10,
        choices=Reachability,
        default=Reachability.UNKNOWN,
        editable=False,
    )
    certificate = models.ForeignKey(
        Certificate,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="endpoints",
    )
    not_before = models.DateTimeField(null=True, editable=False)
    not_after = models.DateTimeField("expires", null=True, editable=False)
    issuer = models.CharField(max_length=255, blank=True, editable=False)
    name_matches = models.BooleanField(null=True, editable=False)
    # Both leave the dates of the certificate out: those depend on the moment.
    is_trusted = models.BooleanField("trusted", null=True, editable=False)
    grade = models.CharField(max_length=2, blank=True, editable=False)
    findings = LinesField(blank=True, editable=False, help_text="Their codes.")
    error_code = models.CharField(max_length=30, blank=True, editable=False)
    error_text = models.CharField(max_length=500, blank=True, editable=False)
    observed_at = models.DateTimeField("checked", null=True, editable=False)
    changed_at = models.DateTimeField("state changed", null=True, editable=False)

    # When the next work on it is due. Whoever takes it puts the time off by a lease and
    # its claim beside it; services.work alone writes these.
    next_check_at = models.DateTimeField(default=timezone.now, editable=False)
    check_claim = models.UUIDField(null=True, editable=False)
    next_deep_check_at = models.DateTimeField(default=timezone.now, editable=False)
    deep_check_claim = models.UUIDField(null=True, editable=False)
    next_notice_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        ordering = [
            "host",
            "port",
            "server_name",
            "starttls",
        ]  # as endpoint_once has them
        constraints = [
            models.UniqueConstraint(
                fields=["host", "port", "server_name", "starttls"],
                name="endpoint_once",
                violation_error_message="This endpoint is in the inventory already.",
            ),
            models.CheckConstraint(
                name="endpoint_port_in_range",
                condition=Q(port__gte=MIN_PORT, port__lte=MAX_PORT),
            ),
            models.CheckConstraint(
                name="endpoint_up_has_a_certificate",
                condition=~Q(status=Reachability.UP)
                | Q(
                    not_before__isnull=False,
                    not_after__isnull=False,
                    name_matches__isnull=False,
                    is_trusted__isnull=False,
                ),
            ),
        ]
        # What lists sort, filter and count by. Not indexed, because few rows are left
        # when they are asked for or none is ever sorted by them: port alone, server
        # name, addresses, notes (EndpointText has them), renewal method (the admin's
        # filter, three values), error text, created_at, changed_at.
        indexes = [
            # Orders of the list, the key last: pages go on from it.
            models.Index(fields=["not_after", "id"], name="endpoint_by_expiry"),
            models.Index(fields=["host", "id"], name="endpoint_by_host"),
            models.Index(fields=["issuer", "id"], name="endpoint_by_issuer"),
            models.Index(fields=["observed_at", "id"], name="endpoint_by_check"),
            models.Index(fields=["grade", "not_after", "id"], name="endpoint_by_grade"),
            models.Index(fields=["team", "not_after", "id"], name="endpoint_by_team"),
            # Filters, in the order of the list.
            models.Index(fields=["issuer", "not_after", "id"], name="endpoint_issuer"),
            models.Index(fields=["not_after", "environment"], name="endpoint_by_week"),
            models.Index(
                fields=["environment", "not_after", "id"],
                name="endpoint_by_environment",
            ),
            # States at a moment: health.conditions.
            models.Index(
                fields=["paused", "status", "not_after", "id"],
                name="endpoint_by_status",
            ),
            models.Index(
                fields=[
                    "paused",
                    "status",
                    "name_matches",
                    "is_trusted",
                    "not_after",
                    "id",
                ],
                name="endpoint_by_verdict",
            ),
            models.Index(
                fields=["paused", "status", "not_before"], name="endpoint_by_start"
            ),
            # What is due.
            models.Index(fields=["paused", "next_check_at"], name="endpoint_check_due"),
            models.Index(
                fields=["paused", "next_deep_check_at"], name="endpoint_deep_due"
            ),
            models.Index(
                fields=["paused", "next_notice_at"], name="endpoint_notice_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.display_host}:{self.port}"

    def get_absolute_url(self) -> str:
        return reverse("certs:endpoint", args=[self.pk])

    def clean(self) -> None:
        """Raise ValidationError when no address is listed but should be."""
        if self.address_mode == self.AddressMode.LISTED and not self.addresses:
            raise ValidationError({"addresses": "List at least one address."})

    @property
    def place(self) -> tuple[str, int, str, str, str, tuple[str, ...]]:
        """Where a check goes; the state is of this place and of no other."""
        return (
            self.host,
            self.port,
            self.server_name,
            self.starttls,
            self.address_mode,
            tuple(self.addresses),
        )

    @property
    def target(self) -> Target:
        """Where a check goes, as the probes take it."""
        mode, modes = self.address_mode, self.AddressMode
        return Target(
            host=self.host,
            port=self.port,
            server_name=self.server_name,
            starttls=StartTLS(self.starttls),
            addresses=tuple(dict.fromkeys(self.addresses))
            if mode == modes.LISTED
            else (),
            every_node=mode != modes.FIRST,
        )

    @property
    def display_host(self) -> str:
        """The host as people write it: Unicode, an IPv6 address in brackets."""
        return f"[{self.host}]" if ":" in self.host else to_unicode(self.host)

    @property
    def words(self) -> tuple[str, ...]:
        """What it is found by, as stored and as people write it."""
        served = self.certificate.words if self.certificate else ()
        host = to_unicode(self.host)
        return (self.host, host, self.server_name, self.notes, *served)

    @property
    def expected_name(self) -> str:
        """The name its certificate should cover."""
        return self.server_name or self.host

    def days_left(self, now: datetime) -> int | None:
        """Calendar days in `now`'s zone until the certificate ends; None without."""
        if self.not_after is None:
            return None
        return grading.days_left(self.not_after, now=now)

    def health(self, now: datetime) -> Health:
        """Return the state that people see at `now`; in SQL: health.conditions."""
        if self.paused:
            return Health.PAUSED
        if self.status == Reachability.UNKNOWN:
            return Health.UNCHECKED
        if self.not_before is None or self.not_after is None:
            return Health.UNREACHABLE
        if self.status == Reachability.DOWN:
            return Health.UNREACHABLE
        return of_served(
            self.not_before,
            self.not_after,
            name_matches=bool(self.name_matches),
            is_trusted=bool(self.is_trusted),
            now=now,
        )

    def grade_at(self, now: datetime) -> str:
        """Return the grade at `now`: a certificate out of its dates is not trusted."""
        if not self.grade or self.not_before is None or self.not_after is None:
            return ""
        is_current = self.not_before <= now <= self.not_after
        return self.grade if is_current else UNTRUSTED

    def forget_state(self) -> None:
        """Back to "not checked" and due: what was seen was seen somewhere else."""
        blank = Endpoint()
        for name in (*STATE, *TURNS):
            setattr(self, name, getattr(blank, name))
