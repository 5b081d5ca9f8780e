"""Who comes in: our answers to what allauth asks about accounts."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Door(DefaultAccountAdapter):
    """Accounts are given by administrators; nobody registers by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether a stranger may register."""
        return False
