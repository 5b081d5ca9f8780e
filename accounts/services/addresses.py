"""Which mail addresses are known to be somebody's."""

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import User


def confirm(user: User) -> None:
    """Take `user.email` as confirmed, and as the only address of `user`.

    For who is known from elsewhere: somebody whom an administrator made, who followed
    an invitation, or whom the company's sign-in sent.
    """
    with transaction.atomic():
        EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
        EmailAddress.objects.update_or_create(
            user=user, email=user.email, defaults={"verified": True, "primary": True}
        )
