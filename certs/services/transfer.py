"""Rows out of the inventory."""

import csv
from collections.abc import Iterator
from datetime import datetime
from io import StringIO

from django.db.models import Prefetch

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
# A cell that begins like this is run as a formula by spreadsheets (OWASP, "CSV
# Injection"); certificates say what their maker wants, so it is hostile text.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_lines(endpoints: EndpointQuerySet, *, now: datetime) -> Iterator[str]:
    """Return the endpoints as lines of CSV, header first; times in UTC, ISO 8601."""
    yield _line(COLUMNS)
    rows = endpoints.select_related("certificate", "team").prefetch_related(
        Prefetch("contacts", Contact.objects.only("email")), "tags"
    )
    for endpoint in rows.iterator(chunk_size=CHUNK):
        yield _line(_cells(endpoint, now=now))


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


def _line(cells: tuple[str, ...]) -> str:
    line = StringIO()
    csv.writer(line).writerow(_harmless(cell) for cell in cells)
    return line.getvalue()


def _harmless(cell: str) -> str:
    """Return the cell, with an apostrophe before what a spreadsheet would run."""
    is_number = cell.removeprefix("-").isdecimal()
    return f"'{cell}" if cell.startswith(FORMULA) and not is_number else cell
