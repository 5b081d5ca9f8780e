"""Endpoints from a file: chosen, looked at, and put in by a job.

An upload is known by a key in the session of who made it: nobody else can see it or
have it imported. One is kept for a session, the last.
"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from certs.forms import ImportForm
from certs.forms.intake import UPDATE
from certs.models import Job
from certs.services.intake import kept
from certs.services.intake.preview import preview as look_at
from certs.services.intake.rows import SYNONYMS, UnreadableError
from certs.services.intake.verdicts import Wishes
from certs.services.work import imports
from certs.views.jobs import begin

UPLOADED = "import"  # in the session: the arguments of the job that is not asked yet
NONE_KEPT = "The file is not kept any more. Choose it again."


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("certs.add_endpoint", raise_exception=True)
def upload(request: SignedInRequest) -> HttpResponse:
    """Take a file and show what would become of it."""
    is_sent = request.method == "POST"
    form = ImportForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        user=request.user,
    )
    if form.is_valid() and _keep(request, form):
        return redirect("certs:import-preview")
    context = {"form": form, "columns": SYNONYMS.items()}
    return render(request, "certs/import_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("certs.add_endpoint", raise_exception=True)
def preview(request: SignedInRequest) -> HttpResponse:
    """Show what an import would do, and begin it."""
    asked: dict[str, Any] | None = request.session.get(UPLOADED)
    if asked is None:
        messages.info(request, "Choose a file first.")
        return redirect("certs:import")
    if request.method == "POST":
        return _confirm(request, asked)
    team = asked["team"]
    wishes = Wishes(
        user=request.user, team=UUID(team) if team else None, update=asked["update"]
    )
    try:
        found = look_at(UUID(asked["upload"]), wishes)
    except FileNotFoundError:
        return _gone(request)
    context = {"asked": asked, "preview": found}
    return render(request, "certs/import_preview.html", context)


def _keep(request: SignedInRequest, form: ImportForm) -> bool:
    """Keep a file instead of the one before it; False if its rows cannot be read."""
    asked = form.cleaned_data
    try:
        key = kept.keep(asked["file"])
    except UnreadableError as error:
        form.add_error("file", str(error))
        return False
    if before := request.session.get(UPLOADED):
        kept.forget_upload(UUID(before["upload"]))
    request.session[UPLOADED] = imports.of_upload(
        key,
        file=form.name,
        team=asked["team"].pk if asked["team"] else None,
        update=asked["existing"] == UPDATE,
    )
    return True


def _confirm(request: SignedInRequest, asked: dict[str, Any]) -> HttpResponse:
    if request.POST.get("upload") != asked["upload"]:
        text = "Another file was chosen since. This is what would become of it."
        messages.warning(request, text)
        return redirect("certs:import-preview")
    if not kept.confirm(UUID(asked["upload"])):
        return _gone(request)
    del request.session[UPLOADED]
    return begin(request, Job.Kind.IMPORT, asked)


def _gone(request: SignedInRequest) -> HttpResponse:
    del request.session[UPLOADED]
    messages.warning(request, NONE_KEPT)
    return redirect("certs:import")
