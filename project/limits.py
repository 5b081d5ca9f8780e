"""How much a request may carry."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

MEGABYTE = 1024 * 1024


class BodyLimitMiddleware:
    """Refuses what announces more than `BODY_LIMIT` bytes, before any of it is read.

    Django's own limits leave files out, which may be as large as the disk. Without an
    announced length it reads nothing, so nothing gets past this one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.headers.get("content-length") or ""
        if length.isdecimal() and int(length) > settings.BODY_LIMIT:
            return too_large()
        return self.get_response(request)


def too_large() -> HttpResponse:
    """Answer to a request that is too large; rendered without reading it."""
    page = render_to_string("413.html", {"megabytes": settings.BODY_LIMIT // MEGABYTE})
    return HttpResponse(page, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
