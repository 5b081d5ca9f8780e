"""The list of endpoints, one endpoint, and the list as a file."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.models import Team
from accounts.requests import SignedInRequest
from certs.forms import NO_TEAM, SORTS, STATUS_GROUPS, EndpointFilterForm
from certs.models import NEEDS_ATTENTION, Endpoint, Health, Observation
from certs.models.endpoint import EndpointQuerySet
from certs.services import transfer
from certs.views import detail

ROWS = 25
ISSUERS = 100  # names in the filter; the search finds the others
WEEK = timedelta(days=7)
HISTORY = 20  # runs on the detail page


@require_safe
@permission_required("certs.view_endpoint", raise_exception=True)
def endpoint_list(request: SignedInRequest) -> HttpResponse:
    """Return the endpoints, searched, filtered and sorted; only the rows for htmx."""
    now = timezone.localtime()
    teams = list(Team.objects.all())
    form = EndpointFilterForm(request.GET, teams=teams)
    form.is_valid()
    asked = form.cleaned_data
    found = _filtered(asked)
    counts = found.health_counts(now)
    rows = _sorted(_in_status(found, asked.get("status", ""), now=now), asked)
    page = Paginator(rows.select_related("team"), ROWS).get_page(
        request.GET.get("page")
    )
    context = {
        "now": now,
        "asked": asked,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number, on_ends=1),
        "tabs": _tabs(counts),
        "form": form,
        "teams": teams,
        "issuers": [name for name, _ in Endpoint.objects.issuer_counts() if name][
            :ISSUERS
        ],
        "environments": Endpoint.Environment.choices,
        "total": Endpoint.objects.count() if not sum(counts.values()) else None,
    }
    is_part = "HX-Request" in request.headers
    name = "certs/_endpoint_results.html" if is_part else "certs/endpoint_list.html"
    response = render(request, name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@permission_required("certs.view_endpoint", raise_exception=True)
def export(request: SignedInRequest) -> StreamingHttpResponse:
    """Return the filtered list as CSV, as it is read from the database."""
    now = timezone.localtime()
    form = EndpointFilterForm(request.GET, teams=list(Team.objects.all()))
    form.is_valid()
    asked = form.cleaned_data
    rows = _sorted(
        _in_status(_filtered(asked), asked.get("status", ""), now=now), asked
    )
    name = f"endpoints-{now:%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        transfer.csv_lines(rows, now=now),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
@permission_required("certs.view_endpoint", raise_exception=True)
def endpoint_detail(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """All that is known of one endpoint."""
    now = timezone.localtime()
    endpoint = get_object_or_404(
        Endpoint.objects.select_related("certificate", "team"), pk=pk
    )
    seen = Observation.objects.select_related("certificate").defer("certificate__der")
    runs = seen.filter(endpoint=endpoint).newest_first()
    history = Paginator(runs, HISTORY).get_page(request.GET.get("page"))
    context = {
        "now": now,
        "endpoint": endpoint,
        "health": endpoint.health(now),
        "certificate": endpoint.certificate,
        "life": detail.life(endpoint.certificate, now=now),
        "names": detail.names(endpoint),
        "chain": detail.chain(endpoint),
        "latest": seen.latest_of([endpoint]).values(),
        "history": history,
        "days": detail.days(endpoint, now=now),
        "contacts": endpoint.contacts.all(),
        "tags": endpoint.tags.all(),
        "may_change": endpoint.is_changeable_by(request.user),
    }
    return render(request, "certs/endpoint_detail.html", context)


def _filtered(asked: dict[str, Any]) -> EndpointQuerySet:
    """Return the endpoints that every question but the status leaves."""
    rows = Endpoint.objects.all()
    if term := asked.get("q"):
        rows = rows.matching(term)
    if environment := asked.get("environment"):
        rows = rows.filter(environment=environment)
    if issuer := asked.get("issuer"):
        rows = rows.filter(issuer=issuer)
    if team := asked.get("team"):
        rows = rows.filter(team=None if team == NO_TEAM else team)
    if tag := asked.get("tag"):
        rows = rows.filter(tags__name=tag)
    if week := asked.get("week"):
        first = timezone.make_aware(datetime.combine(week, time()))
        rows = rows.filter(not_after__gte=first, not_after__lt=first + WEEK)
    return rows


def _in_status(
    rows: EndpointQuerySet, status: str, *, now: datetime
) -> EndpointQuerySet:
    if not status:
        return rows
    states = STATUS_GROUPS[status][1] if status in STATUS_GROUPS else (Health(status),)
    return rows.in_health(*states, now=now)


def _sorted(rows: EndpointQuerySet, asked: dict[str, Any]) -> EndpointQuerySet:
    """Return the rows in the order asked for; what has no value comes last."""
    sort = asked.get("sort") or "days"
    column = F(SORTS[sort.removeprefix("-")])
    order = (
        column.desc(nulls_last=True)
        if sort.startswith("-")
        else column.asc(nulls_last=True)
    )
    return rows.order_by(order, "host", "port", "id")


def _tabs(counts: dict[Health, int]) -> list[tuple[str, str, int]]:
    """Code, label and number of each status; those that are rare only if any."""
    attention = sum(counts[state] for state in NEEDS_ATTENTION)
    always = (Health.EXPIRED, Health.CRITICAL, Health.EXPIRING, Health.UNREACHABLE)
    return [
        ("", "All", sum(counts.values())),
        ("attention", "Needs attention", attention),
        *(
            (state.value, state.label, counts[state])
            for state in Health
            if counts[state] or state in always
        ),
    ]
