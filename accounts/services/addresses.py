"""Which mail addresses are known to be somebody's."""

from collections.abc import Collection
from uuid import UUID

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


def held(emails: Collection[str], *, but_for: UUID | None = None) -> dict[str, UUID]:
    """Return those of `emails` that are confirmed as somebody's, and whose."""
    wanted = [email.lower() for email in emails]
    rows = EmailAddress.objects.filter(email__in=wanted, verified=True)
    if but_for is not None:
        rows = rows.exclude(user_id=but_for)
    return dict(rows.values_list("email", "user_id"))
