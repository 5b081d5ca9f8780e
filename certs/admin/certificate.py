"""Certificates: evidence."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join

from certs.admin import display
from certs.admin.evidence import EvidenceAdmin
from certs.admin.filters import KeyFilter, ValidityFilter
from certs.models import Certificate
from certs.models.certificate import CertificateQuerySet
from certs.pki import grading

SHOWN = 50  # endpoints listed on a certificate's screen


@admin.register(Certificate)
class CertificateAdmin(EvidenceAdmin[Certificate]):
    """What endpoints serve, or people have added."""

    list_display = ("name", "days_left", "ends", "issuer_name", "key", "is_ca")
    list_filter = (ValidityFilter, KeyFilter, "is_ca")
    search_fields = ("subject",)
    search_help_text = "Name, issuer, serial number or fingerprint"
    fields = (
        "served_by",
        "subject",
        "dns_names",
        "ip_addresses",
        "issuer",
        "begins",
        "ends",
        "serial_number",
        "fingerprint_sha256",
        "key",
        "spki_sha256",
        "signature_algorithm",
        "extended_key_usage",
        "is_ca",
        "problems",
        "created_at",
    )
    readonly_fields = ("served_by", "begins", "ends", "key")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Certificate]:
        return super().get_queryset(request).defer("der")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Certificate], search_term: str
    ) -> tuple[QuerySet[Certificate], bool]:
        """Search as the pages do: one meaning of "find" for the whole site."""
        if not search_term.strip():
            return queryset, False
        assert isinstance(queryset, CertificateQuerySet)  # noqa: S101 - for mypy
        return queryset.matching(search_term.strip()), False

    @admin.display(ordering="not_after")
    def days_left(self, certificate: Certificate) -> int:
        return grading.days_left(certificate.not_after, now=timezone.localtime())

    @admin.display(description="Valid from")
    def begins(self, certificate: Certificate) -> str:
        return display.moment(certificate.not_before)

    @admin.display(description="Ends", ordering="not_after")
    def ends(self, certificate: Certificate) -> str:
        return display.moment(certificate.not_after)

    @admin.display(description="Served by")
    def served_by(self, certificate: Certificate) -> str:
        """Links to the endpoints that serve it."""
        rows = certificate.endpoints.all()[:SHOWN]
        links = (
            (reverse("certs:endpoint", args=[endpoint.pk]), endpoint)
            for endpoint in rows
        )
        return format_html_join(", ", '<a href="{}">{}</a>', links) or "–"
