import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from accounts.tests.factories import make_user
from accounts.tests.signing import enter_password, is_signed_in

pytestmark = pytest.mark.django_db
SESSIONS = reverse("usersessions_list")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def user():
    return make_user("Viewer")


@pytest.fixture
def elsewhere(user):
    client = Client(headers={"User-Agent": FIREFOX}, REMOTE_ADDR="192.0.2.7")
    enter_password(client, user)
    return client


def test_the_list_says_where_one_is_signed_in(client, user, elsewhere):
    enter_password(client, user)

    text = client.get(SESSIONS).text

    assert "Firefox on Linux" in text
    assert "192.0.2.7" in text
    assert text.count("this one") == 1


def test_a_browser_s_name_for_itself_is_escaped_and_cut(client, user):
    hostile = Client(headers={"User-Agent": "<script>alert(1)</script>" * 20})
    enter_password(hostile, user)
    enter_password(client, user)

    text = client.get(SESSIONS).text

    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


def test_signing_out_elsewhere_keeps_this_session(client, user, elsewhere):
    stranger = Client()
    enter_password(stranger, make_user("Viewer"))
    enter_password(client, user)

    response = client.post(SESSIONS, follow=True)

    assert "signed out everywhere else" in response.text
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert is_signed_in(stranger)


def test_one_session_is_ended(client, user, elsewhere):
    enter_password(client, user)
    other = UserSession.objects.get(ip="192.0.2.7")
    url = reverse("accounts:session-end", args=[other.pk])

    assert client.get(url).status_code == 405
    response = client.post(url, follow=True)

    assert "signed out there" in response.text
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)


def test_ending_this_one_is_signing_out(client, user):
    enter_password(client, user)
    own = UserSession.objects.get()

    response = client.post(reverse("accounts:session-end", args=[own.pk]))

    assert response.url == reverse("account_login")
    assert not is_signed_in(client)


def test_nobody_ends_another_person_s_session(client, elsewhere):
    enter_password(client, make_user("Administrator"))
    other = UserSession.objects.get(ip="192.0.2.7")

    response = client.post(reverse("accounts:session-end", args=[other.pk]))

    assert response.status_code == 404
    assert is_signed_in(elsewhere)
