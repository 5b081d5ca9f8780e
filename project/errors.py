"""Django's handlers of errors: a page for people, JSON for programs."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from accounts.api.errors import CONTENT_TYPE, problem
from project import outage

API = "/api/"
SENTENCES = {
    400: ("bad_request", "The request cannot be understood."),
    403: ("permission_denied", "You may not do this."),
    404: ("not_found", "There is nothing here."),
    413: ("too_large", "The request is larger than this site takes."),
    500: ("error", "Something went wrong on our side; the administrators know."),
    503: ("unavailable", "The database does not answer at the moment."),
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer to a request that cannot be taken."""
    return _shaped(request, outage.bad_request(request, exception))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer to somebody who may not."""
    if _is_api(request):
        return _problem(403)
    return defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer where nothing is."""
    if _is_api(request):
        return _problem(404)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer to an exception that nobody caught."""
    return _shaped(request, outage.server_error(request))


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith(API)


def _problem(status: int) -> HttpResponse:
    return JsonResponse(
        problem(status, *SENTENCES[status]), status=status, content_type=CONTENT_TYPE
    )


def _shaped(request: HttpRequest, page: HttpResponse) -> HttpResponse:
    if not _is_api(request):
        return page
    shaped = _problem(page.status_code)
    for name in ("Retry-After", "Cache-Control"):
        if name in page:
            shaped[name] = page[name]
    # What was logged is not logged again by Django.
    shaped._has_been_logged = getattr(page, "_has_been_logged", False)  # type: ignore[attr-defined]  # noqa: SLF001 - Django's own mark
    return shaped
