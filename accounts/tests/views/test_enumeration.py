"""Nobody learns who has an account, by what is said or by how long it takes."""

from statistics import median
from time import perf_counter, sleep

import pytest
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse

from accounts.services import letters
from accounts.tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
SIGN_IN = reverse("account_login")
RESET = reverse("account_reset_password")
TRIES = 5


@pytest.fixture
def people():
    make_people()


def make_people():
    make_user("Viewer", username="ann", email="ann@example.org")
    make_user("Viewer", username="gone", email="gone@example.org", is_active=False)
    outside = make_user("Viewer", username="outsider", email="outsider@example.org")
    outside.set_unusable_password()
    outside.save()


def answer(client, url, **data):
    """Return what is told: the page without what was typed and without its token."""
    response = client.post(url, data, follow=True)
    token = str(response.context["csrf_token"])
    page = response.text.replace(token, "")
    for typed in data.values():
        page = page.replace(typed, "")
    return response.status_code, response.redirect_chain, page


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    "name",
    [
        "ann",
        "ann@example.org",
        "gone",
        "gone@example.org",
        "outsider",
        "outsider@example.org",
    ],
)
def test_a_sign_in_answers_as_to_a_name_that_nobody_has(client, name):
    unknown = "eve@example.org" if "@" in name else "eve"
    expected = answer(client, SIGN_IN, login=unknown, password="not the password")

    assert answer(client, SIGN_IN, login=name, password="not the password") == expected


@pytest.mark.usefixtures("people")
def test_a_deactivated_account_answers_so_even_to_its_password(client):
    expected = answer(client, SIGN_IN, login="eve", password=PASSWORD)

    assert answer(client, SIGN_IN, login="gone", password=PASSWORD) == expected


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("name", ["ann", "gone", "outsider"])
def test_a_reset_answers_as_to_an_address_that_nobody_has(client, name, mailoutbox):
    expected = answer(client, RESET, email="eve@example.org")

    assert answer(client, RESET, email=f"{name}@example.org") == expected
    assert [mail.to for mail in mailoutbox] == [["ann@example.org"]] * (name == "ann")


def seconds(act):
    start = perf_counter()
    act()
    return perf_counter() - start


def apart(client, url, one, other):
    """Return by how much their times differ; in turns, for machines have moods."""

    def post(data):
        cache.clear()  # tries have a limit
        client.post(url, data)

    pairs = [
        seconds(lambda: post(one)) - seconds(lambda: post(other)) for _ in range(TRIES)
    ]
    return abs(median(pairs))


@pytest.fixture
def hashing(settings):
    """How long a hash takes, with the hasher of the site."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    return median(seconds(lambda: make_password("any")) for _ in range(TRIES))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ann", "ann@example.org", "gone"])
def test_a_sign_in_takes_as_long_as_with_a_name_that_nobody_has(client, hashing, name):
    make_people()
    wrong = {"password": "not the password"}

    difference = apart(
        client, SIGN_IN, {"login": name, **wrong}, {"login": "eve@a.test", **wrong}
    )

    assert difference < hashing / 2  # one hash more, or less, would be seen


@pytest.fixture
def slow_server(settings):
    settings.MAIL_THREADS = 1
    settings.EMAIL_BACKEND = f"{__name__}.SlowServer"
    yield
    letters._senders(1).submit(int).result()  # what is on its way is of this test


@pytest.mark.usefixtures("slow_server")
def test_a_reset_takes_as_long_as_for_an_address_that_nobody_has(client):
    make_people()

    difference = apart(
        client, RESET, {"email": "ann@example.org"}, {"email": "eve@example.org"}
    )

    assert difference < SlowServer.SECONDS / 2


class SlowServer(BaseEmailBackend):
    """A mail server as many are."""

    SECONDS = 0.1

    def send_messages(self, messages):
        sleep(self.SECONDS)
        return len(messages)
