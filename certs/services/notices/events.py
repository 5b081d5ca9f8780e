"""What has happened to an endpoint besides time going by, out of what checks saw.

Pure, but for the rows that are given: an endpoint, its policy and the evidence.
"""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from certs.models import (
    Certificate,
    Endpoint,
    Notice,
    Observation,
    Policy,
    Reachability,
)
from certs.models.policy import Event
from certs.pki.findings.catalogue import KINDS, Severity
from certs.pki.rating import Grade
from certs.services.notices import crossings
from certs.services.notices.evidence import NEWS, Evidence
from certs.services.notices.matters import Matter
from certs.services.notices.renewals import Change, is_now, last_change

Kind = Notice.Kind
PREFIX = 16  # digits of a fingerprint in the key of a step


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """Failed checks in a row: since when, and how many."""

    since: datetime
    checks: int


def happened(
    endpoint: Endpoint, policy: Policy, evidence: Evidence, *, now: datetime
) -> list[Matter]:
    """Return what there is to tell of `endpoint` besides the end of its certificate."""
    runs = evidence.runs.get(endpoint.pk, [])
    if endpoint.status == Reachability.DOWN:
        return [*_unreachable(endpoint, policy, runs)]
    if endpoint.status != Reachability.UP:
        return []
    change = last_change(endpoint, evidence, now=now)
    return [
        *_recovered(endpoint, policy, evidence, now=now),
        *_changed(endpoint, policy, change),
        *_renewed(endpoint, policy, evidence, change),
        *_graded(endpoint, policy, change, now=now),
        *_chained(endpoint, policy, evidence, now=now),
    ]


def outage(endpoint: Endpoint, runs: Sequence[Observation]) -> Outage | None:
    """Return the failed checks in a row up to the last one; the longest of addresses.

    An endpoint that is looked for where its name leads has one row of checks, wherever
    that was.
    """
    is_first = endpoint.address_mode == Endpoint.AddressMode.FIRST
    rows: dict[str, list[Observation]] = {}
    for run in runs:
        rows.setdefault("" if is_first else run.address, []).append(run)
    found = []
    for row in rows.values():
        failed: list[Observation] = []
        for run in row:
            if not run.error_code:
                break
            failed.append(run)
        if failed and is_now(failed[0], endpoint):
            checks = sum(run.count for run in failed)
            since = min(run.first_seen_at for run in failed)
            found.append(Outage(since=since, checks=checks))
    return max(found, key=lambda each: each.checks, default=None)


def next_of_chain(
    endpoint: Endpoint, policy: Policy, evidence: Evidence, *, now: datetime
) -> datetime | None:
    """Return when the next step of a certificate above is crossed."""
    return min(
        (
            step.crossed_at
            for authority in _authorities(endpoint, evidence)
            for step in _plan(policy, authority)
            if step.crossed_at > now
        ),
        default=None,
    )


def _unreachable(
    endpoint: Endpoint, policy: Policy, runs: Sequence[Observation]
) -> Iterator[Matter]:
    found = outage(endpoint, runs)
    if found and policy.unreachable_after and found.checks >= policy.unreachable_after:
        yield Matter(
            key=f"unreachable/{found.since.isoformat()}",
            kind=Kind.UNREACHABLE,
            crossed_at=found.since,
        )


def _recovered(
    endpoint: Endpoint, policy: Policy, evidence: Evidence, *, now: datetime
) -> Iterator[Matter]:
    """Yield that it is back, for those alone who were told that it was away."""
    told = [
        row
        for row in evidence.standing.told.get(endpoint.pk, [])
        if row.kind == Kind.UNREACHABLE
    ]
    is_news = endpoint.changed_at is not None and endpoint.changed_at >= now - NEWS
    if not told or not is_news or Event.RECOVERED not in policy.events:
        return
    last = max(row.step for row in told)  # they end in a moment, which sorts
    yield Matter(
        key=f"recovered/{last.removeprefix('unreachable/')}",
        kind=Kind.RECOVERED,
        crossed_at=endpoint.changed_at or now,
        only=frozenset(row.recipient for row in told if row.step == last),
    )


def _changed(
    endpoint: Endpoint, policy: Policy, change: Change | None
) -> Iterator[Matter]:
    if change is not None and change.events & set(policy.events):
        yield _about(endpoint, "changed", Kind.CHANGED, change.seen_at)


