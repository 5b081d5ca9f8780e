"""The list of endpoints, one endpoint, and the list as a file."""

from collections.abc import Iterator
from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Page as NumberedPage, Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Team
from accounts.requests import SignedInRequest
from certs.forms import GRADES, EndpointFilterForm
from certs.models import NEEDS_ATTENTION, Endpoint, Health, Observation
from certs.models.counting import Count
from certs.models.health import Tally
from certs.services import figures, transfer
from certs.services.questions import filtered, in_status
from certs.views import detail, paging, verdicts
from certs.views.selection import in_order, page as selected_page, select
from certs.views.warnings import panel

ROWS = 25
HISTORY = 20  # runs on the detail page


@require_safe
@permission_required("certs.view_endpoint", raise_exception=True)
def endpoint_list(request: SignedInRequest) -> HttpResponse:
    """Return the endpoints, searched, filtered and sorted; only the rows for htmx."""
    now = timezone.localtime()
    teams = list(Team.objects.all())
    form = EndpointFilterForm(request.GET, teams=teams, user=request.user)
    form.is_valid()
    asked = form.cleaned_data
    selection = select(asked, now=now)
    address = request.GET.get("page", "")
    page = selected_page(selection, asked, address, teams=teams, size=ROWS)
    ranking = figures.ranking(now=now)
    context = {
        "now": now,
        "asked": asked,
        "page": page,
        "count": selection.count,
        "is_narrowed": any(value for name, value in asked.items() if name != "sort"),
        "pages": _numbers(page),
        "tabs": _tabs(selection.tally, asked.get("status") or ""),
        "form": form,
        "teams": teams,
        "issuers": [name for name, _ in ranking.first if name] if ranking else [],
        "grades": GRADES,
        "environments": Endpoint.Environment.choices,
        "is_empty": not selection.tally.total and not Endpoint.objects.exists(),
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
    form = EndpointFilterForm(
        request.GET, teams=list(Team.objects.all()), user=request.user
    )
    form.is_valid()
    asked = form.cleaned_data
    found = in_status(filtered(asked, now=now), asked.get("status", ""), now=now)
    rows = in_order(found, asked)
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
    latest = list(seen.latest_of([endpoint]).get(endpoint.pk, {}).values())
    history = Paginator(runs, HISTORY).get_page(request.GET.get("page"))
    context = {
        "now": now,
        "endpoint": endpoint,
        "health": endpoint.health(now),
        "certificate": endpoint.certificate,
        "life": detail.life(endpoint.certificate, now=now),
        "names": detail.names(endpoint),
        "chain": detail.chain(endpoint),
        "latest": latest,
        "history": history,
        "days": detail.days(endpoint, now=now),
        "contacts": endpoint.contacts.all(),
        "tags": endpoint.tags.all(),
        **verdicts.context(endpoint, latest, now=now),
        "is_followed": endpoint.followers.filter(pk=request.user.pk).exists(),
        "may_change": endpoint.is_changeable_by(request.user),
        "warnings": panel.context(endpoint, user=request.user, now=now),
    }
    return render(request, "certs/endpoint_detail.html", context)


@require_POST
@permission_required("certs.view_endpoint", raise_exception=True)
def follow(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Follow an endpoint, or no longer; who follows is told what happens to it."""
    endpoint = get_object_or_404(Endpoint, pk=pk)
    if request.POST.get("follow") == "yes":
        endpoint.followers.add(request.user)
    else:
        endpoint.followers.remove(request.user)
    return redirect(endpoint)


def _numbers(page: paging.Page | NumberedPage[Endpoint]) -> Iterator[str | int] | None:
    """Return the page numbers to offer, None for a list too long for them."""
    if isinstance(page, paging.Page):
        return None
    return page.paginator.get_elided_page_range(page.number, on_ends=1)


def _tabs(tally: Tally, status: str) -> list[tuple[str, str, Count | None]]:
    """Code, label and number of each status; those that are rare only if any."""
    always = (Health.EXPIRED, Health.CRITICAL, Health.EXPIRING, Health.UNREACHABLE)
    return [
        ("", "All", tally.total),
        ("attention", "Needs attention", tally.of(NEEDS_ATTENTION)),
        *(
            (state.value, state.label, tally.of([state]))
            for state in Health
            if tally.of([state]) or state in always or state == status
        ),
    ]
