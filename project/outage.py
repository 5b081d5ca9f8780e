"""What people see while the database does not answer, and what is said of it.

These are Django's handlers of errors, not a middleware: what a middleware or a session
raises has become an answer before an outer middleware could see it.
"""

import logging
import sqlite3
import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.log import log_response
from django.views import defaults

from project.limits import too_large

logger = logging.getLogger(__name__)

RETRY_AFTER = 10  # seconds


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer to an exception that nobody caught."""
    error = outage_behind(sys.exception())
    return defaults.server_error(request) if error is None else _unavailable(error)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer to a request that is refused; a session that could not be saved is not."""
    if isinstance(exception, RequestDataTooBig):
        return too_large()
    error = outage_behind(exception)
    if error is None:
        return defaults.bad_request(request, exception)
    return _unavailable(error)


def outage_behind(error: BaseException | None) -> BaseException | None:
    """Return the failure of the database that led to `error`, None if there is none."""
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError):
            # SQLite gives a mistake of ours, a missing table, the same class.
            code = getattr(error.__cause__, "sqlite_errorcode", None)
            return None if code == sqlite3.SQLITE_ERROR else error
        error = error.__cause__ or error.__context__
    return None


def _unavailable(error: BaseException) -> HttpResponse:
    response = HttpResponse(
        render_to_string("503.html"),
        status=503,
        headers={"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"},
    )
    # Said here, in one line, and so not again by Django with a traceback.
    log_response(
        "The database does not answer: %s", error, response=response, logger=logger
    )
    return response
