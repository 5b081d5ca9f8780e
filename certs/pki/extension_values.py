"""What single extensions say (RFC 5280 section 4.2): a reader for each that matters.

A reader takes the value of the extension and a list for its problems, and returns
fields of `certs.pki.extensions.Extensions`. It raises DerError when nothing of the
value can be read.
"""

import re
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from certs.pki import asn1
from certs.pki.oids import KEY_PURPOSES, KEY_USAGES
from certs.pki.problem import Problem

MAX_NAMES = 10_000
MAX_ENTRIES = 100  # of any other list
MAX_KEY_ID_OCTETS = 64
SUBJECT_ALTERNATIVE_NAME = "2.5.29.17"

_URI, _DNS_NAME, _IP_ADDRESS = 0x86, 0x82, 0x87
_KEY_ID = 0x80
_HIGHEST_PATH_LENGTH = 255
_STATUS_REQUEST = 5  # RFC 7633, RFC 6066
_READABLE_DNS_NAME = re.compile(rb"[!-~]{1,255}")
_READABLE_URL = re.compile(rb"[!-~]{1,2000}")
_OCSP, _CA_ISSUERS = "1.3.6.1.5.5.7.48.1", "1.3.6.1.5.5.7.48.2"

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
_BAD_PATH_LENGTH = Problem(
    code="unreadable-path-length",
    sentence="The certificate limits the authorities below it by no number.",
)
_CUT_OFF_NAMES = Problem(
    code="unreadable-names",
    sentence="The alternative names of the certificate cannot all be read.",
)

Facts = dict[str, Any]
Reader = Callable[[asn1.Element, list[Problem]], Facts]


def _basic_constraints(element: asn1.Element, problems: list[Problem]) -> Facts:
    """RFC 5280 section 4.2.1.9: cA is the first element, absent when false."""
    parts = asn1.children(element)
    is_ca = bool(parts) and parts[0].tag == asn1.BOOLEAN and any(parts[0].content)
    if not is_ca or not parts[1:]:
        return {"is_ca": is_ca}
    try:
        length = asn1.integer(parts[1])
    except asn1.DerError:
        problems.append(_BAD_PATH_LENGTH)
        return {"is_ca": is_ca}
    return {"is_ca": is_ca, "path_length": min(max(length, 0), _HIGHEST_PATH_LENGTH)}


def _key_usage(element: asn1.Element, _problems: list[Problem]) -> Facts:
    """RFC 5280 section 4.2.1.3: the first bit is the highest of the first octet."""
    octets = asn1.content(element, tag=asn1.BIT_STRING)[1:3]
    bits = "".join(f"{octet:08b}" for octet in octets)
    names = zip(KEY_USAGES, bits, strict=False)
    return {"key_usage": tuple(name for name, bit in names if bit == "1")}


def _extended_key_usage(element: asn1.Element, _problems: list[Problem]) -> Facts:
    """RFC 5280 section 4.2.1.12."""
    oids = [asn1.oid(part) for part in asn1.children(element)[:MAX_ENTRIES]]
    purposes = (KEY_PURPOSES.get(oid, oid) for oid in oids)
    return {"extended_key_usage": tuple(dict.fromkeys(purposes))}


def _subject_alternative_name(element: asn1.Element, problems: list[Problem]) -> Facts:
    """RFC 5280 section 4.2.1.6. Only host names and IP addresses are kept."""
    names, error = asn1.readable(element)
    if error is not None:
        problems.append(_CUT_OFF_NAMES)
    if len(names) > MAX_NAMES:
        problems.append(_TOO_MANY_NAMES)
    dns_names: dict[str, None] = {}
    ip_addresses: dict[str, None] = {}
    for name in names[:MAX_NAMES]:
        if name.tag == _DNS_NAME and _READABLE_DNS_NAME.fullmatch(name.content):
            dns_names[name.content.decode("ascii").lower()] = None
        elif name.tag == _IP_ADDRESS and len(name.content) in {4, 16}:
            ip_addresses[str(ip_address(name.content))] = None
        elif name.tag in {_DNS_NAME, _IP_ADDRESS} and _BAD_NAME not in problems:
            problems.append(_BAD_NAME)
    return {"dns_names": tuple(dns_names), "ip_addresses": tuple(ip_addresses)}


def _subject_key_id(element: asn1.Element, _problems: list[Problem]) -> Facts:
    """RFC 5280 section 4.2.1.2."""
    octets = asn1.content(element, tag=asn1.OCTET_STRING)
    return {"subject_key_id": octets[:MAX_KEY_ID_OCTETS].hex()}


def _authority_key_id(element: asn1.Element, _problems: list[Problem]) -> Facts:
    """RFC 5280 section 4.2.1.1. Issuer and serial number, if there, are not kept."""
    for part in asn1.children(element):
        if part.tag == _KEY_ID:
            return {"authority_key_id": part.content[:MAX_KEY_ID_OCTETS].hex()}
    return {}


def _policies(element: asn1.Element, _problems: list[Problem]) -> Facts:
    """RFC 5280 section 4.2.1.4."""
    first = [asn1.read(part.content) for part in asn1.children(element)[:MAX_ENTRIES]]
    return {"policies": tuple(dict.fromkeys(map(asn1.oid, first)))}


def _authority_information(element: asn1.Element, _problems: list[Problem]) -> Facts:
    """RFC 5280 section 4.2.2.1. Only addresses that are URLs are kept."""
    urls: dict[str, list[str]] = {_OCSP: [], _CA_ISSUERS: []}
    for description in asn1.children(element)[:MAX_ENTRIES]:
        method = asn1.read(description.content)
        place = asn1.read(description.content, start=len(method.encoded))
        known = urls.get(asn1.oid(method))
        if (
            known is not None
            and place.tag == _URI
            and _READABLE_URL.fullmatch(place.content)
        ):
            known.append(place.content.decode("ascii"))
    return {
        "ocsp_urls": tuple(urls[_OCSP]),
        "issuer_urls": tuple(urls[_CA_ISSUERS]),
    }


def _timestamps(element: asn1.Element, _problems: list[Problem]) -> Facts:
    """RFC 6962 section 3.3: a list of items, each with its length before it."""
    octets = asn1.content(element, tag=asn1.OCTET_STRING)
    count, position = 0, 2
    while position < len(octets):
        position += 2 + int.from_bytes(octets[position : position + 2], "big")
        count += 1
    if position != len(octets):
        raise asn1.DerError("A list of timestamps is cut off.")
    return {"scts": count}


def _tls_features(element: asn1.Element, _problems: list[Problem]) -> Facts:
    """RFC 7633: the certificate wants a stapled OCSP response."""
    features = map(asn1.integer, asn1.children(element)[:MAX_ENTRIES])
    return {"is_must_staple": _STATUS_REQUEST in features}


READERS: dict[str, Reader] = {
    "2.5.29.19": _basic_constraints,
    SUBJECT_ALTERNATIVE_NAME: _subject_alternative_name,
    "2.5.29.15": _key_usage,
    "2.5.29.37": _extended_key_usage,
    "2.5.29.14": _subject_key_id,
    "2.5.29.35": _authority_key_id,
    "2.5.29.32": _policies,
    "1.3.6.1.5.5.7.1.1": _authority_information,
    "1.3.6.1.4.1.11129.2.4.2": _timestamps,
    "1.3.6.1.5.5.7.1.24": _tls_features,
}
