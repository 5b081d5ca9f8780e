"""Files that hold certificates, taken apart into blocks, whatever their format."""

from collections.abc import Iterator

from certs.pki import asn1, pem
from certs.pki.containers import jks, kinds, pkcs7, pkcs12
from certs.pki.containers.block import Block

__all__ = ["Block", "blocks"]

_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def blocks(data: bytes, *, password: str = "") -> Iterator[Block]:
    """Yield the pieces of a file in their order; nothing is raised.

    Takes PEM, DER, bare base64, PKCS#7, PKCS#12 and Java keystores. A private key is
    named in `other`; its bytes are not kept.
    """
    if jks.is_keystore(data):
        yield from jks.blocks(data, password=password)
        return
    opener = pkcs12.Opener(password=password)
    for piece in _pieces(data):
        if isinstance(piece, Block):
            yield piece
            continue
        kind = kinds.kind(piece)
        if kind == kinds.PKCS7:
            yield from pkcs7.blocks(piece)
        elif kind == kinds.PKCS12:
            yield from opener.blocks(piece)
        else:
            yield Block(other=kind) if kind else Block(der=piece.encoded)


def _pieces(data: bytes) -> Iterator[asn1.Element | Block]:
    if data.startswith(_UTF_16_MARKS):
        text = data.decode("utf-16", errors="replace")
        data = text.encode("ascii", errors="replace")
    if pem.is_pem(data):
        return pem.pieces(data)
    if pem.is_base64(data):
        return iter([pem.decoded(data)])
    return _elements(data)


def _elements(data: bytes) -> Iterator[asn1.Element | Block]:
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
        yield element
