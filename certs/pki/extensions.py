"""The extensions of a certificate that say whom it serves (RFC 5280 section 4.2)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from ipaddress import ip_address

from certs.pki import asn1
from certs.pki.oids import KEY_PURPOSES
from certs.pki.problem import Problem

MAX_NAMES = 10_000
MAX_PURPOSES = 100

_BASIC_CONSTRAINTS = "2.5.29.19"
_SUBJECT_ALTERNATIVE_NAME = "2.5.29.17"
_EXTENDED_KEY_USAGE = "2.5.29.37"
_DNS_NAME, _IP_ADDRESS = 0x82, 0x87
_READABLE_DNS_NAME = re.compile(rb"[!-~]{1,255}")

UNREADABLE = Problem(
    code="unreadable-extension",
    sentence="An extension of the certificate cannot be read.",
)
_DUPLICATE = Problem(
    code="duplicate-extension",
    sentence="The certificate has an extension twice; the first one is shown.",
)
_BAD_NAME = Problem(
    code="bad-name",
    sentence="The certificate has alternative names that no host can have;"
    " they are left out.",
)
_TOO_MANY_NAMES = Problem(
    code="too-many-names",
    sentence=f"The certificate has more than {MAX_NAMES:,} names;"
    " the rest is left out.",
)
_NO_ALTERNATIVE_NAME = Problem(
    code="no-subject-alternative-name",
    sentence="The certificate has no subject alternative name,"
    " so no client will accept it for any host.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extensions:
    """What the extensions say; names in the certificate's order, without repeats."""

    dns_names: tuple[str, ...] = ()
    ip_addresses: tuple[str, ...] = ()
    extended_key_usage: tuple[str, ...] = ()
    is_ca: bool = False
    problems: tuple[Problem, ...] = ()


def read_extensions(elements: Iterable[asn1.Element]) -> Extensions:
    """Return what the given Extension elements say; nothing is raised.

    An extension that cannot be read is a problem and leaves its fields empty.
    """
    found: dict[str, bytes] = {}
    problems: list[Problem] = []
    for element in elements:
        try:
            kind, *_critical, value = asn1.children(element)
            name, octets = asn1.oid(kind), asn1.content(value, tag=asn1.OCTET_STRING)
        except ValueError:  # DerError, or fewer than two elements
            problems.append(UNREADABLE)
            continue
        if name in found:
            problems.append(_DUPLICATE)
        found.setdefault(name, octets)
    result = Extensions(problems=tuple(problems))
    for name, reader in _READERS.items():
        if name in found:
            try:
                result = reader(result, asn1.read(found[name]))
            except asn1.DerError:
                result = _with(result, UNREADABLE)
    if _SUBJECT_ALTERNATIVE_NAME not in found and not result.is_ca:
        result = _with(result, _NO_ALTERNATIVE_NAME)
    return result


def _with(result: Extensions, *problems: Problem) -> Extensions:
    return replace(result, problems=(*result.problems, *problems))


def _basic_constraints(result: Extensions, element: asn1.Element) -> Extensions:
    """RFC 5280 section 4.2.1.9: cA is the first element, absent when false."""
    parts = asn1.children(element)
    is_ca = bool(parts) and parts[0].tag == asn1.BOOLEAN and any(parts[0].content)
    return replace(result, is_ca=is_ca)


def _extended_key_usage(result: Extensions, element: asn1.Element) -> Extensions:
    """RFC 5280 section 4.2.1.12."""
    oids = [asn1.oid(part) for part in asn1.children(element)[:MAX_PURPOSES]]
    purposes = (KEY_PURPOSES.get(oid, oid) for oid in oids)
    return replace(result, extended_key_usage=tuple(dict.fromkeys(purposes)))


def _subject_alternative_name(result: Extensions, element: asn1.Element) -> Extensions:
    """RFC 5280 section 4.2.1.6. Only host names and IP addresses are kept."""
    names = asn1.children(element)
    dns_names: dict[str, None] = {}
    ip_addresses: dict[str, None] = {}
    problems = [_TOO_MANY_NAMES] if len(names) > MAX_NAMES else []
    for name in names[:MAX_NAMES]:
        if name.tag == _DNS_NAME and _READABLE_DNS_NAME.fullmatch(name.content):
            dns_names[name.content.decode("ascii").lower()] = None
        elif name.tag == _IP_ADDRESS and len(name.content) in {4, 16}:
            ip_addresses[str(ip_address(name.content))] = None
        elif name.tag in {_DNS_NAME, _IP_ADDRESS} and _BAD_NAME not in problems:
            problems.append(_BAD_NAME)
    named = replace(
        result, dns_names=tuple(dns_names), ip_addresses=tuple(ip_addresses)
    )
    return _with(named, *problems)


_READERS = {
    _BASIC_CONSTRAINTS: _basic_constraints,
    _SUBJECT_ALTERNATIVE_NAME: _subject_alternative_name,
    _EXTENDED_KEY_USAGE: _extended_key_usage,
}
