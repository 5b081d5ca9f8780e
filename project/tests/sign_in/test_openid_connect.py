"""The whole dance of OpenID Connect with a real provider, and all that can be wrong."""

import logging
import socket
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.core import mail
from django.urls import reverse

from accounts.company import session
from accounts.models import User
from accounts.roles import Role
from accounts.services import people
from accounts.tests.factories import PASSWORD, make_team, make_user
from project import sign_in
from project.env import Environment
from project.tests.sign_in.provider import CLIENT, OTHER_KEY, running_provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def configure(settings):
    """Set the site up by variables alone, as an operator does."""

    def set_up(provider, **variables):
        values = {
            "OIDC_ISSUER": provider.issuer,
            "OIDC_CLIENT_ID": CLIENT,
            "OIDC_CLIENT_SECRET": "secret",
            "OIDC_NAME": "Example Ltd",
            "OIDC_ROLES": "admins=Administrator ops=Editor",
            "OIDC_TEAMS": "netops=network",
            **variables,
        }
        for name, value in sign_in.from_environment(Environment(values)).items():
            setattr(settings, name, value)

    return set_up


@pytest.fixture(scope="module")
def _server():
    with running_provider() as provider:
        yield provider


@pytest.fixture
def administrator(db):
    return make_user("Administrator", username="root")


@pytest.fixture
def provider(_server, configure, administrator):
    """A provider that knows Ann, and a site that knows the provider."""
    fresh = type(_server)()
    for name in ("discovery", "claims", "userinfo", "key", "algorithm", "key_id"):
        setattr(_server, name, getattr(fresh, name))
    _server.is_ill, _server.asked, _server.questions = False, [], []
    configure(_server)
    _server.knows(
        "ann-1",
        email="Ann@example.org",
        email_verified=True,
        name="Ann Lee",
        preferred_username="ann",
        groups=["ops", "netops", "staff"],
    )
    return _server


def ann():
    return User.objects.get(username="ann")


def others():
    return User.objects.exclude(username="root")


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_somebody_new_comes_in_with_name_role_and_teams(client, provider):
    network = make_team("Network")

    response = provider.signs_in(client)

    assert response.redirect_chain[-1][0] == reverse("certs:dashboard")
    user = ann()
    assert (user.email, user.display_name) == ("ann@example.org", "Ann Lee")
    assert user.roles() == [Role.EDITOR]
    assert list(user.teams.all()) == [network]
    assert not user.has_usable_password()
    assert EmailAddress.objects.get(user=user).verified
    assert not mail.outbox


def test_what_is_kept_names_the_person_and_no_token(client, provider):
    provider.signs_in(client)

    account = SocialAccount.objects.get(uid="ann-1")
    assert set(account.extra_data) <= {
        *("sub", "iss", "preferred_username", "name", "email", "email_verified")
    }


def test_who_comes_again_is_the_same_person(client, provider):
    provider.signs_in(client)
    client.logout()
    provider.knows("ann-1", email="new@example.org", email_verified=True)

    provider.signs_in(client)

    assert is_signed_in(client)
    assert others().count() == 1


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


def test_role_and_teams_follow_at_each_sign_in(client, provider):
    network, own = make_team("Network"), make_team("Own")
    provider.signs_in(client)
    ann().teams.add(own)

    provider.knows("ann-1", groups=["admins"])
    provider.signs_in(client)
    assert ann().roles() == [Role.ADMINISTRATOR]
    assert list(ann().teams.all()) == [own]

    provider.knows("ann-1", groups=["netops"])
    provider.signs_in(client)
    assert ann().roles() == [Role.VIEWER]
    assert set(ann().teams.all()) == {network, own}


def test_a_site_without_an_administrator_lets_people_in_by_their_groups(
    client, provider, administrator
):
    administrator.delete()

    provider.signs_in(client)

    assert User.objects.get().roles() == [Role.EDITOR]


