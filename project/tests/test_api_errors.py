"""Errors below /api/ are JSON, whoever finds them."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.test import Client
from django.urls import path
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from accounts import token_text
from project import urls
from project.tests.transport.places import default
from project.urls import urlpatterns as real

NOWHERE = "sqlite:////proc/nothing.sqlite3"
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def raising(error):
    class View(APIView):
        authentication_classes = ()
        permission_classes = (AllowAny,)
        throttle_classes = ()

        def get(self, request):
            raise error

    return View.as_view()


@login_not_required
def plain(request):
    raise PermissionDenied


urlpatterns = [
    *real,
    path("api/v1/suspicious/", raising(SuspiciousOperation("secret detail"))),
    path("api/v1/denied/", raising(PermissionDenied("secret detail"))),
    path("api/v1/missing/", raising(Http404("secret detail"))),
    path("api/v1/broken/", raising(ZeroDivisionError("secret detail"))),
    path("api/plain/", plain),
]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("/api/", 404, "not_found"),
        ("/api/v1/nothing/", 404, "not_found"),
        ("/api/v1/missing/", 404, "not_found"),
        ("/api/v1/denied/", 403, "permission_denied"),
        ("/api/plain/", 403, "permission_denied"),
        ("/api/v1/suspicious/", 400, "bad_request"),
        ("/api/v1/broken/", 500, "error"),
        ("/api/v1/me/", 401, "not_authenticated"),
    ],
)
def test_an_error_of_the_api_is_json_with_a_code(url, status, code):
    response = Client(raise_request_exception=False).get(url)

    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    answer = response.json()
    assert (answer["status"], answer["code"]) == (status, code)
    assert answer["detail"]
    assert "secret" not in response.text


def test_pages_keep_their_pages():
    response = Client().get("/nothing/")

    assert response.status_code == 404
    assert "text/html" in response["Content-Type"]


def test_a_database_out_of_reach_is_said_in_json_too():
    with default(NOWHERE):
        response = Client(raise_request_exception=False).get(
            "/api/v1/me/",
            headers={"Authorization": f"Bearer {token_text.new().text}"},
        )

    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    assert response.json()["code"] == "unavailable"
