"""What a request says of who sent it, and how far that is believed."""

import re
from ipaddress import ip_address

from django.conf import settings
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


def address(request: HttpRequest | Request) -> str:
    """Return the address that the request came from, empty where there is none.

    The one answer to it: for limits, tokens, sessions and the change log.
    Behind proxies of ours it is the one that the first of them added to
    X-Forwarded-For; those before it are whatever the client wrote.
    """
    said = request.META.get("REMOTE_ADDR", "")
    if proxies := settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        passed = request.headers.get("X-Forwarded-For", said).split(",")
        said = passed[-min(proxies, len(passed))]
    try:
        return str(ip_address(said.strip()))
    except ValueError:  # a UNIX socket has none
        return ""


def given_id(request: HttpRequest) -> str:
    """Return the id that our proxy gave the request, if it has given a usable one."""
    said = request.headers.get("X-Request-ID", "") if settings.BEHIND_PROXY else ""
    return said if re.fullmatch(r"[A-Za-z0-9._-]{8,64}", said) else ""
