"""Pages for what goes wrong, and what every answer tells the browser."""

import pytest
from django.core.exceptions import SuspiciousOperation
from django.test import Client
from django.urls import path, reverse

from accounts.tests.factories import make_user
from project.urls import urlpatterns as real

pytestmark = pytest.mark.django_db


def suspicious(request):
    raise SuspiciousOperation


def broken(request):
    raise ZeroDivisionError


urlpatterns = [*real, path("suspicious/", suspicious), path("broken/", broken)]


@pytest.fixture
def viewer():
    return make_user("Viewer")


@pytest.fixture
def client_of_a_viewer(viewer):
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.force_login(viewer)
    return client


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("/suspicious/", 400),
        (reverse("accounts:users"), 403),
        ("/nowhere/", 404),
        ("/broken/", 500),
    ],
)
def test_an_error_has_a_page_in_the_look_of_the_site(client_of_a_viewer, url, code):
    response = client_of_a_viewer.get(url)

    assert response.status_code == code
    assert "ui/app.css" in response.text
    assert "Certdesk" in response.text
    assert "Traceback" not in response.text


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("url", ["/nowhere/", "/suspicious/"])
def test_people_who_are_not_signed_in_get_the_same_pages(url):
    response = Client(raise_request_exception=False).get(url)

    assert response.status_code in {302, 400, 404}
    assert "Traceback" not in response.text


def test_a_form_without_its_token_is_refused_and_says_what_to_do(client_of_a_viewer):
    response = client_of_a_viewer.post(reverse("accounts:profile"), {})

    assert response.status_code == 403
    assert "again" in response.text


@pytest.mark.urls(__name__)
def test_an_error_is_mailed_to_the_admins(client_of_a_viewer, settings, mailoutbox):
    settings.ADMINS = [("Ann", "ann@example.org")]

    client_of_a_viewer.get("/broken/")

    (mail,) = mailoutbox
    assert mail.to == ["ann@example.org"]
    assert "ZeroDivisionError" in mail.body


@pytest.mark.parametrize("name", ["account_login", "certs:dashboard", "admin:index"])
def test_nothing_is_loaded_from_another_host_and_nothing_is_inline(client, name):
    client.force_login(make_user("Administrator"))
    if name == "account_login":
        client.logout()

    response = client.get(reverse(name))

    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    for text in ("https://", 'style="', "onclick="):
        assert text not in response.text


def test_the_back_office_answers_to_its_own_names_only(client):
    response = Client(raise_request_exception=False).get(
        "/", headers={"Host": "evil.test"}
    )

    assert response.status_code == 400
