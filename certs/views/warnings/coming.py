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
from certs.forms import ComingFilterForm
from certs.models import Endpoint, Policy
from certs.services.notices import forecast
from certs.services.notices.forecast import Coming
from certs.services.questions import NO_TEAM

DAYS = 30
ROWS = 50
MOST = 1000  # warnings
# Endpoints that are looked at: those that end next, and those that ended last. To say
# what comes of one takes a millisecond, and somebody waits for the page.
NEXT, ENDED = 80, 40
# Of an endpoint, what decides what is told to whom and what the row shows.
COLUMNS = (
    "host",
    "port",
    "environment",
    "paused",
    "team",
    "policy",
    "certificate__not_before",
    "certificate__not_after",
    "certificate__fingerprint_sha256",
)


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
    ending, ended = _nearest(asked, now=now)
    until = now + timedelta(days=DAYS)
    found = forecast.coming(
        now=now, until=until, endpoints=[*ending, *ended], limit=MOST
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
        "is_cut": len(found) == MOST or len(ending) == NEXT or len(ended) == ENDED,
        "limits": (NEXT, ENDED, MOST),
    }
    return render(request, "certs/warnings/coming.html", context)


def _nearest(
    asked: dict[str, Any], *, now: datetime
) -> tuple[list[Endpoint], list[Endpoint]]:
    """Return what ends next and what ended last, of a team if one was asked for."""
    served = Endpoint.objects.select_related("certificate").only(*COLUMNS)
    rows = served.filter(paused=False)
    if team := asked.get("team"):
        rows = rows.filter(team=None if team == NO_TEAM else team)
    ending = rows.filter(not_after__gte=now).order_by("not_after", "pk")
    ended = rows.filter(not_after__lt=now).order_by("-not_after", "-pk")
    return list(ending[:NEXT]), list(ended[:ENDED])


def _by_day(warnings: Iterable[Coming], *, now: datetime) -> list[Day]:
    """Return the days in order; what is late goes out today."""

    def day(one: Coming) -> date:
        return timezone.localdate(max(one.due_at, now))

    return [Day(each, list(those)) for each, those in groupby(warnings, key=day)]
