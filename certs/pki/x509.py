"""Bytes in, facts out: what an X.509 certificate says (RFC 5280)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from certs.pki import asn1, files
from certs.pki.containers.block import PRIVATE_KEY as KEY, Block
from certs.pki.extensions import read_extensions
from certs.pki.keys import Key, read_key
from certs.pki.names import read_name
from certs.pki.problem import Problem
from certs.pki.tbs import read_tbs

__all__ = [
    "MAX_BYTES",
    "MAX_CERTIFICATES",
    "FileContents",
    "InvalidCertificateError",
    "ParsedCertificate",
    "Problem",
    "parse_certificates",
    "parse_der",
    "read_file",
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

    Names are in RFC 4514 form. `serial_number`, key identifiers and hashes are
    lower-case hex, two digits an octet. `key_size` is in bits, 0 where there is none.
    Algorithms, curves, purposes and policies without a known name are their OID.
    `version` is 1, 2 or 3 as people count, more or 0 where it is wrong. `subject_der`
    and `issuer_der` are the names as signed, to compare; `key_usage` is empty and
    `path_length` None where the certificate sets no limit.
    """

    der: bytes
    fingerprint_sha256: str
    version: int
    subject: str
    subject_der: bytes
    common_name: str
    issuer: str
    issuer_der: bytes
    issuer_name: str
    serial_number: str
    not_before: datetime
    not_after: datetime
    dns_names: tuple[str, ...]
    ip_addresses: tuple[str, ...]
    key_algorithm: str
    key_size: int
    key_curve: str
    spki_sha256: str
    signature_algorithm: str
    key_usage: tuple[str, ...]
    extended_key_usage: tuple[str, ...]
    is_ca: bool
    path_length: int | None
    subject_key_id: str
    authority_key_id: str
    policies: tuple[str, ...]
    ocsp_urls: tuple[str, ...]
    issuer_urls: tuple[str, ...]
    scts: int
    is_must_staple: bool
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContents:
    """What a file holds: its certificates in their order, each once, and what else.

    `others` are kinds in words. `problems` are sentences about what could not be read.
    """

    certificates: tuple[ParsedCertificate, ...]
    private_keys: int = 0
    others: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def left_out(self) -> str:
        """A sentence about what the file also holds, empty if that is nothing."""
        kinds = list(self.others)
        if self.private_keys:
            several = self.private_keys > 1
            kinds.insert(0, f"{self.private_keys} private keys" if several else KEY)
        if not kinds:
            return ""
        is_one = len(kinds) == 1 and self.private_keys <= 1
        was = "it was" if is_one else "they were"
        return f"The input also holds {_listed(kinds)}; {was} not kept."


def read_file(data: bytes, *, password: str = "") -> FileContents:
    """Return everything that a file holds, as far as it can be read.

    Takes PEM with any text between, DER, several DER in a row, bare base64, PKCS#7,
    PKCS#12 and Java keystores (JKS, JCEKS). `password` is for PKCS#12; private keys are
    counted, never read. Raises InvalidCertificateError when there is no certificate.
    RFC 7468, RFC 5280, RFC 5652, RFC 7292.
    """
    found = _blocks(data, password=password)
    certificates: dict[str, ParsedCertificate] = {}
    problems: list[str] = []
    candidates = [block for block in found if block.der or block.error]
    for position, block in enumerate(candidates, start=1):
        where = f"Certificate {position} of the input"
        try:
            parsed = _parse(block, where if candidates[1:] else "The input")
        except InvalidCertificateError as error:
            problems.append(str(error))
        else:
            certificates.setdefault(parsed.fingerprint_sha256, parsed)
    problems += (block.problem for block in found if block.problem)
    others = [block.other for block in found if block.other]
    if not certificates:
        kinds = _listed(sorted(set(others))) + ", but " if others else ""
        nothing = f"The input holds {kinds}no certificate."
        raise InvalidCertificateError(next(iter(problems), nothing))
    return FileContents(
        certificates=tuple(certificates.values()),
        private_keys=others.count(KEY),
        others=tuple(sorted({*others} - {KEY})),
        problems=tuple(dict.fromkeys(problems)),
    )


