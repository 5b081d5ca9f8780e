"""Who asks: an API token or an access token, both as `Authorization: Bearer`.

Browsers on our pages have their session instead, with Django's protection against
forged requests (rest_framework's SessionAuthentication).
"""

from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import (
    AuthenticationFailed,
    PermissionDenied,
    Throttled,
)
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework_simplejwt.tokens import AccessToken

from accounts import networks, requests
from accounts.api.throttles import AddressThrottle
from accounts.models import ApiToken, User
from accounts.services import factors, sign_ins, tokens
from accounts.token_text import MARK

Proof = ApiToken | AccessToken


class InvalidToken(AuthenticationFailed):
    """The same for a token that is wrong, over, revoked, or not for this address."""

    default_detail = "The token is not valid, or no longer."
    default_code = "invalid_token"


class ReadOnlyToken(PermissionDenied):
    """Refused here and not by a permission: no view can forget to ask."""

    default_detail = "This API token can only read."
    default_code = "read_only_token"


class FactorMissing(PermissionDenied):
    """A token from before its person's role took a second factor opens nothing."""

    default_detail = "Your role needs a second factor: set one up on the site."
    default_code = "second_factor_required"


class BearerAuthentication(BaseAuthentication):
    """Finds the person behind a token; `request.auth` becomes the token."""

    @sensitive_variables("text")
    def authenticate(self, request: Request) -> tuple[User, Proof] | None:
        """Return person and token, None without any.

        Raises InvalidToken, after many of them Throttled; FactorMissing and
        ReadOnlyToken.
        """
        header = request.headers.get("authorization", "")
        scheme, _, text = header.partition(" ")
        if scheme.lower() != "bearer":  # RFC 9110, 11.1: whatever its case
            return None
        found = self._find(text.strip(), request)
        if found is None:
            throttle = AddressThrottle()
            if not throttle.allow_request(request, None):  # type: ignore[arg-type]  # there is no view yet
                raise Throttled(throttle.wait())
            raise InvalidToken
        user, proof = found
        if factors.is_required(user) and not user.has_second_factor():
            raise FactorMissing
        if (
            isinstance(proof, ApiToken)
            and proof.is_read_only
            and request.method not in SAFE_METHODS
        ):
            raise ReadOnlyToken
        return found

    def authenticate_header(self, request: Request) -> str:
        """Return what 401 says in WWW-Authenticate (RFC 6750, 3)."""
        return 'Bearer realm="certdesk"'

    @sensitive_variables("text")
    def _find(self, text: str, request: Request) -> tuple[User, Proof] | None:
        if not text.startswith(MARK):
            return sign_ins.find(text)
        token = tokens.find(
            text,
            address=networks.address(requests.address(request)),
            now=timezone.now(),
        )
        return None if token is None else (token.user, token)
