import pytest
from django.urls import reverse

from accounts.tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
SIGN_IN = reverse("account_login")


def sign_in(client, user, **data):
    return client.post(
        SIGN_IN, {"username": user.username, "password": PASSWORD, **data}
    )


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


def test_signing_in_leads_to_the_page_that_was_asked_for(client):
    user = make_user("Viewer")

    response = sign_in(client, user, next="/endpoints/?q=a")

    assert response.url == "/endpoints/?q=a"
    assert sign_in(client, user).url == reverse("certs:dashboard")


def test_signing_in_never_leads_to_another_site(client):
    response = sign_in(client, make_user("Viewer"), next="https://example.org/")

    assert response.url == reverse("certs:dashboard")


def test_a_wrong_password_says_so_and_keeps_the_user_name(client):
    user = make_user("Viewer")

    response = sign_in(client, user, password="wrong")

    assert response.status_code == 200
    assert "correct username and password" in response.text
    assert user.username in response.text
    assert "wrong" not in response.text


def test_a_deactivated_person_stays_out_and_open_sessions_end(client):
    user = make_user("Viewer")
    sign_in(client, user)

    user.is_active = False
    user.save()

    assert client.get(reverse("certs:dashboard")).status_code == 302
    assert sign_in(client, user).status_code == 200


def test_signing_out_is_a_post(client):
    sign_in(client, make_user("Viewer"))

    assert client.get(reverse("account_logout")).status_code == 405
    assert client.post(reverse("account_logout")).url == SIGN_IN
    assert client.get(reverse("certs:dashboard")).status_code == 302


def test_the_admin_has_no_door_of_its_own(client):
    response = client.get("/admin/", follow=True)

    assert response.redirect_chain[-1][0].startswith(SIGN_IN)
    assert "next=/admin/" in response.redirect_chain[-1][0]


def test_a_viewer_is_told_that_the_admin_is_not_theirs(client):
    client.force_login(make_user("Viewer"))

    response = client.get("/admin/", follow=True)

    assert response.status_code == 403
