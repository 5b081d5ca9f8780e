"""Mail contacts: write, look at every letter, send."""

from uuid import UUID

from allauth.decorators import rate_limit
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.identifiers import uuid7
from accounts.models import Team
from accounts.requests import SignedInRequest
from certs.forms import EndpointFilterForm, MailForm
from certs.models import Endpoint
from certs.models.endpoint import EndpointQuerySet
from certs.services.notices import writing
from certs.services.questions import filtered, in_status

SHOWN = 50  # letters of a preview
HIDDEN = {"endpoints", "key"}
MAY_MAIL = permission_required("certs.change_endpoint", raise_exception=True)
SELDOM = rate_limit(action="mail_contacts")  # of POST alone


@require_http_methods(["GET", "HEAD", "POST"])
@MAY_MAIL
@SELDOM  # type: ignore[untyped-decorator]  # allauth has no types
def mail_one(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Write to those who answer for one endpoint."""
    endpoint = get_object_or_404(Endpoint.objects.select_related("team"), pk=pk)
    if not endpoint.is_changeable_by(request.user):
        raise PermissionDenied
    if request.method == "POST":
        return _answer(request, endpoint=endpoint)
    return _begin(request, [endpoint], endpoint=endpoint)


@require_http_methods(["GET", "HEAD", "POST"])
@MAY_MAIL
@SELDOM  # type: ignore[untyped-decorator]  # allauth has no types
def mail_many(request: SignedInRequest) -> HttpResponse:
    """Write to those who answer for what is ticked, or for what a filter finds."""
    if "key" in request.POST:
        return _answer(request)
    rows = _ticked(request) if "chosen" in request.POST else _filtered(request)
    endpoints = writing.writable(rows, user=request.user)
    if len(endpoints) > writing.MOST_ENDPOINTS:
        most = writing.MOST_ENDPOINTS
        text = f"At most {most} endpoints at once: filter the list further."
        messages.error(request, text)
        return redirect("certs:endpoints")
    return _begin(request, endpoints)


def _ticked(request: SignedInRequest) -> EndpointQuerySet:
    """Return what is ticked in the list, which shows a page at a time."""
    keys = {key for key in map(_key, request.POST.getlist("endpoints")) if key}
    return Endpoint.objects.filter(pk__in=keys)


def _filtered(request: SignedInRequest) -> EndpointQuerySet:
    """Return what the list would show, on all its pages."""
    teams = list(Team.objects.all())
    form = EndpointFilterForm(request.GET, teams=teams, user=request.user)
    form.is_valid()
    now = timezone.localtime()
    asked = form.cleaned_data
    return in_status(filtered(asked, now=now), asked.get("status") or "", now=now)


def _key(word: str) -> UUID | None:
    try:
        return UUID(word)
    except ValueError:
        return None


def _begin(
    request: HttpRequest, endpoints: list[Endpoint], *, endpoint: Endpoint | None = None
) -> HttpResponse:
    subject, text = writing.suggestion(endpoints, now=timezone.localtime())
    form = MailForm(
        initial={
            "subject": subject,
            "text": text,
            "endpoints": " ".join(str(each.pk) for each in endpoints),
            "key": uuid7(),
        }
    )
    return _write(request, form, endpoints, endpoint=endpoint)


def _answer(
    request: SignedInRequest, *, endpoint: Endpoint | None = None
) -> HttpResponse:
    """Show the letters, go back to the text, or put the letters out to be sent."""
    form = MailForm(request.POST)
    is_valid = form.is_valid()
    for name in HIDDEN & form.errors.keys():  # nobody typed these
        messages.error(request, str(form.errors[name][0]))
        return redirect("certs:endpoints")
    wanted = [endpoint.pk] if endpoint else form.cleaned_data.get("endpoints", [])
    rows = Endpoint.objects.filter(pk__in=wanted)
    endpoints = writing.writable(rows, user=request.user)
    if not is_valid or "edit" in request.POST:
        return _write(request, form, endpoints, endpoint=endpoint)
    now = timezone.localtime()
    subject, text = form.cleaned_data["subject"], form.cleaned_data["text"]
    to = writing.addressees(endpoints)
    try:
        drafts = writing.drafts(to, subject=subject, text=text, now=now)
    except ValidationError as error:
        form.add_error(None, error)
        return _write(request, form, endpoints, endpoint=endpoint)
    if "send" not in request.POST or not drafts:
        context = {
            "form": form,
            "endpoint": endpoint,
            "drafts": drafts[:SHOWN],
            "more": max(len(drafts) - SHOWN, 0),
            "number": len(drafts),
        }
        return render(request, "certs/warnings/mail_preview.html", context)
    key = form.cleaned_data["key"]
    number = writing.write(drafts, user=request.user, key=key, now=now)
    letters = "letter goes" if number == 1 else "letters go"
    messages.success(request, f"{number} {letters} out within a minute.")
    return redirect(endpoint or "certs:endpoints")


def _write(
    request: HttpRequest,
    form: MailForm,
    endpoints: list[Endpoint],
    *,
    endpoint: Endpoint | None,
) -> HttpResponse:
    context = {
        "form": form,
        "endpoint": endpoint,
        "endpoints": endpoints,
        "addressees": writing.addressees(endpoints),
        "place": writing.PLACE,
    }
    return render(request, "certs/warnings/mail.html", context)
