"""Rounds of checks: which endpoints are due, who has claimed them, and the step.

To claim is one UPDATE that puts a worker's token beside an endpoint and its next check
off by a lease. Two workers never win the same endpoint; where a worker is killed, its
lease runs out and its endpoints are due again.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import NamedTuple
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import Q

from certs.models import Endpoint, Reachability
from certs.models.endpoint import EndpointQuerySet
from certs.services import patience, survey, watch
from certs.services.probing import Probe
from certs.services.survey import Deep

BATCH = 500  # endpoints claimed at a time
DEEP_BATCH = survey.BATCH  # a deep check takes up to 40 connections
TRIES = 5  # to claim what nobody else has, while others claim too
NEAR_END = timedelta(days=14)  # before the end of a certificate, and after it
DEEP_EVERY = timedelta(days=7)
# Intervals are up to a tenth shorter or longer, in so many steps: what was checked
# together is not for ever, and a batch takes few statements.
SLOTS = 8
JITTER = 0.1
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The columns of a kind of check: when it is due, and who has claimed it."""

    due: str
    claim: str


CHECK = Kind(due="next_check_at", claim="check_claim")
DEEP = Kind(due="next_deep_check_at", claim="deep_check_claim")


class Claim(NamedTuple):
    """The endpoints that were won, and the token they are held by."""

    token: UUID
    endpoints: list[Endpoint]


def due(*, now: datetime, kind: Kind = CHECK) -> EndpointQuerySet:
    """Return the endpoints to be checked at `now`, what has waited longest first.

    Those that somebody holds are none of them: they are due when the lease is over.
    """
    # Not `paused=False`, which no index of SQLite serves: health.conditions.
    rows = Endpoint.objects.filter(paused__in=(False,), **{f"{kind.due}__lte": now})
    return rows.order_by(kind.due)


def claim(keys: Sequence[UUID], *, now: datetime, kind: Kind = CHECK) -> Claim:
    """Claim those of `keys` that nobody is checking, due or not."""
    rows = Endpoint.objects.filter(pk__in=keys)
    free = Q(**{kind.claim: None}) | Q(**{f"{kind.due}__lte": now})
    return _take(rows.filter(free), keys, now=now, kind=kind)


def claim_due(*, now: datetime, batch: int | None = None, kind: Kind = CHECK) -> Claim:
    """Claim up to `batch` endpoints that are due; none are left if none were won."""
    for _ in range(TRIES):
        wanted = due(now=now, kind=kind).values_list("pk", flat=True)[: batch or BATCH]
        keys: list[UUID] = patience.patiently(partial(list, wanted))
        rows = Endpoint.objects.filter(pk__in=keys, paused=False)
        claimed = _take(
            rows.filter(**{f"{kind.due}__lte": now}), keys, now=now, kind=kind
        )
        if claimed.endpoints or not keys:
            return claimed
    return Claim(uuid4(), [])


def step(
    claimed: Claim, *, now: datetime, probe: Probe | None = None
) -> Iterator[Endpoint]:
    """Check what was claimed; yields each with its new state when that is written.

    Then it is nobody's any more, and its next check is set. What was deleted or moved
    meanwhile is left out.
    """
    checked = watch.observe(claimed.endpoints, now=now, probe=probe)
    left = {endpoint.pk for endpoint in claimed.endpoints}
    place = claimed.token.int  # of each in the slots; another beginning each time
    while written := list(islice(checked, watch.BATCH)):
        _settle(written, token=claimed.token, place=place, now=now)
        place += len(written)
        left -= {endpoint.pk for endpoint in written}
        yield from written
    release(claimed.token, left, now=now)


def deep_step(
    claimed: Claim, *, now: datetime, deep: Deep | None = None
) -> Iterator[Endpoint]:
    """Ask what was claimed for everything it offers; its next check grades with it."""
    asked = survey.survey(claimed.endpoints, now=now, deep=deep)
    left = {endpoint.pk for endpoint in claimed.endpoints}
    place = claimed.token.int
    while written := list(islice(asked, survey.BATCH)):
        keys = {endpoint.pk for endpoint in written}
        groups = _groups({DEEP_EVERY: list(keys)}, place=place)
        _put_off(groups, token=claimed.token, kind=DEEP, now=now)
        rows = Endpoint.objects.filter(pk__in=keys, check_claim=None)
        patience.patiently(partial(rows.update, next_check_at=now))
        place += len(written)
        left -= keys
        yield from written
    release(claimed.token, left, now=now, kind=DEEP)


def release(
    token: UUID, keys: Iterable[UUID], *, now: datetime, kind: Kind = CHECK
) -> None:
    """Give back what was claimed and not checked: it is due again."""
    rows = Endpoint.objects.filter(pk__in=list(keys), **{kind.claim: token})
    patience.patiently(partial(rows.update, **{kind.claim: None, kind.due: now}))


def hold_back(rows: EndpointQuerySet, *, until: datetime) -> None:
    """Let nothing of `rows` be due before `until`, but for what is being checked."""
    for kind in (CHECK, DEEP):
        early = rows.filter(**{kind.claim: None, f"{kind.due}__lt": until})
        early.update(**{kind.due: until})


def interval(endpoint: Endpoint, *, now: datetime) -> timedelta:
    """Return the time from a check to the next; it is short when somebody waits."""
    hours = endpoint.check_hours or settings.CHECK_HOURS
    end = endpoint.not_after
    is_near = end is not None and abs(end - now) <= NEAR_END
    if is_near or endpoint.status == Reachability.DOWN:
        return HOUR
    return timedelta(hours=hours)


def _take(
    free: EndpointQuerySet, keys: Sequence[UUID], *, now: datetime, kind: Kind
) -> Claim:
    token = uuid4()
    lease = now + settings.WORK_LEASE
    # By the token alone is known what was won: where the connection was lost in the
    # middle, and where MongoDB writes row by row while another does so too.
    put = partial(free.update, **{kind.claim: token, kind.due: lease})
    if keys:
        patience.patiently(put)
    mine = Endpoint.objects.places().filter(pk__in=keys, **{kind.claim: token})
    return Claim(token, patience.patiently(partial(list, mine)) if keys else [])


def _settle(written: list[Endpoint], *, token: UUID, place: int, now: datetime) -> None:
    by_interval: dict[timedelta, list[UUID]] = {}
    for endpoint in written:
        found = by_interval.setdefault(interval(endpoint, now=now), [])
        found.append(endpoint.pk)
    groups = _groups(by_interval, place=place)
    _put_off(groups, token=token, kind=CHECK, now=now)


def _groups(
    by_interval: dict[timedelta, list[UUID]], *, place: int
) -> dict[timedelta, list[UUID]]:
    """Return what is to be done again after which time, each interval in slots."""
    groups: dict[timedelta, list[UUID]] = {}
    for every, keys in by_interval.items():
        for number, key in enumerate(keys, start=place):
            share = number % SLOTS / (SLOTS - 1)  # from 0 to 1
            after = every * (1 - JITTER + 2 * JITTER * share)
            groups.setdefault(after, []).append(key)
    return groups


def _put_off(
    groups: dict[timedelta, list[UUID]], *, token: UUID, kind: Kind, now: datetime
) -> None:
    """Set when each is due again; only what is still ours, or another holds it."""
    for after, keys in groups.items():
        rows = Endpoint.objects.filter(pk__in=keys, **{kind.claim: token})
        values = {kind.claim: None, kind.due: now + after}
        patience.patiently(partial(rows.update, **values))
