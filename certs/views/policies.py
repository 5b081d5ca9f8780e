"""The policies: everybody sees how warnings go, administrators change it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts.editing import holds
from accounts.models import Team
from accounts.requests import SignedInRequest
from certs.forms import PolicyForm, TeamPolicyForm
from certs.models import Policy
from certs.services.notices import editing, previews, wording


@require_safe
@permission_required("certs.view_policy", raise_exception=True)
def policy_list(request: SignedInRequest) -> HttpResponse:
    """Each policy, the default first, with how many name it."""
    rows = list(Policy.objects.prefetch_related("channels"))
    rows.sort(key=lambda policy: not policy.is_default)
    uses = editing.uses(rows)
    context = {"policies": [(policy, uses[policy.pk]) for policy in rows]}
    return render(request, "certs/policy_list.html", context)


@require_safe
@permission_required("certs.view_policy", raise_exception=True)
def policy_detail(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Show what a policy says, and what it would do in this inventory."""
    policy = get_object_or_404(Policy.objects.prefetch_related("channels"), pk=pk)
    context = {
        "policy": policy,
        "uses": editing.uses([policy])[policy.pk],
        "tags": policy.tags.all(),
        "teams": Team.objects.filter(warning__policy=policy),
        **_preview(policy, now=timezone.localtime()),
    }
    return render(request, "certs/policy_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("certs.add_policy", raise_exception=True)
def add(request: SignedInRequest) -> HttpResponse:
    """Add a policy, or show first what it would do."""
    return _edit(request, Policy(), title="")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("certs.change_policy", raise_exception=True)
@holds(Policy)
def edit(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Change a policy, or show first what it would do."""
    policy = get_object_or_404(Policy, pk=pk)
    return _edit(request, policy, title=policy.name)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("certs.delete_policy", raise_exception=True)
def delete(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Ask, then delete a policy; never the default."""
    policy = get_object_or_404(Policy, pk=pk)
    if request.method == "POST":
        try:
            editing.delete(policy, now=timezone.now())
        except editing.DefaultPolicyError:
            text = f"{policy} is the default. Make another the default first."
            messages.error(request, text)
            return redirect(policy)
        messages.success(request, f"{policy} was deleted.")
        return redirect("certs:policies")
    context = {"policy": policy, "uses": editing.uses([policy])[policy.pk]}
    return render(request, "certs/policy_delete.html", context)


@require_POST
@permission_required("certs.add_policy", raise_exception=True)
def duplicate(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Make a copy of a policy and go on to change it."""
    policy = get_object_or_404(Policy, pk=pk)
    copy = editing.duplicate(policy)
    messages.success(request, f"{copy} was added. Nothing uses it yet.")
    return redirect("certs:policy-edit", copy.pk)


@require_POST
@permission_required("certs.change_policy", raise_exception=True)
def make_default(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Let a policy count where nothing nearer is chosen."""
    policy = get_object_or_404(Policy, pk=pk)
    editing.make_default(policy, now=timezone.now())
    messages.success(request, f"{policy} is the default now.")
    return redirect(policy)


@require_POST
@permission_required("certs.change_policy", raise_exception=True)
def of_team(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Choose the policy of what a team looks after."""
    team = get_object_or_404(Team, pk=pk)
    form = TeamPolicyForm(request.POST)
    if form.is_valid():
        policy = form.cleaned_data["policy"]
        editing.give_team(team, policy, now=timezone.now())
        text = f"the policy {policy}" if policy else "no policy of its own"
        messages.success(request, f"{team} has {text} now.")
    else:
        messages.error(request, " ".join(map(str, form.errors["policy"])))
    return redirect(team)


def _edit(request: SignedInRequest, policy: Policy, *, title: str) -> HttpResponse:
    """Show the form, show what would be saved, or save it."""
    form = PolicyForm(request.POST or None, instance=policy)
    context: dict[str, Any] = {
        "form": form,
        "policy": policy,
        "title": title,
        "variables": wording.VARIABLES,
    }
    if form.is_valid():
        if "preview" in request.POST:
            context.update(_preview(form.instance, now=timezone.localtime()))
        else:
            channels = form.cleaned_data["channels"]
            editing.save(form.instance, channels=channels, now=timezone.now())
            word = "saved" if title else "added"
            messages.success(request, f"{form.instance} was {word}.")
            return redirect(form.instance)
    return render(request, "certs/policy_form.html", context)


def _preview(policy: Policy, *, now: datetime) -> dict[str, Any]:
    context = {"now": now, "previews": previews.previews(policy, now=now)}
    try:
        return {**context, "words": wording.preview(policy, now=now)}
    except wording.WordingError as error:  # saved before what may be written changed
        return {**context, "words_error": str(error)}
