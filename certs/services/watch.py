"""Checks endpoints and writes down what was seen: the only writer of their state."""

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import transaction

from certs.models import Certificate, Endpoint, Observation, Reachability
from certs.models.endpoint import STATE
from certs.pki import tls
from certs.pki.hostnames import covering_name
from certs.pki.tls import ProbeResult, Target
from certs.pki.x509 import InvalidCertificateError, ParsedCertificate, parse_der
from certs.services import inventory, patience

logger = logging.getLogger(__name__)

BATCH = 200  # endpoints probed together, then written in one transaction
ERROR_LENGTH = 500  # characters
# Two results that agree in these belong to the same run.
RUN = ("certificate_id", "chain", "tls_version", "cipher", "error_code", "name_matches")

Probe = Callable[[Sequence[Target]], Iterable[ProbeResult]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one probe of one address showed, with its certificates read."""

    address: str
    chain: tuple[str, ...] = ()
    tls_version: str = ""
    cipher: str = ""
    latency_ms: int | None = None
    error_code: str = ""
    error_text: str = ""


def default_probe(*, timeout: float | None = None) -> Probe:
    """Handshakes over the network, as the settings bound them; `timeout` in seconds."""
    return partial(
        tls.probe_all,
        timeout=timeout or settings.CHECK_TIMEOUT,
        guard=settings.CHECK_GUARD,
        concurrency=settings.CHECK_CONCURRENCY,
    )


def observe(
    endpoints: Iterable[Endpoint],
    *,
    now: datetime,
    probe: Probe | None = None,
    waits: Sequence[float] = patience.LONG,
) -> Iterator[Endpoint]:
    """Check `endpoints` and yield each with its new state, batch by batch.

    A failed handshake is a state, not an exception. An endpoint that was deleted or
    moved while it was checked is left out: what was seen is not of its place. The
    checks happen as the result is iterated over. Where the database fails, what was
    seen is kept and written after one of `waits` (seconds).
    """
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)  # as MongoDB keeps it
    check = partial(
        _observe_batch, now=now, probe=probe or default_probe(), waits=waits
    )
    batch: list[Endpoint] = []
    for endpoint in endpoints:
        batch.append(endpoint)
        if len(batch) == BATCH:
            yield from check(batch)
            batch = []
    if batch:
        yield from check(batch)


def look(
    endpoints: Iterable[Endpoint], *, now: datetime, probe: Probe | None = None
) -> Iterator[Endpoint]:
    """Check endpoints that need not be in the inventory; nothing is written."""
    rows = list(endpoints)
    sights, parsed = _probe(rows, probe=probe or default_probe())
    certificates = {
        fingerprint: Certificate.from_parsed(item, now=now)
        for fingerprint, item in parsed.items()
    }
    for endpoint, seen in sights.items():
        runs = [_run(endpoint, sight, stored=certificates, now=now) for sight in seen]
        set_state(endpoint, runs, now=now)
        yield endpoint


def targets(endpoint: Endpoint) -> list[Target]:
    """Where to knock: at the host, or at each of the addresses listed."""
    if endpoint.address_mode == Endpoint.AddressMode.LISTED:
        return [
            Target(host=address, port=endpoint.port, server_name=endpoint.expected_name)
            for address in dict.fromkeys(endpoint.addresses)
        ]
    return [
        Target(host=endpoint.host, port=endpoint.port, server_name=endpoint.server_name)
    ]


def _observe_batch(
    endpoints: list[Endpoint], *, now: datetime, probe: Probe, waits: Sequence[float]
) -> list[Endpoint]:
    sights, parsed = _probe(endpoints, probe=probe)  # network first: no transaction

    def write() -> list[Endpoint]:
        # A certificate is true whatever becomes of the rest, and two rounds that store
        # the same new one must not undo each other.
        stored = inventory.store(parsed.values(), now=now)
        with transaction.atomic():
            return _write(sights, stored=stored, now=now)

    return patience.patiently(write, waits=waits)


def _probe(
    endpoints: list[Endpoint], *, probe: Probe
) -> tuple[dict[Endpoint, list[Sight]], dict[str, ParsedCertificate]]:
    """Return what each endpoint's addresses showed, and every certificate seen."""
    wanted = [
        (endpoint, target) for endpoint in endpoints for target in targets(endpoint)
    ]
    results = probe([target for _, target in wanted])
    parsed: dict[str, ParsedCertificate] = {}
    sights: dict[Endpoint, list[Sight]] = {endpoint: [] for endpoint in endpoints}
    for (endpoint, target), result in zip(wanted, results, strict=True):
        listed = endpoint.address_mode == Endpoint.AddressMode.LISTED
        # A listed address that does not answer keeps a history of its own.
        address = target.host if listed else result.address
        sights[endpoint].append(_read(result, address=address, into=parsed))
    return sights, parsed


def _read(
    result: ProbeResult, *, address: str, into: dict[str, ParsedCertificate]
) -> Sight:
    """Read the certificates of `result` and keep them `into` a dictionary.

    A chain may hold what is no certificate: that entry is left out, but a leaf that
    cannot be read makes the whole result an error.
    """
    error_code, error_text = result.error_code, result.error_text
    chain = []
    for position, der in enumerate(result.chain):
        fingerprint = hashlib.sha256(der).hexdigest()
        try:
            into.setdefault(fingerprint, parse_der(der))
        except InvalidCertificateError as error:
            if position == 0:
                error_code, error_text = "bad_certificate", str(error)
                break
            continue
        chain.append(fingerprint)
    if not chain and not error_code:
        error_code, error_text = "no_certificate", "The server sent no certificate."
    return Sight(
        address=address,
        chain=tuple(chain),
        tls_version=result.tls_version,
        cipher=result.cipher,
        latency_ms=result.latency_ms,
        error_code=error_code,
        error_text=error_text[:ERROR_LENGTH],
    )


def _write(
    sights: dict[Endpoint, list[Sight]],
    *,
    stored: dict[str, Certificate],
    now: datetime,
) -> list[Endpoint]:
    fresh = Endpoint.objects.in_bulk([endpoint.pk for endpoint in sights])
    latest = Observation.objects.latest_of(list(fresh.values()))
    written: list[Endpoint] = []
    changed: list[Endpoint] = []
    extended: list[Observation] = []
    ended: list[Observation] = []
    begun: list[Observation] = []
    for checked, seen in sights.items():
        endpoint = fresh.get(checked.pk)
        if endpoint is None or endpoint.place != checked.place:
            continue
        rows = [_run(endpoint, sight, stored=stored, now=now) for sight in seen]
        for row in rows:
            before = latest.get((endpoint.pk, row.address))
            if before is not None and _same_run(before, row):
                _extend(before, row)
                extended.append(before)
                continue
            if before is not None:
                before.is_latest = False
                ended.append(before)
            begun.append(row)
        state = _state(endpoint)
        set_state(endpoint, rows, now=now)
        if _state(endpoint) != state:
            changed.append(endpoint)
        if endpoint.error_code:
            logger.debug("Check of %s failed: %s", endpoint, endpoint.error_text)
        written.append(endpoint)
    # In this order, should the database have no transactions: what a crash leaves out,
    # the next check adds. Two open runs of one address would stay.
    _write_runs(extended=extended, ended=ended, begun=begun)
    _write_state(written, changed, now=now)
    return written


def _write_runs(
    *, extended: list[Observation], ended: list[Observation], begun: list[Observation]
) -> None:
    fields = ["last_seen_at", "count", "latency_ms", "error_text"]
    Observation.objects.bulk_update(extended, fields, batch_size=BATCH)
    Observation.objects.bulk_update(ended, ["is_latest"], batch_size=BATCH)
    Observation.objects.bulk_create(begun, batch_size=BATCH)


def _write_state(
    written: list[Endpoint], changed: list[Endpoint], *, now: datetime
) -> None:
    """Write states. Most checks see what the last one saw: one statement for those."""
    Endpoint.objects.filter(pk__in=[row.pk for row in written]).update(observed_at=now)
    Endpoint.objects.bulk_update(changed, STATE, batch_size=BATCH)


def _state(endpoint: Endpoint) -> list[object]:
    """Return what a check may change, but for its time."""
    return [
        endpoint.certificate_id if name == "certificate" else getattr(endpoint, name)
        for name in STATE
        if name != "observed_at"
    ]


def _run(
    endpoint: Endpoint, sight: Sight, *, stored: dict[str, Certificate], now: datetime
) -> Observation:
    """Return a run of one, not saved."""
    leaf = stored[sight.chain[0]] if sight.chain else None
    matches = leaf and covering_name(
        endpoint.expected_name,
        dns_names=leaf.dns_names,
        ip_addresses=leaf.ip_addresses,
    )
    return Observation(
        endpoint=endpoint,
        address=sight.address,
        first_seen_at=now,
        last_seen_at=now,
        certificate=leaf,
        chain=sight.chain,
        tls_version=sight.tls_version,
        cipher=sight.cipher,
        latency_ms=sight.latency_ms,
        error_code=sight.error_code,
        error_text=sight.error_text,
        name_matches=None if leaf is None else matches is not None,
    )


def _same_run(before: Observation, row: Observation) -> bool:
    return all(getattr(before, name) == getattr(row, name) for name in RUN)


def _extend(run: Observation, row: Observation) -> None:
    # Seen at this very moment: it is this check, written a second time.
    run.count += run.last_seen_at != row.last_seen_at
    # Two checks may finish in the other order than they began.
    run.last_seen_at = max(run.last_seen_at, row.last_seen_at)
    run.latency_ms, run.error_text = row.latency_ms, row.error_text


def set_state(endpoint: Endpoint, runs: list[Observation], *, now: datetime) -> None:
    """Make the worst of the addresses the state.

    One that fails makes it "down"; of the certificates, the one that ends first
    counts. Where none was served, the last known one stays.
    """
    before = (endpoint.status, endpoint.certificate_id, endpoint.error_code)
    failed = next((run for run in runs if run.error_code), None)
    endpoint.status = Reachability.DOWN if failed else Reachability.UP
    endpoint.error_code = failed.error_code if failed else ""
    endpoint.error_text = failed.error_text if failed else ""
    endpoint.observed_at = now
    served = [
        (run.certificate, run)
        for run in runs
        if run.certificate is not None and not run.error_code
    ]
    if served:
        leaf, _ = min(served, key=lambda pair: pair[0].not_after)
        endpoint.certificate = leaf
        endpoint.not_before, endpoint.not_after = leaf.not_before, leaf.not_after
        endpoint.issuer = leaf.issuer_name
        endpoint.name_matches = all(run.name_matches for _, run in served)
    if before != (endpoint.status, endpoint.certificate_id, endpoint.error_code):
        endpoint.changed_at = now
