"""Turns what probes showed into runs: bytes into certificates, results into rows."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from certs.models import Certificate, Endpoint, Observation
from certs.pki.hostnames import covering_name
from certs.pki.tls import ProbeResult
from certs.pki.x509 import InvalidCertificateError, ParsedCertificate, parse_der
from certs.services import assessment, inventory
from certs.services.assessment import Assessor

ERROR_LENGTH = 500  # characters
# Two results that agree in these belong to the same run.
_seen = attrgetter(*assessment.FACTS, *assessment.MEANING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one probe showed of one address; `chain` has what was sent, leaf first."""

    chain: tuple[str, ...]  # SHA-256 fingerprints, also of what is no certificate
    result: ProbeResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What servers sent, by SHA-256 fingerprint: rows, and why others are none."""

    certificates: Mapping[str, Certificate]
    errors: Mapping[str, str]


def sight(result: ProbeResult) -> Sight:
    """Return what `result` shows."""
    chain = tuple(hashlib.sha256(der).hexdigest() for der in result.chain)
    return Sight(chain=chain, result=result)


def identify(sights: Iterable[Sight], *, now: datetime) -> Served:
    """Keep the certificates of `sights`. What is kept already is not read again."""
    sent = _sent(sights)
    kept = inventory.kept(sent)
    parsed, errors = _read({key: der for key, der in sent.items() if key not in kept})
    if parsed:
        kept |= inventory.store(parsed.values(), now=now)
    return Served(certificates=kept, errors=errors)


def read(sights: Iterable[Sight], *, now: datetime) -> Served:
    """Read the certificates of `sights`; the rows are not saved."""
    parsed, errors = _read(_sent(sights))
    rows = {key: Certificate.from_parsed(item, now=now) for key, item in parsed.items()}
    return Served(certificates=rows, errors=errors)


def run(
    endpoint: Endpoint,
    sight: Sight,
    *,
    served: Served,
    assessor: Assessor,
    now: datetime,
    before: Observation | None = None,
) -> Observation:
    """Return a run of one, not saved; `before` is the open run of the same address.

    That is `before` itself where the same was seen again and means the same, as at most
    checks. A chain may hold what is no certificate: that entry is left out, but a leaf
    that cannot be read makes the whole result an error.
    """
    if before is not None and assessor.holds(endpoint, before):
        leaf = _same_leaf(before, sight, served=served)
        if leaf is not None and before.name_matches == _is_named(endpoint, leaf):
            before.certificate = leaf  # read already
            return before
    row = _row(endpoint, sight, served=served, now=now)
    assessor.assess(row, sent=sight.result.chain, before=before)
    return row


def _row(
    endpoint: Endpoint, sight: Sight, *, served: Served, now: datetime
) -> Observation:
    """Return what was seen, without what it means."""
    result = sight.result
    error_code, error_text = result.error_code, result.error_text
    leaf = None
    chain: tuple[str, ...] = ()
    if sight.chain and sight.chain[0] in served.errors:
        error_code, error_text = "bad_certificate", served.errors[sight.chain[0]]
    elif sight.chain:
        leaf = served.certificates[sight.chain[0]]
        chain = tuple(each for each in sight.chain if each not in served.errors)
    elif not error_code:
        error_code, error_text = "no_certificate", "The server sent no certificate."
    return Observation(
        id=None,  # made when it is written: most runs go on from another
        endpoint=endpoint,
        address=result.address,
        first_seen_at=now,
        last_seen_at=now,
        certificate=leaf,
        chain=chain,
        tls_version=result.tls_version,
        cipher=result.cipher,
        key_exchange=result.key_exchange,
        latency_ms=result.latency_ms,
        error_code=error_code,
        error_text=error_text[:ERROR_LENGTH],
        name_matches=None if leaf is None else _is_named(endpoint, leaf),
    )


def _same_leaf(
    before: Observation, sight: Sight, *, served: Served
) -> Certificate | None:
    """Return the leaf where a sight shows what `before` has, without an error."""
    result = sight.result
    was = (before.chain, before.tls_version, before.cipher, before.key_exchange)
    now = (sight.chain, result.tls_version, result.cipher, result.key_exchange)
    if not sight.chain or was != now or before.error_code or result.error_code:
        return None
    leaf = served.certificates.get(sight.chain[0])
    return leaf if leaf is not None and leaf.pk == before.certificate_id else None


def is_same_run(before: Observation, row: Observation) -> bool:
    """Whether two results are equal in what makes a run."""
    return bool(_seen(before) == _seen(row))


def _sent(sights: Iterable[Sight]) -> dict[str, bytes]:
    """Return each certificate that was sent, once."""
    return {
        key: der
        for each in sights
        for key, der in zip(each.chain, each.result.chain, strict=True)
    }


def _read(
    sent: Mapping[str, bytes],
) -> tuple[dict[str, ParsedCertificate], dict[str, str]]:
    """Return what certificates say, and of what is none the reason."""
    parsed: dict[str, ParsedCertificate] = {}
    errors: dict[str, str] = {}
    for key, der in sent.items():
        try:
            parsed[key] = parse_der(der)
        except InvalidCertificateError as error:
            errors[key] = str(error)
    return parsed, errors


def _is_named(endpoint: Endpoint, leaf: Certificate) -> bool:
    name = covering_name(
        endpoint.expected_name,
        dns_names=leaf.dns_names,
        ip_addresses=leaf.ip_addresses,
    )
    return name is not None
