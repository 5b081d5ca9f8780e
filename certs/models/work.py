"""Work in the background: long jobs, regular duties, and who does them.

The database says what is to be done; a queue only wakes somebody up. Whoever does
something claims it by update-and-count for a while, and another may take it after that.
"""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.identifiers import uuid7


class Job(models.Model):
    """Something long that somebody asked for; pages read how far it is."""

    MESSAGES = 100  # kept of each job

    class Kind(models.TextChoices):
        CHECK = "check", "Check"
        DEEP_CHECK = "deep_check", "Deep check"
        EXPORT = "export", "Export"
        IMPORT = "import", "Import"
        MAIL = "mail", "Mail contacts"

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="jobs"
    )
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    arguments = models.JSONField(default=dict)  # keys and options, never secrets
    total = models.PositiveIntegerField(null=True)  # of steps; None: not counted yet
    done = models.PositiveIntegerField(default=0)  # those that failed included
    failed = models.PositiveIntegerField(default=0)
    cursor = models.CharField(max_length=64, blank=True)  # the last key done
    messages = models.JSONField(default=list)
    result = models.CharField(max_length=200, blank=True)  # the name of a file
    is_cancelled = models.BooleanField(default=False)  # somebody wants it to stop
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField("asked for")
    started_at = models.DateTimeField("begun", null=True)
    ended_at = models.DateTimeField("ended", null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["state", "claimed_until"], name="job_due"),
            models.Index(fields=["-created_at", "-id"], name="job_by_time"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Duty(models.Model):
    """Something that is done again and again, and when that was last so."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=30, unique=True)
    since = models.DateTimeField("expected since", default=timezone.now)
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    begun_at = models.DateTimeField("begun", null=True)
    finished_at = models.DateTimeField("finished", null=True)
    error = models.CharField(max_length=500, blank=True)
    numbers = models.JSONField(default=dict)  # what was done, for people
    told_at = models.DateTimeField("reported late", null=True)  # to ADMINS

    class Meta:
        verbose_name_plural = "duties"
        ordering = ["name"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.name


class Worker(models.Model):
    """A process that works in the background, and when it was last heard of."""

    class Kind(models.TextChoices):
        WORKER = "worker", "Worker"
        SCHEDULER = "scheduler", "Scheduler"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=200, unique=True)  # kind@host:process
    kind = models.CharField(max_length=10, choices=Kind)
    started_at = models.DateTimeField("started")
    seen_at = models.DateTimeField("last heard of")

    class Meta:
        ordering = ["name"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.name
