"""Fills an inventory with a believable estate, the same one for the same seed."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, islice
from typing import Any

from django.db import transaction

from accounts.models import Team
from certs.models import Certificate, Contact, Endpoint, Observation, Tag
from certs.pki.demo import words
from certs.pki.demo.estate import Fate, Place, Span, place
from certs.pki.demo.mint import Mint
from certs.services import inventory, search, watch

BATCH = 1000  # endpoints written in one transaction
CONTACTS = 500
CHECK_EVERY = timedelta(hours=1)
TLS_VERSION, CIPHER = "TLSv1.3", "TLS_AES_256_GCM_SHA384"


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What all batches refer to; people, tags and mints in the order of the words.

    `wildcards` grows: the certificates that several places serve.
    """

    now: datetime
    teams: list[Team]
    contacts: list[Contact]
    tags: list[Tag]
    mints: list[Mint]
    wildcards: dict[tuple[str, ...], tuple[Certificate, Span]] = field(
        default_factory=dict
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows that are not written yet."""

    endpoints: list[Endpoint] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    contacts: list[Any] = field(default_factory=list)
    tags: list[Any] = field(default_factory=list)


def plant(endpoints: int, *, seed: int, now: datetime) -> Generator[int]:
    """Add so many endpoints with certificates and history; yields after each batch.

    Each batch is one transaction: whoever stops it keeps what was yielded. Places
    that are in the inventory already are passed over, so that it can go on.
    """
    common = _common(seed=seed, now=now)
    places = _new_places(seed=seed, now=now)
    left = endpoints
    while left:
        wanted = list(islice(places, min(left, BATCH)))
        batch = Batch()
        for each in wanted:
            _add(each, common=common, to=batch)
        with transaction.atomic():
            _write(batch)
        left -= len(wanted)
        yield len(wanted)


def _common(*, seed: int, now: datetime) -> Common:
    mints = [Mint(issuer, seed=str(seed), now=now) for issuer, _ in words.ISSUERS]
    with transaction.atomic():
        teams = [
            Team.objects.get_or_create(
                slug=name.lower(),
                defaults={"name": name, "email": f"{name.lower()}@nordbank.example"},
            )[0]
            for name in words.TEAMS
        ]
        tags = [Tag.objects.get_or_create(name=name)[0] for name in words.TAGS]
        emails = [
            f"{first}.{last}@{words.DOMAINS[0]}"
            for first in words.FIRST_NAMES
            for last in words.LAST_NAMES
        ][:CONTACTS]
        contacts = [
            Contact.objects.get_or_create(
                email=email, defaults={"team": teams[number % len(teams)]}
            )[0]
            for number, email in enumerate(emails)
        ]
        inventory.store((mint.certificate for mint in mints), now=now)
    return Common(now=now, teams=teams, contacts=contacts, tags=tags, mints=mints)


def _new_places(*, seed: int, now: datetime) -> Iterator[Place]:
    """Yield the places that are not in the inventory, for ever."""
    numbers = count()
    while True:
        some = [place(n, seed=seed, now=now) for n in islice(numbers, BATCH)]
        hosts = [each.host for each in some]
        known = Endpoint.objects.filter(host__in=hosts).values_list("host", flat=True)
        taken = set(known)
        yield from (each for each in some if each.host not in taken)


def _add(each: Place, *, common: Common, to: Batch) -> None:
    """Make the rows of one place."""
    endpoint = Endpoint(
        host=each.host,
        port=each.port,
        environment=each.environment,
        renewal_method=each.renewal,
        team=None if each.team is None else common.teams[each.team],
        notes=each.notes,
        paused=each.fate is Fate.PAUSED,
        created_at=common.now - timedelta(days=500),
    )
    to.endpoints.append(endpoint)
    runs = _runs(each, endpoint, common=common, to=to)
    to.observations.extend(runs)
    for run in runs:
        watch.set_state(endpoint, [run], now=run.first_seen_at)
    if runs:
        endpoint.observed_at = common.now
    contact = common.contacts[int(each.contact * len(common.contacts))]
    to.contacts.append(Endpoint.contacts.through(endpoint=endpoint, contact=contact))
    to.tags.extend(
        Endpoint.tags.through(endpoint=endpoint, tag=common.tags[tag])
        for tag in each.tags
    )


def _runs(
    each: Place, endpoint: Endpoint, *, common: Common, to: Batch
) -> list[Observation]:
    """Return its history, oldest first: a run for each certificate and the failure."""
    mint = common.mints[each.issuer]
    address = f"10.{each.chance.randrange(256)}.{each.chance.randrange(256)}.7"
    runs = []
    for span in each.spans:
        certificate, first, last = _served(each, span, common=common, to=to)
        run = _run(endpoint, address=address, first=first, last=last)
        run.certificate = certificate
        run.chain = (
            certificate.fingerprint_sha256,
            mint.certificate.fingerprint_sha256,
        )
        run.tls_version, run.cipher = TLS_VERSION, CIPHER
        run.latency_ms = each.chance.randrange(2, 180)
        run.name_matches = each.fate is not Fate.MISNAMED
        runs.append(run)
    for run in runs[:-1]:
        run.is_latest = False
    if each.failed is not None:
        run = _run(endpoint, address="", first=each.failed, last=common.now)
        run.error_code, run.error_text = each.error
        runs.append(run)
    return runs


def _served(
    each: Place, span: Span, *, common: Common, to: Batch
) -> tuple[Certificate, datetime, datetime]:
    """Return a certificate and when it was seen first and last.

    Places below one domain serve the same wildcard certificate while all is well.
    """
    mint = common.mints[each.issuer]
    is_shared = each.fate is Fate.GOOD and each.names[0].startswith("*")
    key = (*each.names, str(span is each.spans[-1]), mint.certificate.common_name)
    if is_shared and key in common.wildcards:
        certificate, span = common.wildcards[key]
    else:
        parsed = mint.issue(
            each.names,
            not_before=span.not_before,
            not_after=span.not_after,
            chance=each.chance,
            is_rsa=each.is_rsa,
        )
        certificate = Certificate.from_parsed(parsed, now=span.first_seen)
        to.certificates.append(certificate)
        if is_shared:
            common.wildcards[key] = (certificate, span)
    last = min(span.last_seen, each.failed or common.now)
    return certificate, span.first_seen, max(last, span.first_seen)


def _run(
    endpoint: Endpoint, *, address: str, first: datetime, last: datetime
) -> Observation:
    return Observation(
        endpoint=endpoint,
        address=address,
        first_seen_at=first,
        last_seen_at=last,
        count=1 + (last - first) // CHECK_EVERY,
    )


def _write(batch: Batch) -> None:
    Certificate.objects.bulk_create(batch.certificates)
    search.add_certificates(batch.certificates)
    Endpoint.objects.bulk_create(batch.endpoints)
    search.add_endpoints(batch.endpoints)
    Observation.objects.bulk_create(batch.observations)
    Endpoint.contacts.through.objects.bulk_create(batch.contacts)
    Endpoint.tags.through.objects.bulk_create(batch.tags)
