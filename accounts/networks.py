"""Addresses and the networks they are in, for people who may come from some only."""

import ipaddress
from collections.abc import Iterable

from django.core.exceptions import ValidationError

MOST = 20  # networks in a list

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def address(text: str) -> Address | None:
    """Return the address in `text`, None if it is none.

    An IPv4 address that comes through an IPv6 socket (::ffff:192.0.2.1, RFC 4291,
    2.5.5.2) is the IPv4 address.
    """
    try:
        found = ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def parse(text: str) -> list[str]:
    """Return the networks in `text`, apart by commas or white space, as they are kept.

    Raises ValidationError naming the first that is none.
    """
    words = text.replace(",", " ").split()
    if len(words) > MOST:
        raise ValidationError(f"No more than {MOST} networks.", code="too_many")
    return list(dict.fromkeys(str(_network(word)) for word in words))


def validate(kept: object) -> None:
    """Raise ValidationError unless `kept` is a list of networks as `parse` gives it."""
    if not isinstance(kept, list) or not all(isinstance(one, str) for one in kept):
        raise ValidationError("This is no list of networks.", code="no_network")
    if parse(" ".join(kept)) != kept:
        raise ValidationError("These are no networks.", code="no_network")


def include(kept: Iterable[str], address: Address | None) -> bool:
    """Whether `address` is in one of the networks; an unknown address never is."""
    return address is not None and any(
        address in ipaddress.ip_network(network) for network in kept
    )


def neighbourhood(address: Address) -> str:
    """Return what a visitor is counted by: the address, of IPv6 the /64 (RFC 6177).

    Whoever has one address of a /64 has the other 2**64 as well.
    """
    length = 64 if address.version == 6 else 32  # noqa: PLR2004 - the two versions
    return str(ipaddress.ip_network((address, length), strict=False))


def _network(word: str) -> Network:
    try:
        network = ipaddress.ip_network(word)
    except ValueError as error:
        message = "“%(word)s” is no network such as 10.0.0.0/8 or 2001:db8::/32."
        params = {"word": word[:60]}
        raise ValidationError(message, code="no_network", params=params) from error
    return network
