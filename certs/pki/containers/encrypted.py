"""Opens the encrypted certificates of a PKCS#12 file, and nothing else of it.

They are put into a file of their own, without the private keys and the MAC, and
`cryptography` reads that: it knows every cipher that is in use.
"""

import hashlib
import hmac
import warnings

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509 import InvalidVersion

from certs.pki import asn1
from certs.pki.containers.block import PRIVATE_KEY, Block

_VERSION = bytes.fromhex("020103")
_DATA = bytes.fromhex("06092a864886f70d010701")
_SHA1 = bytes.fromhex("300906052b0e03021a0500")
_CONTEXT_0 = 0xA0
_SALT = b"certdesk"  # eight octets; it guards nothing
_SHA1_BLOCK = 64
_MAC_KEY = 3  # RFC 7292 appendix B.3


def certificates(safe: asn1.Element, *, password: str) -> list[Block]:
    """Return what an encrypted ContentInfo holds, [] if the password does not open it.

    An empty password stands for none as well: RFC 7292 appendix B.1 makes a difference,
    and OpenSSL tells by the MAC which of them is meant.
    """
    if password:
        return _load(_file(safe), password.encode(errors="replace"))
    return _load(_file(safe), None) or _load(_file(safe, is_sealed=True), b"")


def _load(data: bytes, password: bytes | None) -> list[Block]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd serial numbers: found again later
            found = pkcs12.load_pkcs12(data, password)
            opened = ([found.cert] if found.cert else []) + found.additional_certs
            ders = [each.certificate.public_bytes(Encoding.DER) for each in opened]
    except (ValueError, TypeError, UnsupportedAlgorithm, InvalidVersion):
        return []
    blocks = [Block(der=der) for der in ders]
    # Some put the key among the certificates.
    return [*blocks, Block(other=PRIVATE_KEY)] if found.key else blocks


def _file(safe: asn1.Element, *, is_sealed: bool = False) -> bytes:
    """Return a PFX with one ContentInfo, sealed with the empty password if asked."""
    safes = _sequence(safe.encoded)
    content = _tlv(_CONTEXT_0, _tlv(asn1.OCTET_STRING, safes))
    mac = _mac(safes) if is_sealed else b""
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
    return bytes((tag, 0x84)) + len(content).to_bytes(4, "big") + content
