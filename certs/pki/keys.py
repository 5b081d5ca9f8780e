"""What kind of public key a certificate holds, and how large (RFC 3279, 5480, 8410)."""

from certs.pki import asn1
from certs.pki.oids import CURVE_BITS


def read_key(spki: asn1.Element) -> tuple[str, int]:
    """Return the algorithm and the size in bits of a SubjectPublicKeyInfo.

    The algorithm is RSA, ECDSA, Ed25519, Ed448 or DSA, else its object identifier.
    The size is 0 where the algorithm has one size only (Ed25519, Ed448) or where it
    is not known. Raises DerError when the key cannot be read. RFC 5280 section 4.1.2.7.
    """
    parts = asn1.children(spki)
    identifier = asn1.children(parts[0]) if parts else []
    if not identifier:
        raise asn1.DerError("A public key does not say its algorithm.")
    oid = asn1.oid(identifier[0])
    if oid in _FIXED:
        return _FIXED[oid], 0
    if oid in _RSA:
        octets = asn1.content(parts[-1], tag=asn1.BIT_STRING)
        return "RSA", _first_integer_bits(asn1.read(octets, start=1))
    if oid == _DSA:
        return "DSA", _first_integer_bits(identifier[-1])
    if oid == _EC:
        return "ECDSA", _curve_bits(identifier[-1])
    return oid, 0


_FIXED = {"1.3.101.112": "Ed25519", "1.3.101.113": "Ed448"}
_RSA = {"1.2.840.113549.1.1.1", "1.2.840.113549.1.1.7", "1.2.840.113549.1.1.10"}
_DSA = "1.2.840.10040.4.1"
_EC = "1.2.840.10045.2.1"


def _first_integer_bits(element: asn1.Element) -> int:
    """Return the bits of the modulus (RSA) or of the prime (DSA)."""
    numbers = asn1.children(element)
    return asn1.integer(numbers[0]).bit_length() if numbers else 0


def _curve_bits(parameters: asn1.Element) -> int:
    """Return the bits of a named curve; a spelled-out one has no known size."""
    if parameters.tag != asn1.OID:
        return 0
    return CURVE_BITS.get(asn1.oid(parameters), 0)
