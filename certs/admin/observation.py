"""Observations: evidence."""

from django.contrib import admin

from certs.admin import display
from certs.admin.evidence import EvidenceAdmin
from certs.models import Observation


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
    list_filter = ("error_code", "tls_version", "is_latest")
    list_select_related = ("endpoint", "certificate")
    search_fields = ("endpoint__host", "address", "error_text")
    date_hierarchy = "last_seen_at"
    list_per_page = 50

    @admin.display(description="Status")
    def health(self, observation: Observation) -> str:
        """Return what the run meant when it was last seen."""
        return display.status(observation.health(observation.last_seen_at))
