"""Jobs: long work that people asked for."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.requests import person
from certs.admin import display
from certs.admin.evidence import EvidenceAdmin
from certs.models import Job
from certs.services.work import jobs, progress, selection


@admin.register(Job)
class JobAdmin(EvidenceAdmin[Job]):
    """How far long work is: one's own, and that of all for Administrators."""

    list_display = (
        "kind",
        "state_pill",
        "bar",
        "done",
        "total",
        "failed",
        "user",
        "created_at",
    )
    list_filter = ("state", "kind", "created_at")
    list_select_related = ("user",)
    fields = (
        "kind",
        "about",
        "state_pill",
        "bar",
        "done",
        "total",
        "failed",
        "speed",
        "left",
        "user",
        "created_at",
        "started_at",
        "ended_at",
        "said",
        "result",
    )
    actions = ("cancel",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        mine = jobs.visible_to(person(request))
        return super().get_queryset(request).filter(pk__in=mine.values("pk"))

    @admin.action(description="Cancel", permissions=["view"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """End the selected jobs after their current steps."""
        now = timezone.now()
        ended = sum(jobs.cancel(job, now=now) for job in queryset)
        text = ngettext("%d job is ended.", "%d jobs are ended.", ended) % ended
        self.message_user(request, text, messages.SUCCESS)

    @admin.display(description="State", ordering="state")
    def state_pill(self, job: Job) -> str:
        return display.job_state(job)

    @admin.display(description="Progress")
    def bar(self, job: Job) -> str:
        return display.job_bar(job, progress.of(job, now=timezone.now()).percent)

    @admin.display(description="Which")
    def about(self, job: Job) -> str:
        return selection.in_words(job)

    @admin.display(description="Speed")
    def speed(self, job: Job) -> str:
        return progress.rate(progress.of(job, now=timezone.now()).per_second)

    @admin.display(description="Time left")
    def left(self, job: Job) -> str:
        return progress.duration(progress.of(job, now=timezone.now()).left)

    @admin.display(description="Messages")
    def said(self, job: Job) -> str:
        return "\n".join(job.messages)
