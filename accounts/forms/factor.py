"""Codes and passkeys as they come from browsers: hostile until proven."""

import logging
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.adapter import get_adapter as get_door
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import (
    AuthenticateForm,
    BaseAuthenticateForm,
    ReauthenticateForm,
)
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms

from accounts.sealing import UnreadableSecretError
from accounts.services import changes, codes, factors

logger = logging.getLogger(__name__)

CREDENTIAL_LIMIT = 20_000  # characters; browsers send some 2,000
NAME_LIMIT = 100
# What the decoders of JSON, CBOR and keys raise for what is none.
MALFORMED = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
)


class CredentialField(forms.JSONField):
    """What a browser says about a passkey, as JSON of a bounded size."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > CREDENTIAL_LIMIT:
            raise get_adapter().validation_error("incorrect_code")
        with _hostile():
            return super().to_python(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Never show an answer again: it counts once."""
        return initial


def _code_field() -> forms.CharField:
    return forms.CharField(
        label="Code",
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autofocus": True,
                "inputmode": "numeric",
                "spellcheck": "false",
            }
        ),
    )


class _OnceForm(BaseAuthenticateForm):
    """Takes each code of an app once."""

    code = _code_field()

    def clean_code(self) -> str:
        try:
            return self._checked()
        except forms.ValidationError:
            changes.record_refusal(self.user, reason="wrong_code")
            raise

    def _checked(self) -> str:
        try:
            if not codes.claim(self.user, self.cleaned_data["code"]):
                check_rate_limit(self.user)  # a used code counts as a wrong one
                raise get_adapter().validation_error("incorrect_code")
            code: str = super().clean_code()
        except UnreadableSecretError as error:
            logger.exception("The secrets of %s cannot be opened.", self.user.pk)
            raise get_adapter().validation_error("unreadable_secret") from error
        return code

    def save(self) -> None:
        super().save()
        if self.authenticator.type == Authenticator.Type.RECOVERY_CODES:
            left = factors.state(self.user).codes_left
            get_door().send_notification_mail(
                "mfa/email/recovery_code_used", self.user, {"left": left}
            )


class CodeForm(_OnceForm, AuthenticateForm):
    """The second step of signing in."""


class ConfirmCodeForm(_OnceForm, ReauthenticateForm):
    """Somebody who is signed in shows again that it is them."""


class ActivateAppForm(ActivateTOTPForm):
    """The first code of an app, which shows that it has the secret."""

    code = _code_field()

    def clean_code(self) -> str:
        code: str = super().clean_code()
        if not codes.claim_step(self.user, self.secret, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class AddPasskeyForm(AddWebAuthnForm):
    """A new passkey or security key."""

    name = forms.CharField(
        max_length=NAME_LIMIT,
        required=False,
        help_text="To tell your keys apart, such as “Laptop” or “Blue key”.",
    )
    credential = CredentialField()
    passwordless = forms.BooleanField(
        label="Sign in with it alone",
        required=False,
        initial=True,
        help_text="Instead of user name and password. The key then asks for your "
        "finger, face or PIN.",
    )

    def clean(self) -> dict[str, Any]:
        with _hostile():
            cleaned: dict[str, Any] = super().clean()
            return cleaned


class EditPasskeyForm(EditWebAuthnForm):
    """Another name for a key."""

    name = forms.CharField(max_length=NAME_LIMIT)


class _PasskeyForm(AuthenticateWebAuthnForm):
    credential = CredentialField()

    def clean_credential(self) -> Authenticator:
        try:
            with _hostile():
                return super().clean_credential()
        except forms.ValidationError:
            # Who signs in by a key alone is nobody yet.
            changes.record_refusal(self.user, reason="wrong_passkey")
            raise


class PasskeyForm(_PasskeyForm):
    """The second step of signing in, with a key."""


class ConfirmPasskeyForm(_PasskeyForm, ReauthenticateWebAuthnForm):
    """Somebody who is signed in shows again that it is them, with a key."""


class SignInPasskeyForm(_PasskeyForm, LoginWebAuthnForm):
    """A passkey instead of user name and password."""


@contextmanager
def _hostile() -> Iterator[None]:
    try:
        yield
    except MALFORMED as error:
        raise get_adapter().validation_error("incorrect_code") from error
