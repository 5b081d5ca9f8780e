"""The one door, for pages and admin."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
SIGN_IN = reverse("account_login")
SIGN_OUT = reverse("account_logout")
DASHBOARD = reverse("certs:dashboard")
ELSEWHERE = [
    "https://example.org/",
    "//example.org/",
    "///example.org",
    r"/\example.org",
    "http:example.org",
    "javascript:alert(1)",
    "https://testserver@example.org/",
    "http://sub.testserver/",
    "http://localhost/",
]


def sign_in(client, user, **data):
    return client.post(SIGN_IN, {"login": user.username, "password": PASSWORD, **data})


@pytest.mark.parametrize(
    "name",
    ["certs:dashboard", "certs:endpoints", "accounts:users", "accounts:profile"],
)
def test_every_page_asks_to_sign_in_first(client, name):
    response = client.get(reverse(name))

    assert response.status_code == 302
    assert response.url == f"{SIGN_IN}?next={reverse(name)}"


def test_a_part_of_a_page_lets_the_page_reload_when_the_session_has_ended(client):
    url = reverse("certs:endpoints")

    response = client.get(url, headers={"HX-Request": "true"})

    assert response.status_code == 204
    assert response["HX-Refresh"] == "true"


@pytest.mark.parametrize("name", ["Ann", "ann", "ANN@example.org", " ann@example.org "])
def test_a_user_name_or_a_mail_address_opens_whatever_their_case(client, name):
    user = make_user("Viewer", username="Ann", email="Ann@Example.org")

    assert sign_in(client, user, login=name).url == DASHBOARD
    assert client.session[SESSION_KEY] == str(user.pk)


def test_nobody_takes_the_address_of_another_as_a_user_name(client):
    user = make_user("Viewer", email="ann@example.org")
    make_user("Viewer", username="ann@example.org", password="what the other one has")

    sign_in(client, user, login="ann@example.org")

    assert client.session[SESSION_KEY] == str(user.pk)


def test_user_names_that_differ_by_case_alone_are_told_apart(client):
    small, large = make_user(username="ann"), make_user(username="ANN")

    assert User.objects.known_as("ann") == small
    assert User.objects.known_as("ANN") == large
    assert User.objects.known_as("Ann") is None


def test_signing_in_leads_to_the_page_that_was_asked_for(client):
    user = make_user("Viewer")

    response = sign_in(client, user, next="/endpoints/?q=a")

    assert response.url == "/endpoints/?q=a"
    client.logout()
    assert sign_in(client, user).url == DASHBOARD


@pytest.mark.parametrize("url", ELSEWHERE)
def test_nothing_at_the_door_leads_to_another_site(client, url):
    user = make_user("Viewer")

    assert sign_in(client, user, next=url).url == DASHBOARD
    assert client.get(SIGN_IN, {"next": url}).url == DASHBOARD
    assert client.post(SIGN_OUT, {"next": url}).url == SIGN_IN
    again = client.get("/admin/login/", {"next": url}).url
    assert sign_in(client, user, next=url).url == DASHBOARD
    assert again.startswith(f"{SIGN_IN}?next=")


def test_nobody_is_congratulated_on_having_signed_in(client):
    response = sign_in(client, make_user("Viewer"))

    assert not list(client.get(response.url).context["messages"])


def test_a_wrong_password_says_so_and_keeps_the_user_name(client):
    user = make_user("Viewer")

    response = sign_in(client, user, password="wrong-one")

    assert response.status_code == 200
    assert "That name and password do not match." in response.text
    assert f'value="{user.username}"' in response.text
    assert "wrong-one" not in response.text


def test_a_deactivated_person_stays_out_and_open_sessions_end(client):
    user = make_user("Viewer")
    sign_in(client, user)

    user.is_active = False
    user.save()

    assert client.get(DASHBOARD).status_code == 302
    assert sign_in(client, user).status_code == 200


def test_signing_out_is_a_post_and_a_link_only_asks(client):
    sign_in(client, make_user("Viewer"))

    asked = client.get(SIGN_OUT)

    assert 'method="post"' in asked.text
    assert client.get(DASHBOARD).status_code == 200
    assert client.post(SIGN_OUT).url == SIGN_IN
    assert client.get(DASHBOARD).status_code == 302


def test_a_session_ends_with_the_browser_unless_it_is_to_be_kept(client, settings):
    user = make_user("Viewer")

    sign_in(client, user)
    assert client.cookies["sessionid"]["max-age"] == ""
    client.logout()
    sign_in(client, user, remember="on")

    assert client.cookies["sessionid"]["max-age"] == settings.SESSION_COOKIE_AGE
    assert client.session.get_expiry_age() == settings.SESSION_COOKIE_AGE


def test_a_session_that_somebody_else_began_is_left_behind(client):
    client.get(reverse("account_reset_password_done"))
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key

    sign_in(client, make_user("Viewer"))

    assert client.cookies["sessionid"].value != session.session_key
    assert not Session.objects.filter(pk=session.session_key).exists()
    assert Client().get(DASHBOARD).status_code == 302


def test_a_key_of_a_session_that_nobody_gave_out_is_not_taken(client):
    client.cookies["sessionid"] = "a" * 32

    sign_in(client, make_user("Viewer"))

    assert client.cookies["sessionid"].value != "a" * 32


def test_cookies_are_for_servers_and_for_this_site(client):
    client.get(SIGN_IN)
    sign_in(client, make_user("Viewer"))

    for name in ("sessionid", "csrftoken"):
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"


@pytest.mark.parametrize("url", [SIGN_IN, SIGN_OUT, reverse("account_reset_password")])
def test_no_form_of_the_door_is_taken_without_its_token(url):
    client = Client(enforce_csrf_checks=True)
    user = make_user("Viewer")
    client.force_login(user)

    response = client.post(url, {"login": user.username, "password": PASSWORD})

    assert response.status_code == 403
    assert client.get(DASHBOARD).status_code == 200


def test_with_its_token_a_form_is_taken():
    client = Client(enforce_csrf_checks=True)
    token = client.get(SIGN_IN).context["csrf_token"]

    response = sign_in(client, make_user("Viewer"), csrfmiddlewaretoken=str(token))

    assert response.url == DASHBOARD


def test_the_admin_has_no_door_of_its_own(client):
    response = client.get("/admin/certs/endpoint/", follow=True)

    assert response.redirect_chain[-1][0] == f"{SIGN_IN}?next=/admin/certs/endpoint/"
    user = make_user("Editor")
    data = {"username": user.username, "password": PASSWORD}
    assert client.post("/admin/login/?next=/admin/", data).status_code == 302
    assert SESSION_KEY not in client.session
    assert sign_in(client, user, next="/admin/").url == "/admin/"


def test_a_viewer_is_told_that_the_admin_is_not_theirs(client):
    client.force_login(make_user("Viewer"))

    response = client.get("/admin/", follow=True)

    assert response.status_code == 403


def test_nobody_registers(client):
    data = {
        "email": "eve@example.org",
        "username": "eve",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }

    response = client.post(reverse("account_signup"), data)

    assert "given by its administrators" in response.text
    assert not User.objects.exists()


def test_who_has_the_shell_needs_no_mail_to_sign_in(client):
    User.objects.create_superuser("root", "root@example.org", PASSWORD)

    assert sign_in(client, User.objects.get()).url == DASHBOARD


def test_an_old_hash_becomes_a_new_one_when_its_owner_signs_in(client, settings):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
    user = make_user("Viewer")
    user.password = make_password(PASSWORD, hasher="pbkdf2_sha256")
    user.save()

    sign_in(client, user)

    assert User.objects.get().password.startswith("argon2$argon2id$")
    assert client.get(DASHBOARD).status_code == 200
