"""The state of an endpoint, as its last check found it: the worst of its addresses."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from certs.models import Endpoint, Observation, Reachability
from certs.pki.rating import Grade

# Of these, another one is a change that people are told of.
_TOLD = frozenset({"status", "certificate_id", "error_code"})


def settle(endpoint: Endpoint, runs: Sequence[Observation], *, now: datetime) -> bool:
    """Make the worst of the addresses the state; returns whether that changed it.

    One that fails makes it "down"; of the certificates, the one that ends first
    counts, of the grades the worst. Where none was served, the last known one stays.
    """
    failed = next((run for run in runs if run.error_code), None)
    state: dict[str, Any] = {
        "status": Reachability.DOWN if failed else Reachability.UP,
        "error_code": failed.error_code if failed else "",
        "error_text": failed.error_text if failed else "",
    }
    served = [
        (run.certificate, run)
        for run in runs
        if run.certificate is not None and not run.error_code
    ]
    if served:
        leaf, _ = min(served, key=lambda pair: pair[0].not_after)
        state |= {
            "certificate_id": leaf.pk,
            "not_before": leaf.not_before,
            "not_after": leaf.not_after,
            "issuer": leaf.issuer_name,
            "name_matches": all(run.name_matches for _, run in served),
            "is_trusted": all(run.is_trusted for _, run in served),
            "grade": _worst(run.grade for _, run in served),
            "findings": _codes([run for _, run in served]),
        }
    news = {
        name: value for name, value in state.items() if getattr(endpoint, name) != value
    }
    for name, value in news.items():
        setattr(endpoint, name, value)
    if served:
        endpoint.certificate = leaf  # read already
    endpoint.observed_at = now
    if not _TOLD.isdisjoint(news):
        endpoint.changed_at = now
    return bool(news)


def _worst(grades: Iterable[str]) -> str:
    given = {grade for grade in grades if grade}
    if len(given) <= 1:  # as most: its addresses are alike
        return next(iter(given), "")
    return max(given, key=lambda grade: Grade(grade).rank)


def _codes(runs: Sequence[Observation]) -> tuple[str, ...]:
    return tuple(sorted({each["code"] for run in runs for each in run.findings}))
