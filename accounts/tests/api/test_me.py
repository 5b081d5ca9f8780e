"""Who asks, by a token, an access token or a session."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import token_text
from accounts.models import User
from accounts.services import tokens
from accounts.tests.factories import make_team, make_token, make_user

pytestmark = pytest.mark.django_db
ME = reverse("accounts-api:me")


def test_a_token_says_whose_it_is_and_what_it_may(api):
    user = make_user(
        "Editor", display_name="Ann", time_zone="Asia/Tokyo", teams=[make_team("Web")]
    )
    made = make_token(user, name="Script", is_read_only=True)

    response = api(ME, made.text)

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    made.token.refresh_from_db()  # to the milliseconds that every database keeps
    expires = made.token.expires_at.isoformat().replace("+00:00", "Z")
    assert response.json() == {
        "username": user.username,
        "name": "Ann",
        "email": user.email,
        "role": "Editor",
        "teams": [{"slug": "web", "name": "Web"}],
        "time_zone": "Asia/Tokyo",
        "authentication": {
            "method": "api_token",
            "read_only": True,
            "token": {
                "name": "Script",
                "prefix": made.token.prefix,
                "expires_at": expires,
            },
        },
    }
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("fields", "role"),
    [({"is_superuser": True}, "Administrator"), ({}, None)],
)
def test_a_role_is_the_strongest_or_none(api, fields, role):
    made = make_token(make_user(**fields))

    assert api(ME, made.text).json()["role"] == role


def test_the_pages_ask_with_their_session():
    user = make_user("Viewer")
    client = Client()
    client.force_login(user)

    answer = client.get(ME).json()

    assert answer["username"] == user.username
    assert answer["authentication"] == {
        "method": "session",
        "read_only": False,
        "token": None,
    }


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_word_bearer_has_any_case(api, scheme):
    made = make_token(make_user())

    assert api(ME, made.text, scheme=scheme).status_code == 200


def test_without_proof_the_answer_is_401_and_says_what_is_wanted(api):
    response = api(ME)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="certdesk"'
    assert response["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "code": "not_authenticated",
        "detail": "Authentication credentials were not provided.",
    }


def refused(api, text, **more):
    response = api(ME, text, **more)
    assert response.status_code == 401
    return response.content, response["WWW-Authenticate"]


def test_every_bad_token_gets_the_same_answer(api, client):
    now = timezone.now()
    user, gone = make_user(), make_user(is_active=False)
    revoked = make_token(user)
    tokens.revoke(revoked.token, by=user, now=now)
    elsewhere = make_token(user, networks=["10.0.0.0/8"])
    expired = make_token(user, now=now - timedelta(days=2), days=1)

    answers = {
        refused(api, made.text)
        for made in (revoked, elsewhere, expired, make_token(gone))
    }
    answers |= {
        refused(api, text)
        for text in (
            token_text.new().text,
            "cdk_",
            "a.b.c",
            "",
            "two words",
            "\u00e9",
        )
    }

    assert len(answers) == 1


def test_a_token_is_replayed_in_vain_once_it_is_revoked(api):
    made = make_token(make_user())
    assert api(ME, made.text).status_code == 200

    tokens.revoke(made.token, by=made.token.user, now=timezone.now())

    assert api(ME, made.text).status_code == 401


def test_a_bad_token_is_not_made_good_by_a_session(api):
    client = Client()
    client.force_login(make_user())

    response = client.get(ME, headers={"Authorization": "Bearer cdk_x"})

    assert response.status_code == 401


@pytest.mark.parametrize("query", ["token", "access_token", "authorization"])
def test_a_token_in_the_address_is_no_token(api, query):
    made = make_token(make_user())

    assert api(f"{ME}?{query}={made.text}").status_code == 401


@pytest.mark.parametrize("scheme", ["Token", "Basic", "Digest"])
def test_another_scheme_is_no_proof(api, scheme):
    made = make_token(make_user())

    assert api(ME, made.text, scheme=scheme).status_code == 401


def test_a_token_is_asked_for_in_one_query(api, django_assert_num_queries):
    made = make_token(make_user("Editor", teams=[make_team()]))
    api(ME, made.text)  # the first use is written down

    with django_assert_num_queries(3):  # the token, its person's groups and teams
        api(ME, made.text)


def test_nobody_changes_themselves_here(api):
    user = make_user("Viewer")
    made = make_token(user)

    for method in ("post", "put", "patch", "delete"):
        response = api(
            ME, made.text, method=method, data={"role": "Administrator", "is_staff": 1}
        )
        assert response.status_code == 405
        assert response.json()["code"] == "method_not_allowed"
    assert User.objects.get(pk=user.pk).roles() == user.roles()


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_token_that_reads_is_refused_before_the_view_is_asked(api, method):
    made = make_token(make_user("Administrator"), is_read_only=True)

    response = api(ME, made.text, method=method, data={})

    assert response.status_code == 403
    assert response.json()["code"] == "read_only_token"
    assert api(ME, made.text).status_code == 200
    assert api(ME, made.text, method="head").status_code == 200


def test_options_tell_nothing(api):
    made = make_token(make_user())

    assert api(ME, made.text, method="options").status_code == 405


@pytest.mark.parametrize(
    ("header", "status"),
    [("*/*", 200), ("application/json", 200), ("text/html", 406), ("image/png", 406)],
)
def test_json_is_what_there_is(api, header, status):
    made = make_token(make_user())

    response = api(ME, made.text, headers={"Accept": header})

    assert response.status_code == status
    assert "json" in response["Content-Type"]


def test_a_session_changes_nothing_without_the_page_s_own_token():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("Administrator"))
    page = client.get(reverse("accounts:profile"))
    token = page.context["csrf_token"]

    forged = client.post(ME, {}, content_type="application/json")
    ours = client.post(
        ME, {}, content_type="application/json", headers={"X-CSRFToken": str(token)}
    )

    assert forged.status_code == 403
    assert "CSRF" in forged.json()["detail"]
    assert ours.status_code == 405


def test_a_session_of_somebody_deactivated_is_none():
    user = make_user()
    client = Client()
    client.force_login(user)
    User.objects.filter(pk=user.pk).update(is_active=False)

    assert client.get(ME).status_code == 401


def test_a_token_from_before_a_promotion_waits_for_the_second_factor(api, settings):
    settings.SECOND_FACTOR_RIGHTS = ["accounts.act_for_every_team"]
    user = make_user("Viewer")
    token = make_token(user).text
    assert api(ME, token).status_code == 200

    user.groups.set([Group.objects.get(name="Administrator")])
    response = api(ME, token)

    assert response.status_code == 403
    assert response.json()["code"] == "second_factor_required"
