"""Passkeys: what a browser sends, true, false and malformed."""

import json

import pytest
from django.urls import reverse

from accounts.models import Change
from accounts.services import factors
from accounts.tests.factories import make_user
from accounts.tests.signing import (
    confirm,
    enter_password,
    give_key,
    is_signed_in,
)
from accounts.tests.soft_key import SoftKey

pytestmark = pytest.mark.django_db
DASHBOARD = reverse("certs:dashboard")


@pytest.fixture
def user():
    return make_user("Viewer")


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "null",
        "[]",
        '"x"',
        "7",
        "{}",
        "not json",
        "[" * 15_000,
        "{" + '"a":' * 10,
        json.dumps({"id": "x", "rawId": "x", "response": {}, "type": "public-key"}),
        json.dumps({"id": "AA", "rawId": "AA", "response": None, "type": "public-key"}),
        json.dumps(
            {
                "id": "AA",
                "rawId": "AA",
                "type": "public-key",
                "clientExtensionResults": {},
                "response": {
                    "clientDataJSON": "e30",
                    "authenticatorData": "AAAA",
                    "signature": "AA",
                    "userHandle": "eA",
                },
            }
        ),
        json.dumps({"id": ["AA"], "rawId": 5, "response": {"userHandle": []}}),
        "x" * 30_000,
    ],
)
def test_no_malformed_passkey_breaks_a_page(client, user, credential):
    url = reverse("mfa_login_webauthn")
    client.get(url, headers={"Accept": "application/json"})  # begins, as browsers do
    response = client.post(url, {"credential": credential})
    assert response.status_code == 302
    assert not is_signed_in(client)

    give_key(make_user())
    enter_password(client, user)
    confirm(client)
    url = reverse("mfa_add_webauthn")
    client.get(url)
    response = client.post(url, {"name": "Key", "credential": credential})
    assert response.status_code == 200
    assert not user.has_second_factor()


def begin(client, url):
    """Return what the server asks of a key, as the page or the answer has it."""
    response = client.get(url, headers={"Accept": "application/json"})
    if response["Content-Type"].startswith("application/json"):
        return response.json()["request_options"]
    options = response.context["js_data"]
    return json.loads(json.dumps(next(iter(options.values())), default=dict))


def sign_in_with(client, key, options=None):
    options = options or begin(client, reverse("mfa_login_webauthn"))
    return client.post(
        reverse("mfa_login_webauthn"), {"credential": key.get(options)}, secure=True
    )


@pytest.fixture
def key(client, user):
    """A passkey of `user`, registered through the pages; nobody is signed in after."""
    key = SoftKey()
    enter_password(client, user)
    confirm(client)
    url = reverse("mfa_add_webauthn")
    credential = key.create(begin(client, url))
    client.post(url, {"name": "Laptop", "credential": credential, "passwordless": "on"})
    assert factors.state(user).passkeys == 1
    client.post(reverse("account_logout"))
    return key


def test_a_passkey_alone_signs_in(client, key):
    response = sign_in_with(client, key)

    assert response.url == DASHBOARD
    assert is_signed_in(client)


def test_a_passkey_is_the_second_factor_too(client, user, key):
    assert enter_password(client, user).url == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    url = reverse("mfa_authenticate")

    client.post(url, {"credential": key.get(begin(client, url))})

    assert is_signed_in(client)


def test_a_passkey_s_answer_counts_once(client, key):
    options = begin(client, reverse("mfa_login_webauthn"))
    credential = key.get(options)
    url = reverse("mfa_login_webauthn")
    client.post(url, {"credential": credential})
    assert is_signed_in(client)
    client.post(reverse("account_logout"))

    client.post(url, {"credential": credential})
    assert not is_signed_in(client)
    begin(client, url)
    client.post(url, {"credential": credential})
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: setattr(key, "origin", "https://evil.example"),
        lambda key: setattr(key, "host", "evil.example"),
        lambda key: setattr(key, "private_key", SoftKey().private_key),
        lambda key: setattr(key, "flags", 1),  # neither finger, face nor PIN
        lambda key: setattr(key, "user_handle", b"not-a-uuid"),
        lambda key: setattr(key, "user_handle", b""),
        lambda key: setattr(key, "id", b"another"),
    ],
)
def test_a_false_passkey_opens_nothing(client, key, spoil):
    spoil(key)

    assert sign_in_with(client, key).status_code == 302

    assert not is_signed_in(client)
    refused = Change.objects.filter(action=Change.Action.REFUSAL).latest("id")
    assert refused.changes == {"reason": [None, "wrong_passkey"]}


def test_a_deactivated_person_s_passkey_opens_nothing(client, user, key):
    user.is_active = False
    user.save()

    sign_in_with(client, key)

    assert not is_signed_in(client)


def test_passkeys_cannot_be_tried_out(client, key):
    key.private_key = SoftKey().private_key
    for _ in range(12):
        response = sign_in_with(client, key, {"publicKey": {"challenge": "AAAA"}})

    assert response.status_code == 429


def test_somebody_confirms_with_a_passkey(client, user, key):
    sign_in_with(client, key)
    url = reverse("mfa_reauthenticate_webauthn")

    client.post(url, {"credential": key.get(begin(client, url))})

    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_a_key_is_renamed_within_bounds(client, user):
    key = give_key(user)
    enter_password(client, user)
    client.force_login(user)
    confirm(client)
    url = reverse("mfa_edit_webauthn", args=[key.pk])

    client.post(url, {"name": "Blue key"})
    client.post(url, {"name": "x" * 101})

    key.refresh_from_db()
    assert key.data["name"] == "Blue key"
