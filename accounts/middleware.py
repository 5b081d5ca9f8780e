"""What every request needs to know of the person behind it."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import middleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from accounts import dates, origin, requests
from accounts.models import User
from accounts.services import factors, sessions

# What somebody may open who has yet to set up the second factor that their role takes.
SETUP_PAGES = frozenset(
    {
        "account_change_password",
        "account_logout",
        "account_reauthenticate",
        "accounts:session-end",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_index",
        "mfa_list_webauthn",
        "usersessions_list",
    }
)
HAD_FACTOR = "had_factor_at"
ASK_EVERY = 300  # seconds


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


class DatesMiddleware:
    """Shows times in the viewer's zone, and dates as the viewer writes them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        viewer = user if isinstance(user, User) else User()
        with dates.as_written_by(viewer.time_zone, viewer.date_language):
            return self.get_response(request)


class SecondFactorMiddleware:
    """Leads who must have a second factor, and has none, to its setup and nowhere else.

    What is asked of the database is asked only about people who must have one, and then
    kept in the session for minutes: they cannot remove their last factor, and when
    somebody else does their sessions end.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Let pass what strangers may see too, the setup, and who needs no factor."""
        is_public = not getattr(view_func, "login_required", True)
        match = request.resolver_match
        if is_public or (match is not None and match.view_name in SETUP_PAGES):
            return None
        if not _lacks_factor(request, now=timezone.now().timestamp()):
            return None
        if "HX-Request" in request.headers:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return redirect("mfa_index")


class SeenMiddleware:
    """Keeps when and from where each session was last used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            sessions.note(request, now=timezone.now())
        return self.get_response(request)


def _lacks_factor(request: HttpRequest, *, now: float) -> bool:
    user = request.user
    if not isinstance(user, User) or not factors.is_required(user):
        return False
    if now - request.session.get(HAD_FACTOR, 0) < ASK_EVERY:
        return False
    if user.has_second_factor():
        request.session[HAD_FACTOR] = now
        return False
    return True
