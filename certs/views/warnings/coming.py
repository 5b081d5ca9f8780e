"""The page "What goes out next"."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Team
from accounts.requests import SignedInRequest
from certs.forms import NO_TEAM, ComingFilterForm
from certs.models import Endpoint, Policy
from certs.services.notices import forecast
from certs.services.notices.forecast import Coming

DAYS = 30
ROWS = 100
MOST = 1000  # warnings, and endpoints of a team, that are looked at


@dataclass(frozen=True, slots=True)
class Day:
    """A day, and what goes out on it."""

    day: date
    warnings: list[Coming]


@require_safe
@permission_required("certs.view_notice", raise_exception=True)
def coming(request: SignedInRequest) -> HttpResponse:
    """Return what will be told in the coming 30 days if nothing changes, by day."""
    now = timezone.localtime()
    teams = [(str(team.pk), team.name) for team in Team.objects.all()]
    choices = [(NO_TEAM, "No team"), *teams]
    form = ComingFilterForm(request.GET, teams=choices)
    form.is_valid()
    asked = form.cleaned_data
    found = forecast.coming(
        now=now,
        until=now + timedelta(days=DAYS),
        endpoints=_of_team(asked, now=now),
        limit=MOST,
    )
    policy = asked.get("policy")
    wanted = [one for one in found if policy is None or one.policy.pk == policy.pk]
    page = Paginator(wanted, ROWS).get_page(request.GET.get("page"))
    context = {
        "now": now,
        "asked": asked,
        "teams": choices,
        "policies": Policy.objects.all(),
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number, on_ends=1),
        "days": _by_day(page, now=now),
        "number_of_days": DAYS,
        "is_cut": len(found) == MOST,
        "most": MOST,
    }
    return render(request, "certs/warnings/coming.html", context)


def _of_team(asked: dict[str, Any], *, now: datetime) -> list[Endpoint] | None:
    """Return what of a team ends next and what ended last; None for everybody's."""
    team = asked.get("team")
    if not team:
        return None
    rows = Endpoint.objects.filter(team=None if team == NO_TEAM else team, paused=False)
    return [
        *rows.filter(not_after__gte=now).order_by("not_after", "pk")[:MOST],
        *rows.filter(not_after__lt=now).order_by("-not_after", "-pk")[:MOST],
    ]


def _by_day(warnings: Iterable[Coming], *, now: datetime) -> list[Day]:
    """Return the days in order; what is late goes out today."""

    def day(one: Coming) -> date:
        return timezone.localdate(max(one.due_at, now))

    return [Day(each, list(those)) for each, those in groupby(warnings, key=day)]
