"""How many rounds opening something encrypted with a password takes (RFC 8018)."""

from certs.pki import asn1

# PBES1 with MD2, MD5 or SHA-1 (RFC 8018 appendix A.3), PKCS#12's own (RFC 7292
# appendix C): both have salt and rounds for parameters.
_OLD = {
    *(f"1.2.840.113549.1.5.{number}" for number in (1, 3, 4, 6, 10, 11)),
    *(f"1.2.840.113549.1.12.1.{number}" for number in range(1, 7)),
}
_PBES2, _PBKDF2 = "1.2.840.113549.1.5.13", "1.2.840.113549.1.5.12"


def rounds(algorithm: asn1.Element) -> int | None:
    """Return the rounds that an AlgorithmIdentifier asks for, 1 at least.

    None when it is not one whose cost is known: scrypt, for example. Raises DerError
    when it cannot be read.
    """
    kind, parameters = asn1.pair(algorithm)
    oid = asn1.oid(kind)
    if oid == _PBES2:
        kind, parameters = asn1.pair(asn1.pair(parameters)[0])
        oid = asn1.oid(kind)
        if oid != _PBKDF2:
            return None
    elif oid not in _OLD:
        return None
    return max(1, asn1.integer(asn1.pair(parameters)[1]))
