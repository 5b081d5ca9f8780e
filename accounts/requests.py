"""The request behind a page that only people who are signed in can see."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import User


class SignedInRequest(HttpRequest):
    """LoginRequiredMiddleware has let it through, so somebody is signed in."""

    user: User


def person(request: HttpRequest | Request) -> User:
    """Return who is signed in. Raises PermissionDenied when nobody is."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
