"""JSON Web Tokens for a password: as strict as the door."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.hashers import MD5PasswordHasher
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import PASSWORD, make_token, make_user

pytestmark = pytest.mark.django_db
TOKEN = reverse("accounts-api:token")
ME = reverse("accounts-api:me")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _slow_enough(settings):
    """Tests of other things sign in more often than people do."""
    rates = {**settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "sign-in": "1000/min"}
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_THROTTLE_RATES": rates,
    }


@pytest.fixture
def sign_in(api):
    def ask(username, password=PASSWORD, **more):
        data = {"username": username, "password": password, **more}
        return api(TOKEN, method="post", data=data)

    return ask


@pytest.fixture
def code(monkeypatch):
    """The one-time password of this half minute, which lasts for the test."""
    counters = list(totp.yield_hotp_counters_from_time())
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter(counters))
    return totp.format_hotp_value(totp.hotp_value(SECRET, counters[0]))


def test_a_person_signs_in_by_user_name_or_address(api, sign_in):
    user = make_user("Viewer")

    for name in (user.username, user.email, user.email.upper()):
        response = sign_in(name)
        assert response.status_code == 200
        assert set(response.json()) == {"access", "refresh"}
        assert "no-store" in response["Cache-Control"]

    answer = api(ME, response.json()["access"]).json()
    assert answer["username"] == user.username
    assert answer["authentication"]["method"] == "access_token"
    assert User.objects.get(pk=user.pk).last_login is not None


def test_whoever_cannot_sign_in_gets_one_answer(sign_in):
    known, gone = make_user(), make_user(is_active=False)

    answers = {
        (response.status_code, response.content)
        for response in (
            sign_in(known.username, "wrong"),
            sign_in(known.email, "wrong"),
            sign_in("nobody"),
            sign_in("nobody@example.org"),
            sign_in(gone.username),
            sign_in(gone.username, "wrong"),
        )
    }

    ((status, content),) = answers
    assert status == 401
    assert b'"wrong_credentials"' in content


class CountingHasher(MD5PasswordHasher):
    """Hashing is nearly all of the time that a sign-in takes."""

    hashes = 0

    def encode(self, *args, **kwargs):
        CountingHasher.hashes += 1
        return super().encode(*args, **kwargs)


def test_an_unknown_name_takes_as_long_as_a_wrong_password(sign_in, settings):
    def hashes(name, password):
        before = CountingHasher.hashes
        assert sign_in(name, password).status_code == 401
        return CountingHasher.hashes - before

    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    known, gone = make_user(), make_user(is_active=False)

    one = hashes("nobody", "wrong")
    assert one > 0
    assert hashes("nobody@example.org", "wrong") == one
    assert hashes(known.username, "wrong") == one
    assert hashes(known.email, "wrong") == one
    assert hashes(gone.username, "wrong") == one
    assert hashes(gone.username, PASSWORD) == one


def test_an_address_that_nobody_confirmed_opens_nothing(sign_in):
    user = make_user()
    EmailAddress.objects.filter(user=user).update(verified=False)

    response = sign_in(user.username)

    assert response.status_code == 403
    assert response.json()["code"] == "address_not_confirmed"
    assert sign_in(user.username, "wrong").status_code == 401


@pytest.fixture
def guarded():
    """A person with a second factor."""
    user = make_user("Administrator")
    totp.TOTP.activate(user, SECRET)
    return user


def test_a_password_alone_does_not_pass_a_second_factor(sign_in, guarded):
    response = sign_in(guarded.username)

    assert response.status_code == 401
    assert response.json()["code"] == "code_required"
    assert sign_in(guarded.username, "wrong").json()["code"] == "wrong_credentials"


def test_a_one_time_password_signs_in_once(sign_in, guarded, code):
    assert sign_in(guarded.username, code="000000").json()["code"] == "wrong_code"
    assert sign_in(guarded.username, code=code).status_code == 200
    assert sign_in(guarded.username, code=code).json()["code"] == "wrong_code"
    assert Authenticator.objects.get().last_used_at is not None


def test_a_code_without_the_password_is_of_no_use(sign_in, guarded, code):
    response = sign_in(guarded.username, "wrong", code=code)

    assert response.json()["code"] == "wrong_credentials"


def test_codes_cannot_be_tried_one_after_the_other(sign_in, guarded, code):
    answers = [sign_in(guarded.username, code=f"{n:06}") for n in range(12)]

    assert answers[0].json()["code"] == "wrong_code"
    assert answers[-1].status_code == 429
    assert sign_in(guarded.username, code=code).status_code == 429


def test_a_passkey_cannot_be_shown_here(sign_in):
    user = make_user()
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Key"}
    )

    response = sign_in(user.username)

    assert response.status_code == 403
    assert response.json()["code"] == "second_factor_unsupported"
    assert "API token" in response.json()["detail"]


@pytest.mark.parametrize(
    ("role", "fields", "status"),
    [
        ("Administrator", {}, 403),
        (None, {"is_superuser": True}, 403),
        ("Editor", {}, 200),
    ],
)
def test_a_role_that_needs_a_factor_gets_nothing_without(
    sign_in, settings, role, fields, status
):
    settings.SECOND_FACTOR_RIGHTS = ["accounts.act_for_every_team"]
    user = make_user(role, **fields)

    assert sign_in(user.username).status_code == status


def test_wrong_passwords_count_with_those_at_the_door(sign_in, client):
    user = make_user()
    for _ in range(5):
        sign_in(user.username, "wrong")

    response = sign_in(user.username)

    assert response.status_code == 429
    assert response.json()["code"] == "throttled"
    assert int(response["Retry-After"]) > 0
    page = client.post(
        reverse("account_login"), {"login": user.username, "password": PASSWORD}
    )
    assert "_auth_user_id" not in client.session
    assert page.status_code in {200, 429}


def test_an_api_token_is_no_password(api, sign_in):
    user = make_user()
    made = make_token(user)

    assert sign_in(user.username, made.text).status_code == 401
    response = api(TOKEN, made.text, method="post", data={})
    assert response.status_code == 400


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"username": "ann"},
        {"username": "ann", "password": ""},
        {"username": "ann\x00", "password": "x"},
        {"username": ["ann"], "password": {"x": 1}},
        {"username": "a" * 255, "password": "x"},
        {"username": "ann", "password": "x" * 1025},
        {"username": "ann", "password": "x", "code": "1" * 17},
    ],
)
def test_what_is_missing_or_odd_is_named(api, data):
    response = api(TOKEN, method="post", data=data)

    assert response.status_code == 400
    assert response.json()["code"] == "invalid"
    assert set(response.json()["errors"]) <= {"username", "password", "code"}


def test_a_password_may_have_spaces_around_it(sign_in):
    user = make_user(password="  correct horse battery  ")

    assert sign_in(user.username, "  correct horse battery  ").status_code == 200
    assert sign_in(user.username, "correct horse battery").status_code == 401
