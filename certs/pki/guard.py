"""Where a probe may connect: asked for each address, just before it is used."""

import re
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
)

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

# Never, whatever the settings say. Cloud providers answer on some of these with the
# secrets of the machine itself.
_NEVER: dict[int, tuple[tuple[IPNetwork, str], ...]] = {
    4: (
        (ip_network("0.0.0.0/8"), "an unspecified"),
        (ip_network("169.254.0.0/16"), "a link-local"),
        (ip_network("224.0.0.0/4"), "a multicast"),
        (ip_network("255.255.255.255/32"), "a broadcast"),
        (ip_network("100.100.100.200/32"), "a cloud metadata"),
        (ip_network("168.63.129.16/32"), "a cloud metadata"),
        (ip_network("192.0.0.192/32"), "a cloud metadata"),
    ),
    6: (
        (ip_network("::/128"), "an unspecified"),
        (ip_network("fe80::/10"), "a link-local"),
        (ip_network("ff00::/8"), "a multicast"),
        (ip_network("fd00:ec2::254/128"), "a cloud metadata"),
        (ip_network("fd20:ce::254/128"), "a cloud metadata"),
    ),
}
# IPv6 addresses that end in the IPv4 address they lead to: the deprecated
# IPv4-compatible ones (RFC 4291 section 2.5.5.1) and NAT64 (RFC 6052, RFC 8215).
_ENDING_IN_IPV4 = tuple(
    IPv6Network(network) for network in ("::/96", "64:ff9b::/96", "64:ff9b:1::/96")
)
_OWN_IPV6 = {IPv6Address("::"), IPv6Address("::1")}
_SEPARATORS = re.compile(r"[\s,;]+")
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """The addresses that may be connected to.

    Link-local, cloud metadata, unspecified, multicast and broadcast addresses never
    are. Loopback is with `allow_loopback`. `deny` wins over `allow`, and an `allow`
    that is not empty admits its networks only.
    """

    allow_loopback: bool = False
    allow: tuple[IPNetwork, ...] = ()
    deny: tuple[IPNetwork, ...] = ()

    def refusal(self, address: IPAddress) -> str | None:
        """Return a sentence that says why `address` is refused, or None if it is not.

        An IPv6 address that leads to an IPv4 address is judged as both.
        """
        refusals = (self._refusal(each) for each in _leads_to(address))
        return next((refusal for refusal in refusals if refusal), None)

    def _refusal(self, address: IPAddress) -> str:
        for network, kind in _NEVER[address.version]:
            if address in network:
                return f"{address} is {kind} address, which is never connected to."
        if address.is_loopback and not self.allow_loopback:
            return f"{address} is a loopback address, which is not allowed."
        if any(address in network for network in self.deny):
            return f"{address} is in a network that is denied."
        if self.allow and not any(address in network for network in self.allow):
            return f"{address} is in no network that is allowed."
        return ""


def parse_networks(text: str) -> tuple[IPNetwork, ...]:
    """Return the networks in `text`, which spaces, commas or new lines part.

    A single address is a network of one. Raises ValueError naming the first item that
    is neither, or that has bits set behind its prefix. RFC 4632 section 3.1.
    """
    networks = []
    for item in filter(None, _SEPARATORS.split(text)):
        try:
            networks.append(ip_network(item))
        except ValueError as error:
            shown = ascii(item[:_SHOWN_CHARACTERS])
            raise ValueError(f"{shown} is not a network like 10.0.0.0/8.") from error
    return tuple(networks)


def _leads_to(address: IPAddress) -> tuple[IPAddress, ...]:
    """Return the addresses that a connection to `address` may end at."""
    if isinstance(address, IPv4Address) or address in _OWN_IPV6:
        return (address,)
    if address.ipv4_mapped:  # the kernel connects to the IPv4 address itself
        return (address.ipv4_mapped,)
    if address.sixtofour:
        return (address, address.sixtofour)
    if any(address in network for network in _ENDING_IN_IPV4):
        return (address, IPv4Address(address.packed[-4:]))
    return (address,)
