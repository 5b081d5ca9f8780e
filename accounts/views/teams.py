"""The teams: everybody sees which there are, administrators change them."""

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

from accounts.forms.person import MemberForm, TeamForm
from accounts.models import Team, User
from accounts.requests import SignedInRequest
from accounts.services import teams

ROWS = 50


@require_safe
@permission_required("accounts.view_team", raise_exception=True)
def team_list(request: SignedInRequest) -> HttpResponse:
    """Each team with its address and how much it looks after."""
    term = request.GET.get("q", "").strip()[:100]
    rows = Team.objects.order_by("name", "pk")
    if term:
        rows = rows.filter(
            Q(name__icontains=term) | Q(slug__icontains=term) | Q(email__icontains=term)
        )
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    shown = list(page)
    members = teams.member_counts(shown)
    holdings = teams.holdings(shown)
    context = {
        "term": term,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number, on_ends=1),
        "teams": [(team, members.get(team.pk, 0), holdings[team.pk]) for team in shown],
    }
    return render(request, "accounts/team_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("accounts.add_team", raise_exception=True)
def add(request: SignedInRequest) -> HttpResponse:
    """Make a team."""
    form = TeamForm(request.POST or None)
    if form.is_valid():
        team = form.save()
        messages.success(request, f"{team} was added.")
        return redirect(team)
    return render(request, "accounts/team_form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("accounts.change_team", raise_exception=True)
def edit(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Change a team, and see who is in it."""
    team = get_object_or_404(Team, pk=pk)
    title = team.name  # the form changes the team as it is filled
    form = TeamForm(request.POST or None, instance=team)
    if form.is_valid():
        form.save()
        messages.success(request, f"{team} was saved.")
        return redirect(team)
    members = team.members.order_by("username")
    page = Paginator(members, ROWS).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "team": team,
        "title": title,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number, on_ends=1),
        "holdings": teams.holdings([team])[team.pk],
    }
    return render(request, "accounts/team_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("accounts.delete_team", raise_exception=True)
def delete(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Ask, then delete a team; what it looked after stays, without a team."""
    team = get_object_or_404(Team, pk=pk)
    if request.method == "POST":
        teams.delete(team)
        messages.success(request, f"{team} was deleted.")
        return redirect("accounts:teams")
    context = {
        "team": team,
        "members": teams.member_counts([team]).get(team.pk, 0),
        "holdings": teams.holdings([team])[team.pk],
    }
    return render(request, "accounts/team_delete.html", context)


@require_POST
@permission_required("accounts.change_team", raise_exception=True)
def add_member(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Make the person who was named a member."""
    team = get_object_or_404(Team, pk=pk)
    form = MemberForm(request.POST)
    if form.is_valid():
        user = form.cleaned_data["member"]
        teams.add_member(team, user)
        messages.success(request, f"{user} is in {team} now.")
    else:
        messages.error(request, " ".join(map(str, form.errors["member"])))
    return redirect(team)


@require_POST
@permission_required("accounts.change_team", raise_exception=True)
def remove_member(request: SignedInRequest, pk: UUID, user: UUID) -> HttpResponse:
    """Take a person out of a team."""
    team = get_object_or_404(Team, pk=pk)
    member = get_object_or_404(User, pk=user)
    teams.remove_member(team, member)
    messages.success(request, f"{member} is no longer in {team}.")
    return redirect(team)
