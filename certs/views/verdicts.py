"""What the last checks of an endpoint mean, made ready to print."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certs.models import DeepCheck, Endpoint, Observation
from certs.pki import findings as pki
from certs.pki.deep import DeepResult
from certs.pki.findings import Finding, Severity
from certs.pki.meaning import rate
from certs.pki.rating import Rating
from certs.services import assessment, neighbours

ICONS = {
    Severity.CRITICAL: "exclamation-octagon-fill",
    Severity.WARNING: "exclamation-triangle-fill",
    Severity.NOTICE: "info-circle",
    Severity.GOOD: "check-circle-fill",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A finding as a row; `where` names its nodes if others are without it."""

    finding: Finding
    icon: str
    command: str
    where: str


def context(
    endpoint: Endpoint, latest: Collection[Observation], *, now: datetime
) -> dict[str, Any]:
    """Return trust, findings, grade and offers, of the latest run of each node."""
    up = [run for run in latest if run.certificate and not run.error_code]
    deep_check = DeepCheck.objects.filter(endpoint=endpoint).first()
    deep = assessment.deep_result(deep_check)
    worst = next((run for run in up if run.grade == endpoint.grade), None)
    return {
        "verdicts": worst.verdicts if worst else [],
        "findings": list(_findings(endpoint, up, now=now)),
        "rating": _rating(endpoint, worst, deep) if worst else None,
        "deep_check": deep_check,
        "deep": deep,
    }


def _rating(
    endpoint: Endpoint, run: Observation, deep: DeepResult | None
) -> Rating | None:
    said = assessment.opinion(run)
    if said is None or run.certificate is None:
        return None
    return rate(
        run.certificate,
        host=endpoint.expected_name,
        verdict=said.verdict,
        shown=run,
        deep=deep,
    )


def _findings(
    endpoint: Endpoint, up: list[Observation], *, now: datetime
) -> Iterator[Shown]:
    """Yield all findings, the worst first, each once whatever nodes have it."""
    nodes: dict[Finding, list[str]] = {}
    for run in up:
        for finding in _of_run(run, now=now):
            nodes.setdefault(finding, []).append(run.address)
    for finding in neighbours.findings(endpoint, up, now=now):
        nodes[finding] = []
    order = list(Severity)
    for finding in sorted(nodes, key=lambda each: order.index(each.severity)):
        is_everywhere = len(nodes[finding]) in (0, len(up))
        yield Shown(
            finding=finding,
            icon=ICONS[finding.severity],
            command=finding.command(
                endpoint.host,
                endpoint.port,
                server_name=endpoint.server_name,
                starttls=endpoint.starttls,
            ),
            where="" if is_everywhere else ", ".join(nodes[finding]),
        )


def _of_run(run: Observation, *, now: datetime) -> Iterator[Finding]:
    """Yield the findings of one node; what another release wrote is passed over."""
    if run.certificate is not None:
        leaf = run.certificate
        yield from pki.of_dates(leaf.not_before, leaf.not_after, now=now)
    for each in run.findings:
        if each["code"] in pki.KINDS:
            yield Finding.from_json(each)
