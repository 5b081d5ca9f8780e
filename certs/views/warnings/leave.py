"""The page behind "unsubscribe" in a mail; the signature of the link is the right."""

from http import HTTPStatus

from allauth.decorators import rate_limit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from certs.services.notices import leaving, links


@method_decorator(
    [
        csrf_exempt,  # one click comes without page and cookie (RFC 8058, 3.2)
        never_cache,
        login_not_required,
        rate_limit(action="unsubscribe"),  # of POST alone
    ],
    name="dispatch",
)
class LeaveView(View):
    """Shows what would end, and ends it by POST: by our button, or by one click.

    The answer to a one-click request is no redirect (RFC 8058, 3.1).
    """

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            key = links.read_unsubscribe(token)
        except links.InvalidLinkError as error:
            return _refused(request, error)
        return _page(request, leaving.ties(key), is_done=False)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            key = links.read_unsubscribe(token)
        except links.InvalidLinkError as error:
            return _refused(request, error)
        return _page(request, leaving.leave(key), is_done=True)


def _page(request: HttpRequest, ties: leaving.Ties, *, is_done: bool) -> HttpResponse:
    context = {"ties": ties, "is_done": is_done}
    return render(request, "certs/warnings/unsubscribe.html", context)


def _refused(request: HttpRequest, error: links.InvalidLinkError) -> HttpResponse:
    context = {"is_old": isinstance(error, links.ExpiredLinkError)}
    name = "certs/warnings/unsubscribe_refused.html"
    return render(request, name, context, status=HTTPStatus.GONE)
