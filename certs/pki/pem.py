"""Files that hold certificates, taken apart: PEM (RFC 7468), DER, bare base64."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from certs.pki import asn1

_CERTIFICATE = {b"CERTIFICATE", b"X509 CERTIFICATE", b"TRUSTED CERTIFICATE"}
_OTHERS = {
    b"CERTIFICATE REQUEST": "a signing request",
    b"NEW CERTIFICATE REQUEST": "a signing request",
    b"PKCS7": "a PKCS#7 bundle",
    b"CMS": "a PKCS#7 bundle",
    b"PUBLIC KEY": "a public key",
    b"X509 CRL": "a revocation list",
}
PRIVATE_KEY = "a private key"

_BEGIN, _END, _DASHES = b"-----BEGIN ", b"-----END ", b"-----"
_BLANKS = re.compile(rb"\s+|\\[rn]")
_BASE64 = re.compile(rb"M[A-Za-z0-9+/=\s]+")
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# How a private key (RFC 5208, 5915, 8017) and a PKCS#12 file (RFC 7292) begin: with a
# version, where a certificate has a sequence.
_KEY_VERSIONS = {0, 1}
_PKCS12_VERSION = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One piece of a file: a certificate's DER, or what is wrong with the piece.

    A piece that is something else has neither, only `other`, its kind in words.
    """

    der: bytes = b""
    error: str = ""
    other: str = ""


def blocks(data: bytes) -> Iterator[Block]:
    """Yield the pieces of a file in their order; nothing is raised.

    A private key is named in `other` and its bytes are not kept.
    """
    if data.startswith(_UTF_16_MARKS):
        text = data.decode("utf-16", errors="replace")
        data = text.encode("ascii", errors="replace")
    if _BEGIN in data:
        return _pem_blocks(data)
    bare = data.strip()
    if _BASE64.fullmatch(bare):
        return iter([_decoded(bare)])
    return _der_blocks(data)


def _pem_blocks(data: bytes) -> Iterator[Block]:
    """Yield the blocks between BEGIN and END lines. RFC 7468 section 2."""
    for chunk in data.split(_BEGIN)[1:]:
        label, _dashes, rest = chunk.partition(_DASHES)
        body, end, _junk = rest.partition(_END)
        if label.endswith(b"PRIVATE KEY"):
            yield Block(other=PRIVATE_KEY)
        elif label not in _CERTIFICATE:
            yield Block(other=_OTHERS.get(label, "something else"))
        elif not end:
            yield Block(error="is cut off: its END line is missing")
        else:
            yield _decoded(body)


def _decoded(text: bytes) -> Block:
    """Return the block of a base64 text; what follows the certificate is dropped.

    OpenSSL's TRUSTED CERTIFICATE carries its trust settings behind the certificate.
    """
    try:
        octets = binascii.a2b_base64(_BLANKS.sub(b"", text), strict_mode=True)
        return _block(asn1.read(octets))
    except binascii.Error:
        return Block(error="is not valid base64")
    except asn1.DerError:
        return Block(error="is cut off or not DER inside")


def _der_blocks(data: bytes) -> Iterator[Block]:
    """Yield the DER elements that follow each other, with white space between."""
    position = 0
    while position < len(data):
        if data[position : position + 1].isspace():
            position += 1
            continue
        try:
            element = asn1.read(data, start=position)
            asn1.content(element, tag=asn1.SEQUENCE)
        except asn1.DerError:
            yield Block(error="is neither PEM nor DER")
            return
        position += len(element.encoded)
        yield _block(element)


def _block(element: asn1.Element) -> Block:
    """Return the block of a DER element, which may begin like a key or PKCS#12 file."""
    try:
        version = asn1.integer(asn1.read(element.content))
    except asn1.DerError:
        return Block(der=element.encoded)
    if version in _KEY_VERSIONS:
        return Block(other=PRIVATE_KEY)
    kind = "a PKCS#12 file" if version == _PKCS12_VERSION else "something else"
    return Block(other=kind)
