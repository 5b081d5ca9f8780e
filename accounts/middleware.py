"""What every request needs to know of the person behind it."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import middleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from accounts import dates
from accounts.models import User


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


class DatesMiddleware:
    """Shows times in the viewer's zone, and dates as the viewer writes them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        viewer = user if isinstance(user, User) else User()
        with dates.as_written_by(viewer.time_zone, viewer.date_language):
            return self.get_response(request)
