"""allauth's forms in our words."""

from typing import Any

from allauth.account import forms as door
from django import forms
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest

from accounts.services import resets

LABELS = {
    "login": "User name or mail address",
    "username": "User name",
    "password": "Password",
    "remember": "Keep me signed in",
    "email": "Mail address",
    "oldpassword": "Current password",
    "password1": "New password",
    "password2": "New password again",
}
LONGEST_ADDRESS = 254


class OurWords:
    """Labels as the rest of the site has them, and no placeholders that repeat them."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)


class SignInForm(OurWords, door.LoginForm):
    """Name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login = self.fields["login"]
        login.validators.append(MaxLengthValidator(LONGEST_ADDRESS))
        login.widget.attrs.update(
            autocomplete="username", autofocus=True, maxlength=LONGEST_ADDRESS
        )
        self.fields["password"].help_text = ""  # the page has the link


class AgainForm(OurWords, door.ReauthenticateForm):
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class NewPasswordForm(OurWords, door.ChangePasswordForm):
    """A new password for who knows the old one."""


class FirstPasswordForm(OurWords, door.SetPasswordForm):
    """A password for who has signed in without one so far."""


class ResetPasswordForm(OurWords, door.ResetPasswordKeyForm):
    """A new password for who followed a link."""


class ResetForm(OurWords, door.ResetPasswordForm):
    """Whose password is to be reset."""

    def clean_email(self) -> str:
        """Take any address: whether it is known is not for this form to show.

        allauth looks in addresses that wait to be confirmed, too: a link to one of
        these would give the account to whoever asked for the change.
        """
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email = str(self.cleaned_data["email"])
        resets.send_if_known(email)
        return email


class ChangeAddressForm(OurWords, door.AddEmailForm):
    """A new mail address, which counts when it is confirmed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "New mail address"
