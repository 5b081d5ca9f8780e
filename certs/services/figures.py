"""Counts of all endpoints: of a few for each page, of many when they were written.

Who has written many endpoints calls `renew`; a page reads what was counted then and
never counts itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

from django.db.models import Q

from certs.models import Endpoint, Figure
from certs.models.counting import size
from certs.models.quarters import quarter
from certs.services import patience

EVERY = timedelta(minutes=1)  # at the most; who claimed it and died is waited for
GOOD_FOR = timedelta(days=7)  # what is older is shown to nobody
FIRST_ISSUERS = 100

# What is counted reaches from here to there.
BEFORE = timedelta(days=2)  # today's midnight may be before the counting
AFTER = GOOD_FOR + timedelta(weeks=27)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The first issuers with their endpoints, and how many endpoints all have.

    `counted_at` is None where they were counted for this page, as below.
    """

    first: list[tuple[str, int]]
    total: int
    counted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """For each range of time how many certificates end in it, by environment."""

    numbers: list[dict[str, int]]
    counted_at: datetime | None = None


def renew(*, now: datetime) -> None:
    """Count a large inventory, but for what was counted less than a minute ago."""
    if not size(Endpoint).is_exact:
        for kind in Figure.Kind:
            if patience.patiently(partial(_claim, kind, now=now)):
                patience.patiently(partial(_count, kind, now=now))


def ranking(*, now: datetime) -> Ranking | None:
    """Return the issuers, the largest first; None until they are counted."""
    if size(Endpoint).is_exact:
        return _ranking(Endpoint.objects.issuer_counts())
    figure = _figure(Figure.Kind.ISSUERS, now=now)
    if figure is None:
        return None
    return Ranking(
        first=[(name, number) for name, number in figure.numbers["first"]],
        total=figure.numbers["total"],
        counted_at=figure.counted_at,
    )


def ends(moments: Sequence[datetime], *, now: datetime) -> Ends | None:
    """Return what ends from each moment to the next; None until that is counted.

    The moments begin today and reach 26 weeks ahead, at midnights of one time zone.
    """
    if size(Endpoint).is_exact:
        return Ends(numbers=Endpoint.objects.ending_between(moments))
    figure = _figure(Figure.Kind.ENDS, now=now)
    if figure is None:
        return None
    places = [quarter(moment) - figure.numbers["first"] for moment in moments]
    counts = {
        environment: [int(number) for number in text.split()]
        for environment, text in figure.numbers["counts"].items()
    }
    numbers = [
        {
            environment: number
            for environment, each in counts.items()
            if (number := sum(each[first:last]))
        }
        for first, last in pairwise(places)
    ]
    return Ends(numbers=numbers, counted_at=figure.counted_at)


def _figure(kind: Figure.Kind, *, now: datetime) -> Figure | None:
    return Figure.objects.filter(pk=kind, counted_at__gt=now - GOOD_FOR).first()


def _claim(kind: Figure.Kind, *, now: datetime) -> bool:
    Figure.objects.bulk_create([Figure(kind=kind)], ignore_conflicts=True)
    is_free = Q(claimed_at=None) | Q(claimed_at__lte=now - EVERY)
    claimed = Figure.objects.filter(is_free, pk=kind).update(claimed_at=now)
    return bool(claimed)


def _count(kind: Figure.Kind, *, now: datetime) -> None:
    numbers = _issuers() if kind == Figure.Kind.ISSUERS else _ends(now)
    Figure.objects.filter(pk=kind).update(numbers=numbers, counted_at=now)


def _issuers() -> dict[str, Any]:
    counted = _ranking(Endpoint.objects.issuer_counts())
    return {"first": counted.first, "total": counted.total}


def _ends(now: datetime) -> dict[str, Any]:
    """Return a number for each quarter, as text: MongoDB reads long lists slowly."""
    start, end = now - BEFORE, now + AFTER
    first = quarter(start)
    counts = {
        each.value: [0] * (quarter(end) - first + 1) for each in Endpoint.Environment
    }
    for place, environment, number in Endpoint.objects.ends_by_quarter(start, end):
        counts[environment][place - first] = number
    texts = {each: " ".join(map(str, numbers)) for each, numbers in counts.items()}
    return {"first": first, "counts": texts}


def _ranking(numbers: list[tuple[str, int]]) -> Ranking:
    total = sum(number for _, number in numbers)
    return Ranking(first=numbers[:FIRST_ISSUERS], total=total)
