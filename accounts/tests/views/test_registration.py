import re

import pytest
from django.core import mail
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def _open(settings):
    make_user("Administrator", username="root")
    settings.REGISTRATION_OPEN = True
    settings.REGISTRATION_DOMAINS = []


def register(client, **changes):
    answers = {
        "email": "ann@example.org",
        "username": "ann",
        "password1": PASSWORD,
        "password2": PASSWORD,
        **changes,
    }
    return client.post(reverse("account_signup"), answers, follow=True)


def test_registration_is_closed_unless_somebody_opens_it(client):
    assert "No registration" in client.get(reverse("account_signup")).text
    assert "No registration" in register(client).text
    assert not User.objects.exists()


@pytest.mark.usefixtures("_open")
def test_who_registers_confirms_the_address_and_is_a_viewer_in_no_team(client):
    assert "Confirm your mail address" in register(client).text
    assert "_auth_user_id" not in client.session

    [message] = mail.outbox
    [link] = re.findall(r"http://\S+?(/accounts/confirm-email/\S+)", str(message.body))
    assert "Confirm mail address" in client.get(link).text
    client.post(link)
    client.post(reverse("account_login"), {"login": "ann", "password": PASSWORD})

    assert client.get(reverse("certs:dashboard")).status_code == 200
    user = User.objects.get(username="ann")
    assert user.roles() == [Role.VIEWER]
    assert not user.is_staff
    assert not user.teams.exists()


@pytest.mark.usefixtures("_open")
def test_nobody_registers_as_more_than_a_viewer(client):
    register(client, role="Administrator", is_staff="on", is_superuser="on", groups="1")

    user = User.objects.get(username="ann")
    assert user.roles() == [Role.VIEWER]
    assert not user.is_staff
    assert not user.is_superuser


@pytest.mark.usefixtures("_open")
def test_an_address_that_is_taken_gets_the_same_answer(client):
    make_user(email="taken@example.org")

    free = register(client)
    client.cookies.clear()
    taken = register(client, email="TAKEN@example.org", username="other")

    assert free.redirect_chain == taken.redirect_chain
    assert free.text.replace("ann@", "taken@") == taken.text
    assert not User.objects.filter(username="other").exists()


@pytest.mark.usefixtures("_open")
@pytest.mark.parametrize(
    ("address", "works"),
    [
        ("ann@example.org", True),
        ("ann@EXAMPLE.org", True),
        ("ann@sub.example.org", False),
        ("ann@evilexample.org", False),
        ("ann@example.org.evil.net", False),
        ('"ann@example.org"@evil.net', False),
    ],
)
def test_only_named_domains_register(client, settings, address, works):
    settings.REGISTRATION_DOMAINS = ["example.org", "example.net"]

    response = register(client, email=address)

    assert User.objects.filter(username="ann").exists() == works
    if not works:
        assert "Only addresses of example.org or example.net" in response.text


@pytest.mark.usefixtures("_open")
@pytest.mark.parametrize("key", ["wrong", "MQ:1abcde:xyz"])
def test_a_link_that_is_none_says_so(client, key):
    response = client.get(reverse("account_confirm_email", args=[key]))

    assert "The link is not valid" in response.text