def parse_certificates(data: bytes) -> tuple[ParsedCertificate, ...]:
    """Return the certificates of a file in its order, each once: all or none.

    Takes what `read_file` takes, without a password. Raises InvalidCertificateError
    when there is none or when one cannot be read, naming its position if the input has
    several.
    """
    contents = read_file(data)
    if contents.problems:
        raise InvalidCertificateError(contents.problems[0])
    return contents.certificates


def parse_der(der: bytes) -> ParsedCertificate:
    """Return what the one certificate in `der` says.

    A field that cannot be read is empty and listed in `problems`; a date is then
    `tbs.UNREADABLE_DATE`. Raises InvalidCertificateError only when the bytes are no
    certificate. RFC 5280 section 4.1.
    """
    if len(der) > MAX_BYTES:
        raise InvalidCertificateError("The certificate is larger than 1 MiB.")
    return _parse(Block(der=der), "This")


def _blocks(data: bytes, *, password: str) -> list[Block]:
    """Return the pieces of a file, or refuse what is too large or empty."""
    if len(data) > MAX_BYTES:
        raise InvalidCertificateError("The input is larger than 1 MiB.")
    if not data.strip():
        raise InvalidCertificateError("The input is empty.")
    pieces = files.blocks(data, password=password)
    found = list(islice(pieces, MAX_CERTIFICATES + 1))
    if len(found) > MAX_CERTIFICATES:
        raise InvalidCertificateError(
            f"The input holds more than {MAX_CERTIFICATES:,} certificates and keys."
        )
    return found


def _parse(block: Block, where: str) -> ParsedCertificate:
    """Return a block's certificate, or say where it went wrong."""
    if block.error:
        raise InvalidCertificateError(f"{where} {block.error}.")
    try:
        return _read(block.der)
    except asn1.DerError as error:
        raise InvalidCertificateError(
            f"{where} is not a certificate: {error}"
        ) from error


def _listed(kinds: list[str]) -> str:
    """Return words as people list them: `a, b and c`."""
    return " and ".join(filter(None, (", ".join(kinds[:-1]), kinds[-1])))


def _read(der: bytes) -> ParsedCertificate:
    """Read a certificate field by field, or raise DerError. RFC 5280 section 4.1."""
    certificate = asn1.read(der)
    if certificate.encoded != der:
        raise asn1.DerError("There are bytes after its end.")
    tbs = read_tbs(certificate)
    subject, issuer = read_name(tbs.subject), read_name(tbs.issuer)
    extensions = read_extensions(tbs.extensions)
    key, key_problems = _key(tbs.spki)
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
        version=tbs.version,
        subject=subject.text,
        subject_der=tbs.subject.encoded,
        common_name=subject.common_name,
        issuer=issuer.text,
        issuer_der=tbs.issuer.encoded,
        issuer_name=issuer.label,
        serial_number=tbs.serial_number,
        not_before=tbs.not_before,
        not_after=tbs.not_after,
        dns_names=extensions.dns_names,
        ip_addresses=extensions.ip_addresses,
        key_algorithm=key.algorithm,
        key_size=key.size,
        key_curve=key.curve,
        spki_sha256=hashlib.sha256(tbs.spki.encoded).hexdigest(),
        signature_algorithm=tbs.signature_algorithm,
        key_usage=extensions.key_usage,
        extended_key_usage=extensions.extended_key_usage,
        is_ca=extensions.is_ca,
        path_length=extensions.path_length,
        subject_key_id=extensions.subject_key_id,
        authority_key_id=extensions.authority_key_id,
        policies=extensions.policies,
        ocsp_urls=extensions.ocsp_urls,
        issuer_urls=extensions.issuer_urls,
        scts=extensions.scts,
        is_must_staple=extensions.is_must_staple,
        problems=tuple(dict.fromkeys(problems)),
    )


def _key(spki: asn1.Element) -> tuple[Key, tuple[Problem, ...]]:
    try:
        return read_key(spki), ()
    except asn1.DerError:
        return Key(), (_UNREADABLE_KEY,)
