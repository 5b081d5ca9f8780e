"""The people of the site, for administrators."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts import permissions
from accounts.confirmation import require_proof, require_proof_first
from accounts.filters import UserFilterForm, select
from accounts.forms.person import BulkForm, UserAddForm, UserForm
from accounts.models import User
from accounts.requests import SignedInRequest
from accounts.services import people, resets, roster

ROWS = 50
SUGGESTIONS = 20


@require_safe
@permission_required("accounts.view_user", raise_exception=True)
def user_list(request: SignedInRequest) -> HttpResponse:
    """Everybody with an account, searched, filtered and sorted."""
    form = UserFilterForm(request.GET)
    form.is_valid()
    asked = form.cleaned_data
    rows = select(asked).described()
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "form": form,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number, on_ends=1),
        "actions": BulkForm.base_fields["action"].choices,  # type: ignore[attr-defined]  # a ChoiceField
    }
    return render(request, "accounts/user_list.html", context)


@require_safe
@permission_required("accounts.view_user", raise_exception=True)
def export(request: SignedInRequest) -> StreamingHttpResponse:
    """Return the filtered list as CSV, without secrets."""
    form = UserFilterForm(request.GET)
    form.is_valid()
    name = f"users-{timezone.localtime():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        roster.csv_lines(select(form.cleaned_data)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
@permission_required("accounts.view_user", raise_exception=True)
def suggest(request: SignedInRequest) -> HttpResponse:
    """Return a few people whose name has what was typed so far, as options."""
    term = request.GET.get("member", "").strip()[:100]
    rows = User.objects.filter(is_active=True).order_by("username")
    found = rows.matching(term)[:SUGGESTIONS] if term else []
    return render(request, "accounts/_suggestions.html", {"people": found})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("accounts.add_user", raise_exception=True)
def add(request: SignedInRequest) -> HttpResponse:
    """Give a person an account."""
    require_proof_first(request)  # the form has a password
    form = UserAddForm(request.POST or None, by=request.user)
    if form.is_valid():
        user = _save(form, by=request.user)
        messages.success(request, f"{user} was added.")
        return redirect("accounts:users")
    return render(request, "accounts/user_form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("accounts.change_user", raise_exception=True)
def edit(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Change a person's name, address, role and teams."""
    user = _changeable(request, pk)
    if request.method == "POST":
        require_proof(request)
    title = str(user)  # the form changes the user as it is filled
    form = UserForm(request.POST or None, instance=user, by=request.user)
    if form.is_valid():
        try:
            _save(form, by=request.user)
        except people.LastAdministratorError as error:
            form.add_error("role", str(error))
        else:
            messages.success(request, f"{user} was saved.")
            return redirect("accounts:users")
    context = {"form": form, "person": user, "title": title}
    return render(request, "accounts/user_form.html", context)


@require_POST
@permission_required("accounts.change_user", raise_exception=True)
def set_active(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Let a person in, or shut them out; what they did stays."""
    user = _changeable(request, pk)
    require_proof(request)
    active = request.POST.get("active") == "yes"
    try:
        people.set_active(user, active=active, by=request.user)
    except people.LastAdministratorError as error:
        messages.error(request, str(error))
    else:
        done = "can sign in again" if active else "was deactivated and is signed out"
        messages.success(request, f"{user} {done}.")
    return redirect("accounts:users")


@require_POST
@permission_required("accounts.change_user", raise_exception=True)
def send_reset(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Mail a person a link to choose a new password; nobody else sees it."""
    user = _changeable(request, pk)
    try:
        resets.send_link(user)
    except resets.NoWayInError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"A link was sent to {user.email}.")
    return redirect(user)


@require_POST
@permission_required("accounts.change_user", raise_exception=True)
def change_many(request: SignedInRequest) -> HttpResponse:
    """Do one thing to all people who are ticked, or to none of them."""
    require_proof(request)
    form = BulkForm(request.POST, most=ROWS)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(map(str, errors)))
        return redirect("accounts:users")
    try:
        number = people.change_many(
            form.cleaned_data["users"], by=request.user, **form.change()
        )
    except people.LastAdministratorError as error:
        messages.error(request, f"Nobody was changed. {error}")
    else:
        noun = "account was" if number == 1 else "accounts were"
        messages.success(request, f"{number} {noun} changed.")
    return redirect("accounts:users")


def _changeable(request: SignedInRequest, pk: UUID) -> User:
    user: User = get_object_or_404(User.objects.described(), pk=pk)
    if not permissions.may_change_account(request.user, user):
        raise PermissionDenied
    return user


def _save(form: UserAddForm | UserForm, *, by: User) -> User:
    return people.save_user(
        form.save(commit=False),
        role=form.cleaned_data["role"],
        teams=form.cleaned_data["teams"],
        by=by,
    )
