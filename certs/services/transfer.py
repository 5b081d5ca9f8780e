"""Rows out of the inventory."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Prefetch

from accounts import spreadsheets
from certs.models import Contact, Endpoint
from certs.models.endpoint import EndpointQuerySet

COLUMNS = (
    "host",
    "port",
    "server_name",
    "starttls",
    "status",
    "days_left",
    "not_after",
    "issuer",
    "grade",
    "names",
    "serial_number",
    "fingerprint_sha256",
    "error",
    "team",
    "contacts",
    "tags",
    "environment",
    "checked",
    "notes",
)
CHUNK = 2000  # rows in memory at a time


def csv_lines(endpoints: EndpointQuerySet, *, now: datetime) -> Iterator[str]:
    """Return the endpoints as lines of CSV, header first; times in UTC, ISO 8601."""
    yield spreadsheets.line(COLUMNS)
    rows = endpoints.select_related("certificate", "team").prefetch_related(
        Prefetch("contacts", Contact.objects.only("email")), "tags"
    )
    for endpoint in rows.iterator(chunk_size=CHUNK):
        yield spreadsheets.line(_cells(endpoint, now=now))


def _cells(endpoint: Endpoint, *, now: datetime) -> tuple[str, ...]:
    certificate = endpoint.certificate
    days_left = endpoint.days_left(now)
    return (
        endpoint.host,
        str(endpoint.port),
        endpoint.server_name,
        endpoint.starttls,
        endpoint.health(now).value,
        "" if days_left is None else str(days_left),
        _instant(endpoint.not_after),
        endpoint.issuer,
        endpoint.grade_at(now),
        " ".join(certificate.names) if certificate else "",
        certificate.serial_number if certificate else "",
        certificate.fingerprint_sha256 if certificate else "",
        endpoint.error_text,
        endpoint.team.name if endpoint.team else "",
        " ".join(contact.email for contact in endpoint.contacts.all()),
        " ".join(tag.name for tag in endpoint.tags.all()),
        endpoint.environment,
        _instant(endpoint.observed_at),
        endpoint.notes,
    )


def _instant(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
