"""Who a name and a password belong to, and what they may do."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.models import User


class PasswordBackend(ModelBackend):
    """By user name or mail address; a password is hashed once, whoever is asked for.

    allauth's own backend hashes once more for a known mail address than for an unknown
    one, which tells them apart, and Django's beside it makes every sign-in cost double.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **others: Any,
    ) -> User | None:
        name = username or others.get("email")
        if not name or password is None:
            return None
        user = User.objects.known_as(name)
        if user is None:
            User().set_password(password)  # takes as long as to check one
            return None
        # The password first: a deactivated account takes as long as any other.
        fits = user.check_password(password)
        return user if fits and self.user_can_authenticate(user) else None


class RightsBackend(ModelBackend):
    """Roles and permissions as ever, but no password of ours opens the door."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **others: Any,
    ) -> None:
        return None
