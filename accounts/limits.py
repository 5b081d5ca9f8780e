"""The answer to who tries too often."""

from http import HTTPStatus

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.requests import address
from accounts.services import changes

MINUTE = 60  # seconds


def turned_away(request: HttpRequest) -> HttpResponse:
    """Answer who is over a limit by address or account.

    The change log has it once a minute for each address: whoever goes on trying fills
    no disk.
    """
    if cache.add(f"turned-away:{address(request)}", 1, MINUTE):
        changes.record_refusal(None, reason="too many requests")
    return too_many(request)


def too_many(request: HttpRequest, *, retry_after: int = MINUTE) -> HttpResponse:
    """Say when to try again; `retry_after` is in seconds."""
    response = render(
        request,
        "429.html",
        {"minutes": -(-retry_after // MINUTE)},
        status=HTTPStatus.TOO_MANY_REQUESTS,
    )
    response.headers["Retry-After"] = str(retry_after)
    return response
