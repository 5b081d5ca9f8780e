"""OpenID Connect as allauth has it, stricter: nonce, signature, issuer, PKCE."""

import secrets
from typing import Any
from urllib.parse import urlsplit

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.openid_connect.provider import (
    OpenIDConnectProvider,
)
from allauth.socialaccount.providers.openid_connect.views import (
    OpenIDConnectOAuth2Adapter,
)
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.company import claims
from accounts.company.claims import ClaimsError

KEPT = ("sub", "iss", "preferred_username", "name", "email", "email_verified")
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class CompanyClient(OpenIDConnectOAuth2Adapter):
    """Our side of the conversation with the provider."""

    nonce = ""  # of the question that is being answered

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself, if it is who it should be.

        The issuer must be the very one that was asked (OpenID Connect Discovery 1.0,
        4.3), and a provider with TLS leads to no address without.
        """
        if not hasattr(self, "_openid_config"):
            server_url = self.get_provider().server_url
            self._openid_config = self._discovered(server_url)
        return self._openid_config

    def _discovered(self, url: str) -> dict[str, Any]:
        found = self._json(url)
        issuer = url.removesuffix("/.well-known/openid-configuration")
        if str(found.get("issuer")).rstrip("/") != issuer.rstrip("/"):
            raise ClaimsError("The provider calls itself something else.")
        for name in (*ENDPOINTS, "userinfo_endpoint"):
            address = found.get(name)
            if address is None and name not in ENDPOINTS:
                continue
            if not _leads_as_safely(address, url):
                raise ClaimsError(f"The provider has no usable {name}.")
        return found

    def _json(self, url: str, **headers: str) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            response = session.get(url, headers=headers)
            response.raise_for_status()
            found = response.json()
        if not isinstance(found, dict):
            raise ClaimsError("The provider's answer is no object.")
        return found

    @property
    def basic_auth(self) -> bool:
        """How to show our secret; who does not say takes the header (Discovery, 3)."""
        methods = self.openid_config.get("token_endpoint_auth_methods_supported")
        return "client_secret_post" not in (methods or ["client_secret_basic"])

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """Return where people come back, at our own address whatever a request says."""
        return f"{settings.DEFAULT_HOST}{reverse('company_callback')}"

    def complete_login(
        self, request: HttpRequest, app: Any, token: Any, **kwargs: Any
    ) -> SocialLogin:
        """Verify who it is; ask for more about them where the provider has more."""
        config = self.openid_config
        said = claims.verified(
            kwargs["response"].get("id_token"),
            keys=self._json(config["jwks_uri"]),
            issuer=config["issuer"],
            client_id=app.client_id,
            nonce=self.nonce,
        )
        if config.get("userinfo_endpoint"):
            more = self._json(
                config["userinfo_endpoint"], Authorization=f"Bearer {token.token}"
            )
            if more.get("sub") != said["sub"]:  # Core, 5.3.2
                raise ClaimsError("The provider speaks of somebody else.")
            said = {**more, **said}
        login: SocialLogin = self.get_provider().sociallogin_from_response(
            request, said
        )
        login.claims = said
        return login


def _leads_as_safely(address: object, origin: str) -> bool:
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    allowed = {"https"} if origin.startswith("https://") else {"http", "https"}
    return parts.scheme in allowed and bool(parts.hostname)


class CompanyProvider(OpenIDConnectProvider):
    """The one provider that settings name."""

    oauth2_adapter_class = CompanyClient
    pkce_enabled_default = True

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:
        return reverse("company_login", query=kwargs or None)

    def get_callback_url(self) -> str:
        return reverse("company_callback")

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """Nobody asks for more by an address."""
        return list(self.get_scope())

    def get_auth_params_from_request(
        self, request: HttpRequest, action: Any
    ) -> dict[str, Any]:
        return dict(self.get_auth_params())

    def redirect(
        self,
        request: HttpRequest,
        process: Any,
        next_url: str | None = None,
        data: Any = None,
        **kwargs: Any,
    ) -> HttpResponse:
        """Lead to the provider with a nonce, which the session keeps with the state."""
        nonce = secrets.token_urlsafe(32)
        asked = {**(kwargs.pop("auth_params", None) or {}), "nonce": nonce}
        if process != AuthProcess.CONNECT:
            process = AuthProcess.LOGIN
        response: HttpResponse = super().redirect(
            request, process, next_url, data, auth_params=asked, nonce=nonce, **kwargs
        )
        return response

    def extract_uid(self, data: dict[str, Any]) -> str:
        return str(data["sub"])

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Keep what names the person, not what they are in, nor what else was said."""
        return {name: data[name] for name in KEPT if name in data}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """Only a plain "yes" means that the provider has confirmed the address."""
        confirmed = data.get("email_verified") in (True, "true")
        return list(
            super().extract_email_addresses({**data, "email_verified": confirmed})
        )


provider_classes = [CompanyProvider]
