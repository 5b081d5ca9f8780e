"""What kind of public key a certificate holds, and how large (RFC 3279, 5480, 8410)."""

from dataclasses import dataclass

from certs.pki import asn1
from certs.pki.oids import CURVES, KEYS_OF_ONE_SIZE


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A public key: `algorithm` is a name that people know, else the OID.

    `size` is in bits, 0 where the algorithm has one size only or it is not known.
    `curve` is the name of an ECDSA key's curve, its OID where it has no known name.
    """

    algorithm: str = ""
    size: int = 0
    curve: str = ""


def read_key(spki: asn1.Element) -> Key:
    """Return what a SubjectPublicKeyInfo says of its key; the key is not checked.

    Raises DerError when it cannot be read. RFC 5280 section 4.1.2.7.
    """
    parts = asn1.children(spki)
    identifier = asn1.children(parts[0]) if parts else []
    if not identifier:
        raise asn1.DerError("A public key does not say its algorithm.")
    oid = asn1.oid(identifier[0])
    if oid in _RSA:
        octets = asn1.content(parts[-1], tag=asn1.BIT_STRING)
        bits = _first_integer_bits(asn1.read(octets, start=1))
        return Key(algorithm="RSA", size=bits)
    if oid == _DSA:
        return Key(algorithm="DSA", size=_first_integer_bits(identifier[-1]))
    if oid == _EC:
        return _elliptic(identifier[-1])
    algorithm, size = KEYS_OF_ONE_SIZE.get(oid, (oid, 0))
    return Key(algorithm=algorithm, size=size)


_RSA = {"1.2.840.113549.1.1.1", "1.2.840.113549.1.1.7", "1.2.840.113549.1.1.10"}
_DSA = "1.2.840.10040.4.1"
_EC = "1.2.840.10045.2.1"


def _first_integer_bits(element: asn1.Element) -> int:
    """Return the bits of the modulus (RSA) or of the prime (DSA)."""
    numbers = asn1.children(element)
    return asn1.integer(numbers[0]).bit_length() if numbers else 0


def _elliptic(parameters: asn1.Element) -> Key:
    """Return a key on a named curve; a spelled-out one has no known size."""
    if parameters.tag != asn1.OID:
        return Key(algorithm="ECDSA")
    oid = asn1.oid(parameters)
    curve, size = CURVES.get(oid, (oid, 0))
    return Key(algorithm="ECDSA", size=size, curve=curve)
