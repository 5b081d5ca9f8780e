"""The change log in the admin: to be read and searched, whatever a person's rights."""

from datetime import timedelta
from typing import Any

from auditlog.registry import auditlog
from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html

from accounts.models import Change
from accounts.models.change import ChangeQuerySet

MOST = 5_000  # entries that pages lead to; filters and the search lead to the others
DAYS = (1, 7, 30, 90, 365)
SEARCHED = ("object_text", "actor_name")


class NewestPages(Paginator[Any]):
    """Offers the pages of the newest entries: to count them all takes too long."""

    @cached_property
    def count(self) -> int:
        """How many entries there are, up to MOST."""
        rows = self.object_list
        assert isinstance(rows, QuerySet)  # noqa: S101 - the admin has no other
        return rows.order_by()[:MOST].count()


class SinceFilter(admin.SimpleListFilter):
    """How long ago, by the key, which has the time in it and an index."""

    title = "time"
    parameter_name = "days"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            (str(days), f"Past {days} days" if days > 1 else "Past day")
            for days in DAYS
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Change]
    ) -> QuerySet[Change]:
        assert isinstance(queryset, ChangeQuerySet)  # noqa: S101 - for mypy
        value = self.value()
        if value not in {str(days) for days in DAYS}:
            return queryset
        return queryset.since(timezone.now() - timedelta(days=int(value)))


class ModelFilter(admin.SimpleListFilter):
    """The kinds of records that the log follows."""

    title = "kind of record"
    parameter_name = "model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(
            (model._meta.label_lower, str(model._meta.verbose_name).capitalize())
            for model in auditlog.get_models()
        )

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Change]
    ) -> QuerySet[Change]:
        return queryset.filter(model=self.value()) if self.value() else queryset


if admin.site.is_registered(Change):
    admin.site.unregister(Change)  # django-auditlog has a screen of its own


@admin.register(Change)
class ChangeAdmin(admin.ModelAdmin[Change]):
    """Who did what. Nobody adds, changes or deletes an entry, superusers included."""

    list_display = ("time", "who", "action", "record", "what", "channel", "address")
    list_filter = (SinceFilter, "action", "channel", ModelFilter)
    search_fields = SEARCHED
    search_help_text = "Record, person, address or request"
    ordering = ("-id",)
    list_per_page = 50
    paginator = NewestPages
    show_full_result_count = False
    actions = None
    fieldsets = (
        (None, {"fields": ("time", "who", "action", "kind", "record", "what")}),
        ("From where", {"fields": ("channel", "address", "request_id")}),
        ("Chain", {"fields": ("number", "link", "proof")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Change | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Change | None = None
    ) -> bool:
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Change], search_term: str
    ) -> tuple[QuerySet[Change], bool]:
        """Find one text, spaces and all, in any of the columns."""
        term = search_term.strip()[:200]
        if not term:
            return queryset, False
        found = Q(request_id=term) | Q(address=term) | Q(object_key=term)
        for column in SEARCHED:
            found |= Q((f"{column}__icontains", term))
        return queryset.filter(found), False

    @admin.display(description="Time", ordering="id")
    def time(self, entry: Change) -> str:
        return date_format(timezone.localtime(entry.at), "DATETIME_FORMAT")

    @admin.display(description="Person")
    def who(self, entry: Change) -> str:
        return entry.actor_name or "–"

    @admin.display(description="Kind of record")
    def kind(self, entry: Change) -> str:
        return entry.model_name

    @admin.display(description="Record")
    def record(self, entry: Change) -> str:
        """Show what the record was called, with a link to where it may still be."""
        text = entry.object_text or "–"
        url = entry.record_url
        return format_html('<a href="{}">{}</a>', url, text) if url else text

    @admin.display(description="What")
    def what(self, entry: Change) -> str:
        return render_to_string("accounts/_change_lines.html", {"entry": entry})