def test_the_last_administrator_is_not_locked_out(
    client, provider, administrator, caplog
):
    provider.knows(
        "ann-1",
        email="ann@example.org",
        email_verified=True,
        preferred_username="ann",
        groups=["admins"],
    )
    provider.signs_in(client)
    people.set_active(administrator, active=False)
    provider.knows("ann-1", groups=[])

    provider.signs_in(client)

    assert ann().roles() == [Role.ADMINISTRATOR]
    assert "stays the last administrator" in caplog.text


def test_groups_that_the_provider_leaves_out_change_nothing(client, provider):
    """Entra ID does so for people in more than 200."""
    provider.signs_in(client)
    provider.knows("ann-1", _claim_names={"groups": "src1"})

    provider.signs_in(client)

    assert ann().roles() == [Role.EDITOR]


def test_who_is_in_no_group_can_be_kept_out(client, provider, configure):
    provider.signs_in(client)
    client.logout()
    configure(provider, OIDC_DEFAULT_ROLE="none")
    provider.knows("ann-1", groups=["staff"])
    provider.knows("bob-1", email="bob@example.org", email_verified=True, groups=[])

    for sub in ("ann-1", "bob-1"):
        response = provider.signs_in(client, sub=sub)
        assert response.status_code == 403
        assert "None of your company" in response.text
        assert not is_signed_in(client)
    assert others().count() == 1


def test_a_deactivated_person_does_not_come_in(client, provider):
    provider.signs_in(client)
    client.logout()
    others().update(is_active=False)
    provider.knows("ann-1", groups=["admins"])

    provider.signs_in(client)

    assert not is_signed_in(client)
    assert ann().roles() == [Role.EDITOR]


def test_an_account_with_the_address_is_not_taken_over(client, provider):
    local = make_user("Administrator", email="ann@example.org")

    response = provider.signs_in(client)

    assert response.status_code == 403
    assert "connect it" in response.text
    assert not is_signed_in(client)
    assert not SocialAccount.objects.filter(user=local).exists()


def test_an_account_is_linked_by_its_address_where_settings_say_so(
    client, provider, configure
):
    configure(provider, OIDC_LINK_BY_EMAIL="yes")
    local = make_user("Viewer", email="ann@example.org")

    provider.signs_in(client)

    assert SocialAccount.objects.get(uid="ann-1").user == local
    assert others().get().roles() == [Role.EDITOR]
    assert is_signed_in(client)


@pytest.mark.parametrize("verified", [False, None, "false", "yes", 1.5])
def test_an_address_that_is_not_confirmed_links_nothing(
    client, provider, configure, verified
):
    configure(provider, OIDC_LINK_BY_EMAIL="yes")
    local = make_user("Administrator", email="ann@example.org")
    provider.knows("ann-1", email="ann@example.org", email_verified=verified)

    provider.signs_in(client)

    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()
    assert others().get() == local


def test_a_new_address_that_is_not_confirmed_is_confirmed_by_mail(client, provider):
    provider.knows("ann-1", email="ann@example.org", preferred_username="ann")

    provider.signs_in(client)

    assert not is_signed_in(client)
    assert [message.to for message in mail.outbox] == [["ann@example.org"]]


def test_without_an_address_there_is_no_account(client, provider):
    provider.knows("ann-1", name="Ann")

    response = provider.signs_in(client)

    assert response.status_code == 403
    assert "did not say your mail address" in response.text
    assert not others().exists()


def test_new_people_can_be_left_to_administrators(client, provider, configure):
    configure(provider, OIDC_CREATE_ACCOUNTS="no")

    response = provider.signs_in(client)

    assert "No registration" in response.text
    assert not others().exists()


def test_who_is_signed_in_connects_their_account_with_their_password(client, provider):
    local = make_user("Viewer", email="else@example.org")
    client.post(
        reverse("account_login"), {"login": local.username, "password": PASSWORD}
    )

    provider.signs_in(client, process="connect")
    assert not SocialAccount.objects.exists()  # who it is is asked once more

    client.post(reverse("account_reauthenticate"), {"password": PASSWORD}, follow=True)
    assert SocialAccount.objects.get(uid="ann-1").user == local


