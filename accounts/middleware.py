"""What every request needs to know of the person behind it."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import middleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from accounts import origin, requests
from accounts.models import User


class OriginMiddleware:
    """Gives each request its id and tells the change log where it comes from."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        here = origin.Origin(
            channel=_channel(request.path_info),
            request_id=requests.given_id(request) or origin.new_id(),
            address=requests.address(request),
            request=request,
        )
        with origin.come_from(here):
            response = self.get_response(request)
        response.headers["X-Request-ID"] = here.request_id
        return response


def _channel(path: str) -> str:
    if path.startswith("/admin/"):
        return origin.ADMIN
    return origin.API if path.startswith("/api/") else origin.PAGE


class SignInMiddleware(middleware.LoginRequiredMiddleware):
    """Every page asks to sign in first, unless it says that it does not."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Send to the sign-in; a part that htmx asks for lets the page reload."""
        refused = super().process_view(request, view_func, view_args, view_kwargs)
        if refused is not None and "HX-Request" in request.headers:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return refused


class TimeZoneMiddleware:
    """Shows times in the viewer's zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        chosen = user.time_zone if isinstance(user, User) else ""
        with timezone.override(ZoneInfo(chosen or settings.DEFAULT_VIEWER_ZONE)):
            return self.get_response(request)
