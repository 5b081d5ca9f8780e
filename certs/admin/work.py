"""Work in the background: evidence of what was done, when, and by whom."""

from django.contrib import admin
from django.utils import timezone

from certs.admin.evidence import EvidenceAdmin
from certs.models import Duty, Worker
from certs.services.work import presence, rota, watchdog


@admin.register(Duty)
class DutyAdmin(EvidenceAdmin[Duty]):
    """Regular duties, and whether they get done."""

    list_display = ("title", "in_time", "begun_at", "finished_at", "done", "error")
    search_fields = ("name",)
    fields = (
        "title",
        "in_time",
        "begun_at",
        "finished_at",
        "done",
        "error",
        "claimed_until",
        "told_at",
        "since",
    )

    @admin.display(description="Duty", ordering="name")
    def title(self, duty: Duty) -> str:
        return watchdog.title(duty.name)

    @admin.display(description="In time", boolean=True)
    def in_time(self, duty: Duty) -> bool | None:
        if duty.name not in rota.EVERY:
            return None
        return not watchdog.is_late(duty, now=timezone.now())

    @admin.display(description="What was done")
    def done(self, duty: Duty) -> str:
        return ", ".join(f"{name}: {number}" for name, number in duty.numbers.items())


@admin.register(Worker)
class WorkerAdmin(EvidenceAdmin[Worker]):
    """Processes that work in the background."""

    list_display = ("name", "kind", "is_heard", "started_at", "seen_at")
    list_filter = ("kind",)
    search_fields = ("name",)

    @admin.display(description="There", boolean=True)
    def is_heard(self, worker: Worker) -> bool:
        return worker.seen_at > timezone.now() - presence.HEARD
