"""Warnings as evidence: notices, letters, and addresses that servers refuse."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.requests import person
from certs.admin.evidence import EvidenceAdmin
from certs.models import Letter, Notice, Undeliverable
from certs.models.notice import MOST, NoticeQuerySet
from certs.services.notices import writing

RESEND = "certs.resend_letter"


class FlaggedFilter(admin.SimpleListFilter):
    """Addresses that were refused so often that somebody should look."""

    title = "flagged"
    parameter_name = "flagged"

    def lookups(
        self, request: HttpRequest, model_admin: Any
    ) -> Iterable[tuple[str, str]]:
        return (("yes", "Flagged"), ("no", "Not yet"))

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Undeliverable]
    ) -> QuerySet[Undeliverable]:
        if self.value() == "yes":
            return queryset.filter(refusals__gte=Undeliverable.FLAGGED_FROM)
        if self.value() == "no":
            return queryset.filter(refusals__lt=Undeliverable.FLAGGED_FROM)
        return queryset


@admin.register(Notice)
class NoticeAdmin(EvidenceAdmin[Notice]):
    """Who is told of which step of which certificate."""

    list_display = (
        "endpoint",
        "kind",
        "step",
        "recipient",
        "state",
        "due_at",
        "sent_at",
    )
    list_filter = ("state", "kind")
    list_select_related = ("endpoint",)
    search_fields = ("recipient",)
    search_help_text = "A whole mail address, or a part of the host"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Notice], search_term: str
    ) -> tuple[QuerySet[Notice], bool]:
        """Search as the page of warnings does: endpoints first, by their words."""
        term = search_term.strip()
        if not term:
            return queryset, False
        assert isinstance(queryset, NoticeQuerySet)  # noqa: S101 - for mypy
        found = queryset.matching(term)
        if found.is_cut:
            shown = f"warnings of {MOST} of them are shown"
            text = f"More than {MOST} endpoints match; {shown}."
            self.message_user(request, text, messages.WARNING)
        return found, False


@admin.register(Letter)
class LetterAdmin(EvidenceAdmin[Letter]):
    """What was sent, what waits, and what was given up: that can be sent again."""

    list_display = (
        "created_at",
        "kind",
        "recipient",
        "subject",
        "state",
        "attempts",
        "error",
        "sent_at",
    )
    list_filter = ("state", "kind")
    list_select_related = ("channel",)
    search_fields = ("=address",)
    search_help_text = "A whole mail address"
    actions = ("resend",)
    exclude = ("claim",)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        """Whether the person may have letters tried again."""
        return person(request).has_perm(RESEND)

    @admin.action(description="Send again what was given up", permissions=["resend"])
    def resend(self, request: HttpRequest, queryset: QuerySet[Letter]) -> None:
        """Put the selected letters that were given up out to be sent."""
        keys = list(queryset.values_list("pk", flat=True))
        done = writing.resend(keys, now=timezone.now())
        text = (
            f"{done} of {len(keys)} will be sent again; the others were not given up."
        )
        self.message_user(request, text, messages.SUCCESS if done else messages.WARNING)

    @admin.display(description="To")
    def recipient(self, letter: Letter) -> str:
        return letter.address or str(letter.channel or "a channel that is gone")


@admin.register(Undeliverable)
class UndeliverableAdmin(EvidenceAdmin[Undeliverable]):
    """Addresses that servers refused; to delete one is to forget its refusals."""

    list_display = ("address", "flagged", "refusals", "error", "refused_at")
    list_filter = (FlaggedFilter,)
    search_fields = ("address",)

    def has_delete_permission(
        self, request: HttpRequest, obj: Undeliverable | None = None
    ) -> bool:
        return person(request).has_perm("certs.delete_undeliverable")

    @admin.display(description="Flagged", boolean=True, ordering="refusals")
    def flagged(self, row: Undeliverable) -> bool:
        return row.is_flagged
