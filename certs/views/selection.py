"""Which endpoints a list shows, in which order, and how many they are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page as NumberedPage, Paginator
from django.db.models import F

from accounts.models import Team
from certs.forms import SORTS
from certs.models import Endpoint
from certs.models.counting import Certainty, Count
from certs.models.endpoint import EndpointQuerySet
from certs.models.health import Tally
from certs.services import tallies
from certs.services.questions import filtered, in_status, states
from certs.views import paging

FEW = 1000  # endpoints that are counted and sorted as they are, with numbered pages
NOT_NULL = ("host", "issuer")  # of SORTS
DAYS = "days"  # the order, if none is asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The answer to the questions of the list; `tally` is before the status."""

    rows: EndpointQuerySet
    tally: Tally
    count: Count


def select(asked: dict[str, Any], *, now: datetime) -> Selection:
    """Return what was asked for, counted as far as that is cheap."""
    found = filtered(asked, now=now)
    is_few = False
    if found.query.where and not found.is_many:
        found, number = _by_keys(found)
        is_few = number.is_exact
    if (asked.get("q") or asked.get("tag")) and not is_few:
        # Whatever else is asked, each row would have to be looked at.
        tally = Tally(total=Count(FEW, Certainty.AT_LEAST), by_state={})
    elif found.query.where:
        tally = found.tally(now)
    else:
        tally = tallies.current(now=now)
    status: str = asked.get("status") or ""
    rows = in_status(found, status, now=now)
    count = tally.of(states(status)) if status else tally.total
    if count is None or (status and not is_few and _is_few(count)):
        # By the index of the state: that of the order may have all others first.
        rows, count = _by_keys(rows)
    if status and not _is_few(count) and not _has_index(status, asked):
        rows = in_status(found, status, now=now, are_many=True)
    return Selection(rows=rows, tally=tally, count=count)


def _by_keys(rows: EndpointQuerySet) -> tuple[EndpointQuerySet, Count]:
    """Count up to FEW rows; so few are asked for once, and found by their keys."""
    keys = list(rows.order_by().values_list("pk", flat=True)[: FEW + 1])
    if len(keys) > FEW:
        return rows, Count(FEW, Certainty.AT_LEAST)
    return Endpoint.objects.filter(pk__in=keys), Count(len(keys))


def _is_few(count: Count) -> bool:
    return count.is_exact and count <= FEW


def _has_index(status: str, asked: dict[str, Any]) -> bool:
    """Whether an index has the rows of this status in the order asked for."""
    sort: str = asked.get("sort") or DAYS
    return len(states(status)) == 1 and sort.removeprefix("-") == DAYS


def page(
    selection: Selection,
    asked: dict[str, Any],
    address: str,
    *,
    teams: list[Team],
    size: int,
) -> "paging.Page | NumberedPage[Endpoint]":
    """Return a page: numbered where there are few rows, else one that goes on."""
    rows = selection.rows.prefetch_related("team")
    if _is_few(selection.count):
        paginator = Paginator(in_order(rows, asked), size)
        paginator.count = selection.count  # known already
        return paginator.get_page(address)
    sort = asked.get("sort") or DAYS
    parts = _parts(rows, sort, teams=teams)
    return paging.page(address, parts, size=size, count=selection.count)


def in_order(rows: EndpointQuerySet, asked: dict[str, Any]) -> EndpointQuerySet:
    """Return the rows in the order asked for; what has no value comes last."""
    sort = asked.get("sort") or DAYS
    column = F(SORTS[sort.removeprefix("-")])
    order = (
        column.desc(nulls_last=True)
        if sort.startswith("-")
        else column.asc(nulls_last=True)
    )
    return rows.order_by(order, "host", "port", "id")


def _parts(
    rows: EndpointQuerySet, sort: str, *, teams: list[Team]
) -> list[paging.Part]:
    """Return the rows in the order of `sort` as the indexes have them."""
    name, falls = sort.removeprefix("-"), sort.startswith("-")
    if name == "team":  # by name; `teams` are in that order, few, and one index away
        those = [*reversed(teams)] if falls else teams
        return [
            part
            for team in (*those, None)
            for part in _parts(rows.filter(team=team), DAYS, teams=teams)
        ]
    column = SORTS[name]
    if column in NOT_NULL:
        return [paging.Part(rows=rows, column=column, falls=falls)]
    is_null = f"{column}__isnull"
    return [
        paging.Part(rows=rows.filter(**{is_null: False}), column=column, falls=falls),
        paging.Part(rows=rows.filter(**{is_null: True}), column=None),
    ]
