"""Links by which people choose a password anew."""

from allauth.account.adapter import get_adapter
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.tokens import default_token_generator

from accounts.models import User
from accounts.services import letters


def send_reset_link(address: str) -> None:
    """Mail a link to whose confirmed address this is; it works once, for an hour.

    Who may not sign in, or signs in elsewhere and has no password here, gets none. The
    work is the same whoever it is, so that time does not tell who has an account.
    """
    user = User.objects.filter(email=address, is_active=True).first()
    known = user is not None and user.has_usable_password()
    person = user if user is not None and known else User(email=address)
    key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
    door = get_adapter()
    message = door.render_mail(
        "account/email/password_reset_key",
        person.email,
        {
            "user": person,
            "password_reset_url": door.get_reset_password_from_key_url(key),
        },
    )
    if known:
        letters.post(message)
