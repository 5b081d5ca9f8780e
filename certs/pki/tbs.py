"""The fields of a certificate, apart from names, keys and what extensions mean."""

from dataclasses import dataclass
from datetime import datetime

from certs.pki import asn1
from certs.pki.oids import SIGNATURE_ALGORITHMS
from certs.pki.problem import Problem

MAX_SERIAL_OCTETS = 20
KEPT_SERIAL_OCTETS = 64

_VERSION, _EXTENSIONS = 0xA0, 0xA3
_KNOWN_VERSIONS = {0, 1, 2}
_FIELDS = 6

_PROBLEMS = {
    "unknown-version": "The certificate has a version that X.509 does not know.",
    "negative-serial": "The serial number is negative.",
    "zero-serial": "The serial number is zero.",
    "long-serial": f"The serial number has more than {MAX_SERIAL_OCTETS} octets.",
    "odd-date": "A date is not written as RFC 5280 demands.",
    "reversed-validity": "The certificate ends before it begins.",
    "signature-algorithm-mismatch": "The certificate names two signature algorithms.",
    "unreadable-signature-algorithm": "The signature algorithm cannot be read.",
    "unreadable-extension": "An extension of the certificate cannot be read.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TbsCertificate:
    """The signed part of a certificate (RFC 5280 section 4.1.2).

    `serial_number` is lower-case hex, two digits an octet, as encoded: a negative
    number is in two's complement. Dates are aware UTC datetimes.
    """

    serial_number: str
    signature_algorithm: str
    issuer: asn1.Element
    not_before: datetime
    not_after: datetime
    subject: asn1.Element
    spki: asn1.Element
    extensions: tuple[asn1.Element, ...]
    problems: tuple[Problem, ...]


def read_tbs(certificate: asn1.Element) -> TbsCertificate:
    """Return the fields of a certificate.

    Raises DerError when they are not there, or when the serial number or a date
    cannot be read; the rest becomes a problem. RFC 5280 section 4.1.
    """
    outer = asn1.children(certificate)
    fields = asn1.children(outer[0]) if outer else []
    codes: list[str] = []
    if fields and fields[0].tag == _VERSION:
        codes += _version_codes(fields.pop(0))
    if len(fields) < _FIELDS:
        raise asn1.DerError("Fields are missing.")
    serial, signature, issuer, validity, subject, spki, *rest = fields
    not_before, not_after, date_codes = _read_validity(validity)
    serial_number, serial_codes = _read_serial(serial)
    algorithm, algorithm_codes = _read_algorithm(signature, *outer[1:2])
    extensions, extension_codes = _read_extensions(rest)
    codes += [*serial_codes, *algorithm_codes, *date_codes, *extension_codes]
    return TbsCertificate(
        serial_number=serial_number,
        signature_algorithm=algorithm,
        issuer=issuer,
        not_before=not_before,
        not_after=not_after,
        subject=subject,
        spki=spki,
        extensions=tuple(extensions),
        problems=tuple(Problem(code=code, sentence=_PROBLEMS[code]) for code in codes),
    )


def _version_codes(element: asn1.Element) -> list[str]:
    """RFC 5280 section 4.1.2.1."""
    try:
        version = asn1.integer(asn1.read(element.content))
    except asn1.DerError:
        return ["unknown-version"]
    return [] if version in _KNOWN_VERSIONS else ["unknown-version"]


def _read_serial(element: asn1.Element) -> tuple[str, list[str]]:
    """RFC 5280 section 4.1.2.2."""
    value = asn1.integer(element)
    octets = element.content.lstrip(b"\0") if value > 0 else element.content
    codes = []
    if value < 0:
        codes.append("negative-serial")
    if value == 0:
        codes.append("zero-serial")
    if len(octets) > MAX_SERIAL_OCTETS:
        codes.append("long-serial")
    return octets[:KEPT_SERIAL_OCTETS].hex(), codes


def _read_algorithm(*elements: asn1.Element) -> tuple[str, list[str]]:
    """RFC 5280 sections 4.1.1.2 and 4.1.2.3: named inside and outside, the same."""
    try:
        oids = [asn1.oid(asn1.read(element.content)) for element in elements]
    except asn1.DerError:
        return "", ["unreadable-signature-algorithm"]
    codes = [] if len(set(oids)) == 1 else ["signature-algorithm-mismatch"]
    return SIGNATURE_ALGORITHMS.get(oids[-1], oids[-1]), codes


def _read_validity(element: asn1.Element) -> tuple[datetime, datetime, list[str]]:
    """RFC 5280 section 4.1.2.5."""
    times = asn1.children(element)
    if len(times) != 2:  # noqa: PLR2004 - notBefore and notAfter
        raise asn1.DerError("There are not two dates.")
    not_before, not_after = map(asn1.moment, times)
    codes = [] if all(map(asn1.is_strict_time, times)) else ["odd-date"]
    if not_after < not_before:
        codes.append("reversed-validity")
    return not_before, not_after, codes


def _read_extensions(rest: list[asn1.Element]) -> tuple[list[asn1.Element], list[str]]:
    """RFC 5280 section 4.1.2.9. Unique identifiers may stand before them."""
    found: list[asn1.Element] = []
    for element in rest:
        if element.tag == _EXTENSIONS:
            try:
                found += asn1.children(asn1.read(element.content))
            except asn1.DerError:
                return found, ["unreadable-extension"]
    return found, []
