"""What goes out next, to whom and why: what waits already, and what will be crossed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch, prefetch_related_objects

from certs.models import Certificate, Endpoint, Notice, Policy
from certs.models.steps import LONGEST
from certs.services.notices import crossings, evidence, recipients, silence
from certs.services.notices.evidence import Standing
from certs.services.notices.policies import Chosen
from certs.services.notices.recipients import Recipient

BATCH = 200  # endpoints
MOST = 2000  # that end next, and that ended last: of others nothing is said
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A warning that goes out, unless the certificate is renewed before."""

    endpoint: Endpoint
    step: str
    kind: Notice.Kind
    due_at: datetime
    policy: Policy
    why: str  # this policy
    recipients: tuple[Recipient, ...] = ()


def coming(
    *,
    now: datetime,
    until: datetime,
    endpoints: Sequence[Endpoint] | None = None,
    limit: int = 200,
) -> list[Coming]:
    """Return what goes out after `now` and up to `until`, the soonest first.

    Of `endpoints`, else of those that end next. Of what is told each day it has the
    next one alone. Nobody knows events before they happen: those are not in it.
    """
    found: list[Coming] = []
    chosen: dict[UUID, Chosen] = {}
    rows = _ending(now) if endpoints is None else endpoints
    for batch in _batches(rows):
        standing = evidence.standing(batch)
        chosen |= standing.chosen
        for each in batch:
            found += _foreseen(each, standing, now=now, until=until)
    found = _soonest(found)[:limit]
    open_ = {each.endpoint.pk: each.endpoint for each in found if not each.recipients}
    near = {key: chosen[key] for key in open_}
    return _addressed(found, recipients.of(list(open_.values()), near) if open_ else {})


def of_one(
    endpoint: Endpoint,
    *,
    chosen: Chosen,
    told: Sequence[Recipient],
    now: datetime,
    until: datetime,
    limit: int,
) -> list[Coming]:
    """Return the same of an endpoint whose policy and recipients are known."""
    standing = evidence.standing([endpoint], chosen={endpoint.pk: chosen})
    found = _soonest(_foreseen(endpoint, standing, now=now, until=until))[:limit]
    return _addressed(found, {endpoint.pk: told})


def _foreseen(
    endpoint: Endpoint, standing: Standing, *, now: datetime, until: datetime
) -> Iterator[Coming]:
    if not endpoint.paused:
        yield from _waiting(endpoint, standing, until=until)
        yield from _crossing(endpoint, standing, now=now, until=until)


def _soonest(found: Iterable[Coming]) -> list[Coming]:
    return sorted(found, key=lambda each: (each.due_at, each.endpoint.host))


def _addressed(
    found: list[Coming], told: Mapping[UUID, Sequence[Recipient]]
) -> list[Coming]:
    """Say who is told, where that is not known yet."""
    return [
        each
        if each.recipients
        else replace(each, recipients=tuple(told[each.endpoint.pk]))
        for each in found
    ]


def _waiting(
    endpoint: Endpoint, standing: Standing, *, until: datetime
) -> Iterator[Coming]:
    """Yield what is in the ledger and not sent, a step with all who are told of it."""
    rows: dict[str, list[Notice]] = {}
    for row in standing.waiting.get(endpoint.pk, []):
        if row.due_at <= until:
            rows.setdefault(row.step, []).append(row)
    chosen = standing.chosen[endpoint.pk]
    for step, mine in rows.items():
        yield Coming(
            endpoint=endpoint,
            step=step,
            kind=Notice.Kind(mine[0].kind),
            due_at=min(row.due_at for row in mine),
            policy=chosen.policy,
            why=chosen.why,
            recipients=tuple(Recipient(row.recipient, row.reason) for row in mine),
        )


def _crossing(
    endpoint: Endpoint, standing: Standing, *, now: datetime, until: datetime
) -> Iterator[Coming]:
    chosen, served = standing.chosen[endpoint.pk], endpoint.certificate
    if served is None:
        return
    quiet = silence.of(
        standing.acknowledgements.get(endpoint.pk, ()),
        fingerprint=served.fingerprint_sha256,
        now=now,
    )
    ladder = crossings.Ladder(
        chosen.policy, not_before=served.not_before, not_after=served.not_after
    )
    last: dict[datetime, crossings.Crossing] = {}  # at one opening only the newest
    seen = set()
    # Each day only where somebody has silenced some: the next that is told counts.
    for step in ladder.coming(now, until, each_day=quiet.until is not None):
        is_daily = step.kind in (Notice.Kind.ENDED, Notice.Kind.REMINDER)
        is_silent = quiet.covers(step) and quiet.until and step.crossed_at < quiet.until
        if not is_silent and not (is_daily and step.kind in seen):
            last[step.due_at] = step
            seen.add(step.kind)
    for due_at, step in last.items():
        if due_at <= until:
            yield _coming(endpoint, chosen, step.key, step.kind, due_at)
    told = standing.told.get(endpoint.pk, ())
    for late in silence.escalations(endpoint, chosen.policy, told, quiet):
        if now < late.crossed_at <= until:
            who = late.others or ()
            one = _coming(endpoint, chosen, late.key, late.kind, late.crossed_at)
            yield replace(one, recipients=who)


def _coming(
    endpoint: Endpoint, chosen: Chosen, key: str, kind: Notice.Kind, due_at: datetime
) -> Coming:
    return Coming(
        endpoint=endpoint,
        step=key,
        kind=kind,
        due_at=due_at,
        policy=chosen.policy,
        why=chosen.why,
    )


def _ending(now: datetime) -> list[Endpoint]:
    """Return the endpoints that end next, and those that ended last."""
    rows = Endpoint.objects.filter(paused=False)
    far = now + 10 * LONGEST * DAY
    return [
        *rows.filter(not_after__gte=now, not_after__lt=far).order_by("not_after")[
            :MOST
        ],
        *rows.filter(not_after__lt=now).order_by("-not_after")[:MOST],
    ]


def _batches(rows: Iterable[Endpoint]) -> Iterator[list[Endpoint]]:
    """Return batches with their teams, and what steps are made of."""
    everything = list(rows)
    served = Certificate.objects.only("not_before", "not_after", "fingerprint_sha256")
    for start in range(0, len(everything), BATCH):
        batch = everything[start : start + BATCH]
        prefetch_related_objects(batch, Prefetch("certificate", served), "team")
        yield batch
