"""Say "I am on it", take it back, and the link to that from a mail."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts.requests import SignedInRequest
from certs.forms import AcknowledgeForm
from certs.models import Endpoint
from certs.services.notices import acknowledging, links
from certs.views.warnings import panel

MAY_ACKNOWLEDGE = permission_required(panel.ACKNOWLEDGE, raise_exception=True)


@require_http_methods(["GET", "HEAD", "POST"])
@MAY_ACKNOWLEDGE
def acknowledge(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Ask why and until when, then silence reminders, or steps too."""
    endpoint = _own(request, pk)
    now = timezone.localtime()
    latest = acknowledging.latest_until(endpoint, now=now)
    form = None
    if latest is not None and acknowledging.is_open(endpoint, now=now):
        form = AcknowledgeForm(request.POST or None, now=now, latest=latest)
    if form is not None and form.is_valid():
        try:
            acknowledging.acknowledge(
                endpoint,
                user=request.user,
                reason=form.cleaned_data["reason"],
                until=form.cleaned_data["until"],
                snooze=form.cleaned_data["snooze"],
                now=now,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"You are on it: {endpoint} is acknowledged.")
            return redirect(endpoint)
    context = {"endpoint": endpoint, "form": form, "now": now, "latest_until": latest}
    return render(request, "certs/warnings/acknowledge.html", context)


@require_POST
@MAY_ACKNOWLEDGE
def withdraw(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take back what is in force."""
    endpoint = _own(request, pk)
    now = timezone.now()
    said = acknowledging.in_force([endpoint.pk], now=now).get(endpoint.pk)
    if said is not None and acknowledging.withdraw(said, now=now):
        messages.success(request, f"{endpoint} is no longer acknowledged.")
    else:
        messages.info(request, f"{endpoint} was not acknowledged any more.")
    return redirect(endpoint)


@require_safe
@never_cache
def follow_link(request: SignedInRequest, token: str) -> HttpResponse:
    """Lead from a mail to the form of its endpoint; nothing changes by that."""
    try:
        key = links.read_acknowledge(token)
    except links.InvalidLinkError as error:
        return refused(request, error)
    if not Endpoint.objects.filter(pk=key).exists():
        return render(request, "certs/warnings/gone.html", status=HTTPStatus.GONE)
    return redirect("certs:warning-acknowledge", key)


def refused(request: SignedInRequest, error: links.InvalidLinkError) -> HttpResponse:
    """Say that a link is too old, or not ours."""
    context = {"is_old": isinstance(error, links.ExpiredLinkError)}
    name = "certs/warnings/link_refused.html"
    return render(request, name, context, status=HTTPStatus.GONE)


def _own(request: SignedInRequest, pk: UUID) -> Endpoint:
    rows = Endpoint.objects.select_related("certificate", "team")
    endpoint = get_object_or_404(rows, pk=pk)
    if not panel.may_acknowledge(endpoint, user=request.user):
        raise PermissionDenied
    return endpoint
