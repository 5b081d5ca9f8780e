"""One's own API tokens: made after showing the password, shown once, revoked."""

import logging
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import token_text
from accounts.models import ApiToken
from accounts.services import tokens
from accounts.tests.factories import PASSWORD, make_token, make_user

pytestmark = pytest.mark.django_db
LIST = reverse("accounts:tokens")
ADD = reverse("accounts:token-add")
REAUTHENTICATE = reverse("account_reauthenticate")
FORM = {"name": "Backup", "days": "30", "is_read_only": "on", "addresses": ""}


@pytest.fixture
def user():
    return make_user("Viewer")


@pytest.fixture
def known(client, user):
    """A browser whose person has just shown the password."""
    client.force_login(user)
    client.post(REAUTHENTICATE, {"password": PASSWORD})
    return client


def revoke_url(token):
    return reverse("accounts:token-revoke", args=[token.pk])


def text_on(page):
    return page.context["text"]


def test_a_token_is_made_and_shown_on_one_page_alone(known, user):
    form = {**FORM, "addresses": "10.0.0.0/8\n2001:db8::/32"}

    page = known.post(ADD, form)

    text = text_on(page)
    assert page.status_code == 200
    assert text in page.text
    assert "no-store" in page["Cache-Control"]
    token = ApiToken.objects.get()
    assert (token.user, token.name, token.is_read_only) == (user, "Backup", True)
    assert token.networks == ["10.0.0.0/8", "2001:db8::/32"]
    assert (token.expires_at - token.created_at).days == 30
    assert token_text.digest(text) == token.digest
    for address in (LIST, ADD, reverse("accounts:profile"), revoke_url(token)):
        shown = known.get(address).text
        assert text not in shown
        assert token.digest not in shown
        assert text[13:56] not in shown
    assert token.prefix in known.get(LIST).text


def test_the_text_is_in_no_session_and_no_log(known, caplog):
    caplog.set_level(logging.DEBUG)

    text = text_on(known.post(ADD, FORM))

    assert text not in caplog.text
    assert all(text not in str(row.get_decoded()) for row in Session.objects.all())
    assert text not in str(known.cookies)


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_makes_a_token_who_only_found_an_open_session(client, user, method):
    client.force_login(user)

    response = getattr(client, method)(ADD, FORM)

    assert response.status_code == 302
    assert response.url.startswith(REAUTHENTICATE)
    assert not ApiToken.objects.exists()


def test_a_form_that_waited_too_long_is_taken_after_the_password(client, user):
    client.force_login(user)
    asked = client.post(ADD, FORM)

    page = client.post(asked.url, {"password": PASSWORD, "next": ADD}, follow=True)

    assert text_on(page) in page.text
    assert "no-store" in page["Cache-Control"]
    assert ApiToken.objects.get().user == user


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "required"),
        ("name", "x" * 101, "at most 100"),
        ("days", "0", "greater than or equal to 1"),
        ("days", "366", "less than or equal to 365"),
        ("days", "x", "whole number"),
        ("addresses", "10.0.0.1/8", "is no network"),
        ("addresses", "x" * 2001, "at most 2000"),
    ],
)
def test_a_wish_that_cannot_be_granted_is_refused_at_its_field(
    known, field, value, message
):
    page = known.post(ADD, {**FORM, field: value})

    assert message in page.text
    assert not ApiToken.objects.exists()


def test_nobody_makes_tokens_for_somebody_else(known, user):
    other = make_user("Administrator")

    known.post(
        ADD,
        {
            **FORM,
            "user": str(other.pk),
            "digest": "0" * 64,
            "expires_at": "2099-01-01",
            "revoked_by": str(other.pk),
        },
    )

    token = ApiToken.objects.get()
    assert token.user == user
    assert token.digest != "0" * 64
    assert token.expires_at.year < 2099


def test_who_has_too_many_is_told(known, user, monkeypatch):
    monkeypatch.setattr(tokens, "MOST", 0)

    assert "revoke one first" in known.post(ADD, FORM).text


def test_the_list_has_one_s_own_tokens_and_their_states(client, user):
    now = timezone.now()
    client.force_login(user)
    assert "No tokens" in client.get(LIST).text
    make_token(user, name="Active")
    make_token(user, name="Over", now=now - timedelta(days=2), days=1)
    ended = make_token(user, name="Ended", networks=["10.0.0.0/8"]).token
    tokens.revoke(ended, by=user, now=now)
    make_token(make_user(), name="Somebody else’s")

    page = client.get(LIST).text

    for word in ("Active", "Expired", "Revoked", "10.0.0.0/8", "everywhere", "never"):
        assert word in page
    assert "Somebody else’s" not in page
    assert page.count(">Revoke<") == 1


@pytest.mark.parametrize("number", [1, 50])
def test_the_list_takes_the_same_queries_however_long(
    client, user, number, django_assert_num_queries, monkeypatch
):
    client.force_login(user)
    client.get(LIST)
    for _ in range(number):
        make_token(user)

    with django_assert_num_queries(6):
        client.get(LIST)


def test_a_token_is_revoked_by_its_person(client, user):
    client.force_login(user)
    made = make_token(user, name="Backup")

    assert "cannot be undone" in client.get(revoke_url(made.token)).text
    assert ApiToken.objects.get().revoked_at is None
    page = client.post(revoke_url(made.token), follow=True)

    assert "Backup was revoked" in page.text
    assert ApiToken.objects.get().revoked_by == user
    again = client.post(revoke_url(made.token), follow=True)
    assert "had been revoked before" in again.text


def test_the_tokens_of_others_are_not_there(client, user):
    client.force_login(make_user("Administrator"))
    made = make_token(user)

    assert client.get(revoke_url(made.token)).status_code == 404
    assert client.post(revoke_url(made.token)).status_code == 404
    assert ApiToken.objects.get().revoked_at is None


def test_nothing_is_done_without_the_page_s_own_token(user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    made = make_token(user)

    assert client.post(revoke_url(made.token)).status_code == 403
    assert client.post(ADD, FORM).status_code == 403


def test_a_name_is_shown_as_text(client, user):
    client.force_login(user)
    made = make_token(user, name="<script>alert(1)</script>")

    for url in (LIST, revoke_url(made.token)):
        assert "<script>alert" not in client.get(url).text


def test_pages_are_not_opened_by_a_token(client, user):
    made = make_token(user)

    response = client.get(LIST, headers={"Authorization": f"Bearer {made.text}"})

    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))
