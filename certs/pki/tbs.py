"""The fields of a certificate, apart from names, keys and what extensions mean."""

from dataclasses import dataclass
from datetime import UTC, datetime

from certs.pki import asn1
from certs.pki.oids import SIGNATURE_ALGORITHMS
from certs.pki.problem import Problem

MAX_SERIAL_OCTETS = 20
KEPT_SERIAL_OCTETS = 64
# What stands for a date that cannot be read: long past, and safe in every time zone.
UNREADABLE_DATE = datetime(1970, 1, 1, tzinfo=UTC)

_VERSION, _EXTENSIONS = 0xA0, 0xA3
_HIGHEST_VERSION = 3
_KEPT_VERSIONS = range(1, 256)
_FIELDS = 6
_CONTEXT = 0x80  # the tags of what may follow the fields

_PROBLEMS = {
    "odd-length": "A length in the certificate is not written as DER demands.",
    "unknown-version": "The certificate has a version that X.509 does not know.",
    "extensions-before-version-3": "The certificate has extensions, which only"
    " version 3 may have.",
    "negative-serial": "The serial number is negative.",
    "zero-serial": "The serial number is zero.",
    "long-serial": f"The serial number has more than {MAX_SERIAL_OCTETS} octets.",
    "unreadable-serial": "The serial number cannot be read.",
    "unreadable-not-before": "The date of issue cannot be read;"
    " it is shown as 1 January 1970.",
    "unreadable-not-after": "The date of expiry cannot be read;"
    " it is shown as 1 January 1970, because no client accepts such a certificate.",
    "odd-date": "A date is not written as RFC 5280 demands.",
    "reversed-validity": "The certificate ends before it begins.",
    "signature-algorithm-mismatch": "The certificate names two signature algorithms.",
    "unreadable-signature-algorithm": "The signature algorithm cannot be read.",
    "unreadable-extension": "An extension of the certificate cannot be read.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TbsCertificate:
    """The signed part of a certificate (RFC 5280 section 4.1.2).

    `version` is 1, 2 or 3 as people count, and 0 where it cannot be read.
    `serial_number` is lower-case hex, two digits an octet, as encoded: a negative
    number is in two's complement. Dates are aware UTC datetimes.
    """

    version: int
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
    """Return the fields of a certificate; one that cannot be read is a problem.

    Raises DerError when the fields are not there: then it is no certificate. RFC 5280
    section 4.1.
    """
    outer = asn1.children(certificate)
    fields, broken = asn1.readable(outer[0]) if outer else ([], None)
    lengths = (certificate, *outer, *fields)
    codes = [] if all(map(asn1.is_strict_length, lengths)) else ["odd-length"]
    version = 1
    if fields and fields[0].tag == _VERSION:
        version, version_codes = _read_version(fields.pop(0))
        codes += version_codes
    if len(fields) < _FIELDS or fields[_FIELDS - 1].tag & _CONTEXT:
        raise broken or asn1.DerError("Fields are missing.")
    serial, signature, issuer, validity, subject, spki, *rest = fields
    serial_number, serial_codes = _read_serial(serial)
    algorithm, algorithm_codes = _read_algorithm(signature, *outer[1:2])
    not_before, not_after, date_codes = _read_validity(validity)
    extensions, extension_codes = _read_extensions(rest)
    codes += [*serial_codes, *algorithm_codes, *date_codes]
    codes += extension_codes or (["unreadable-extension"] if broken else [])
    if extensions and version in {1, 2}:
        codes.append("extensions-before-version-3")
    return TbsCertificate(
        version=version,
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


def _read_version(element: asn1.Element) -> tuple[int, list[str]]:
    """RFC 5280 section 4.1.2.1: version 3 is written as 2."""
    try:
        version = asn1.integer(asn1.read(element.content)) + 1
    except asn1.DerError:
        return 0, ["unknown-version"]
    if version not in _KEPT_VERSIONS:
        return 0, ["unknown-version"]
    return version, [] if version <= _HIGHEST_VERSION else ["unknown-version"]


def _read_serial(element: asn1.Element) -> tuple[str, list[str]]:
    """RFC 5280 section 4.1.2.2."""
    try:
        value = asn1.integer(element)
    except asn1.DerError:
        return "", ["unreadable-serial"]
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
    """RFC 5280 section 4.1.2.5. Raises DerError when it is something else.

    A revocation list has its fields in the same places, but a time in this one.
    """
    times, _error = asn1.readable(element)
    moments = [_read_moment(time) for time in times]
    odd = [time for time in times if not asn1.is_strict_time(time)]
    not_before, not_after = (*moments, None, None)[:2]
    codes = []
    if times[2:] or (odd and None not in moments):
        codes.append("odd-date")
    if not_before is None:
        codes.append("unreadable-not-before")
    if not_after is None:
        codes.append("unreadable-not-after")
    if not_before and not_after and not_after < not_before:
        codes.append("reversed-validity")
    return not_before or UNREADABLE_DATE, not_after or UNREADABLE_DATE, codes


def _read_moment(element: asn1.Element) -> datetime | None:
    try:
        return asn1.moment(element)
    except asn1.DerError:
        return None


def _read_extensions(rest: list[asn1.Element]) -> tuple[list[asn1.Element], list[str]]:
    """RFC 5280 section 4.1.2.9. Unique identifiers may stand before them."""
    found: list[asn1.Element] = []
    for element in rest:
        if element.tag == _EXTENSIONS:
            try:
                extensions, error = asn1.readable(asn1.read(element.content))
            except asn1.DerError:
                return found, ["unreadable-extension"]
            found += extensions
            if error is not None:
                return found, ["unreadable-extension"]
    return found, []
