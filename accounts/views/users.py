"""The people of the site, for administrators."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts.forms import UserAddForm, UserForm
from accounts.models import User
from accounts.requests import SignedInRequest
from accounts.services import people

ROWS = 50


@require_safe
@permission_required("accounts.view_user", raise_exception=True)
def user_list(request: SignedInRequest) -> HttpResponse:
    """Everybody with an account, found by name, user name or address."""
    term = request.GET.get("q", "")[:100]
    rows = User.objects.prefetch_related("groups", "teams").order_by(
        "-is_active", "username"
    )
    if term:
        rows = rows.filter(
            Q(username__icontains=term)
            | Q(display_name__icontains=term)
            | Q(email__icontains=term)
        )
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {
        "term": term,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number, on_ends=1),
    }
    return render(request, "accounts/user_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("accounts.add_user", raise_exception=True)
def add(request: SignedInRequest) -> HttpResponse:
    """Give a person an account."""
    form = UserAddForm(request.POST or None)
    if form.is_valid():
        user = people.save_user(
            form.save(commit=False),
            role=form.cleaned_data["role"],
            teams=form.cleaned_data["teams"],
        )
        messages.success(request, f"{user} was added.")
        return redirect("accounts:users")
    return render(request, "accounts/user_form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("accounts.change_user", raise_exception=True)
def edit(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Change a person's name, address, role and teams."""
    user = get_object_or_404(User, pk=pk)
    form = UserForm(request.POST or None, instance=user)
    if form.is_valid():
        try:
            people.save_user(
                form.save(commit=False),
                role=form.cleaned_data["role"],
                teams=form.cleaned_data["teams"],
            )
        except people.LastAdministratorError as error:
            form.add_error("role", str(error))
        else:
            messages.success(request, f"{user} was saved.")
            return redirect("accounts:users")
    return render(request, "accounts/user_form.html", {"form": form, "person": user})


@require_POST
@permission_required("accounts.change_user", raise_exception=True)
def set_active(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Let a person in, or shut them out; what they did stays."""
    user = get_object_or_404(User, pk=pk)
    active = request.POST.get("active") == "yes"
    try:
        people.set_active(user, active=active)
    except people.LastAdministratorError as error:
        messages.error(request, str(error))
    else:
        done = "can sign in again" if active else "was deactivated and is signed out"
        messages.success(request, f"{user} {done}.")
    return redirect("accounts:users")
