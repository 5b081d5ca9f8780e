"""Certificates as the links of a chain: names, keys, dates, and a strict reading."""

import hashlib
import warnings
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.utils import CryptographyDeprecationWarning

from certs.pki import asn1
from certs.pki.names import read_name
from certs.pki.problem import Problem
from certs.pki.tbs import read_tbs

NAME_CHARACTERS = 100

_Extension = TypeVar("_Extension", bound=x509.ExtensionType)

# What the strict reader raises for bytes that the tolerant one takes.
_UNREADABLE = (
    ValueError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Link:
    """One certificate, with what it takes to link it to others.

    `strict` and `extensions` are None where the certificate breaks the encoding
    rules so that a strict reader, which is what clients have, refuses it.
    """

    fingerprint: str
    subject: asn1.Element
    issuer: asn1.Element
    spki: bytes
    not_before: datetime
    not_after: datetime
    problems: tuple[Problem, ...]
    strict: x509.Certificate | None
    extensions: x509.Extensions | None

    @property
    def name(self) -> str:
        """What to call it in a sentence: quoted, cut, without control characters."""
        return _quoted(self.subject)

    @property
    def issuer_name(self) -> str:
        """What to call its issuer in a sentence."""
        return _quoted(self.issuer)

    @property
    def is_self_issued(self) -> bool:
        """Whether subject and issuer are the same name (RFC 5280 section 3.2)."""
        return self.subject.encoded == self.issuer.encoded

    @property
    def identity(self) -> tuple[bytes, bytes]:
        """Name and key: what is the same in a root and its cross-certificates."""
        return self.subject.encoded, self.spki

    @property
    def version(self) -> x509.Version | None:
        """The version, where it can be read strictly."""
        return self.strict.version if self.strict else None

    @property
    def hash(self) -> hashes.HashAlgorithm | None:
        """The hash that was signed; None where there is none, or none known here."""
        try:
            return self.strict.signature_hash_algorithm if self.strict else None
        except UnsupportedAlgorithm:
            return None

    @property
    def key(self) -> object:
        """The public key as the library's object, None where it cannot be read."""
        try:
            return self.strict.public_key() if self.strict else None
        except (ValueError, UnsupportedAlgorithm):
            return None

    def extension(self, kind: type[_Extension]) -> x509.Extension[_Extension] | None:
        """Return the extension of a kind, or None."""
        if self.extensions is None:
            return None
        try:
            return self.extensions.get_extension_for_class(kind)
        except x509.ExtensionNotFound:
            return None


def read(der: bytes) -> Link | None:
    """Return the link that the DER of a certificate makes; None if it is none."""
    try:
        certificate = asn1.read(der)
        tbs = read_tbs(certificate)
    except asn1.DerError:
        return None
    if certificate.encoded != der:
        return None
    strict, extensions = _strictly(der)
    return Link(
        fingerprint=hashlib.sha256(der).hexdigest(),
        subject=tbs.subject,
        issuer=tbs.issuer,
        spki=tbs.spki.encoded,
        not_before=tbs.not_before,
        not_after=tbs.not_after,
        problems=tbs.problems,
        strict=strict,
        extensions=extensions,
    )


def may_issue(issuer: Link, child: Link) -> bool:
    """Tell whether names and key identifiers let `issuer` have signed `child`.

    Names are compared octet by octet; an identifier that is missing on either side
    says nothing. RFC 5280 sections 4.2.1.1 and 4.2.1.2.
    """
    if issuer.subject.encoded != child.issuer.encoded:
        return False
    return have_same_key_id(issuer, child) is not False


def have_same_key_id(issuer: Link, child: Link) -> bool | None:
    """Tell whether `child` names the key of `issuer`; None where one is silent."""
    own = issuer.extension(x509.SubjectKeyIdentifier)
    above = child.extension(x509.AuthorityKeyIdentifier)
    if own is None or above is None or above.value.key_identifier is None:
        return None
    return own.value.digest == above.value.key_identifier


def _strictly(der: bytes) -> tuple[x509.Certificate | None, x509.Extensions | None]:
    with warnings.catch_warnings():  # of serial numbers that are not positive
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        try:
            certificate = x509.load_der_x509_certificate(der)
            extensions = certificate.extensions
        except _UNREADABLE:
            return None, None
        return certificate, extensions


def _quoted(name: asn1.Element) -> str:
    label = read_name(name).label
    return f"“{label[:NAME_CHARACTERS]}”" if label else "a certificate without a name"
