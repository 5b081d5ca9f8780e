"""What the decision to warn needs to know of a batch of endpoints, read at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Max, Min

from certs.models import (
    Acknowledgement,
    Certificate,
    Endpoint,
    Notice,
    Observation,
    TrustRoot,
)
from certs.services.notices import policies
from certs.services.notices.policies import Chosen

NEWS = timedelta(days=45)  # what changed longer ago is told to nobody any more
MOST_RUNS = 20_000  # of a batch: an endpoint that changes all the time has many
_WARNINGS = (Notice.Kind.STEP, Notice.Kind.OVERDUE, Notice.Kind.UNREACHABLE)
_RUN = (
    "endpoint_id",
    "address",
    "first_seen_at",
    "last_seen_at",
    "count",
    "certificate_id",
    "chain",
    "error_code",
    "grade",
    "findings",
)

_Row = TypeVar("_Row", Acknowledgement, Notice, Observation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the endpoints of a batch are warned of and what was said, by their keys."""

    chosen: Mapping[UUID, Chosen]
    acknowledgements: Mapping[UUID, list[Acknowledgement]]
    told: Mapping[UUID, list[Notice]]
    waiting: Mapping[UUID, list[Notice]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """That, and what the endpoints served; rows by the key of theirs where of one."""

    standing: Standing
    runs: Mapping[UUID, list[Observation]]  # the newest first
    certificates: Mapping[UUID, Certificate]  # that runs served, by key
    authorities: Mapping[str, Certificate]  # by SHA-256 fingerprint
    private_roots: Mapping[str, Certificate]  # of trust stores in use, by subject


def standing(
    endpoints: Sequence[Endpoint], *, chosen: Mapping[UUID, Chosen] | None = None
) -> Standing:
    """Read how `endpoints` are warned of; their policies where they are not `chosen`.

    Of paused ones nothing is read but what waits.
    """
    live = [each for each in endpoints if not each.paused]
    keys = [each.pk for each in live]
    return Standing(
        chosen=policies.chosen(live) if chosen is None else chosen,
        acknowledgements=_by_endpoint(
            Acknowledgement.objects.filter(endpoint__in=keys)
        ),
        told=_by_endpoint(_told(keys)),
        waiting=_by_endpoint(
            Notice.objects.filter(
                endpoint__in=[each.pk for each in endpoints]
            ).in_state(Notice.State.WAITING)
        ),
    )


def gather(endpoints: Sequence[Endpoint], *, now: datetime) -> Evidence:
    """Read what there is about `endpoints`: constant queries, however many they are."""
    keys = [each.pk for each in endpoints if not each.paused]
    runs = _runs(keys, now=now)
    above = {print_ for run in runs for print_ in run.chain[1:]}
    served = {run.certificate_id for run in runs if run.certificate_id}
    leaves = Certificate.objects.defer("der")
    return Evidence(
        standing=standing(endpoints),
        runs=_by_endpoint(runs),
        certificates=leaves.in_bulk(list(served)),
        authorities=leaves.in_bulk(list(above), field_name="fingerprint_sha256"),
        private_roots=_private_roots() if above else {},
    )


def written(steps: Mapping[UUID, Iterable[str]]) -> dict[UUID, list[Notice]]:
    """Return the rows of the ledger of these endpoints for these steps."""
    keys = [key for key, wanted in steps.items() if wanted]
    names = {step for wanted in steps.values() for step in wanted}
    if not keys:
        return {}
    return _by_endpoint(
        Notice.objects.filter(endpoint__in=keys, step__in=list(names)).only(
            "endpoint_id", "fingerprint", "step", "recipient", "state", "sent_at"
        )
    )


def _runs(keys: Sequence[UUID], *, now: datetime) -> list[Observation]:
    rows = Observation.objects.filter(endpoint__in=keys, last_seen_at__gte=now - NEWS)
    return list(rows.only(*_RUN).order_by("-last_seen_at", "-id")[:MOST_RUNS])


def _told(keys: Sequence[UUID]) -> list[Notice]:
    """Return what was told; of what is told daily one row, first sent, last crossed.

    There are as many as days since the end. Of reminders nobody asks.
    """
    rows = Notice.objects.filter(endpoint__in=keys).in_state(Notice.State.SENT)
    told = rows.of_kind(*_WARNINGS).only(
        "endpoint_id",
        "fingerprint",
        "step",
        "recipient",
        "kind",
        "crossed_at",
        "sent_at",
    )
    ended = rows.of_kind(Notice.Kind.ENDED).order_by()
    groups = ended.values("endpoint_id", "fingerprint", "recipient")
    return [
        *told,
        *(
            Notice(
                endpoint_id=each["endpoint_id"],
                fingerprint=each["fingerprint"],
                recipient=each["recipient"],
                step="ended",
                kind=Notice.Kind.ENDED,
                sent_at=each["first"],
                crossed_at=each["last"],
            )
            for each in groups.annotate(first=Min("sent_at"), last=Max("crossed_at"))
        ),
    ]


def _private_roots() -> dict[str, Certificate]:
    roots = TrustRoot.objects.filter(store__is_active=True)
    keys = list(roots.values_list("certificate_id", flat=True))
    rows = Certificate.objects.defer("der").filter(pk__in=keys)
    return {row.subject: row for row in rows if row.subject}


def _by_endpoint(rows: Iterable[_Row]) -> dict[UUID, list[_Row]]:
    found: dict[UUID, list[_Row]] = defaultdict(list)
    for row in rows:
        found[row.endpoint_id].append(row)
    return found
