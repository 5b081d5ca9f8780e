"""Checks endpoints and writes down what was seen: the only writer of their state."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import chain

from django.conf import settings
from django.db import transaction

from certs.models import Endpoint, Observation, Reachability
from certs.models.endpoint import STATE
from certs.pki import tls
from certs.pki.tls import ProbeResult, Target
from certs.services import patience, search, sights
from certs.services.history import History
from certs.services.sights import Served, Sight

logger = logging.getLogger(__name__)

GRADES = ["", "A+", "A", "A-", "B", "C", "D", "E", "F", "M", "T"]  # the worst last
BATCH = 200  # endpoints probed together, then written in one transaction

Probe = Callable[[Sequence[Target]], Iterable[ProbeResult]]


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
    seen = _probe(list(endpoints), probe=probe or default_probe())
    served = sights.read(chain.from_iterable(seen.values()), now=now)
    for endpoint, shown in seen.items():
        runs = [sights.run(endpoint, each, served=served, now=now) for each in shown]
        set_state(endpoint, runs, now=now)
        yield endpoint


def _observe_batch(
    endpoints: list[Endpoint], *, now: datetime, probe: Probe, waits: Sequence[float]
) -> list[Endpoint]:
    seen = _probe(endpoints, probe=probe)  # network first: no open transaction

    def write() -> list[Endpoint]:
        # A certificate is true whatever becomes of the rest, and two rounds that store
        # the same new one must not undo each other.
        served = sights.identify(chain.from_iterable(seen.values()), now=now)
        with transaction.atomic():
            return _write(seen, served=served, now=now)

    return patience.patiently(write, waits=waits)


def _probe(endpoints: list[Endpoint], *, probe: Probe) -> dict[Endpoint, list[Sight]]:
    """Return what each endpoint's addresses showed."""
    targets = {endpoint: endpoint.target for endpoint in endpoints}
    shown: defaultdict[Target, list[Sight]] = defaultdict(list)
    for result in probe(list(dict.fromkeys(targets.values()))):
        shown[result.target].append(sights.sight(result))
    return {endpoint: shown[target] for endpoint, target in targets.items()}


def _write(
    seen: dict[Endpoint, list[Sight]], *, served: Served, now: datetime
) -> list[Endpoint]:
    fresh = Endpoint.objects.in_bulk([endpoint.pk for endpoint in seen])
    latest = Observation.objects.latest_of(list(fresh.values()))
    written: list[Endpoint] = []
    changed: list[Endpoint] = []
    renewed: list[Endpoint] = []
    history = History()
    for checked, shown in seen.items():
        endpoint = fresh.get(checked.pk)
        if endpoint is None or endpoint.place != checked.place:
            continue
        runs = [sights.run(endpoint, each, served=served, now=now) for each in shown]
        for run in runs:
            history.add(run, before=latest.get((endpoint.pk, run.address)))
        state, served_before = _state(endpoint), endpoint.certificate_id
        set_state(endpoint, runs, now=now)
        if _state(endpoint) != state:
            changed.append(endpoint)
        if endpoint.certificate_id != served_before:
            renewed.append(endpoint)
        if endpoint.error_code:
            logger.debug("Check of %s failed: %s", endpoint, endpoint.error_text)
        written.append(endpoint)
    # In this order, should the database have no transactions: what a crash leaves out,
    # the next check adds. Two open runs of one address would stay.
    history.write(now=now)
    if renewed:
        search.renew_endpoints(renewed)
    _write_state(written, changed, now=now)
    return written


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
        endpoint.is_trusted = all(run.is_trusted for _, run in served)
        endpoint.grade = max((run.grade for _, run in served), key=GRADES.index)
        codes = {finding["code"] for _, run in served for finding in run.findings}
        endpoint.findings = tuple(sorted(codes))
    if before != (endpoint.status, endpoint.certificate_id, endpoint.error_code):
        endpoint.changed_at = now
