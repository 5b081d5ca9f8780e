"""Decides for a batch of endpoints what the ledger should say, and writes nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from certs.models import Endpoint, Policy, Reachability
from certs.services.notices import (
    crossings,
    events,
    evidence,
    recipients,
    silence,
)
from certs.services.notices.book import Book, Case, Decision
from certs.services.notices.crossings import Crossing
from certs.services.notices.evidence import Evidence

DAY = timedelta(days=1)
SPREAD = 6 * 3600  # seconds by which batches that nothing happens to are apart
SOON = timedelta(minutes=15)


def decide(endpoints: Sequence[Endpoint], *, now: datetime) -> Decision:
    """Return what is to be written of `endpoints`; their certificates are read."""
    decision = Decision()
    if not endpoints:
        return decision
    found = evidence.gather(endpoints, now=now)
    standing = found.standing
    cases: dict[UUID, Case] = {}
    later = _in_a_day(endpoints, now)
    for each in endpoints:
        decision.looks[each.pk] = later
        if not each.paused:
            case, looks = _case(each, found, now=now)
            decision.looks[each.pk] = min(later, *looks) if looks else later
            if not case.is_empty:
                cases[each.pk] = case
    told = (
        recipients.of([case.endpoint for case in cases.values()], standing.chosen)
        if cases
        else {}
    )
    rows = evidence.written({key: _keys(case) for key, case in cases.items()})
    for each in endpoints:
        waiting = standing.waiting.get(each.pk, [])
        if each.pk not in cases:
            decision.closed += [row.pk for row in waiting]
            continue
        book = Book(
            case=cases[each.pk],
            written=rows.get(each.pk, []),
            told=standing.told.get(each.pk, []),
            waiting=waiting,
            decision=decision,
            now=now,
        )
        book.keep(told[each.pk])
    return decision


def _case(
    endpoint: Endpoint, found: Evidence, *, now: datetime
) -> tuple[Case, list[datetime]]:
    """Return what there is to tell, and when there may be more."""
    standing = found.standing
    chosen = standing.chosen[endpoint.pk]
    policy, served = chosen.policy, endpoint.certificate
    quiet = silence.of(
        standing.acknowledgements.get(endpoint.pk, ()),
        fingerprint=served.fingerprint_sha256 if served else "",
        now=now,
    )
    looks: list[datetime | None] = [quiet.until]
    steps: list[Crossing] = []
    if served is not None:
        ladder = crossings.Ladder(
            policy, not_before=served.not_before, not_after=served.not_after
        )
        steps = ladder.crossed(now)
        looks += [each.crossed_at for each in ladder.coming(now, now + DAY)]
    warned = standing.told.get(endpoint.pk, ())
    late = list(silence.escalations(endpoint, policy, warned, quiet))
    looks += [each.crossed_at for each in late]
    looks.append(events.next_of_chain(endpoint, policy, found, now=now))
    looks.append(_next_check(endpoint, policy, found, now=now))
    case = Case(
        endpoint=endpoint,
        chosen=chosen,
        steps=tuple(steps),
        silence=quiet,
        matters=(
            *events.happened(endpoint, policy, found, now=now),
            *(each for each in late if each.crossed_at <= now),
        ),
    )
    return case, [each for each in looks if each is not None and each > now]


def _next_check(
    endpoint: Endpoint, policy: Policy, found: Evidence, *, now: datetime
) -> datetime | None:
    """Return when one more failed check may be seen: they change no state."""
    if endpoint.status != Reachability.DOWN or not policy.unreachable_after:
        return None
    outage = events.outage(endpoint, found.runs.get(endpoint.pk, []))
    if outage is not None and outage.checks >= policy.unreachable_after:
        return None
    return max(endpoint.next_check_at, now) + SOON


def _in_a_day(endpoints: Sequence[Endpoint], now: datetime) -> datetime:
    """Return when to look though nothing is known to happen.

    The same for the batch, so that one statement writes it; not for all batches.
    """
    return now + DAY - timedelta(seconds=endpoints[0].pk.int % SPREAD)


def _keys(case: Case) -> set[str]:
    return {each.key for each in case.steps} | {each.key for each in case.matters}
