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
from certs.views import charts

ATTENTION_ROWS = 12
SOON_ROWS = 8
ISSUER_ROWS = 7
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A number that leads to its rows; `kind` picks the colour."""

    label: str
    number: int
    note: str
    status: str
    kind: str = ""


@require_safe
@permission_required("certs.view_endpoint", raise_exception=True)
def dashboard(request: SignedInRequest) -> HttpResponse:
    """Numbers, what needs attention, what ends when, and who issued it."""
    now = timezone.localtime()
    endpoints = Endpoint.objects.all()
    counts = endpoints.health_counts(now)
    total = sum(counts.values())
    attention = sum(counts[state] for state in NEEDS_ATTENTION)
    worst = endpoints.needing_attention(now).select_related("team")[:ATTENTION_ROWS]
    soon = endpoints.ending_next(now).select_related("team")[:SOON_ROWS]
    context = {
        "now": now,
        "total": total,
        "certificates": Certificate.objects.count(),
        "ending_soon": endpoints.ending(now, within=SOON).count(),
        "tiles": _tiles(counts, total),
        "attention": worst,
        "attention_total": attention,
        "attention_more": max(attention - ATTENTION_ROWS, 0),
        "soon": soon if attention < SOON_ROWS else [],
        "weeks": charts.expiries_by_week(endpoints, now=now),
        "issuers": charts.shares(endpoints.issuer_counts(), rows=ISSUER_ROWS),
    }
    return render(request, "certs/dashboard.html", context)


def _tiles(counts: dict[Health, int], total: int) -> list[Tile]:
    return [
        Tile(
            label="Expired",
            number=counts[Health.EXPIRED],
            note="certificate no longer valid",
            status=Health.EXPIRED,
            kind="crit",
        ),
        Tile(
            label="Critical",
            number=counts[Health.CRITICAL],
            note="less than 7 days left",
            status=Health.CRITICAL,
            kind="crit",
        ),
        Tile(
            label="Expiring",
            number=counts[Health.EXPIRING],
            note="7 to 20 days left",
            status=Health.EXPIRING,
            kind="warn",
        ),
        Tile(
            label="Unreachable",
            number=counts[Health.UNREACHABLE],
            note="last check failed",
            status=Health.UNREACHABLE,
        ),
        Tile(
            label="Wrong certificate",
            number=counts[Health.MISNAMED] + counts[Health.PENDING],
            note="wrong name, or not yet valid",
            status="wrong",
        ),
        Tile(
            label="Healthy",
            number=counts[Health.OK],
            note=f"of {total} in all",
            status=Health.OK,
        ),
    ]
