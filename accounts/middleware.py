"""What every request needs to know of the person behind it."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User


class TimeZoneMiddleware:
    """Shows times in the viewer's zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        chosen = user.time_zone if isinstance(user, User) else ""
        with timezone.override(ZoneInfo(chosen or settings.DEFAULT_VIEWER_ZONE)):
            return self.get_response(request)
