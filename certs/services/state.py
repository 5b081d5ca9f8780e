"""The state of an endpoint, as its last check found it: the worst of its addresses."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter

from certs.models import Endpoint, Observation, Reachability
from certs.models.endpoint import STATE
from certs.pki.rating import Grade

# What a check may change, but for its time.
_shown = attrgetter(*(name for name in STATE if name != "observed_at"))


def settle(endpoint: Endpoint, runs: Sequence[Observation], *, now: datetime) -> bool:
    """Make the worst of the addresses the state; returns whether that changed it.

    One that fails makes it "down"; of the certificates, the one that ends first
    counts, of the grades the worst. Where none was served, the last known one stays.
    """
    before = _shown(endpoint)
    shown = (endpoint.status, endpoint.certificate_id, endpoint.error_code)
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
        endpoint.grade = _worst([run.grade for _, run in served])
        endpoint.findings = _codes([run for _, run in served])
    if shown != (endpoint.status, endpoint.certificate_id, endpoint.error_code):
        endpoint.changed_at = now
    return bool(_shown(endpoint) != before)


def _worst(grades: Sequence[str]) -> str:
    given = [Grade(grade) for grade in grades if grade]
    return max(given, key=lambda grade: grade.rank).value if given else ""


def _codes(runs: Sequence[Observation]) -> tuple[str, ...]:
    return tuple(sorted({each["code"] for run in runs for each in run.findings}))
