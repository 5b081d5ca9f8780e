"""Keeps the inventory: certificates as seen, endpoints as people enter them."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.services import changes
from certs.models import Certificate, Contact, DeepCheck, Endpoint, Tag
from certs.models.endpoint import DESCRIPTION
from certs.pki.x509 import ParsedCertificate
from certs.services import search
from certs.services.notices import ledger

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A new endpoint, with mail addresses of contacts and names of tags."""

    endpoint: Endpoint
    contacts: Sequence[str] = ()
    tags: Sequence[str] = ()


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


def add_endpoints(described: Sequence[Described]) -> None:
    """Add endpoints that have been found clean, with few statements for all of them.

    Contacts and tags are made as `save_endpoint` makes them. Raises IntegrityError
    when one is there already; then nothing is written.
    """
    rows = [each.endpoint for each in described]
    with transaction.atomic(), changes.gathered():
        for row in rows:
            row.next_notice_at = ledger.LONG_AGO
        Endpoint.objects.bulk_create(rows)
        search.add_endpoints(rows)
        changes.record_rows(changes.Action.CREATE, rows)
        people, words = _contacts(described), _tags(described)
        contacts = [
            (d.endpoint, [people[one] for one in d.contacts]) for d in described
        ]
        tags = [(d.endpoint, [words[one] for one in d.tags]) for d in described]
        Endpoint.contacts.through.objects.bulk_create(
            Endpoint.contacts.through(endpoint=row, contact=one)
            for row, others in contacts
            for one in others
        )
        Endpoint.tags.through.objects.bulk_create(
            Endpoint.tags.through(endpoint=row, tag=one)
            for row, others in tags
            for one in others
        )
        changes.record_added("contacts", contacts)
        changes.record_added("tags", tags)


def delete_endpoints(endpoints: Iterable[Endpoint]) -> int:
    """Delete endpoints and their history; certificates stay. Returns how many."""
    keys = [endpoint.pk for endpoint in endpoints]
    with transaction.atomic(), changes.gathered():
        Endpoint.objects.filter(pk__in=keys).delete()
    return len(keys)


def _contacts(described: Sequence[Described]) -> dict[str, Contact]:
    """Return the contacts by address; a new one is of the first team that names it."""
    wanted = {
        email: each.endpoint.team
        for each in reversed(described)
        for email in each.contacts
    }
    found = {row.email: row for row in Contact.objects.filter(email__in=list(wanted))}
    for email, team in wanted.items():
        if email not in found:
            found[email] = Contact.objects.create(email=email, team=team)
    return found


def _tags(described: Iterable[Described]) -> dict[str, Tag]:
    wanted = {name for each in described for name in each.tags}
    found = {row.name: row for row in Tag.objects.filter(name__in=wanted)}
    for name in sorted(wanted - found.keys()):
        found[name] = Tag.objects.create(name=name)
    return found
