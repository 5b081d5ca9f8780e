"""Who guesses is stopped, by account and by address, and told when to go on."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from allauth.core.internal import ratelimit
from django.urls import reverse

from accounts.tests.factories import PASSWORD, make_user
from accounts.tests.views.test_sign_in import DASHBOARD, SIGN_IN

pytestmark = pytest.mark.django_db
RESET = reverse("account_reset_password")


def guess(client, name="ann", *, address="192.0.2.1", password=None, **headers):
    return client.post(
        SIGN_IN,
        {"login": name, "password": password or "a guess"},
        REMOTE_ADDR=address,
        headers=headers,
    )


@contextmanager
def later(monkeypatch, seconds):
    """Let the limits see another time; sessions and hashes keep theirs."""
    now = ratelimit.time.time() + seconds
    clock = SimpleNamespace(
        time=lambda: now, monotonic=ratelimit.time.monotonic, sleep=lambda _: None
    )
    with monkeypatch.context() as patch:
        patch.setattr(ratelimit, "time", clock)
        yield


def test_after_five_wrong_passwords_not_even_the_right_one_opens(client, monkeypatch):
    make_user("Viewer", username="ann")
    for number in range(5):
        assert guess(client, address=f"192.0.2.{number}").status_code == 200

    stopped = guess(client, password=PASSWORD, address="192.0.2.9")

    assert stopped.status_code == 429
    assert stopped["Retry-After"] == "300"
    assert "Please try again in 5 minutes." in stopped.text
    assert "ui/app.css" in stopped.text
    with later(monkeypatch, 301):
        assert guess(client, password=PASSWORD).url == DASHBOARD


def test_a_name_that_nobody_has_is_stopped_alike(client):
    answers = [guess(client, "eve", address=f"192.0.2.{n}") for n in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]


@pytest.mark.parametrize("name", ["ANN", " ann ", "aNN"])
def test_another_way_to_write_the_name_gives_no_more_tries(client, name):
    make_user("Viewer", username="ann")
    for number in range(5):
        guess(client, address=f"192.0.2.{number}")

    assert guess(client, name, address="192.0.2.9").status_code == 429


def test_another_name_of_the_site_gives_no_more_tries(client, settings):
    settings.ALLOWED_HOSTS = [".example.org"]
    answers = [
        guess(client, address=f"192.0.2.{n}", host=f"n{n}.example.org").status_code
        for n in range(6)
    ]

    assert answers == [200] * 5 + [429]


def test_one_address_has_ten_wrong_tries_a_minute_over_all_names(client):
    make_user("Viewer", username="ann")
    for number in range(10):
        assert guess(client, f"name{number}").status_code == 200

    stopped = guess(client, password=PASSWORD)

    assert stopped.status_code == 429
    assert guess(client, address="192.0.2.2", password=PASSWORD).url == DASHBOARD


def test_a_sign_in_in_between_gives_no_more_tries(client):
    make_user("Viewer", username="ann")
    make_user("Viewer", username="eve")
    for _ in range(2):
        for _ in range(2):
            guess(client)
        assert guess(client, "eve", password=PASSWORD).url == DASHBOARD
        client.logout()
    guess(client)

    assert guess(client).status_code == 429


def test_one_address_has_thirty_sign_ins_a_minute(client):
    make_user("Viewer", username="ann")
    for _ in range(30):
        assert guess(client, password=PASSWORD).status_code == 302
        client.logout()

    stopped = guess(client, password=PASSWORD)

    assert stopped.status_code == 429
    assert stopped["Retry-After"] == "60"
    assert client.get(SIGN_IN).status_code == 200


def test_who_invents_where_a_request_came_from_gets_no_more_tries(client):
    answers = [
        guess(client, f"name{n}", **{"X-Forwarded-For": f"198.51.100.{n}"})
        for n in range(11)
    ]

    assert [answer.status_code for answer in answers] == [200] * 10 + [429]


def test_behind_a_proxy_what_it_adds_counts_and_nothing_before_it(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def forwarded(number, address):
        chain = {"X-Forwarded-For": f"203.0.113.{number}, {address}"}
        return guess(client, f"name{number}", **chain).status_code

    answers = [forwarded(n, "198.51.100.1") for n in range(11)]

    assert answers == [200] * 10 + [429]
    assert forwarded(12, "198.51.100.2") == 200


def test_neighbours_in_an_ipv6_network_share_their_tries(client):
    answers = [guess(client, f"n{n}", address=f"2001:db8::{n}") for n in range(11)]

    assert answers[-1].status_code == 429


def test_nobody_is_flooded_with_links(client, mailoutbox):
    make_user("Viewer", email="ann@example.org")
    answers = [
        client.post(RESET, {"email": email}).status_code
        for email in ["ann@example.org"] * 3 + ["ANN@example.org"]
    ]

    assert answers == [302] * 3 + [429]
    assert len(mailoutbox) == 3


def test_whose_session_was_stolen_is_not_asked_for_the_password_without_end(client):
    client.force_login(make_user("Viewer"))
    data = {"oldpassword": "guess", "password1": "x", "password2": "x"}
    answers = [
        client.post(reverse("account_change_password"), data).status_code
        for _ in range(6)
    ]
    again = [
        client.post(reverse("account_reauthenticate"), {"password": "guess"})
        for _ in range(6)
    ]

    assert answers == [200] * 5 + [429]
    assert again[-1].status_code == 429
