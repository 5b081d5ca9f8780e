"""Whom the organisation trusts: its stores, and what they say of chains as served."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.services import changes
from certs.models import Certificate, TrustRoot, TrustStore
from certs.pki import links, roots
from certs.pki.meaning import Opinion
from certs.pki.trust import Judge
from certs.pki.x509 import ParsedCertificate
from certs.services import inventory

MAX_KNOWN = 5_000  # CAs of the inventory that fill gaps in chains, the newest first


class NotPreparedError(Exception):
    """A chain is to be judged, and nobody has called `Judges.prepare`."""


class Judges:
    """Every store at one moment. Read from the database once, for a round of checks.

    `basis` is a word for all the roots of all stores: another one, other verdicts.
    """

    def __init__(self, *, now: datetime) -> None:
        stores = list(TrustStore.objects.filter(is_active=True))
        claims = _claims(stores)
        self._of_team = {
            team: _default(own) for team, own in claims.items() if team is not None
        }
        self._of_others = frozenset(
            {roots.PUBLIC, *(store.name for store in claims.get(None, ()))}
        )
        self._stores = [roots.certifi_store(), *_loaded(stores)]
        self.basis = _basis(self._stores)
        self._now = now
        self._authorities: Mapping[bytes, list[bytes]] | None = None

    def opinion(self, chain: Sequence[bytes], *, team: UUID | None) -> Opinion:
        """Return what is said of a chain, leaf first, that a team's endpoint serves.

        Raises NotPreparedError.
        """
        verdicts = self._judge.judge(chain)
        return Opinion(verdicts=verdicts, counting=self.counting(team))

    def counting(self, team: UUID | None) -> frozenset[str]:
        """Return the names of the stores that count at a team's endpoints."""
        if team is None:
            return self._of_others
        return self._of_team.get(team, self._of_others)

    def prepare(self) -> None:
        """Read the CAs of the inventory, which judging a chain wants.

        They may be thousands: not to be read while others wait for a transaction, nor
        in a round that judges nothing, as most.
        """
        self._authorities = _authorities()

    @cached_property
    def _judge(self) -> Judge:
        """Reads every root, which a round that judges nothing, as most, does not."""
        return Judge(self._stores, now=self._now, known=self._known)

    def _known(self, subject: bytes) -> Iterable[bytes]:
        if self._authorities is None:
            raise NotPreparedError
        return self._authorities.get(subject, ())


def judges(*, now: datetime) -> Judges:
    """Return the judges of a round that is at `now`."""
    return Judges(now=now)


def add_roots(
    store: TrustStore,
    certificates: Iterable[ParsedCertificate],
    *,
    user: User | None,
    now: datetime,
) -> list[TrustRoot]:
    """Put certificates into a store; returns the rows that are new.

    The caller has asked `certs.pki.roots.refusal` whether they can be roots.
    """
    with transaction.atomic():
        kept = inventory.store(certificates, now=now)
        there = set(store.roots.values_list("certificate", flat=True))
        new = TrustRoot.objects.bulk_create(
            TrustRoot(store=store, certificate=each, added_by=user, added_at=now)
            for each in kept.values()
            if each.pk not in there
        )
        changes.record_rows(changes.Action.CREATE, new)
        return new


def _authorities() -> Mapping[bytes, list[bytes]]:
    """Return the CAs of the inventory, by subject."""
    found = defaultdict(list)
    rows = Certificate.objects.authorities()
    for der in rows.values_list("der", flat=True)[:MAX_KNOWN]:
        link = links.read(bytes(der))
        if link is not None:
            found[link.subject.encoded].append(bytes(der))
    return found


def _claims(stores: list[TrustStore]) -> Mapping[UUID | None, list[TrustStore]]:
    """Return the stores that each team claims, and under None what nobody does."""
    by_key = {store.pk: store for store in stores}
    rows = TrustStore.teams.through.objects.filter(truststore__in=by_key)
    pairs = list(rows.values_list("team_id", "truststore_id"))
    claims: dict[UUID | None, list[TrustStore]] = defaultdict(list)
    for team, store in pairs:
        claims[team].append(by_key[store])
    claimed = {store for _team, store in pairs}
    claims[None] = [store for key, store in by_key.items() if key not in claimed]
    return claims


def _default(own: list[TrustStore]) -> frozenset[str]:
    """Return the names of the stores that count for a team with stores of its own."""
    public = {roots.PUBLIC} if any(store.with_public for store in own) else set()
    return frozenset({store.name for store in own} | public)


def _loaded(stores: list[TrustStore]) -> list[roots.TrustStore]:
    """Return the stores with the DER of their roots, in two queries."""
    rows = TrustRoot.objects.filter(store__in=[store.pk for store in stores])
    pairs = list(rows.values_list("store_id", "certificate_id"))
    ders = dict(
        Certificate.objects.filter(pk__in={key for _store, key in pairs}).values_list(
            "pk", "der"
        )
    )
    return [
        roots.TrustStore(
            name=store.name,
            roots=tuple(bytes(ders[key]) for owner, key in pairs if owner == store.pk),
        )
        for store in stores
    ]


def _basis(stores: Iterable[roots.TrustStore]) -> str:
    digest = hashlib.sha256()
    for store in stores:
        digest.update(f"\n{store.name}\n".encode())
        for root in store.roots:
            digest.update(hashlib.sha256(root).digest())
    return digest.hexdigest()
