"""Who must have a second factor, and who takes it away."""

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from accounts.services import people
from accounts.tests.factories import make_user
from accounts.tests.signing import (
    confirm,
    enter_code,
    enter_password,
    give_app,
    give_codes,
    give_key,
    one_time_code,
    set_up_app,
)

pytestmark = pytest.mark.django_db
DASHBOARD = reverse("certs:dashboard")
INDEX = reverse("mfa_index")
ADMINISTRATORS = ["accounts.act_for_every_team"]


@pytest.fixture
def user():
    return make_user("Viewer")


def test_who_must_have_a_factor_reaches_its_setup_and_nothing_else(client, settings):
    settings.SECOND_FACTOR_RIGHTS = ADMINISTRATORS
    enter_password(client, make_user("Administrator"))

    for url in (DASHBOARD, "/admin/", reverse("accounts:users"), "/nowhere/"):
        response = client.get(url)
        assert (response.status_code, response.headers.get("Location")) in (
            (302, INDEX),
            (404, None),  # an address that leads nowhere
        ), url
    assert client.post(reverse("accounts:user-add"), {}).url == INDEX
    response = client.get(DASHBOARD, headers={"HX-Request": "true"})
    assert response["HX-Refresh"] == "true"

    assert "Your role takes a second factor" in client.get(INDEX).text
    assert client.get(reverse("healthz")).status_code == 200
    confirm(client)
    set_up_app(client)
    assert client.get(DASHBOARD).status_code == 200
    assert client.post(reverse("account_logout")).status_code == 302


def test_others_go_on_without_one(client, settings, user):
    settings.SECOND_FACTOR_RIGHTS = ADMINISTRATORS
    enter_password(client, user)

    assert client.get(DASHBOARD).status_code == 200


def test_a_person_who_is_promoted_needs_one_at_the_next_page(client, settings, user):
    settings.SECOND_FACTOR_RIGHTS = ADMINISTRATORS
    enter_password(client, user)
    assert client.get(DASHBOARD).status_code == 200

    people.save_user(user, role=Role.ADMINISTRATOR, teams=[])

    assert client.get(DASHBOARD).url == INDEX


def test_the_requirement_costs_who_meets_it_no_query(client, settings):
    user = make_user("Administrator")
    give_app(user)
    client.force_login(user)
    url = reverse("accounts:users")

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    count()  # finds out what all pages show
    before = count()
    settings.SECOND_FACTOR_RIGHTS = ADMINISTRATORS
    count()  # asks, and keeps the answer
    assert count() == before


def test_the_last_factor_stays_while_it_is_required(client, settings):
    settings.SECOND_FACTOR_RIGHTS = ADMINISTRATORS
    user = make_user("Administrator")
    app, key = give_app(user), give_key(user)
    enter_password(client, user)
    enter_code(client, one_time_code())
    confirm(client)
    remove_key = reverse("mfa_remove_webauthn", args=[key.pk])

    client.post(remove_key)
    assert list(Authenticator.objects.all()) == [app]
    response = client.post(reverse("mfa_deactivate_totp"))
    assert "this is your last one" in response.text
    assert user.has_second_factor()

    app.delete()
    key = give_key(user)
    remove_key = reverse("mfa_remove_webauthn", args=[key.pk])
    response = client.post(remove_key, follow=True)
    assert "this is your last one" in response.text
    assert user.has_second_factor()


def test_where_it_is_not_required_the_last_factor_can_go(client, user):
    give_app(user)
    give_codes(user)
    enter_password(client, user)
    enter_code(client, one_time_code())
    confirm(client)

    client.post(reverse("mfa_deactivate_totp"))

    assert not Authenticator.objects.exists()


def test_nobody_removes_or_renames_another_person_s_key(client, user):
    key = give_key(make_user())
    enter_password(client, user)
    confirm(client)

    for name in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
        url = reverse(name, args=[key.pk])
        assert client.get(url).status_code == 404
        assert client.post(url, {"name": "Mine"}).status_code == 404


def test_an_address_can_still_be_changed_with_a_factor(client, user):
    give_app(user)
    client.force_login(user)
    confirm(client)

    client.post(
        reverse("account_email"), {"action_add": "", "email": "new@example.org"}
    )

    assert user.emailaddress_set.filter(email="new@example.org").exists()


# --- taken away by an administrator --------------------------------------------


def test_an_administrator_confirms_and_takes_the_factors_away(client, user):
    give_app(user)
    administrator = make_user("Administrator")
    enter_password(client, administrator)
    url = reverse("accounts:user-factors-reset", args=[user.pk])

    assert client.get(url).url.startswith(reverse("account_reauthenticate"))
    assert user.has_second_factor()
    confirm(client)
    assert user.username in client.get(url).text
    response = client.post(url, follow=True)

    assert "was removed" in response.text
    assert not user.has_second_factor()


@pytest.mark.parametrize("role", ["Viewer", "Editor"])
def test_others_take_nobody_s_factors(client, user, role):
    give_app(user)
    enter_password(client, make_user(role))
    confirm(client)
    url = reverse("accounts:user-factors-reset", args=[user.pk])

    assert client.get(url).status_code == 403
    assert client.post(url).status_code == 403
    assert user.has_second_factor()


def test_an_administrator_cannot_take_a_superuser_s_factors(client):
    superuser = make_user(is_superuser=True)
    give_app(superuser)
    enter_password(client, make_user("Administrator"))
    confirm(client)
    url = reverse("accounts:user-factors-reset", args=[superuser.pk])

    assert client.post(url).status_code == 403
    assert superuser.has_second_factor()
