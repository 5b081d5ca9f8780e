"""How often anybody may ask. The numbers are settings (project/api.py)."""

from typing import Any

from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import SimpleRateThrottle

from accounts import networks, requests
from accounts.models import ApiToken, User


class Throttle(SimpleRateThrottle):
    """So many requests in a minute, counted in the cache that all processes share."""

    def get_rate(self) -> str:
        """Return the rate of today's settings."""
        return str(api_settings.DEFAULT_THROTTLE_RATES[str(self.scope)])


class PersonThrottle(Throttle):
    """Counts a person's sessions and sign-ins together, each API token by itself."""

    scope = "person"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        user = request.user
        if not isinstance(user, User):
            return None
        ident = request.auth.pk if isinstance(request.auth, ApiToken) else user.pk
        return self.cache_format % {"scope": self.scope, "ident": ident}


class AddressThrottle(Throttle):
    """Counts who is not known by address, in IPv6 by the network of the address."""

    scope = "address"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        # What is behind the door has been opened: PersonThrottle counts it.
        if view is not None and isinstance(request.user, User):
            return None
        address = networks.address(requests.address(request))
        ident = "unknown" if address is None else networks.neighbourhood(address)
        return self.cache_format % {"scope": self.scope, "ident": ident}


class SignInThrottle(AddressThrottle):
    """Counts tries to sign in."""

    scope = "sign-in"
