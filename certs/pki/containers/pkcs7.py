"""PKCS#7 and CMS bundles: certificates without a signature (RFC 5652, RFC 2315)."""

from collections.abc import Iterator

from certs.pki import asn1
from certs.pki.containers.block import REVOCATION_LIST, SOMETHING_ELSE, Block

_SIGNED_DATA = "1.2.840.113549.1.7.2"
_CERTIFICATES, _REVOCATION_LISTS = 0xA0, 0xA1

_UNREADABLE = Block(problem="The PKCS#7 bundle cannot be read.")
_CUT_OFF = Block(problem="The PKCS#7 bundle cannot be read to its end.")
_MESSAGE = Block(other="a PKCS#7 message without certificates")


def blocks(element: asn1.Element) -> Iterator[Block]:
    """Yield the certificates of a ContentInfo and what else it holds.

    Signatures and signed content are neither checked nor kept. Nothing is raised. RFC
    5652 sections 3 and 5.1.
    """
    try:
        kind, content = asn1.pair(element)
        if asn1.oid(kind) != _SIGNED_DATA:
            yield _MESSAGE
            return
        signed, _error = asn1.readable(asn1.read(content.content))
    except asn1.DerError:
        yield _UNREADABLE
        return
    parts = [part for part in signed if part.tag in {_CERTIFICATES, _REVOCATION_LISTS}]
    if not parts:
        yield _MESSAGE
    for part in parts:
        yield from _members(part)


def _members(part: asn1.Element) -> Iterator[Block]:
    """Yield what a set of certificates or of revocation lists holds.

    Attribute certificates and others have a tag of their own. RFC 5652 section 10.2.
    """
    members, error = asn1.readable(part, tag=part.tag)
    for member in members:
        if part.tag == _REVOCATION_LISTS:
            yield Block(other=REVOCATION_LIST)
        elif member.tag == asn1.SEQUENCE:
            yield Block(der=member.encoded)
        else:
            yield Block(other=SOMETHING_ELSE)
    if error is not None:
        yield _CUT_OFF
