"""Add, edit, delete and check one endpoint."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.editing import holds
from accounts.requests import SignedInRequest
from certs.forms import EndpointForm
from certs.models import Endpoint, Health, Reachability
from certs.services import inventory, patience, survey, watch
from certs.services.notices import ledger


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("certs.add_endpoint", raise_exception=True)
def add(request: SignedInRequest) -> HttpResponse:
    """Add an endpoint, and check it if asked to."""
    form = EndpointForm(request.POST or None, user=request.user)
    if form.is_valid():
        endpoint = _save(form)
        messages.success(request, f"{endpoint} was added.")
        if "check" in request.POST:
            _check(request, endpoint)
        return redirect(endpoint)
    return render(request, "certs/endpoint_form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("certs.change_endpoint", raise_exception=True)
@holds(Endpoint)
def edit(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Change an endpoint."""
    endpoint = _changeable(request, pk)
    title = endpoint.display_host  # the form changes the endpoint as it is filled
    form = EndpointForm(request.POST or None, instance=endpoint, user=request.user)
    if form.is_valid():
        endpoint = _save(form)
        messages.success(request, f"{endpoint} was saved.")
        return redirect(endpoint)
    context = {"form": form, "endpoint": endpoint, "title": title}
    return render(request, "certs/endpoint_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("certs.delete_endpoint", raise_exception=True)
def delete(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Ask, then delete an endpoint and its history."""
    endpoint = _changeable(request, pk, "delete")
    if request.method == "POST":
        inventory.delete_endpoints([endpoint])
        messages.success(request, f"{endpoint} was deleted.")
        return redirect("certs:endpoints")
    context = {"endpoint": endpoint, "runs": endpoint.observations.count()}
    return render(request, "certs/endpoint_delete.html", context)


@require_POST
@permission_required("certs.change_endpoint", raise_exception=True)
def check(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Check one endpoint now and say what was found."""
    endpoint = _changeable(request, pk)
    _check(request, endpoint)
    return redirect(endpoint)


@require_POST
@permission_required("certs.change_endpoint", raise_exception=True)
def deep_check(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Ask one endpoint for everything it offers, then check it as usual."""
    endpoint = _changeable(request, pk)
    now = timezone.localtime()
    list(survey.survey([endpoint], now=now))
    _check(request, endpoint)
    return redirect(endpoint)


def _changeable(request: SignedInRequest, pk: UUID, action: str = "change") -> Endpoint:
    endpoint = get_object_or_404(Endpoint, pk=pk)
    if not endpoint.is_changeable_by(request.user, action):
        raise PermissionDenied
    return endpoint


def _save(form: EndpointForm) -> Endpoint:
    endpoint = inventory.save_endpoint(
        form.instance,
        contacts=form.cleaned_data["contacts"],
        tags=form.cleaned_data["tags"],
    )
    ledger.touch([endpoint.pk], now=timezone.now())
    return endpoint


def _check(request: HttpRequest, endpoint: Endpoint) -> None:
    now = timezone.localtime()
    checked = next(watch.observe([endpoint], now=now, waits=patience.BRIEF), None)
    if checked is None:
        messages.warning(request, "It was changed meanwhile. Check it again.")
    elif checked.status == Reachability.DOWN:
        messages.error(request, f"Check of {checked} failed: {checked.error_text}")
    else:
        health = checked.health(now)
        level = messages.SUCCESS if health == Health.OK else messages.WARNING
        days = checked.days_left(now)
        left = f"{days} {'day' if days == 1 else 'days'} left"
        message = f"{checked} answered. {health.label}, {left}."
        messages.add_message(request, level, message)
