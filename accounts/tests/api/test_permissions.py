"""Views of models take the rights of the roles, as the pages do."""

from typing import Any

import pytest
from django.urls import include, path
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import ModelPermissions
from accounts.models import Team, User
from accounts.tests.factories import make_token, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class Rows(APIView):
    permission_classes = (ModelPermissions,)
    queryset: Any = Team.objects.all()

    def answer(self, request):
        return Response({})

    get = post = put = delete = answer


class People(Rows):
    queryset = User.objects.all()


class Open(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request):
        return Response({})


urlpatterns = [
    path("api/v1/open/", Open.as_view()),
    path("api/v1/teams/", Rows.as_view()),
    path("api/v1/people/", People.as_view()),
    path("", include("project.urls")),
]


@pytest.mark.parametrize(
    ("role", "url", "codes"),
    [
        ("Viewer", "/api/v1/teams/", [200, 403, 403, 403]),
        ("Editor", "/api/v1/teams/", [200, 403, 403, 403]),
        ("Administrator", "/api/v1/teams/", [200, 200, 200, 200]),
        ("Viewer", "/api/v1/people/", [403, 403, 403, 403]),
        ("Administrator", "/api/v1/people/", [200, 200, 200, 403]),
        (None, "/api/v1/teams/", [403, 403, 403, 403]),
    ],
)
def test_a_role_may_by_token_what_it_may_on_the_pages(api, role, url, codes):
    made = make_token(make_user(role))

    answers = [
        api(url, made.text, method=method, data={}).status_code
        for method in ("get", "post", "put", "delete")
    ]

    assert answers == codes


def test_a_token_that_reads_changes_nothing_whatever_the_role(api):
    made = make_token(make_user(is_superuser=True), is_read_only=True)

    assert api("/api/v1/teams/", made.text).status_code == 200
    response = api("/api/v1/teams/", made.text, method="post", data={})
    assert response.status_code == 403
    assert response.json()["code"] == "read_only_token"


def test_what_a_person_may_not_is_said_in_json(api):
    made = make_token(make_user("Viewer"))

    response = api("/api/v1/people/", made.text)

    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "permission_denied"


def test_who_is_not_known_is_counted_by_address(api, settings):
    framework = settings.REST_FRAMEWORK
    rates = {**framework["DEFAULT_THROTTLE_RATES"], "address": "1/min"}
    settings.REST_FRAMEWORK = {**framework, "DEFAULT_THROTTLE_RATES": rates}

    assert [api("/api/v1/open/").status_code for _ in "12"] == [200, 429]
