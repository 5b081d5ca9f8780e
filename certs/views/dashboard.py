"""The first page: how the fleet is doing, and what to do next."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from certs.models import NEEDS_ATTENTION, Certificate, Endpoint, Health
from certs.models.counting import Count, bounded, size
from certs.models.health import Tally
from certs.services import figures, tallies
from certs.views import charts
from certs.views.selection import FEW

ATTENTION_ROWS = 12
SOON_ROWS = 8
ISSUER_ROWS = 7
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A number that leads to its rows; `kind` picks the colour."""

    label: str
    number: Count | None
    note: str
    status: str
    kind: str = ""


@require_safe
@permission_required("certs.view_endpoint", raise_exception=True)
def dashboard(request: SignedInRequest) -> HttpResponse:
    """Numbers, what needs attention, what ends when, and who issued it."""
    now = timezone.localtime()
    endpoints = Endpoint.objects.all()
    tally = tallies.current(now=now)
    total = tally.total
    attention = tally.of(NEEDS_ATTENTION) or 0
    with_team = endpoints.select_related("team")
    of_many = attention > FEW
    worst = (
        with_team.most_urgent(now, most=ATTENTION_ROWS, of_many=of_many)
        if attention
        else []
    )
    soon = with_team.ending_next(now)[:SOON_ROWS]
    ends = figures.ends(charts.weeks(now), now=now)
    ranking = figures.ranking(now=now)
    context = {
        "now": now,
        "total": total,
        "certificates": size(Certificate),
        "ending_soon": bounded(endpoints.ending(now, within=SOON)),
        "tiles": _tiles(tally),
        "attention": worst,
        "attention_total": attention,
        "attention_more": max(attention - ATTENTION_ROWS, 0),
        "soon": soon if attention < SOON_ROWS else [],
        "ends": ends,
        "weeks": charts.expiries_by_week(ends.numbers, now=now) if ends else None,
        "ranking": ranking,
        "issuers": charts.shares(ranking, rows=ISSUER_ROWS) if ranking else [],
    }
    return render(request, "certs/dashboard.html", context)


def _tiles(tally: Tally) -> list[Tile]:
    return [
        Tile(
            label="Expired",
            number=tally.of([Health.EXPIRED]),
            note="certificate no longer valid",
            status=Health.EXPIRED,
            kind="crit",
        ),
        Tile(
            label="Critical",
            number=tally.of([Health.CRITICAL]),
            note="less than 7 days left",
            status=Health.CRITICAL,
            kind="crit",
        ),
        Tile(
            label="Expiring",
            number=tally.of([Health.EXPIRING]),
            note="7 to 20 days left",
            status=Health.EXPIRING,
            kind="warn",
        ),
        Tile(
            label="Unreachable",
            number=tally.of([Health.UNREACHABLE]),
            note="last check failed",
            status=Health.UNREACHABLE,
        ),
        Tile(
            label="Wrong certificate",
            number=tally.of([Health.MISNAMED, Health.UNTRUSTED, Health.PENDING]),
            note="wrong name, or not trusted",
            status="wrong",
        ),
        Tile(
            label="Healthy",
            number=tally.of([Health.OK]),
            note=f"of {tally.total} in all",
            status=Health.OK,
        ),
    ]
