"""Through the door in tests: password, codes as an app computes them, confirmation."""

import base64
import hmac
import json
import struct
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.urls import reverse

from accounts.tests.factories import PASSWORD
from accounts.tests.soft_key import SoftKey, to_text

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def one_time_code(secret=SECRET, *, ahead=0, at=None):
    """RFC 6238: the code of this half minute, of one `ahead`, or of the step `at`."""
    step = int(time.time()) // 30 + ahead if at is None else at
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def give_app(user, secret=SECRET):
    return TOTP.activate(user, secret).instance


def give_codes(user):
    return RecoveryCodes.activate(user)


def give_key(user, name="Key", *, key=None):
    """A key in the database; `key` can sign with it."""
    wanted = {"user": {"id": to_text(str(user.pk).encode())}, "challenge": "AAAA"}
    credential = json.loads((key or SoftKey()).create({"publicKey": wanted}))
    return Authenticator.objects.create(
        user=user, type="webauthn", data={"name": name, "credential": credential}
    )


def enter_password(client, user, *, password=PASSWORD):
    return client.post(
        reverse("account_login"), {"login": user.username, "password": password}
    )


def enter_code(client, code):
    return client.post(reverse("mfa_authenticate"), {"code": code})


def confirm(client, *, password=PASSWORD):
    """Show again that it is you, as sensitive pages ask."""
    return client.post(reverse("account_reauthenticate"), {"password": password})


def is_signed_in(client):
    return "_auth_user_id" in client.session


def set_up_app(client):
    """Return the secret that the page shows, taken up by an app."""
    url = reverse("mfa_activate_totp")
    secret = client.get(url).context["form"].secret
    response = client.post(url, {"code": one_time_code(secret)}, follow=True)
    assert "Recovery codes" in response.text
    return secret
