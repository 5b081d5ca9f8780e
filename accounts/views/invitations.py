"""Inviting people, for who may, and accepting, for who was invited."""

from uuid import UUID

from allauth.account.utils import perform_login
from allauth.decorators import rate_limit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts.forms.invitation import AcceptForm, InvitationForm
from accounts.models import Invitation
from accounts.requests import SignedInRequest
from accounts.services import invitations

ROWS = 50
MAY_INVITE = permission_required("accounts.add_invitation", raise_exception=True)


@require_safe
@MAY_INVITE
def invitation_list(request: SignedInRequest) -> HttpResponse:
    """Invitations that nobody has accepted yet."""
    rows = Invitation.objects.open().prefetch_related("teams", "invited_by")
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    now = timezone.now()
    context = {
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number, on_ends=1),
        "rows": [(invitation, invitation.is_open(now)) for invitation in page],
    }
    return render(request, "accounts/invitation_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@MAY_INVITE
def invite(request: SignedInRequest) -> HttpResponse:
    """Invite people by mail into a role and teams."""
    form = InvitationForm(request.POST or None, inviter=request.user)
    if form.is_valid():
        letters = [
            invitations.invite(
                address,
                role=form.cleaned_data["role"],
                teams=form.cleaned_data["teams"],
                by=request.user,
                now=timezone.now(),
            )
            for address in form.cleaned_data["addresses"]
        ]
        _send(request, letters)
        return redirect("accounts:invitations")
    return render(request, "accounts/invitation_form.html", {"form": form})


@require_POST
@MAY_INVITE
def resend(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Send an invitation again, with a new link."""
    invitation = get_object_or_404(Invitation, pk=pk)
    try:
        letter = invitations.renew(invitation, by=request.user, now=timezone.now())
    except invitations.ClosedInvitationError:
        messages.error(request, f"{invitation} has accepted meanwhile.")
    else:
        _send(request, [letter])
    return redirect("accounts:invitations")


@require_POST
@MAY_INVITE
def withdraw(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take an invitation back: its link leads nowhere from now on."""
    invitation = get_object_or_404(Invitation, pk=pk)
    try:
        invitations.withdraw(invitation)
    except invitations.ClosedInvitationError:
        messages.error(request, f"{invitation} has accepted meanwhile.")
    else:
        messages.success(request, f"The invitation of {invitation} was withdrawn.")
    return redirect("accounts:invitations")


def _send(request: HttpRequest, letters: list[invitations.Letter]) -> None:
    unsent = invitations.send(letters, now=timezone.now())
    sent = [letter for letter in letters if letter not in unsent]
    if sent:
        who = ", ".join(str(letter.invitation) for letter in sent)
        messages.success(request, f"An invitation was sent to {who}.")
    if unsent:
        who = ", ".join(str(letter.invitation) for letter in unsent)
        problem = f"The mail server did not take the invitation for {who}."
        messages.error(request, f"{problem} Send it again from the list below.")


@method_decorator(
    [
        never_cache,
        login_not_required,
        rate_limit(action="accept_invitation"),  # of POST alone
        sensitive_post_parameters("password1", "password2"),
    ],
    name="dispatch",
)
class AcceptView(View):
    """The page behind a link: makes the account that was offered, and signs in."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            invitation = invitations.find(token, now=timezone.now())
        except invitations.ClosedInvitationError:
            return _closed(request)
        return _accept_page(request, invitation, AcceptForm(email=invitation.email))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect("accounts:invitation-accept", token)
        now = timezone.now()
        try:
            invitation = invitations.find(token, now=now)
            form = AcceptForm(request.POST, email=invitation.email)
            if not form.is_valid():
                return _accept_page(request, invitation, form)
            user = invitations.accept(
                token,
                username=form.cleaned_data["username"],
                display_name=form.cleaned_data["display_name"],
                password=form.cleaned_data["password1"],
                now=now,
            )
        except invitations.ClosedInvitationError:
            return _closed(request)
        except invitations.TakenError:
            form.add_error("username", "A user with that username already exists.")
            return _accept_page(request, invitation, form)
        # The door's own way in: it asks for a second factor where one is required.
        return perform_login(request, user)  # type: ignore[no-any-return]  # untyped


def _accept_page(
    request: HttpRequest, invitation: Invitation, form: AcceptForm
) -> HttpResponse:
    context = {"invitation": invitation, "form": form}
    return render(request, "accounts/invitation_accept.html", context)


def _closed(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/invitation_closed.html", status=410)
