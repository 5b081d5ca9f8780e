"""The request behind a page that only people who are signed in can see."""

from collections.abc import Callable

from allauth.account.decorators import reauthentication_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User


class SignedInRequest(HttpRequest):
    """LoginRequiredMiddleware has let it through, so somebody is signed in."""

    user: User


def person(request: HttpRequest) -> User:
    """Return who is signed in. Raises PermissionDenied when nobody is."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def require_proof(request: HttpRequest) -> None:
    """Send who has not just proved who they are to do so, and back with what they sent.

    Not with files: ask before these are chosen.
    """
    _prove(request)


_prove: Callable[[HttpRequest], None] = reauthentication_required(lambda _: None)
