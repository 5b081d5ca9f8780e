"""Opens the encrypted certificates of a PKCS#12 file, and nothing else of it.

They are put into a file of their own, without the private keys and the MAC, and
`cryptography` reads that: it knows every cipher that is in use.
"""

import hashlib
import hmac

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509 import InvalidVersion

from certs.pki import asn1
from certs.pki.containers.block import PRIVATE_KEY, Block

_VERSION = bytes.fromhex("020103")
_DATA = bytes.fromhex("06092a864886f70d010701")
_SHA1 = bytes.fromhex("300906052b0e03021a0500")
_ENCRYPTED_DATA = bytes.fromhex("06092a864886f70d010706")
_INFO_VERSION = bytes.fromhex("020100")
_CONTEXT_0, _IMPLICIT_0 = 0xA0, 0x80
_DEEPEST = 5  # PBES2 has SEQUENCEs in SEQUENCEs, four deep
_SALT = b"certdesk"  # eight octets; it guards nothing
_LONG_LENGTH = 0x80
_SHA1_BLOCK = 64
_MAC_KEY = 3  # RFC 7292 appendix B.3


def certificates(data: asn1.Element, *, password: str) -> list[Block]:
    """Return what an EncryptedData holds, [] if the password does not open it.

    Raises DerError when it is not one. RFC 5652 section 8.

    An empty password stands for none as well: RFC 7292 appendix B.1 makes a difference,
    and OpenSSL tells by the MAC which of them is meant.
    """
    safes = _safes(data)
    if password:
        return _load(_file(safes), password.encode(errors="replace"))
    return _load(_file(safes), None) or _load(_file(safes, _mac(safes)), b"")


# Where warnings are errors, an odd serial number is one.
_REFUSALS = (ValueError, TypeError, UnsupportedAlgorithm, InvalidVersion, Warning)


def _load(data: bytes, password: bytes | None) -> list[Block]:
    try:
        found = pkcs12.load_pkcs12(data, password)
        opened = ([found.cert] if found.cert else []) + found.additional_certs
        ders = [each.certificate.public_bytes(Encoding.DER) for each in opened]
    except _REFUSALS:
        return []
    blocks = [Block(der=der) for der in ders]
    # Some put the key among the certificates.
    return [*blocks, Block(other=PRIVATE_KEY)] if found.key else blocks


def _safes(data: asn1.Element) -> bytes:
    """Return an AuthenticatedSafe of `data` alone, in DER: BER may become refused."""
    _type, algorithm, *content = asn1.children(asn1.pair(data)[1])
    if not content:
        raise asn1.DerError("An encrypted message holds nothing.")
    octets = _octets(content[0])
    info = _sequence(_DATA, _der(algorithm), _tlv(_IMPLICIT_0, octets))
    encrypted = _tlv(_CONTEXT_0, _sequence(_INFO_VERSION, info))
    return _sequence(_sequence(_ENCRYPTED_DATA, encrypted))


def _octets(content: asn1.Element) -> bytes:
    """Return an OCTET STRING with a tag of its own, which BER may cut into several."""
    if content.tag == _IMPLICIT_0:
        return content.content
    parts = asn1.children(content, tag=_CONTEXT_0)
    return b"".join(asn1.content(part, tag=asn1.OCTET_STRING) for part in parts)


def _der(element: asn1.Element, depth: int = 0) -> bytes:
    """Return an AlgorithmIdentifier with the lengths of DER."""
    if element.tag != asn1.SEQUENCE or depth == _DEEPEST:
        return _tlv(element.tag, element.content)
    return _sequence(*(_der(part, depth + 1) for part in asn1.children(element)))


def _file(safes: bytes, mac: bytes = b"") -> bytes:
    """Return a PFX around an AuthenticatedSafe."""
    content = _tlv(_CONTEXT_0, _tlv(asn1.OCTET_STRING, safes))
    return _sequence(_VERSION, _sequence(_DATA, content), mac)


def _mac(safes: bytes) -> bytes:
    """Return the MacData of the empty password, after one round. RFC 7292 section 4.

    Its key is one SHA-1 of three blocks: purpose, salt and the password, which ends
    with two zeros (appendix B.2).
    """
    blocks = bytes((_MAC_KEY,)) * _SHA1_BLOCK + _SALT * 8 + bytes(_SHA1_BLOCK)
    key = hashlib.sha1(blocks).digest()  # noqa: S324 - no secret is behind it
    digest = hmac.digest(key, safes, "sha1")
    return _sequence(
        _sequence(_SHA1, _tlv(asn1.OCTET_STRING, digest)),
        _tlv(asn1.OCTET_STRING, _SALT),
    )


def _sequence(*contents: bytes) -> bytes:
    return _tlv(asn1.SEQUENCE, b"".join(contents))


def _tlv(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < _LONG_LENGTH:
        return bytes((tag, length)) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, _LONG_LENGTH | len(octets))) + octets + content
