"""Links with which people give themselves a new password."""

from allauth.account.forms import ResetPasswordForm
from django.http import HttpRequest

from accounts.models import User


class NoWayInError(Exception):
    """A link would not let this person in."""


def send_link(user: User, *, request: HttpRequest) -> None:
    """Mail `user`, and nobody else, a link that works once; only they see it.

    Raises NoWayInError for who is deactivated.
    """
    if not user.is_active:
        raise NoWayInError(f"{user} is deactivated: no link was sent.")
    form = ResetPasswordForm({"email": user.email})
    form.is_valid()
    form.users = [user]  # this account, not all that ever had the address
    form.save(request)
