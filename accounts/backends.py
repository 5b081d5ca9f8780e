"""What answers for rights where passwords are kept elsewhere."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest


class RightsBackend(ModelBackend):
    """Roles and permissions as ever, but no password of ours opens the door."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> None:
        return None
