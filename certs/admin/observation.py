"""Observations: evidence."""

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

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

    @admin.display(description="Status")
    def health(self, observation: Observation) -> SafeString:
        """Return what the run meant when it was last seen."""
        health = observation.health(observation.last_seen_at)
        return render_to_string("certs/_status.html", {"health": health})
