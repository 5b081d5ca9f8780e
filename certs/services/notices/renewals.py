"""How the certificate of an endpoint became another one, out of what checks saw."""

from dataclasses import dataclass
from datetime import datetime

from certs.models import Certificate, Endpoint, Observation
from certs.models.policy import Event
from certs.services.notices.evidence import NEWS, Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """That another certificate is served: since when, and in which ways another."""

    before: Certificate
    run_before: Observation
    seen_at: datetime
    events: frozenset[Event]


def last_change(
    endpoint: Endpoint, evidence: Evidence, *, now: datetime
) -> Change | None:
    """Return how the certificate became this one; None if not in the last 45 days."""
    after = endpoint.certificate
    good = [
        run
        for run in evidence.runs.get(endpoint.pk, [])
        if run.certificate_id and not run.error_code
    ]
    gone = [
        run
        for run in good
        if run.certificate_id != endpoint.certificate_id
        and not is_now(run, endpoint)
        and run.certificate_id in evidence.certificates
    ]
    if after is None or not gone:
        return None
    last = gone[0]
    began = [
        run.first_seen_at
        for run in good
        if run.certificate_id == endpoint.certificate_id
        and run.first_seen_at > last.first_seen_at
        and run.last_seen_at > last.last_seen_at
    ]
    if not began or min(began) < now - NEWS:
        return None
    assert last.certificate_id is not None  # noqa: S101 - for mypy
    before = evidence.certificates[last.certificate_id]
    return Change(
        before=before,
        run_before=last,
        seen_at=min(began),
        events=kinds_of_change(before, after, seen_at=min(began)),
    )


def kinds_of_change(
    before: Certificate, after: Certificate, *, seen_at: datetime
) -> frozenset[Event]:
    """Return what a change was: nothing but the dates, or what else is another."""
    found = set()
    if before.issuer != after.issuer:
        found.add(Event.ISSUER)
    if set(before.names) != set(after.names):
        found.add(Event.NAMES)
    if before.spki_sha256 != after.spki_sha256:
        found.add(Event.REKEYED)
    if not found:
        found.add(Event.RENEWED)
    # Nobody renews in the first third: something else made somebody do it.
    lifetime = before.not_after - before.not_before
    if before.not_after - seen_at > lifetime * 2 / 3:
        found.add(Event.UNEXPECTED)
    return frozenset(found)


def is_now(run: Observation, endpoint: Endpoint) -> bool:
    """Whether the last check saw it; an address that is no more leaves an open run."""
    return endpoint.observed_at is not None and run.last_seen_at >= endpoint.observed_at
