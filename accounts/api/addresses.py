"""Where a request comes from."""

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts import networks


def address_of(request: Request) -> networks.Address | None:
    """Return the visitor's address, None if it is unknown (a socket of this machine).

    Behind a proxy (NUM_PROXIES) it is what the proxy says, else who is connected.
    """
    return networks.address(BaseThrottle().get_ident(request) or "")
