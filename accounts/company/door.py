"""Who comes in by the company's sign-in: our answers to what allauth asks."""

import logging
from typing import Any, NoReturn

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthError, AuthProcess
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render

from accounts.company import claims
from accounts.company.claims import ClaimsError
from accounts.company.session import ProviderSession
from accounts.models import User
from accounts.services import membership

logger = logging.getLogger(__name__)


class CompanyDoor(DefaultSocialAccountAdapter):
    """Accounts, roles and teams as the provider's claims have them."""

    def get_requests_session(self) -> ProviderSession:
        return ProviderSession()

    def list_apps(self, request: HttpRequest, **which: Any) -> list[Any]:
        """Take the provider of the settings, and none from the admin."""
        return [app for app in super().list_apps(request, **which) if not app.pk]

    def is_open_for_signup(
        self, request: HttpRequest, sociallogin: SocialLogin
    ) -> bool:
        """Whether the provider's people get accounts by themselves."""
        return bool(settings.OIDC_CREATE_ACCOUNTS)

    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]
    ) -> Any:
        user = super().populate_user(request, sociallogin, data)
        name = data.get("name")
        user.display_name = name[:100] if isinstance(name, str) else ""
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Refuse who has no business here; let role and teams follow the claims."""
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            return
        user = sociallogin.user if sociallogin.is_existing else None
        groups = claims.groups(sociallogin.claims, settings.OIDC_CLAIM)
        mapping = settings.OIDC_MAPPING
        if user is None:
            self._require_an_address(request, sociallogin)
            if mapping.role(groups or (), held=[]) is None:
                _refuse(request, "groups")
        elif groups is not None and user.is_active:
            try:
                membership.follow(user, groups, mapping=mapping)
            except membership.NotEntitledError:
                _refuse(request, "groups")

    def _require_an_address(
        self, request: HttpRequest, sociallogin: SocialLogin
    ) -> None:
        """Refuse a new account without one; tell its owner that it is taken."""
        if not sociallogin.email_addresses:
            _refuse(request, "address")
        for address in sociallogin.email_addresses:
            taken = User.objects.filter(email=address.email).exists()
            if address.verified and taken:
                _refuse(request, "taken")

    def save_user(
        self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None
    ) -> User:
        """Make the account, with the role and the teams of its groups."""
        groups = claims.groups(sociallogin.claims, settings.OIDC_CLAIM)
        try:
            with transaction.atomic():
                user: User = super().save_user(request, sociallogin, form)
                membership.follow(user, groups or (), mapping=settings.OIDC_MAPPING)
        except membership.NotEntitledError:
            _refuse(request, "groups")
        return user

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        """Say in the log what went wrong, and to the person what to do."""
        if error == AuthError.CANCELLED:
            return
        # Other errors may hold what the provider has sent, tokens among it.
        reason = str(exception) if isinstance(exception, ClaimsError) else ""
        kind = type(exception).__name__ if exception else "no answer to our question"
        logger.warning("The company's sign-in failed: %s %s", kind, reason)
        is_away = isinstance(exception, requests.RequestException)
        context = {"name": provider.name, "is_away": is_away}
        raise ImmediateHttpResponse(
            render(
                request,
                "socialaccount/authentication_error.html",
                context,
                status=503 if is_away else 401,
            )
        )


def _refuse(request: HttpRequest, reason: str) -> NoReturn:
    context = {"reason": reason}
    page = render(request, "socialaccount/refused.html", context, status=403)
    raise ImmediateHttpResponse(page)
