"""Keeps the inventory: certificates as seen, endpoints as people enter them."""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.services import changes
from certs.models import Certificate, Contact, DeepCheck, Endpoint, Tag
from certs.models.endpoint import DESCRIPTION
from certs.pki.x509 import ParsedCertificate
from certs.services import search
from certs.services.notices import ledger

logger = logging.getLogger(__name__)


def kept(fingerprints: Iterable[str]) -> dict[str, Certificate]:
    """Return the certificates that are kept, by SHA-256 fingerprint, less `der`."""
    rows = Certificate.objects.defer("der")
    return rows.in_bulk(list(fingerprints), field_name="fingerprint_sha256")


def store(
    parsed: Iterable[ParsedCertificate], *, now: datetime
) -> dict[str, Certificate]:
    """Keep certificates; one row each however often they are seen.

    Returns the rows by SHA-256 fingerprint, those that were there before included.
    """
    wanted = {item.fingerprint_sha256: item for item in parsed}
    found = Certificate.objects.in_bulk(list(wanted), field_name="fingerprint_sha256")
    missing = [item for key, item in wanted.items() if key not in found]
    if missing:
        rows = [Certificate.from_parsed(item, now=now) for item in missing]
        # Another check may have stored one meanwhile: then its row is the row.
        Certificate.objects.bulk_create(rows, ignore_conflicts=True)
        new = Certificate.objects.in_bulk(
            [item.fingerprint_sha256 for item in missing],
            field_name="fingerprint_sha256",
        )
        search.add_certificates(new.values())
        found |= new
    return found


def save_endpoint(
    endpoint: Endpoint,
    *,
    contacts: Iterable[str] | None = None,
    tags: Iterable[str] | None = None,
) -> Endpoint:
    """Add or change an endpoint.

    `contacts` are mail addresses and `tags` names; what is not known yet is made, and
    None leaves them as they are. One that now points elsewhere is "not checked" again.
    Raises ValidationError when a field or constraint forbids it; then nothing is
    written.
    """
    endpoint.full_clean()
    with transaction.atomic(), changes.gathered():
        before = Endpoint.objects.filter(pk=endpoint.pk).first()
        moved = before is not None and before.place != endpoint.place
        if moved:
            endpoint.forget_state()
            DeepCheck.objects.filter(endpoint=before).delete()
        # A check may have written the state since `endpoint` was read.
        # Whom and when to warn may be another thing now.
        endpoint.next_notice_at = ledger.LONG_AGO
        written = None if before is None or moved else (*DESCRIPTION, "next_notice_at")
        endpoint.save(update_fields=written)
        if before is not None and before.check_hours != endpoint.check_hours:
            # Else a shorter time would count after the longer one only.
            rows = Endpoint.objects.filter(pk=endpoint.pk, check_claim=None)
            rows.update(next_check_at=Endpoint().next_check_at)
        search.renew_endpoints([endpoint])
        if contacts is not None:
            endpoint.contacts.set(
                Contact.objects.get_or_create(
                    email=email, defaults={"team": endpoint.team}
                )[0]
                for email in contacts
            )
        if tags is not None:
            endpoint.tags.set(Tag.objects.get_or_create(name=name)[0] for name in tags)
    return endpoint


def delete_endpoints(endpoints: Iterable[Endpoint]) -> int:
    """Delete endpoints and their history; certificates stay. Returns how many."""
    keys = [endpoint.pk for endpoint in endpoints]
    with transaction.atomic(), changes.gathered():
        Endpoint.objects.filter(pk__in=keys).delete()
    return len(keys)
