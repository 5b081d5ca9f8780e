"""What a DER element is, by its shape: a certificate or one of its neighbours."""

from certs.pki import asn1
from certs.pki.containers.block import (
    PRIVATE_KEY,
    PUBLIC_KEY,
    REVOCATION_LIST,
    SIGNING_REQUEST,
    SOMETHING_ELSE,
)

PKCS7 = "a PKCS#7 bundle"
PKCS12 = "a PKCS#12 file"

# How a private key (RFC 5208, 5915, 8017) and a PKCS#12 file (RFC 7292) begin: with a
# version, where a certificate has a sequence.
_KEY_VERSIONS = {0, 1}
_PKCS12_VERSION = 3
_KEYS: dict[tuple[int, ...], str] = {
    (asn1.SEQUENCE, asn1.OCTET_STRING): PRIVATE_KEY,  # encrypted: RFC 5208 section 6
    (asn1.SEQUENCE, asn1.BIT_STRING): PUBLIC_KEY,  # RFC 5280 section 4.1
}
_BODY = [asn1.SEQUENCE, asn1.SEQUENCE, asn1.BIT_STRING]
_CONTEXT_0 = 0xA0


def kind(element: asn1.Element) -> str:
    """Return what `element` is in words, "" for what may be a certificate."""
    try:
        parts, _error = asn1.readable(element)
        tags = [part.tag for part in parts]
        if tags[:1] == [asn1.INTEGER]:
            return _by_version(asn1.integer(parts[0]), tags)
        if tags[:1] == [asn1.OID]:
            return PKCS7
        if tags == _BODY:
            return _by_body(asn1.children(parts[0]))
        return _KEYS.get(tuple(tags), "")
    except asn1.DerError:
        return ""


def _by_version(version: int, tags: list[int]) -> str:
    if version in _KEY_VERSIONS:
        return PRIVATE_KEY
    if version == _PKCS12_VERSION and tags[1:2] == [asn1.SEQUENCE]:
        return PKCS12
    # RSAPublicKey, RFC 8017 appendix A.1.1.
    return PUBLIC_KEY if tags == [asn1.INTEGER, asn1.INTEGER] else SOMETHING_ELSE


def _by_body(fields: list[asn1.Element]) -> str:
    """Tell requests (RFC 2986) and revocation lists (RFC 5280 section 5.1) apart."""
    tags = [field.tag for field in fields]
    if tags[:1] == [asn1.INTEGER]:
        tags.pop(0)
    if tags == [asn1.SEQUENCE, asn1.SEQUENCE, _CONTEXT_0]:
        return SIGNING_REQUEST
    if tags[2:3] in ([asn1.UTC_TIME], [asn1.GENERALIZED_TIME]):
        return REVOCATION_LIST
    return ""
