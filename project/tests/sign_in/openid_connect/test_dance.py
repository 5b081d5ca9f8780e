"""There and back with a real provider, and all that can be wrong on the way."""

import logging
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from project.tests.sign_in.openid_connect.visitors import is_signed_in

pytestmark = pytest.mark.django_db


def test_the_question_has_state_nonce_and_proof_and_our_own_address(
    client, provider, settings
):
    settings.ALLOWED_HOSTS = ["*"]
    page = client.post(
        reverse("company_login"), {"scope": "admin"}, headers={"Host": "evil.example"}
    )

    asked = {
        k: v[0] for k, v in parse_qs(urlsplit(page.context["target"]).query).items()
    }
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["nonce"]) >= 32
    assert asked["state"]
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}
    assert asked["redirect_uri"].startswith(settings.DEFAULT_HOST)


def test_an_address_cannot_change_the_question(client, provider):
    url = (
        reverse("company_login") + "?auth_params=nonce%3Dx&scope=admin&process=redirect"
    )

    page = client.post(url)

    query = parse_qs(urlsplit(page.context["target"]).query)
    assert query["nonce"] != ["x"]
    assert "admin" not in query["scope"][0]


def test_the_way_there_is_a_page_and_not_a_redirect(client, provider):
    """`form-action 'self'` would stop the redirect."""
    response = client.post(reverse("company_login"))

    assert response.status_code == 200
    assert 'http-equiv="refresh"' in response.text
    assert provider.issuer in response.text
    assert client.get(reverse("company_login")).status_code == 200  # asks first
    assert provider.questions == []


def test_the_sign_in_page_has_a_button_where_there_is_a_provider(
    client, provider, configure, settings
):
    assert "Example Ltd" in client.get(reverse("account_login")).text

    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": []}}
    assert "Example Ltd" not in client.get(reverse("account_login")).text
    assert client.post(reverse("company_login")).status_code == 404
    assert client.get(reverse("company_callback")).status_code == 404


def test_one_comes_back_to_where_one_wanted_to_go_but_never_elsewhere(client, provider):
    profile = reverse("accounts:profile")
    assert provider.signs_in(client, next=profile).redirect_chain[-1][0] == profile
    client.logout()

    end = provider.signs_in(client, next="https://evil.example/").redirect_chain[-1][0]
    assert end == reverse("certs:dashboard")


def test_a_state_of_another_browser_opens_nothing(client, provider):
    page = client.post(reverse("company_login"))
    back = provider.consents(page.context["target"])
    client.cookies.clear()

    response = client.get(back)

    assert response.status_code == 401
    assert not is_signed_in(client)


def test_an_answer_works_once(client, provider):
    page = client.post(reverse("company_login"))
    back = provider.consents(page.context["target"])
    client.get(back)
    client.logout()

    assert client.get(back).status_code == 401
    assert not is_signed_in(client)


def test_a_person_who_says_no_is_told_so(client, provider):
    page = client.post(reverse("company_login"))
    target = page.context["target"]
    back = provider.consents(target, action="deny")

    response = client.get(
        back + "&state=" + parse_qs(urlsplit(target).query)["state"][0]
    )

    assert response.status_code in {302, 401}
    assert not is_signed_in(client)


def test_no_token_and_no_code_is_logged(client, provider, caplog):
    caplog.set_level(logging.DEBUG)
    provider.claims = {"nonce": "another"}
    page = client.post(reverse("company_login"))
    back = provider.consents(page.context["target"])
    client.get(back)

    ours = [r.getMessage() for r in caplog.records if r.name.startswith("accounts")]
    assert ours == [
        "The company's sign-in failed: ClaimsError"
        " The ID token answers another question."
    ]


def test_attempts_are_counted(client, provider):
    provider.is_ill = True
    for _ in range(30):
        client.post(reverse("company_login"))

    assert client.post(reverse("company_login")).status_code == 429
