"""Observations: evidence."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from certs.admin import display
from certs.admin.evidence import EvidenceAdmin
from certs.admin.filters import OutcomeFilter, VersionFilter
from certs.models import Observation
from certs.models.observation import ObservationQuerySet


@admin.register(Observation)
class ObservationAdmin(EvidenceAdmin[Observation]):
    """What checks saw, in runs of equal results."""

    list_display = (
        "endpoint",
        "address",
        "health",
        "first_seen_at",
        "last_seen_at",
        "count",
        "tls_version",
        "error_text",
    )
    # No date hierarchy: it reads the date of every row, for every page.
    list_filter = ("last_seen_at", OutcomeFilter, VersionFilter, "is_latest")
    list_select_related = ("endpoint", "certificate")
    search_fields = ("endpoint__host",)
    search_help_text = "Host, server name or note of the endpoint"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Observation], search_term: str
    ) -> tuple[QuerySet[Observation], bool]:
        """Search as the pages do, in the words of the endpoint."""
        term = search_term.strip()
        if not term:
            return queryset, False
        assert isinstance(queryset, ObservationQuerySet)  # noqa: S101 - for mypy
        return queryset.of_endpoints_with(term), False

    @admin.display(description="Status")
    def health(self, observation: Observation) -> str:
        """Return what the run meant when it was last seen."""
        return display.status(observation.health(observation.last_seen_at))
