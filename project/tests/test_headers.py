"""What every answer tells the browser, of whatever kind it is."""

import re

import pytest
from django.test import Client
from django.urls import path, reverse

from accounts.tests.factories import make_user
from project import urls
from project.urls import urlpatterns as real


def broken(request):
    raise ZeroDivisionError


urlpatterns = [*real, path("broken/", broken)]
handler400, handler500 = urls.handler400, urls.handler500
handler429 = urls.handler429
KINDS = {
    "page": ("/", 200),
    "list": ("/endpoints/", 200),
    "form": ("/endpoints/add/", 200),
    "profile": ("/accounts/profile/", 200),
    "password": ("/accounts/password/change/", 200),
    "address": ("/accounts/email/", 200),
    "sign-out": ("/accounts/logout/", 200),
    "export": ("/endpoints/export.csv", 200),
    "admin": ("/admin/", 200),
    "admin list": ("/admin/certs/endpoint/", 200),
    "admin form": ("/admin/certs/endpoint/add/", 200),
    "redirect": ("/accounts/login/", 302),
    "not found": ("/nowhere/", 404),
    "admin not found": ("/admin/nowhere/", 404),
    "broken": ("/broken/", 500),
    "health": ("/healthz", 200),
    "file": ("/static/ui/app.css", 200),
    "picture": ("/static/ui/favicon.svg", 200),
}
FOR_STRANGERS = {
    "sign-in": ("/accounts/login/", 200),
    "reset": ("/accounts/password/reset/", 200),
    "reset sent": ("/accounts/password/reset/done/", 200),
    "reset link": ("/accounts/password/reset/key/1-x/", 200),
    "confirm link": ("/accounts/confirm-email/x/", 200),
    "registration": ("/accounts/signup/", 200),
    "to the sign-in": ("/", 302),
}
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", re.IGNORECASE
)

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def _files(settings):
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True


def check(response):
    policy = response["Content-Security-Policy"]
    directives = {each.strip() for each in policy.split(";")}  # in any order
    assert {
        "default-src 'none'",
        "frame-ancestors 'none'",
        "script-src 'self'",
        "style-src 'self'",
    } <= directives
    assert "unsafe" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    permissions = response["Permissions-Policy"].split(", ")
    assert "camera=()" in permissions
    assert "publickey-credentials-get=(self)" in permissions
    assert "publickey-credentials-create=(self)" in permissions
    if response["Content-Type"].startswith("text/html"):
        assert not INLINE.search(response.text)


@pytest.mark.usefixtures("_files")
@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_has_all_headers_and_nothing_inline(kind):
    url, status = KINDS[kind]
    client = Client(raise_request_exception=False)
    client.force_login(make_user("Administrator"))

    response = client.get(url)
    response.close()  # a file

    assert response.status_code == status
    check(response)


@pytest.mark.parametrize("kind", FOR_STRANGERS)
def test_so_has_an_answer_to_a_stranger(client, kind):
    url, status = FOR_STRANGERS[kind]

    response = client.get(url)

    assert response.status_code == status
    check(response)


def test_so_has_a_refusal(client, settings):
    viewer = Client(enforce_csrf_checks=True)
    viewer.force_login(make_user("Viewer"))
    refusals = {
        viewer.get(reverse("accounts:users")): 403,
        viewer.post(reverse("accounts:profile")): 403,
        viewer.get("/", headers={"host": "evil.test"}): 400,
        client.post(reverse("certs:dashboard")): 302,
    }
    settings.BODY_LIMIT = 10
    refusals[viewer.post(reverse("accounts:profile"), {"display_name": "Ann"})] = 413
    settings.BODY_LIMIT = 1000
    for _ in range(31):
        stopped = client.post(reverse("account_login"), {})
    refusals[stopped] = 429

    for response, status in refusals.items():
        assert response.status_code == status
        check(response)


def test_by_https_browsers_are_told_to_stay_there(settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True

    response = Client().get("/accounts/login/", secure=True)

    age = "max-age=31536000; includeSubDomains; preload"
    assert response["Strict-Transport-Security"] == age
    assert "Strict-Transport-Security" not in Client().get("/accounts/login/")