def _renewed(
    endpoint: Endpoint, policy: Policy, evidence: Evidence, change: Change | None
) -> Iterator[Matter]:
    """Yield that it is over, for those alone who were warned of the certificate."""
    if change is None or not policy.tells_renewal or endpoint.not_after is None:
        return
    before = change.before
    warned = frozenset(
        row.recipient
        for row in evidence.standing.told.get(endpoint.pk, [])
        if row.fingerprint == before.fingerprint_sha256 and row.kind in crossings.LADDER
    )
    if warned and endpoint.not_after > before.not_after:
        yield _about(endpoint, "renewed", Kind.RENEWED, change.seen_at, only=warned)


def _graded(
    endpoint: Endpoint, policy: Policy, change: Change | None, *, now: datetime
) -> Iterator[Matter]:
    """Yield a grade and findings that are as bad as the policy says."""
    before = change.run_before if change else None
    moment = endpoint.changed_at or now
    grade = endpoint.grade
    if policy.grade_below and _is_below(grade, policy.grade_below):
        yield _about(
            endpoint,
            f"grade/{grade}",
            Kind.GRADE,
            moment,
            continues=before is not None and before.grade == grade,
        )
    if not policy.finding_severity:
        return
    severities = list(Severity)
    least = severities.index(Severity(policy.finding_severity))
    known = {str(each.get("code")) for each in before.findings} if before else set()
    for code in endpoint.findings:
        kind = KINDS.get(code)
        if kind and severities.index(kind.severity) <= least:
            yield _about(
                endpoint,
                f"finding/{code}",
                Kind.FINDING,
                moment,
                continues=code in known,
            )


def _chained(
    endpoint: Endpoint, policy: Policy, evidence: Evidence, *, now: datetime
) -> Iterator[Matter]:
    """Yield the newest step of each certificate above that ends."""
    if Event.CHAIN not in policy.events:
        return
    for authority in _authorities(endpoint, evidence):
        steps = [step for step in _plan(policy, authority) if step.crossed_at <= now]
        if steps:
            prefix = authority.fingerprint_sha256[:PREFIX]
            yield Matter(
                key=f"chain/{prefix}/{steps[-1].key}",
                kind=Kind.CHAIN,
                crossed_at=steps[-1].crossed_at,
                fingerprint=authority.fingerprint_sha256,
                certificate=authority.pk,
            )


def _authorities(endpoint: Endpoint, evidence: Evidence) -> list[Certificate]:
    """Return the certificates above whose end matters to the endpoint.

    That of an intermediate does if it comes before the certificate's own: the next
    certificate has another one. That of a private root always does.
    """
    private = evidence.private_roots
    roots = {each.fingerprint_sha256 for each in private.values()}
    found: dict[UUID, Certificate] = {}
    for run in evidence.runs.get(endpoint.pk, []):
        if run.error_code or not is_now(run, endpoint):
            continue
        above = [
            evidence.authorities[each]
            for each in run.chain[1:]
            if each in evidence.authorities
        ]
        if above and above[-1].issuer in private:
            above.append(private[above[-1].issuer])
        for each in above:
            is_root = each.fingerprint_sha256 in roots
            is_first = bool(endpoint.not_after and each.not_after < endpoint.not_after)
            if is_root or (is_first and not each.is_self_issued):
                found[each.pk] = each
    return list(found.values())


def _plan(policy: Policy, authority: Certificate) -> list[crossings.Crossing]:
    # An authority is renewed by nobody's program.
    steps = copy(policy)
    steps.renews_itself = False
    return crossings.plan(
        steps, not_before=authority.not_before, not_after=authority.not_after
    )


def _about(
    endpoint: Endpoint,
    key: str,
    kind: Notice.Kind,
    moment: datetime,
    *,
    only: frozenset[str] | None = None,
    continues: bool = False,
) -> Matter:
    """Return a matter of the certificate that is served now."""
    served = endpoint.certificate
    return Matter(
        key=key,
        kind=kind,
        crossed_at=moment,
        fingerprint=served.fingerprint_sha256 if served else "",
        certificate=served.pk if served else None,
        only=only,
        continues=continues,
    )


def _is_below(grade: str, limit: str) -> bool:
    return bool(grade) and Grade(grade).rank > Grade(limit).rank
