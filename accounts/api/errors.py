"""What goes wrong, as JSON in the shape of RFC 9457 with a code for programs."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from django.utils.encoding import force_str
from rest_framework import exceptions, views
from rest_framework.response import Response

CONTENT_TYPE = "application/problem+json"


class TooLarge(exceptions.APIException):
    """The body is longer than any that we have a use for."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = "The body is too large."
    default_code = "too_large"


def problem(status: int, code: str, detail: str) -> dict[str, Any]:
    """Return the members that every problem has."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer to `error`; None for what Django's handler of errors reports."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()  # what was asked of which table is left out
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, RequestDataTooBig):
        error = TooLarge()
    response = views.exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return None
    if isinstance(error, exceptions.ValidationError):
        words = ("invalid", "Some values are not valid.")
        more = {"errors": error.get_full_details()}
    else:
        words, more = (str(error.get_codes()), force_str(error.detail)), {}
    response.data = {**problem(response.status_code, *words), **more}
    response.content_type = CONTENT_TYPE
    return response
