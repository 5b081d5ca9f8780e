"""Bytes in, facts out: what an X.509 certificate says (RFC 5280)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from certs.pki import asn1, pem
from certs.pki.extensions import read_extensions
from certs.pki.keys import read_key
from certs.pki.names import read_name
from certs.pki.problem import Problem
from certs.pki.tbs import read_tbs

__all__ = [
    "MAX_BYTES",
    "MAX_CERTIFICATES",
    "InvalidCertificateError",
    "ParsedCertificate",
    "Problem",
    "parse_certificates",
    "parse_der",
]

MAX_BYTES = 1024 * 1024
MAX_CERTIFICATES = 1_000

_UNREADABLE_KEY = Problem(
    code="unreadable-key",
    sentence="The public key of the certificate cannot be read.",
)


class InvalidCertificateError(ValueError):
    """The input holds no certificate, or one that cannot be read at all.

    The message is a sentence for people; it never quotes the input.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedCertificate:
    """What a certificate says, in RFC 5280's words. Times are aware UTC datetimes.

    Names are in RFC 4514 form. `serial_number`, `fingerprint_sha256` and
    `spki_sha256` are lower-case hex, two digits an octet. `key_size` is in bits, 0
    where there is none. Algorithms and purposes without a known name are their OID.
    """

    der: bytes
    fingerprint_sha256: str
    subject: str
    common_name: str
    issuer: str
    issuer_name: str
    serial_number: str
    not_before: datetime
    not_after: datetime
    dns_names: tuple[str, ...]
    ip_addresses: tuple[str, ...]
    key_algorithm: str
    key_size: int
    spki_sha256: str
    signature_algorithm: str
    extended_key_usage: tuple[str, ...]
    is_ca: bool
    problems: tuple[Problem, ...]


def parse_certificates(data: bytes) -> tuple[ParsedCertificate, ...]:
    """Return the certificates of a file in its order, each once.

    Takes PEM with any text between, DER, several DER in a row, and bare base64.
    Private keys and other objects are passed over. Raises InvalidCertificateError,
    naming the position when the input has several. RFC 7468, RFC 5280.
    """
    if len(data) > MAX_BYTES:
        raise InvalidCertificateError("The input is larger than 1 MiB.")
    if not data.strip():
        raise InvalidCertificateError("The input is empty.")
    found = list(islice(pem.blocks(data), MAX_CERTIFICATES + 1))
    if len(found) > MAX_CERTIFICATES:
        raise InvalidCertificateError(
            f"The input holds more than {MAX_CERTIFICATES:,} certificates and keys."
        )
    candidates = [block for block in found if not block.other]
    if not candidates:
        kinds = " and ".join(sorted({block.other for block in found}))
        raise InvalidCertificateError(f"The input holds {kinds}, but no certificate.")
    parsed = _parse_all(candidates)
    return tuple({each.fingerprint_sha256: each for each in parsed}.values())


def parse_der(der: bytes) -> ParsedCertificate:
    """Return what the one certificate in `der` says.

    A field that cannot be read is empty and listed in `problems`. Raises
    InvalidCertificateError only when the bytes are no certificate, or when its
    serial number or its dates cannot be read. RFC 5280 section 4.1.
    """
    if len(der) > MAX_BYTES:
        raise InvalidCertificateError("The certificate is larger than 1 MiB.")
    try:
        return _read(der)
    except asn1.DerError as error:
        raise InvalidCertificateError(f"This is not a certificate: {error}") from error


def _parse_all(blocks: list[pem.Block]) -> Iterator[ParsedCertificate]:
    """Yield each block's certificate, or say at which position it went wrong."""
    for position, block in enumerate(blocks, start=1):
        where = f"Certificate {position} of the input" if blocks[1:] else "The input"
        if block.error:
            raise InvalidCertificateError(f"{where} {block.error}.")
        try:
            yield _read(block.der)
        except asn1.DerError as error:
            raise InvalidCertificateError(
                f"{where} is not a certificate: {error}"
            ) from error


def _read(der: bytes) -> ParsedCertificate:
    """Read a certificate field by field, or raise DerError. RFC 5280 section 4.1."""
    certificate = asn1.read(der)
    if certificate.encoded != der:
        raise asn1.DerError("There are bytes after its end.")
    tbs = read_tbs(certificate)
    subject, issuer = read_name(tbs.subject), read_name(tbs.issuer)
    extensions = read_extensions(tbs.extensions)
    key_algorithm, key_size, key_problems = _key(tbs.spki)
    problems = (
        *tbs.problems,
        *subject.problems,
        *issuer.problems,
        *key_problems,
        *extensions.problems,
    )
    return ParsedCertificate(
        der=der,
        fingerprint_sha256=hashlib.sha256(der).hexdigest(),
        subject=subject.text,
        common_name=subject.common_name,
        issuer=issuer.text,
        issuer_name=issuer.label,
        serial_number=tbs.serial_number,
        not_before=tbs.not_before,
        not_after=tbs.not_after,
        dns_names=extensions.dns_names,
        ip_addresses=extensions.ip_addresses,
        key_algorithm=key_algorithm,
        key_size=key_size,
        spki_sha256=hashlib.sha256(tbs.spki.encoded).hexdigest(),
        signature_algorithm=tbs.signature_algorithm,
        extended_key_usage=extensions.extended_key_usage,
        is_ca=extensions.is_ca,
        problems=tuple(dict.fromkeys(problems)),
    )


def _key(spki: asn1.Element) -> tuple[str, int, tuple[Problem, ...]]:
    try:
        return *read_key(spki), ()
    except asn1.DerError:
        return "", 0, (_UNREADABLE_KEY,)
