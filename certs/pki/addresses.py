"""What people paste for "which host": names, URLs, host:port, IP addresses."""

import re
from dataclasses import dataclass
from ipaddress import ip_address

from certs.pki import hostnames

MIN_PORT = 1
MAX_PORT = 65535
MAX_CHARACTERS = 2_000
_PORT_DIGITS = 5

# TLS from the first byte: IANA's service names and port numbers. Any other scheme says
# nothing about a port, http and the STARTTLS protocols included.
_TLS_PORTS = {
    "https": 443,
    "wss": 443,
    "ldaps": 636,
    "smtps": 465,
    "submissions": 465,
    "imaps": 993,
    "pop3s": 995,
    "ftps": 990,
    "nntps": 563,
    "sips": 5061,
    "ircs": 6697,
    "amqps": 5671,
    "mqtts": 8883,
    "rediss": 6379,
}
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://(.*)", re.IGNORECASE | re.DOTALL)
_AUTHORITY_END = re.compile(r"[/?#\\]")
_NETWORK = re.compile(r"[0-9a-f.:]+/\d+", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s,;|]+")
_BRACKETED = re.compile(r"\[([^\[\]]*)\](?::(.*))?", re.DOTALL)


class InvalidAddressError(ValueError):
    """The text does not name one host; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A host as `hostnames.to_ascii` spells it, and the port if one is known."""

    host: str
    port: int | None


def parse_address(text: str) -> Address:
    """Return the host and port in what a person pasted.

    Takes names, IP addresses (IPv6 with or without brackets), host:port and URLs, of
    which the scheme gives the port where it means TLS (`ldaps` 636), and user, path
    and query are dropped. Raises InvalidAddressError. RFC 3986 section 3.2.
    """
    trimmed = text.strip()
    if not trimmed:
        raise InvalidAddressError("Give a host name or an IP address.")
    if len(trimmed) > MAX_CHARACTERS:
        raise InvalidAddressError("This is too long for the address of one host.")
    scheme, authority = _authority(trimmed)
    host, port = _split(authority)
    if "*" in host:
        raise InvalidAddressError(
            "A wildcard is no host; give one host that the certificate covers."
        )
    try:
        name = hostnames.to_ascii(host)
    except hostnames.InvalidHostError as error:
        raise InvalidAddressError(str(error)) from error
    given = _TLS_PORTS.get(scheme) if port is None else _port(port)
    return Address(host=name, port=given)


def _authority(text: str) -> tuple[str, str]:
    """Return the lower-case scheme ('' if none) and the host with its port."""
    match = _SCHEME.fullmatch(text)
    if match:
        scheme, rest = match[1].lower(), match[2]
        authority = _AUTHORITY_END.split(rest, maxsplit=1)[0].rpartition("@")[2]
    else:
        scheme, rest = "", text.removeprefix("//")
        if _NETWORK.fullmatch(rest):
            raise InvalidAddressError("This is a network; give one address in it.")
        authority = _AUTHORITY_END.split(rest, maxsplit=1)[0]
        if "@" in authority:
            raise InvalidAddressError("This is a mail address; give the host alone.")
    _refuse_several(authority)
    return scheme, authority


def _refuse_several(authority: str) -> None:
    """Raise InvalidAddressError when there is no host, or a space, or several hosts."""
    parts = [part for part in _SEPARATORS.split(authority) if part]
    if not parts:
        raise InvalidAddressError("The host is missing.")
    if len(parts) > 1 and all("." in part or "::" in part for part in parts):
        raise InvalidAddressError("These are several hosts; give one at a time.")
    if parts != [authority]:
        raise InvalidAddressError("An address has no spaces and no commas in it.")


def _split(authority: str) -> tuple[str, str | None]:
    """Return the host and the text of the port, None when there is no colon."""
    match = _BRACKETED.fullmatch(authority)
    if match:
        return _ipv6(match[1]), match[2]
    if authority.count(":") > 1:
        return _ipv6(authority), None
    host, colon, port = authority.partition(":")
    return host, port if colon else None


def _ipv6(text: str) -> str:
    try:
        is_ipv6 = ip_address(text).version == 6  # noqa: PLR2004 - the protocol's number
    except ValueError:
        is_ipv6 = False
    if not is_ipv6:
        raise InvalidAddressError(
            "This is no IPv6 address; with a port it is written [2001:db8::1]:443."
        )
    return text


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise InvalidAddressError("The port after the colon is not a number.")
    port = int(text[:_PORT_DIGITS])
    if len(text) > _PORT_DIGITS or not MIN_PORT <= port <= MAX_PORT:
        raise InvalidAddressError(f"A port is from {MIN_PORT} to {MAX_PORT}.")
    return port
