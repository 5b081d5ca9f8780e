"""Fills an inventory with a believable estate, the same one for the same seed."""

import gc
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.db import transaction

from accounts.models import Team
from accounts.services import changes
from certs.models import Certificate, Contact, Endpoint, Observation, Tag
from certs.pki.demo import elsewhere, sites, words
from certs.pki.demo.estate import Fate, place
from certs.pki.demo.sites import Seen, Site
from certs.pki.rating import Grade
from certs.services import inventory, search, state

BATCH = 500  # endpoints in one transaction, which MongoDB has to keep in memory
ALONE = 2000  # endpoints that are made before a second process would have started
CONTACTS = 500
CHECK_EVERY = timedelta(hours=1)
NEVER = timedelta(days=36_500)
TLS_VERSION, CIPHER = "TLSv1.3", "TLS_AES_256_GCM_SHA384"
KEY_EXCHANGE = "x25519"
# What stands beside the grades that are below all others.
FINDINGS = {
    Grade.T: [{"code": "unknown-root", "about": {}}],
    Grade.M: [{"code": "name-mismatch", "about": {}}],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What all batches refer to, in the order of the words."""

    now: datetime
    teams: list[Team]
    contacts: list[Contact]
    tags: list[Tag]
    authorities: list[str]  # fingerprints


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows that are not written yet, and `known` certificates by fingerprint."""

    known: dict[str, Certificate]
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
    if not endpoints:
        return
    common = _common(seed=seed, now=now)
    left = endpoints
    with _batches(endpoints, seed=seed, now=now) as batches:
        while left:
            wanted = _new(next(batches))[:left]
            with _without_collector():
                _settle(wanted, common=common)
            left -= len(wanted)
            yield len(wanted)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Let nobody look for circles among the rows: none is there, and it takes long.

    It is a fifth of the time: Python looks at all rows whenever there are many more.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _settle(some: list[Site], *, common: Common) -> None:
    """Make and write the rows of `some` sites."""
    batch = Batch(known=_known(some))
    for site in some:
        _add(site, common=common, to=batch)
    with transaction.atomic():
        _write(batch)


def _batches(
    endpoints: int, *, seed: int, now: datetime
) -> AbstractContextManager[Iterator[list[Site]]]:
    """Give the sites that are not in the inventory, and some that may be."""
    size = min(endpoints, BATCH)
    first = _first_new(size, seed=seed, now=now)
    if endpoints <= ALONE:
        return nullcontext(sites.batches(size, first=first, seed=seed, now=now))
    return elsewhere.batches(size, first=first, seed=seed, now=now)


def _first_new(size: int, *, seed: int, now: datetime) -> int:
    """Return a number before which all places are in the inventory."""
    for first in count(step=size):
        numbers = range(first, first + size)
        hosts = [place(number, seed=seed, now=now).host for number in numbers]
        if len(_taken(hosts)) < size:
            return first
    raise AssertionError  # it counts for ever


def _new(some: list[Site]) -> list[Site]:
    taken = _taken([site.place.host for site in some])
    return [site for site in some if site.place.host not in taken]


def _taken(hosts: list[str]) -> set[str]:
    known = Endpoint.objects.filter(host__in=hosts)
    return set(known.values_list("host", flat=True))


def _common(*, seed: int, now: datetime) -> Common:
    authorities = [mint.certificate for mint in sites.make_mints(seed=seed, now=now)]
    with transaction.atomic(), changes.unnoticed():
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
        inventory.store(authorities, now=now)
    return Common(
        now=now,
        teams=teams,
        contacts=contacts,
        tags=tags,
        authorities=[each.fingerprint_sha256 for each in authorities],
    )


def _known(some: list[Site]) -> dict[str, Certificate]:
    """Return the certificates that are kept, as those that several places serve."""
    return inventory.kept(
        {seen.certificate.fingerprint_sha256 for site in some for seen in site.seen}
    )


def _add(site: Site, *, common: Common, to: Batch) -> None:
    """Make the rows of one site."""
    each = site.place
    endpoint = Endpoint(
        host=each.host,
        port=each.port,
        environment=each.environment,
        renewal_method=each.renewal,
        team=None if each.team is None else common.teams[each.team],
        notes=each.notes,
        paused=each.fate is Fate.PAUSED,
        created_at=common.now - timedelta(days=500),
        # There are no such places: nobody is to knock at strangers' doors.
        next_check_at=common.now + NEVER,
        next_deep_check_at=common.now + NEVER,
    )
    to.endpoints.append(endpoint)
    runs = _runs(site, endpoint, common=common, to=to)
    to.observations.extend(runs)
    for run in runs:
        state.settle(endpoint, [run], now=run.first_seen_at)
    if runs:
        endpoint.observed_at = common.now
    contact = common.contacts[int(each.contact * len(common.contacts))]
    link = Endpoint.contacts.through
    to.contacts.append(link(endpoint_id=endpoint.pk, contact_id=contact.pk))
    label = Endpoint.tags.through
    to.tags.extend(
        label(endpoint_id=endpoint.pk, tag_id=common.tags[tag].pk) for tag in each.tags
    )


def _runs(
    site: Site, endpoint: Endpoint, *, common: Common, to: Batch
) -> list[Observation]:
    """Return its history, oldest first: a run for each certificate and the failure."""
    authority = common.authorities[site.place.issuer]
    is_named = site.place.fate is not Fate.MISNAMED
    is_trusted = site.place.fate is not Fate.UNTRUSTED
    findings = FINDINGS.get(site.place.grade, [])
    runs = []
    for seen in site.seen:
        run = _run(endpoint, address=site.address, first=seen.first, last=seen.last)
        run.certificate = _row(seen, to=to)
        run.chain = (seen.certificate.fingerprint_sha256, authority)
        run.tls_version, run.cipher = TLS_VERSION, CIPHER
        run.latency_ms, run.name_matches = seen.latency_ms, is_named
        run.key_exchange, run.is_trusted = KEY_EXCHANGE, is_trusted
        run.grade, run.findings = site.place.grade.value, findings
        run.is_latest = seen is site.seen[-1]
        runs.append(run)
    if site.place.failed is not None:
        run = _run(endpoint, address="", first=site.place.failed, last=common.now)
        run.error_code, run.error_text = site.place.error
        runs.append(run)
    return runs


def _row(seen: Seen, *, to: Batch) -> Certificate:
    """Return the row of its certificate: the one there is, or a new one."""
    fingerprint = seen.certificate.fingerprint_sha256
    row = to.known.get(fingerprint)
    if row is None:
        row = Certificate.from_parsed(seen.certificate, now=seen.first)
        to.known[fingerprint] = row
        to.certificates.append(row)
    return row


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
