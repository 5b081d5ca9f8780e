"""Second factors and sessions: the steps that allauth does not have."""

from uuid import UUID

from allauth.account.adapter import get_adapter as get_door
from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.confirmation import confirmed
from accounts.models import User
from accounts.requests import SignedInRequest
from accounts.services import factors


class RemovePasskeyView(RemoveWebAuthnView):
    """allauth's page, but that it keeps the last factor of who must have one."""

    def form_valid(self, form: Form) -> HttpResponse:
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.object):
            problem = adapter.error_messages["cannot_delete_authenticator"]
            messages.error(self.request, problem)
            return redirect("mfa_list_webauthn")
        removed: HttpResponse = super().form_valid(form)
        return removed


@require_POST
def end_session(request: SignedInRequest, pk: int) -> HttpResponse:
    """Sign out in one place."""
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    was_this_one = session.is_current()
    end_sessions(request, [session])
    if was_this_one:
        return redirect(get_door(request).get_logout_redirect_url(request))
    messages.success(request, "You are signed out there.")
    return redirect("usersessions_list")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("accounts.change_user", raise_exception=True)
@confirmed
def reset_factors(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take the factors of somebody who has lost them."""
    user = get_object_or_404(User, pk=pk)
    if not factors.may_reset(request.user, user):
        raise PermissionDenied
    if request.method == "POST":
        factors.reset(user, by=request.user)
        messages.success(request, f"The second factor of {user} was removed.")
        return redirect("accounts:user-edit", user.pk)
    context = {"person": user, "factors": factors.state(user)}
    return render(request, "accounts/factors_reset.html", context)
