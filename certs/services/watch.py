"""Checks endpoints and writes down what was seen: the only writer of their state."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import chain, islice

from django.db import transaction

from certs.models import DeepCheck, Endpoint, Observation
from certs.models.endpoint import STATE
from certs.services import patience, probing, search, sights, state, trust
from certs.services.assessment import Assessor
from certs.services.history import History
from certs.services.probing import Probe, default_probe
from certs.services.sights import Served, Sight
from certs.services.trust import Judges

logger = logging.getLogger(__name__)

BATCH = 200  # endpoints written in one transaction
# Of an endpoint and of an open run, what a check does not ask for.
NOT_ASKED = (
    "environment",
    "renewal_method",
    "policy",
    "created_at",
    "observed_at",
    "changed_at",
    "next_check_at",
    "check_claim",
    "next_deep_check_at",
    "deep_check_claim",
    "next_notice_at",
)
NOT_ASKED_OF_A_RUN = ("first_seen_at", "last_seen_at", "count")


def observe(
    endpoints: Iterable[Endpoint],
    *,
    now: datetime,
    probe: Probe | None = None,
    waits: Sequence[float] = patience.LONG,
) -> Iterator[Endpoint]:
    """Check `endpoints` and yield each with its new state, as the answers come.

    A failed handshake is a state, not an exception. An endpoint that was deleted or
    moved while it was checked is left out: what was seen is not of its place. The
    checks happen as the result is iterated over. Where the database fails, what was
    seen is kept and written after one of `waits` (seconds).
    """
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)  # as MongoDB keeps it
    judges = patience.patiently(partial(trust.judges, now=now), waits=waits)
    seen = probing.shown(endpoints, probe=probe or default_probe())
    while batch := dict(islice(seen, BATCH)):
        write = partial(_write, batch, judges=judges, now=now)
        yield from patience.patiently(write, waits=waits)


def look(
    endpoints: Iterable[Endpoint], *, now: datetime, probe: Probe | None = None
) -> Iterator[Endpoint]:
    """Check endpoints that need not be in the inventory; nothing is written."""
    seen = dict(probing.shown(endpoints, probe=probe or default_probe()))
    served = sights.read(chain.from_iterable(seen.values()), now=now)
    judges = trust.judges(now=now)
    judges.prepare()
    assessor = Assessor(judges, deep_checks={}, now=now)
    read = partial(sights.run, served=served, assessor=assessor, now=now)
    for endpoint, shown in seen.items():
        runs = [read(endpoint, each) for each in shown]
        state.settle(endpoint, runs, now=now)
        yield endpoint


def _write(
    seen: Mapping[Endpoint, list[Sight]], *, judges: Judges, now: datetime
) -> list[Endpoint]:
    # A certificate is true whatever becomes of the rest, and two rounds that store the
    # same new one must not undo each other.
    served = sights.identify(chain.from_iterable(seen.values()), now=now)
    write = partial(_write_sights, seen, served=served, judges=judges, now=now)
    try:
        with transaction.atomic():
            return write()
    except trust.NotPreparedError:  # the first chain of the round that is to be judged
        judges.prepare()
    with transaction.atomic():
        return write()


def _write_sights(
    seen: Mapping[Endpoint, list[Sight]],
    *,
    served: Served,
    judges: Judges,
    now: datetime,
) -> list[Endpoint]:
    rows = Endpoint.objects.defer(*NOT_ASKED)
    fresh = rows.in_bulk([endpoint.pk for endpoint in seen])
    was = Observation.objects.defer(*NOT_ASKED_OF_A_RUN)
    latest = was.latest_of(list(fresh.values()))
    assessor = Assessor(judges, deep_checks=DeepCheck.objects.in_bulk(fresh), now=now)
    read = partial(sights.run, served=served, assessor=assessor, now=now)
    written: list[Endpoint] = []
    changed: list[Endpoint] = []
    renewed: list[Endpoint] = []
    history = History()
    for checked, shown in seen.items():
        endpoint = fresh.get(checked.pk)
        if endpoint is None or endpoint.place != checked.place:
            continue
        is_open = latest.get(endpoint.pk, {})
        runs = [
            read(endpoint, each, before=is_open.get(each.result.address))
            for each in shown
        ]
        latencies = [each.result.latency_ms for each in shown]
        history.follow(endpoint, runs, latencies=latencies, is_open=is_open)
        served_before = endpoint.certificate_id
        if state.settle(endpoint, runs, now=now):
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
    """Write states. Most checks see what the last one saw: one statement for those.

    What has changed is written row by row: bulk_update makes a CASE of each column, and
    takes three times as long on MongoDB, eight times on the others. Whether to warn is
    asked again then (next_notice_at): services.notices.ledger.
    """
    Endpoint.objects.filter(pk__in=[row.pk for row in written]).update(observed_at=now)
    for row in changed:
        as_it_was = row.get_deferred_fields()  # when it changed, if that was not now
        values = {name: getattr(row, name) for name in STATE if name not in as_it_was}
        Endpoint.objects.filter(pk=row.pk).update(**values, next_notice_at=now)
