"""When to warn, whom, and in which words."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.identifiers import uuid7
from accounts.models import Team
from accounts.models.user import validate_time_zone
from certs.models.channel import Channel
from certs.models.fields import LinesField
from certs.models.steps import validate_steps

MOST_DAYS = 90  # of anything that is waited for
MOST_CHECKS = 100
EVERY_DAY = "0123456"  # Monday is 0, as in datetime.weekday


class Event(models.TextChoices):
    """What is told of besides the end of a certificate, where a policy says so."""

    RECOVERED = "recovered", "It can be reached again"
    RENEWED = "renewed", "A new certificate for the same names, key and issuer"
    REKEYED = "rekeyed", "A new certificate with a new key"
    ISSUER = "issuer", "A certificate of another issuer"
    NAMES = "names", "A certificate with other names"
    UNEXPECTED = "unexpected", "Another certificate long before it was due"
    CHAIN = "chain", "An intermediate or private root of the chain ends"


class Members(models.TextChoices):
    """Which members of a team are told."""

    NONE = "none", "Nobody"
    EDITORS = "editors", "Editors and Administrators"
    ALL = "all", "Everybody"


class Policy(models.Model):
    """How endpoints are warned of. The nearest wins: endpoint, tag, team, default."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100, unique=True)
    is_default = models.BooleanField("default", default=False, editable=False)
    notes = models.TextField(blank=True, max_length=2000)

    # When.
    steps = models.CharField(
        max_length=200,
        blank=True,
        validators=[validate_steps],
        help_text="Such as 60d 30d 7d, or 1/3 25% 1d; by lifetime if empty.",
    )
    daily_after_step = models.BooleanField(
        "daily reminders",
        default=False,
        help_text="After a step, each day until the next one.",
    )
    renews_itself = models.BooleanField(
        default=False,
        help_text="Silent unless the expected renewal did not happen.",
    )
    renewal_expected = models.CharField(
        max_length=10,
        blank=True,
        default="1/3",
        validators=[validate_steps],
        help_text="What is left when it renews itself, such as 30d or 1/3.",
    )
    renewal_grace_days = models.PositiveSmallIntegerField(
        default=2, validators=[MaxValueValidator(MOST_DAYS)]
    )
    weekdays = models.CharField(max_length=7, default=EVERY_DAY)
    from_hour = models.PositiveSmallIntegerField(
        default=8, validators=[MaxValueValidator(23)]
    )
    until_hour = models.PositiveSmallIntegerField(
        default=18, validators=[MinValueValidator(1), MaxValueValidator(24)]
    )
    time_zone = models.CharField(
        max_length=64, blank=True, validators=[validate_time_zone]
    )
    holidays = LinesField(
        blank=True, help_text="A line for each: 2026-12-25, or 12-25 for every year."
    )

    # What else.
    unreachable_after = models.PositiveSmallIntegerField(
        default=3,
        validators=[MaxValueValidator(MOST_CHECKS)],
        help_text="Failed checks in a row; 0 is never.",
    )
    events = LinesField(
        blank=True, default=(Event.RECOVERED, Event.UNEXPECTED, Event.CHAIN)
    )
    grade_below = models.CharField(max_length=2, blank=True)
    finding_severity = models.CharField(max_length=10, blank=True)
    tells_renewal = models.BooleanField(
        "say when it is over",
        default=False,
        help_text="Tell those who were warned that the certificate was renewed.",
    )

    # Whom.
    to_contacts = models.BooleanField("contacts", default=True)
    to_members = models.CharField(
        "team members", max_length=10, choices=Members, default=Members.NONE
    )
    to_team = models.BooleanField("team address", default=True)
    to_followers = models.BooleanField("followers", default=True)
    channels = models.ManyToManyField(Channel, related_name="policies", blank=True)
    escalate_after_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
        help_text="Without an acknowledgement, to the team, then to the fallback.",
    )
    fallback_email = models.EmailField(blank=True)

    # In which words; the site's own if empty.
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True, max_length=10_000)

    class Meta:
        verbose_name_plural = "policies"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="policy_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("certs:policy", args=[self.pk])

    @property
    def days(self) -> tuple[int, ...]:
        """The weekdays on which it warns; Monday is 0."""
        return tuple(int(day) for day in self.weekdays)

    @property
    def tells_of_more(self) -> bool:
        """Whether anything besides the end of a certificate is told of."""
        return bool(
            self.unreachable_after
            or self.events
            or self.grade_below
            or self.finding_severity
            or self.tells_renewal
        )

    @property
    def event_labels(self) -> list[str]:
        """What is told of besides, in words."""
        return [event.label for event in Event if event in self.events]


class TeamPolicy(models.Model):
    """The policy of what a team looks after."""

    team = models.OneToOneField(
        Team, models.CASCADE, primary_key=True, related_name="warning"
    )
    policy = models.ForeignKey(Policy, models.CASCADE, related_name="teams")

    class Meta:
        default_permissions = ()  # who may change policies may change this

    def __str__(self) -> str:
        return f"{self.team}: {self.policy}"
