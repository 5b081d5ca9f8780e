"""Endpoints: the records that people keep."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone

from certs.admin import display
from certs.admin.checks import CheckActions
from certs.admin.filters import GradeFilter, HealthFilter
from certs.admin.paging import LargeTableAdmin
from certs.admin.scope import OwnedAdmin, own
from certs.models import Endpoint, Observation
from certs.models.endpoint import EndpointQuerySet
from certs.services import inventory, transfer
from certs.services.notices import ledger

FOUND = (
    "status_pill",
    "certificate",
    "begins",
    "ends",
    "issuer",
    "name_matches",
    "is_trusted",
    "grade_now",
    "findings",
    "error_code",
    "error_text",
    "observed_at",
    "changed_at",
    "created_at",
)


@admin.register(Endpoint)
class EndpointAdmin(CheckActions, OwnedAdmin[Endpoint], LargeTableAdmin[Endpoint]):
    """The inventory. The state is evidence: it is shown, never edited."""

    list_display = (
        "__str__",
        "status_pill",
        "grade_now",
        "days_left",
        "ends",
        "team",
        "environment",
        "observed_at",
    )
    list_filter = (
        HealthFilter,
        GradeFilter,
        "environment",
        "team",
        "tags",
        "paused",
        "renewal_method",
    )
    list_select_related = ("team",)
    search_fields = ("host",)
    search_help_text = "Host, name, issuer, serial number, contact, team or tag"
    autocomplete_fields = ("contacts", "tags")
    readonly_fields = FOUND
    fieldsets = (
        (
            "Where it is",
            {
                "fields": (
                    "host",
                    "port",
                    "server_name",
                    "starttls",
                    "address_mode",
                    "addresses",
                )
            },
        ),
        ("Who looks after it", {"fields": ("team", "contacts", "environment", "tags")}),
        (
            "More",
            {
                "fields": (
                    "renewal_method",
                    "policy",
                    "check_hours",
                    "paused",
                    "notes",
                )
            },
        ),
        ("What the last check found", {"fields": FOUND}),
    )
    actions = ("check_now", "deep_check", "export_as_csv")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Endpoint], search_term: str
    ) -> tuple[QuerySet[Endpoint], bool]:
        """Search as the pages do: one meaning of "find" for the whole site."""
        if not search_term.strip():
            return queryset, False
        assert isinstance(queryset, EndpointQuerySet)  # noqa: S101 - for mypy
        return queryset.matching(search_term.strip()), False

    def save_model(
        self,
        request: HttpRequest,
        obj: Endpoint,
        form: forms.ModelForm[Endpoint],
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        inventory.save_endpoint(obj)

    def save_related(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Have it looked at again: whom to tell, and when, may be another matter."""
        super().save_related(request, form, formsets, change)
        ledger.touch([form.instance.pk], now=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Endpoint) -> None:
        inventory.delete_endpoints([obj])

    def delete_queryset(
        self, request: HttpRequest, queryset: QuerySet[Endpoint]
    ) -> None:
        inventory.delete_endpoints(own(request, queryset, "delete"))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """History goes with its endpoint, though nobody may delete it alone."""
        rows, counts, lacking, protected = super().get_deleted_objects(objs, request)
        lacking.discard(Observation._meta.verbose_name)
        return rows, counts, lacking, protected

    @admin.display(description="Status")
    def status_pill(self, endpoint: Endpoint) -> str:
        return display.status(endpoint.health(timezone.localtime()))

    @admin.display(description="Valid from")
    def begins(self, endpoint: Endpoint) -> str:
        return display.moment(endpoint.not_before)

    @admin.display(description="Ends", ordering="not_after")
    def ends(self, endpoint: Endpoint) -> str:
        return display.moment(endpoint.not_after)

    @admin.display(ordering="not_after")
    def days_left(self, endpoint: Endpoint) -> int | None:
        return endpoint.days_left(timezone.localtime())

    @admin.display(description="Grade")
    def grade_now(self, endpoint: Endpoint) -> str:
        return display.grade(endpoint.grade_at(timezone.localtime()))

    @admin.action(description="Export as CSV", permissions=["view"])
    def export_as_csv(
        self, request: HttpRequest, queryset: EndpointQuerySet
    ) -> StreamingHttpResponse:
        return StreamingHttpResponse(
            transfer.csv_lines(queryset, now=timezone.localtime()),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="endpoints.csv"'},
        )
