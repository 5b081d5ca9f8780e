"""Host names: their one spelling, and which certificate covers them (RFC 9525)."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address

import idna

MAX_NAME_CHARACTERS = 253
MAX_LABEL_CHARACTERS = 63

# Letters, digits and hyphens (RFC 1123 section 2.1), and the underscore that internal
# hosts use although no host name should.
_LDH = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_LABEL, _NAME = re.compile(_LDH), re.compile(rf"{_LDH}(?:\.{_LDH})*")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_A_LABEL_PREFIX = "xn--"


class InvalidHostError(ValueError):
    """The text is neither a host name nor an IP address; the message says why."""


def to_ascii(host: str) -> str:
    """Return the one spelling of `host`: lower-case A-labels, or a normal IP literal.

    A dot at the end is dropped, underscores are allowed, IPv6 has no brackets. Raises
    InvalidHostError. IDNA 2008 (RFC 5891) with the mapping of UTS 46; RFC 5952.
    """
    if len(host) > MAX_NAME_CHARACTERS * 4:
        raise InvalidHostError("A host name has at most 253 characters.")
    literal = _ip_literal(host)
    if literal is not None:
        if isinstance(literal, IPv6Address) and literal.scope_id:
            raise InvalidHostError(
                "An IPv6 address with a zone works on one host only."
            )
        return str(literal)
    name = _mapped(host).removesuffix(".")
    if not _NAME.fullmatch(name):  # most do, and need no look at each label
        name = ".".join(_ascii_label(label) for label in name.split("."))
    if len(name) > MAX_NAME_CHARACTERS:
        raise InvalidHostError("A host name has at most 253 characters.")
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        raise InvalidHostError(
            "This looks like an IPv4 address, but it is not four numbers up to 255."
        )
    return name


def to_unicode(host: str) -> str:
    """Return `host` with its A-labels as people write them, for display only.

    What cannot be turned back stays as it is; nothing is raised. RFC 5891 section 5.
    """
    return ".".join(_unicode_label(label) for label in host.split("."))


def covering_name(
    host: str, *, dns_names: Iterable[str], ip_addresses: Iterable[str]
) -> str | None:
    """Return the presented identifier that covers `host`, or None.

    Case and a dot at the end do not matter. An asterisk counts only as the whole
    left-most label, for exactly one label, and above two labels or more. IP addresses
    are compared as addresses, and with `ip_addresses` only. RFC 9525 section 6.
    """
    try:
        name = to_ascii(host)
    except InvalidHostError:
        return None
    literal = _ip_literal(name)
    if literal is not None:
        same = (each for each in ip_addresses if _ip_literal(each) == literal)
        return next(same, None)
    presented = {each.lower().removesuffix("."): each for each in dns_names}
    _first, _dot, parent = name.partition(".")
    wildcard = presented.get(f"*.{parent}") if "." in parent else None
    return presented.get(name, wildcard)


def _ip_literal(text: str) -> IPv4Address | IPv6Address | None:
    if ":" not in text and not text[-1:].isdigit():
        return None  # most names, and an exception is dear
    try:
        return ip_address(text)
    except ValueError:
        return None


def _mapped(host: str) -> str:
    """Return `host` in lower case, as UTS 46 section 5 has it; may raise the error."""
    if host.isascii():
        return host.lower()  # which is the same, and half of what a check spends here
    try:
        return idna.uts46_remap(host, std3_rules=False)
    except idna.IDNAError as error:
        raise InvalidHostError(
            "The host name has characters that no host name can have."
        ) from error


def _ascii_label(label: str) -> str:
    """Return the A-label or the plain label, or raise InvalidHostError."""
    if not label:
        raise InvalidHostError("A host name has no empty part between its dots.")
    if not label.isascii():
        try:
            return idna.alabel(label).decode("ascii")
        except idna.IDNAError as error:
            raise InvalidHostError(
                "A part of the host name breaks the rules for international names."
            ) from error
    if len(label) > MAX_LABEL_CHARACTERS:
        raise InvalidHostError("A part of a host name has at most 63 characters.")
    if not _LABEL.fullmatch(label):
        raise InvalidHostError(
            "A host name has letters, digits, hyphens inside, and dots between."
        )
    return label


def _unicode_label(label: str) -> str:
    if not label.startswith(_A_LABEL_PREFIX):
        return label
    try:
        return idna.ulabel(label)
    except idna.IDNAError:
        return label
