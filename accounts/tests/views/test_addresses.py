"""A mail address is changed by who reads the mail there."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import PASSWORD, make_user
from accounts.tests.views.test_sign_in import DASHBOARD, sign_in

pytestmark = pytest.mark.django_db
ADDRESS = reverse("account_email")
AGAIN = reverse("account_reauthenticate")


@pytest.fixture
def user(client):
    user = make_user("Viewer", username="ann", email="ann@example.org")
    sign_in(client, user)
    client.post(AGAIN, {"password": PASSWORD})
    return user


def ask(client, email="New@Example.org", **headers):
    return client.post(
        ADDRESS, {"action_add": "", "email": email}, follow=True, headers=headers
    )


def link_in(mail):
    (link,) = re.findall(r"https?://\S+/confirm-email/\S+", mail.body)
    return link


def open_and_confirm(client, mail):
    link = link_in(mail).removeprefix("http://127.0.0.1:8000")
    assert client.get(link).status_code == 200
    return client.post(link, follow=True)


def test_the_password_is_asked_for_first(client):
    sign_in(client, make_user("Viewer"))

    assert ask(client).redirect_chain[-1][0].startswith(AGAIN)
    assert EmailAddress.objects.count() == 1


def test_the_old_address_counts_until_the_new_one_is_confirmed(
    client, user, mailoutbox
):
    page = ask(client)

    assert "Until then the old address counts." in page.text
    assert User.objects.get().email == "ann@example.org"
    assert [mail.to for mail in mailoutbox] == [["new@example.org"]]
    open_and_confirm(client, mailoutbox[0])
    assert User.objects.get().email == "new@example.org"
    address = EmailAddress.objects.get()
    assert (address.email, address.verified, address.primary) == (
        "new@example.org",
        True,
        True,
    )


def test_the_old_address_is_told(client, user, mailoutbox):
    ask(client)

    open_and_confirm(client, mailoutbox[0])

    told = mailoutbox[-1]
    assert told.to == ["ann@example.org"]
    assert "is now new@example.org; it was ann@example.org" in told.body


def test_a_link_that_is_opened_changes_nothing_yet(client, user, mailoutbox):
    ask(client)

    page = client.get(link_in(mailoutbox[0]).removeprefix("http://127.0.0.1:8000"))

    assert "Is new@example.org the address of ann?" in page.text
    assert User.objects.get().email == "ann@example.org"


def test_a_link_signs_nobody_in_and_nobody_out(client, user, mailoutbox):
    ask(client)
    link = link_in(mailoutbox[0]).removeprefix("http://127.0.0.1:8000")
    stranger, bob = Client(), Client()
    bob.force_login(make_user("Viewer"))

    assert bob.get(link)["Location"] == reverse("account_logout")
    assert bob.get(DASHBOARD).status_code == 200
    stranger.post(link)
    assert stranger.get(DASHBOARD).status_code == 302


def test_a_link_works_once_and_not_after_the_change_was_taken_back(
    client, user, mailoutbox
):
    ask(client)
    data = {"action_remove": "", "email": "new@example.org"}
    assert "stays as it was" in client.post(ADDRESS, data, follow=True).text

    link = link_in(mailoutbox[0]).removeprefix("http://127.0.0.1:8000")

    assert "The link is not valid" in client.get(link).text
    assert client.post(link).status_code == 404
    assert User.objects.get().email == "ann@example.org"


def test_the_address_of_the_account_cannot_be_removed(client, user):
    data = {"action_remove": "", "email": "ann@example.org"}

    assert "cannot be removed" in client.post(ADDRESS, data, follow=True).text
    assert User.objects.get().email == "ann@example.org"


@pytest.mark.parametrize("email", ["bob@example.org", "BOB@Example.ORG"])
def test_an_address_of_another_account_is_never_taken(client, user, mailoutbox, email):
    make_user("Viewer", username="bob", email="bob@example.org")

    page = ask(client, email)

    assert "belongs to another" not in page.text  # nobody learns who has an account
    done = open_and_confirm(client, mailoutbox[0])
    assert "belongs to another account" in done.text
    assert User.objects.get(username="ann").email == "ann@example.org"
    assert User.objects.get(username="bob").email == "bob@example.org"


def test_an_address_that_became_another_account_s_meanwhile_is_not_taken(
    client, user, mailoutbox
):
    ask(client)
    User.objects.create_user("late", "new@example.org", PASSWORD)

    done = open_and_confirm(client, mailoutbox[0])

    assert "belongs to another account" in done.text
    assert User.objects.get(username="ann").email == "ann@example.org"


def test_no_reset_link_goes_to_an_address_that_waits(client, user, mailoutbox):
    ask(client)
    mailoutbox.clear()

    Client().post(reverse("account_reset_password"), {"email": "new@example.org"})

    assert mailoutbox == []


def test_nobody_signs_in_by_an_address_that_waits(client, user):
    ask(client)
    other = Client()

    response = sign_in(other, user, login="new@example.org")

    assert response.status_code == 200


@pytest.mark.parametrize("header", ["host", "x-forwarded-host"])
def test_the_link_leads_to_the_site_whatever_the_request_says(
    client, user, mailoutbox, settings, header
):
    settings.ALLOWED_HOSTS = ["*"]
    settings.DEFAULT_HOST = "https://certdesk.example.org"

    ask(client, **{header: "evil.test"})

    start = "https://certdesk.example.org/accounts/confirm-email/"
    assert link_in(mailoutbox[0]).startswith(start)
    assert "evil.test" not in str(mailoutbox[0].message())
