"""One's own API tokens."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms.token import TokenForm
from accounts.models import ApiToken, TokenState
from accounts.requests import SignedInRequest
from accounts.services import tokens

ROWS = 50


@require_safe
def token_list(request: SignedInRequest) -> HttpResponse:
    """List the tokens that one has made, the newest first."""
    own = request.user.api_tokens.all()
    page = Paginator(own, ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": _with_states(page, timezone.now()),
        "pages": page.paginator.get_elided_page_range(page.number, on_ends=1),
    }
    return render(request, "accounts/tokens/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
# Who finds an open session takes no token with them.
@sensitive_variables("made")
def add(request: SignedInRequest) -> HttpResponse:
    """Make a token; the answer to the form is the only page that shows it."""
    form = TokenForm(request.POST or None)
    if form.is_valid():
        try:
            made = tokens.make(request.user, form.wish(), now=timezone.now())
        except (tokens.TooManyTokensError, tokens.FactorMissingError) as error:
            form.add_error(None, str(error))
        else:
            me = request.build_absolute_uri(reverse("accounts-api:me"))
            context = {"token": made.token, "text": made.text, "me": me}
            return render(request, "accounts/tokens/made.html", context)
    return render(request, "accounts/tokens/form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """End a token of one's own."""
    token = get_object_or_404(request.user.api_tokens, pk=pk)
    if request.method != "POST":
        return render(request, "accounts/tokens/revoke.html", {"token": token})
    if tokens.revoke(token, by=request.user, now=timezone.now()):
        messages.success(request, f"{token.name} was revoked and opens nothing more.")
    else:
        messages.info(request, f"{token.name} had been revoked before.")
    return redirect("accounts:tokens")


def _with_states(
    rows: Iterable[ApiToken], now: datetime
) -> list[tuple[ApiToken, TokenState]]:
    return [(token, token.state(now)) for token in rows]
