"""Keeps the words that endpoints and certificates are found by."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet

from certs.models import Certificate, CertificateText, Endpoint, EndpointText
from certs.models.search import folded

Row = TypeVar("Row", Certificate, Endpoint)

BATCH = 1000  # rows read and written at a time


def add_certificates(certificates: Iterable[Certificate]) -> None:
    """Write the words of certificates that are new; those of others never change."""
    CertificateText.objects.bulk_create(
        [CertificateText(certificate=c, text=folded(c.words)) for c in certificates],
        ignore_conflicts=True,
    )


def add_endpoints(endpoints: Iterable[Endpoint]) -> None:
    """Write the words of endpoints that have none."""
    EndpointText.objects.bulk_create(
        [EndpointText(endpoint=e, text=folded(e.words)) for e in endpoints],
    )


def renew_endpoints(endpoints: Iterable[Endpoint]) -> None:
    """Write the words of endpoints that are new, or have or serve something new."""
    texts = {endpoint.pk: folded(endpoint.words) for endpoint in endpoints}
    known = {
        row.endpoint_id: row
        for row in EndpointText.objects.filter(endpoint__in=list(texts))
    }
    for key, row in known.items():
        row.text = texts[key]
    EndpointText.objects.bulk_update(known.values(), ["text"])
    EndpointText.objects.bulk_create(
        EndpointText(endpoint_id=key, text=text)
        for key, text in texts.items()
        if key not in known
    )


def rebuild() -> Iterator[int]:
    """Write all words anew, batch by batch; yields how many each time.

    Searches go on meanwhile: each batch is replaced in one transaction.
    """
    certificates = Certificate.objects.defer("der")
    for rows in _batches(certificates):
        with transaction.atomic():
            keys = [row.pk for row in rows]
            CertificateText.objects.filter(certificate__in=keys).delete()
            add_certificates(rows)
        yield len(rows)
    endpoints = Endpoint.objects.select_related("certificate")
    for found in _batches(endpoints.defer("certificate__der")):
        with transaction.atomic():
            keys = [row.pk for row in found]
            EndpointText.objects.filter(endpoint__in=keys).delete()
            add_endpoints(found)
        yield len(found)


def _batches(rows: QuerySet[Row]) -> Iterator[list[Row]]:
    """Yield all rows in the order of their keys; nothing is held open between."""
    rows = rows.order_by("pk")
    batch = list(rows[:BATCH])
    while batch:
        yield batch
        batch = list(rows.filter(pk__gt=batch[-1].pk)[:BATCH])
