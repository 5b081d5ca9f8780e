"""Who comes in: our answers to what allauth asks about accounts."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class Door(DefaultAccountAdapter):
    """Accounts are given by administrators, unless registration is open."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether a stranger may register."""
        return bool(settings.REGISTRATION_OPEN)
