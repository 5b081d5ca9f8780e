"""Sensitive steps ask once more who is there: by password, code or passkey."""

from collections.abc import Callable
from typing import TypeVar

from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def confirmed(view: View) -> View:
    """Open `view` only to who has shown within five minutes that it is them.

    Others are led to show it and come back; what they had posted is not lost.
    """
    wrapped: View = reauthentication_required(view)
    return wrapped


def require_proof(request: HttpRequest) -> None:
    """Send who has not just proved who they are to do so, and back with what they sent.

    Not with files: ask before these are chosen.
    """
    _prove(request)


def require_proof_first(request: HttpRequest) -> None:
    """As `require_proof`, for forms with a password: nothing that was sent is kept.

    What is to be sent again lies in the session meanwhile. So it is asked before the
    form is shown, and who takes too long to fill it starts again.
    """
    try:
        _prove(request)
    except ReauthenticationRequired:
        if request.method != "POST":
            raise
        raise ImmediateHttpResponse(redirect(request.get_full_path())) from None


_prove: Callable[[HttpRequest], None] = reauthentication_required(lambda _: None)
