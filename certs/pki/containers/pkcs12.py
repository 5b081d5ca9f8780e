"""PKCS#12 files: their certificates, with a password where they are encrypted.

The structure is read here, so that nothing costly begins before the number of rounds
is known: `cryptography` is given the encrypted certificates alone. A private key is not
decrypted, unless somebody has put it among them; then it is dropped. RFC 7292.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from certs.pki import asn1
from certs.pki.containers.block import (
    PRIVATE_KEY,
    REVOCATION_LIST,
    SECRET,
    SOMETHING_ELSE,
    Block,
)
from certs.pki.containers.encrypted import certificates
from certs.pki.containers.rounds import rounds

MAX_ROUNDS = 2_000_000  # in all: about a second
MAX_DEPTH = 4  # of bags in bags

_DATA, _SIGNED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
_ENCRYPTED_DATA = "1.2.840.113549.1.7.6"
_BAGS = "1.2.840.113549.1.12.10.1."
_CERTIFICATE_BAG, _SAFE_BAG = _BAGS + "3", _BAGS + "6"
_OTHER_BAGS = {
    _BAGS + "1": PRIVATE_KEY,
    _BAGS + "2": PRIVATE_KEY,
    _BAGS + "4": REVOCATION_LIST,
    _BAGS + "5": SECRET,
}
_X509_CERTIFICATE = "1.2.840.113549.1.9.22.1"

_UNREADABLE = Block(problem="The PKCS#12 file cannot be read.")
_CUT_OFF = Block(problem="The PKCS#12 file cannot be read to its end.")
_EMPTY = Block(other="an empty PKCS#12 file")
_TOO_COSTLY = Block(
    problem="The PKCS#12 file asks for too many rounds to open it;"
    f" at most {MAX_ROUNDS:,} are done."
)
_UNKNOWN_CIPHER = Block(
    problem="The PKCS#12 file is encrypted in a way that is not known."
)
_NEEDS_PASSWORD = Block(
    problem="The certificates in the PKCS#12 file are encrypted:"
    " they need its password."
)
_WRONG_PASSWORD = Block(
    problem="The password does not open the PKCS#12 file, or what it holds is damaged."
)


@dataclass(slots=True, kw_only=True)
class Opener:
    """Opens the PKCS#12 files of one input; what they may cost is for all of them."""

    password: str
    rounds_left: int = MAX_ROUNDS

    def blocks(self, element: asn1.Element) -> Iterator[Block]:
        """Yield the certificates of a PFX and what else it holds. Nothing is raised.

        The MAC is not checked: what is public here is signed by itself. RFC 7292
        section 4.
        """
        try:
            safes = _safes(element)
        except ValueError:  # DerError, or nothing was signed
            yield _UNREADABLE
            return
        if not safes:
            yield _EMPTY
        for safe in safes:
            try:
                yield from self._safe(safe)
            except asn1.DerError:
                yield _CUT_OFF

    def _safe(self, safe: asn1.Element) -> Iterator[Block]:
        """Yield what one ContentInfo of the authenticated safe holds: section 4.1."""
        kind, content = asn1.pair(safe)
        oid = asn1.oid(kind)
        if oid == _DATA:
            octets = asn1.octet_string(asn1.read(content.content))
            yield from _bags(asn1.read(octets), depth=0)
        elif oid == _ENCRYPTED_DATA:
            yield from self._encrypted(asn1.read(content.content))
        else:
            yield _UNKNOWN_CIPHER

    def _encrypted(self, data: asn1.Element) -> Iterator[Block]:
        """Yield the certificates of an EncryptedData. RFC 5652 section 8."""
        _type, algorithm = asn1.pair(asn1.pair(data)[1])
        cost = rounds(algorithm)
        if cost is None:
            yield _UNKNOWN_CIPHER
        elif cost > self.rounds_left:
            yield _TOO_COSTLY
        else:
            self.rounds_left -= cost
            closed = _WRONG_PASSWORD if self.password else _NEEDS_PASSWORD
            yield from certificates(data, password=self.password) or [closed]


def _safes(element: asn1.Element) -> list[asn1.Element]:
    """Return the parts of the authenticated safe. RFC 7292 section 4."""
    kind, value = asn1.pair(asn1.pair(element)[1])
    content = asn1.read(value.content)
    if asn1.oid(kind) == _SIGNED_DATA:
        _version, _digests, encapsulated, *_rest = asn1.children(content)
        content = asn1.read(asn1.pair(encapsulated)[1].content)
    return asn1.children(asn1.read(asn1.octet_string(content)))


def _bags(safe: asn1.Element, *, depth: int) -> Iterator[Block]:
    """Yield what the bags of a SafeContents hold. RFC 7292 section 4.2."""
    bags, error = asn1.readable(safe)
    for bag in bags:
        kind, value = asn1.pair(bag)
        oid = asn1.oid(kind)
        if oid == _CERTIFICATE_BAG:
            yield _certificate(asn1.read(value.content))
        elif oid == _SAFE_BAG and depth < MAX_DEPTH:
            yield from _bags(asn1.read(value.content), depth=depth + 1)
        else:
            yield Block(other=_OTHER_BAGS.get(oid, SOMETHING_ELSE))
    if error is not None:
        raise error


def _certificate(bag: asn1.Element) -> Block:
    """RFC 7292 section 4.2.3."""
    kind, value = asn1.pair(bag)
    if asn1.oid(kind) != _X509_CERTIFICATE:
        return Block(other=SOMETHING_ELSE)
    return Block(der=asn1.octet_string(asn1.read(value.content)))
