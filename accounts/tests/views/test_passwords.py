"""Passwords: changed by who knows the old one, reset by a link, told to nobody."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import PASSWORD, make_user
from accounts.tests.views.test_sign_in import DASHBOARD, SIGN_IN, sign_in

pytestmark = pytest.mark.django_db
CHANGE = reverse("account_change_password")
RESET = reverse("account_reset_password")
NEW = "another long enough one"


@pytest.fixture
def user():
    return make_user("Viewer", username="ann", email="ann@example.org")


def change(client, new=NEW, old=PASSWORD):
    data = {"oldpassword": old, "password1": new, "password2": new}
    return client.post(CHANGE, data, follow=True)


def link_for(client, mailoutbox, **headers):
    client.post(RESET, {"email": "ann@example.org"}, headers=headers)
    (link,) = re.findall(r"https?://\S+/reset/key/\S+", mailoutbox[-1].body)
    return link


def follow(client, link, new=NEW):
    """Open a link as a browser does, and send the form that it leads to."""
    page = client.get(link.removeprefix("http://127.0.0.1:8000"), follow=True)
    url = page.request["PATH_INFO"]
    return client.post(url, {"password1": new, "password2": new}, follow=True)


def test_a_password_is_changed_with_the_old_one(client, user):
    sign_in(client, user)

    response = change(client)

    assert "Your password was changed." in response.text
    assert User.objects.get().check_password(NEW)
    assert change(client, new=PASSWORD, old="wrong").context["form"].errors == {
        "oldpassword": ["This is not your current password."]
    }


def test_a_change_ends_every_other_session_and_keeps_this_one(client, user):
    other = Client()
    sign_in(other, user)
    sign_in(client, user)

    change(client)

    assert client.get(DASHBOARD).status_code == 200
    assert other.get(DASHBOARD).status_code == 302


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("password1234", "too common"),
        ("short", "too short"),
        ("ann@example.org", "too similar"),
        ("8251907346125", "entirely numeric"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(client, user, password, why):
    client.force_login(user)

    assert why in change(client, new=password).text
    assert User.objects.get().check_password(PASSWORD)


def test_the_person_is_told_by_mail_but_not_the_password(client, user, mailoutbox):
    client.force_login(user)

    change(client)

    (mail,) = mailoutbox
    assert mail.to == ["ann@example.org"]
    assert mail.subject == "[Certdesk] Your password was changed"
    assert "still signed in where you changed it" in mail.body
    assert "From: 127.0.0.1" in mail.body
    (page, kind) = mail.alternatives[0]
    assert kind == "text/html"
    for text in (mail.body, page):
        assert NEW not in text
        assert PASSWORD not in text


def test_a_reset_link_works_once(client, user, mailoutbox):
    link = link_for(client, mailoutbox)

    assert "Password changed" in follow(client, link).text

    assert User.objects.get().check_password(NEW)
    again = follow(Client(), link, new="yet another long one")
    assert "Link not valid" in again.text
    assert User.objects.get().check_password(NEW)


def test_a_reset_ends_all_sessions_and_begins_none(client, user, mailoutbox):
    other = Client()
    sign_in(other, user)

    follow(client, link_for(client, mailoutbox))

    assert other.get(DASHBOARD).status_code == 302
    assert SESSION_KEY not in client.session
    assert mailoutbox[-1].subject == "[Certdesk] Your password was changed"
    assert sign_in(client, user, password=NEW).url == DASHBOARD


def test_a_link_is_good_for_an_hour(client, user, mailoutbox, monkeypatch):
    link = link_for(client, mailoutbox)
    now = PasswordResetTokenGenerator()._now()

    for seconds, text in ((3599, "Choose a new password"), (3602, "Link not valid")):
        then = now + timedelta(seconds=seconds)
        monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda *_, t=then: t)
        page = Client().get(link.removeprefix("http://127.0.0.1:8000"), follow=True)
        assert text in page.text


@pytest.mark.parametrize("what", ["sign in", "a new address", "deactivated"])
def test_a_link_is_void_after(client, user, mailoutbox, what):
    link = link_for(client, mailoutbox)
    if what == "sign in":
        sign_in(Client(), user)
    elif what == "a new address":
        User.objects.update(email="new@example.org")
    else:
        User.objects.update(is_active=False)

    response = follow(client, link)

    if what == "deactivated":  # it may be changed, but opens nothing
        assert sign_in(client, user, password=NEW).status_code == 200
    else:
        assert "Link not valid" in response.text
        assert User.objects.get().check_password(PASSWORD)


def test_a_link_for_somebody_else_signs_nobody_out(client, user, mailoutbox):
    bob = make_user("Viewer", display_name="Bob")
    link = link_for(Client(), mailoutbox)
    client.force_login(bob)

    page = client.get(link.removeprefix("http://127.0.0.1:8000"), follow=True)

    assert "you are Bob" in page.text
    assert page.redirect_chain[-1][0] == reverse("account_logout")
    assert client.get(DASHBOARD).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.test"},
        {"x-forwarded-host": "evil.test"},
        {"host": "evil.test", "x-forwarded-proto": "https"},
        {"forwarded": "host=evil.test"},
    ],
)
def test_a_link_leads_to_the_site_whatever_the_request_says(
    client, user, mailoutbox, settings, headers
):
    settings.ALLOWED_HOSTS = ["*"]
    settings.DEFAULT_HOST = "https://certdesk.example.org"

    link = link_for(client, mailoutbox, **headers)

    assert link.startswith("https://certdesk.example.org/accounts/password/reset/key/")
    (mail,) = mailoutbox
    assert "evil.test" not in str(mail.message())


def test_a_host_that_is_not_ours_gets_no_mail_sent(user, mailoutbox):
    client = Client(raise_request_exception=False)

    response = client.post(
        RESET, {"email": "ann@example.org"}, headers={"host": "evil.test"}
    )

    assert response.status_code == 400
    assert mailoutbox == []


def test_no_password_is_written_into_a_log(client, user, caplog, mailoutbox):
    caplog.set_level("DEBUG")
    secret = "a password that nobody may read"

    sign_in(client, user, password=secret)
    sign_in(client, user)
    change(client, new=secret)
    client.logout()
    follow(client, link_for(client, mailoutbox), new="one more secret password")
    for number in range(6):
        client.post(SIGN_IN, {"login": f"x{number}", "password": secret})

    said = caplog.text + "".join(str(mail.message()) for mail in mailoutbox)
    for password in (secret, PASSWORD, "one more secret password"):
        assert password not in said


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("account_login", {"login": "ann", "password": "top secret"}),
        (
            "account_change_password",
            {
                "oldpassword": PASSWORD,
                "password1": "top secret",
                "password2": "top secret",
            },
        ),
        ("account_reauthenticate", {"password": "top secret"}),
    ],
)
def test_the_report_of_an_error_has_no_password(
    user, settings, mailoutbox, monkeypatch, name, data
):
    settings.ADMINS = [("Ann", "root@example.org")]
    client = Client(raise_request_exception=False)
    if name != "account_login":
        client.force_login(user)

    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(User, "check_password", broken)

    assert client.post(reverse(name), data).status_code == 500

    (mail,) = mailoutbox
    assert "ZeroDivisionError" in mail.body
    assert "password = " in mail.body or "password1 = " in mail.body
    assert "top secret" not in mail.body
    assert PASSWORD not in mail.body
