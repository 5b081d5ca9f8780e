"""Links by which people choose a password anew.

They go to confirmed addresses alone, lead to this site whatever a request says, and
work once, for an hour.
"""

from allauth.account.adapter import get_adapter
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage

from accounts.models import User
from accounts.services import addresses, changes, letters


class NoWayInError(Exception):
    """A link would not let this person in."""


def send_link(user: User) -> None:
    """Mail `user`, and nobody else, a link; who has no password yet gets a first one.

    Raises NoWayInError for who may not sign in by a password.
    """
    problem = _problem(user)
    if problem:
        raise NoWayInError(f"{problem}: no link was sent.")
    changes.record(changes.Action.LINK, about=user)
    letters.post(_letter(user))


def send_if_known(address: str) -> None:
    """Mail a link to whose confirmed address this is, for whoever asks for it.

    Who may not sign in, or signs in elsewhere and has no password here, gets none. The
    work is the same whoever it is, so that time does not tell who has an account: the
    change log has an entry either way.
    """
    owner = addresses.held([address]).get(address.lower())
    user = User.objects.filter(pk=owner, is_active=True, email=address).first()
    known = user is not None and user.has_usable_password() and settings.LOCAL_PASSWORDS
    letter = _letter(user if user is not None and known else User(email=address))
    if user is not None and known:
        changes.record(changes.Action.LINK, about=user)
        letters.post(letter)
    else:
        changes.record_refusal(user, reason="no link for a new password")


def _problem(user: User) -> str:
    if not user.is_active:
        return f"{user} is deactivated"
    if not settings.LOCAL_PASSWORDS:
        return "Nobody has a password here"
    if addresses.held([user.email]).get(user.email.lower()) != user.pk:
        return f"{user} has not confirmed {user.email or 'a mail address'}"
    return ""


def _letter(user: User) -> EmailMessage:
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    door = get_adapter()
    url = door.get_reset_password_from_key_url(key)
    message: EmailMessage = door.render_mail(
        "account/email/password_reset_key",
        user.email,
        {"user": user, "password_reset_url": url},
    )
    return message