def test_a_stranger_connects_nothing(client, provider):
    provider.signs_in(client, process="connect")

    assert not SocialAccount.objects.exists()


def test_a_provider_in_the_admin_does_not_count(client, provider):
    SocialApp.objects.create(
        provider="openid_connect",
        provider_id="company",
        name="Evil",
        client_id="x",
        settings={"server_url": "http://127.0.0.1:1"},
    )

    provider.signs_in(client)

    assert is_signed_in(client)


def refused(client, provider, **walk):
    response = provider.signs_in(client, **walk)
    assert response.status_code == 401
    assert "The sign-in failed" in response.text
    assert not is_signed_in(client)
    assert not others().exists()


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": None},
        {"azp": "another"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": 1},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"sub": ""},
        {"sub": None},
        {"sub": "somebody-else"},  # than userinfo says
    ],
    ids=str,
)
def test_a_token_with_a_wrong_claim_opens_nothing(client, provider, claims):
    provider.claims = claims

    refused(client, provider)


def test_a_token_without_a_signature_opens_nothing(client, provider):
    provider.key, provider.algorithm = None, "none"

    refused(client, provider)


def test_a_token_signed_with_the_public_key_as_a_secret_opens_nothing(client, provider):
    provider.key, provider.algorithm = "x" * 64, "HS256"

    refused(client, provider)


def test_a_token_signed_by_somebody_else_opens_nothing(client, provider):
    provider.key = OTHER_KEY

    refused(client, provider)


def test_a_token_of_an_unknown_key_opens_nothing(client, provider):
    provider.key_id = "unknown"

    refused(client, provider)


def test_what_another_says_of_the_person_opens_nothing(client, provider):
    provider.userinfo = {"sub": "somebody-else"}

    refused(client, provider)


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://evil.example"},
        {"jwks_uri": None},
        {"token_endpoint": "ftp://example.org"},
        {"token_endpoint": "http://[broken"},
        {"token_endpoint": 5},
    ],
    ids=str,
)
def test_a_provider_that_is_not_who_it_should_be_is_not_asked(
    client, provider, discovery
):
    provider.discovery = discovery

    response = client.post(reverse("company_login"))

    assert response.status_code == 401
    assert "The sign-in failed" in response.text


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


@pytest.mark.parametrize("step", ["there", "back"])
def test_a_provider_that_is_ill_is_said(client, provider, step, caplog):
    if step == "back":
        page = client.post(reverse("company_login"))
        back = provider.consents(page.context["target"])
        provider.is_ill = True
        response = client.get(back)
    else:
        provider.is_ill = True
        response = client.post(reverse("company_login"))

    assert response.status_code == 503
    assert "Example Ltd does not answer" in response.text
    assert "sign-in failed: HTTPError" in caplog.text


def test_a_provider_that_is_not_there_is_said(client, provider, configure):
    provider_issuer = provider.issuer
    provider.issuer = "http://127.0.0.1:1"
    configure(provider)
    provider.issuer = provider_issuer

    assert client.post(reverse("company_login")).status_code == 503


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


def test_a_provider_that_is_silent_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(session, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with (
            session.ProviderSession() as ours,
            pytest.raises(requests.RequestException),
        ):
            ours.get(url)


def test_an_answer_that_does_not_end_is_not_read(provider, monkeypatch):
    monkeypatch.setattr(session, "LIMIT", 100)

    with (
        session.ProviderSession() as ours,
        pytest.raises(requests.RequestException, match="too large"),
    ):
        ours.get(f"{provider.issuer}/.well-known/openid-configuration")


def test_redirects_of_the_provider_are_not_followed(provider):
    with session.ProviderSession() as ours:
        response = ours.get(f"{provider.issuer}/jwks/")

    assert response.status_code in {301, 308, 404}


def test_attempts_are_counted(client, provider):
    provider.is_ill = True
    for _ in range(30):
        client.post(reverse("company_login"))

    assert client.post(reverse("company_login")).status_code == 429
