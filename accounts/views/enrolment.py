"""People out of a CSV file: choose it, look at the rows, write them."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.confirmation import require_proof
from accounts.forms.person import UploadForm
from accounts.requests import SignedInRequest
from accounts.services import enrolment, people, roster
from accounts.services.enrolment import Fate, Plan

SHOWN = 500  # rows of a preview
RIGHTS = ("accounts.add_user", "accounts.change_user")


@require_safe
@permission_required(RIGHTS, raise_exception=True)
def template(request: SignedInRequest) -> HttpResponse:  # noqa: ARG001 - a view
    """Return a file to fill in."""
    return HttpResponse(
        roster.template(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="users-template.csv"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(RIGHTS, raise_exception=True)
def upload(request: SignedInRequest) -> HttpResponse:
    """Take a file, show what it would do, and do it once that was agreed to.

    Between the two, the browser keeps the text: it is read again as if it were new.
    """
    require_proof(request)  # before the file is chosen, or it would be lost
    if "text" in request.POST:
        return _confirm(request, request.POST["text"], request.POST.get("digest", ""))
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        text = form.cleaned_data["file"]
        try:
            plan = enrolment.plan(text, by=request.user)
        except enrolment.UnreadableError as error:
            form.add_error("file", str(error))
        else:
            return _show(request, text, plan)
    context = {"form": form, "columns": roster.GIVEN}
    return render(request, "accounts/user_import.html", context)


def _confirm(request: SignedInRequest, text: str, digest: str) -> HttpResponse:
    try:
        written = enrolment.write(text, by=request.user, digest=digest)
    except enrolment.UnreadableError as error:
        messages.error(request, str(error))
        return redirect("accounts:users-import")
    except (people.LastAdministratorError, enrolment.ChangedMeanwhileError) as error:
        messages.error(request, f"Nothing was written. {error}")
        return _show(request, text, enrolment.plan(text, by=request.user))
    new, changed = written.number(Fate.NEW), written.number(Fate.CHANGED)
    text = f"{new} added, {changed} changed, {written.number(Fate.ERROR)} left out."
    messages.success(request, f"The file was read: {text}")
    return redirect("accounts:users")


def _show(request: SignedInRequest, text: str, plan: Plan) -> HttpResponse:
    order = (Fate.ERROR, Fate.NEW, Fate.CHANGED, Fate.UNCHANGED)
    rows = sorted(plan.rows, key=lambda row: order.index(row.fate))
    context = {
        "text": text,
        "plan": plan,
        "rows": rows[:SHOWN],
        "more": max(len(rows) - SHOWN, 0),
        "counts": [(fate, plan.number(fate)) for fate in order],
        "due": plan.number(Fate.NEW) + plan.number(Fate.CHANGED),
        "errors": plan.number(Fate.ERROR),
    }
    return render(request, "accounts/user_import_preview.html", context)
