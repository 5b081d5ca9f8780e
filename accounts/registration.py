"""Registering by oneself, where that is open. allauth confirms the address."""

from typing import Any

from allauth.account.forms import SignupForm
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from accounts.forms.door import OurWords
from accounts.models import User
from accounts.roles import Role
from accounts.services import people


class RegistrationForm(OurWords, SignupForm):
    """Makes a Viewer in no team, until an administrator says more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = "Password"
        self.fields["password2"].label = "Password again"
        domains = settings.REGISTRATION_DOMAINS
        if domains:
            self.fields["email"].help_text = f"An address of {' or '.join(domains)}."

    def clean_email(self) -> str:
        """Take addresses of the domains that may register; of any if none are named."""
        email: str = super().clean_email()
        domains = settings.REGISTRATION_DOMAINS
        if domains and email.rpartition("@")[2].lower() not in domains:
            problem = f"Only addresses of {' or '.join(domains)} can register."
            raise ValidationError(problem)
        return email

    def save(self, request: HttpRequest) -> User:
        with transaction.atomic():
            user: User = super().save(request)
            return people.save_user(user, role=Role.VIEWER, teams=[])
