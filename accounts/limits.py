"""The answer to who tries too often."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

MINUTE = 60  # seconds


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
