"""Certificates by the thousand: really signed, and the same ones for the same seed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from certs.pki.x509 import ParsedCertificate, parse_der

_RSA_BITS, _RSA_EXPONENT = 2048, 65537
_SCALAR_BITS = 255  # below the order of P-256, so every number but 0 is a key
_SERIAL_BITS = 126  # what many authorities use; RFC 5280, 4.1.2.2 allows 159
_LIFE = timedelta(days=3650)  # of the authority's own certificate
_LEAF = x509.BasicConstraints(ca=False, path_length=None)
_AUTHORITY = x509.BasicConstraints(ca=True, path_length=0)
_SERVER = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """The name of an issuing authority, as its certificates spell it."""

    common_name: str
    organization: str
    country: str


class Mint:
    """An authority whose key follows from a seed: nothing it signs is worth anything.

    What it issues is not parsed again: only the first certificate is, and the others
    differ from it in what was asked for. A test compares the two.
    """

    def __init__(self, issuer: Issuer, *, seed: str, now: datetime) -> None:
        chance = Random(f"{seed} {issuer}")  # noqa: S311 - the same every time
        self._key = ec.derive_private_key(
            chance.getrandbits(_SCALAR_BITS) | 1, ec.SECP256R1()
        )
        self._name = x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, issuer.country),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, issuer.organization),
                x509.NameAttribute(NameOID.COMMON_NAME, issuer.common_name),
            ]
        )
        self._above = x509.AuthorityKeyIdentifier.from_issuer_public_key(
            self._key.public_key()
        )
        self._samples: dict[bool, ParsedCertificate] = {}
        self.certificate = self._own(chance, now.astimezone(UTC).replace(microsecond=0))

    def issue(
        self,
        names: Sequence[str],
        *,
        not_before: datetime,
        not_after: datetime,
        chance: Random,
        is_rsa: bool,
    ) -> ParsedCertificate:
        """Return a certificate for host `names`, the first one its subject.

        Key and serial number are drawn from `chance`. Times must be whole seconds.
        """
        key = _public_key(chance, is_rsa=is_rsa)
        serial = chance.getrandbits(_SERIAL_BITS) | 1 << (_SERIAL_BITS - 1)
        builder = (
            x509.CertificateBuilder(
                issuer_name=self._name,
                subject_name=x509.Name(
                    [x509.NameAttribute(NameOID.COMMON_NAME, names[0])]
                ),
                public_key=key,
                serial_number=serial,
                not_valid_before=not_before.astimezone(UTC).replace(tzinfo=None),
                not_valid_after=not_after.astimezone(UTC).replace(tzinfo=None),
            )
            .add_extension(_LEAF, critical=True)
            .add_extension(self._above, critical=False)
            .add_extension(_SERVER, critical=False)
            .add_extension(
                x509.SubjectAlternativeName([x509.DNSName(name) for name in names]),
                critical=False,
            )
        )
        signed = builder.sign(self._key, hashes.SHA256(), ecdsa_deterministic=True)
        der = signed.public_bytes(Encoding.DER)
        subject_der = signed.subject.public_bytes()
        spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        if is_rsa not in self._samples:
            self._samples[is_rsa] = parse_der(der)
        return replace(
            self._samples[is_rsa],
            der=der,
            fingerprint_sha256=hashlib.sha256(der).hexdigest(),
            subject=f"CN={names[0]}",
            subject_der=subject_der,
            common_name=names[0],
            serial_number=f"{serial:032x}",
            not_before=not_before,
            not_after=not_after,
            dns_names=tuple(names),
            spki_sha256=hashlib.sha256(spki).hexdigest(),
        )

    def _own(self, chance: Random, now: datetime) -> ParsedCertificate:
        """Return what servers send after the leaf; it is signed by itself."""
        builder = x509.CertificateBuilder(
            issuer_name=self._name,
            subject_name=self._name,
            public_key=self._key.public_key(),
            serial_number=chance.getrandbits(_SERIAL_BITS) | 1,
            not_valid_before=(now - _LIFE / 2).replace(tzinfo=None),
            not_valid_after=(now + _LIFE / 2).replace(tzinfo=None),
        ).add_extension(_AUTHORITY, critical=True)
        signed = builder.sign(self._key, hashes.SHA256(), ecdsa_deterministic=True)
        return parse_der(signed.public_bytes(Encoding.DER))


def _public_key(chance: Random, *, is_rsa: bool) -> PublicKey:
    """Return a key of a server that does not exist: nobody has its private half."""
    if is_rsa:
        modulus = chance.getrandbits(_RSA_BITS) | 1 << (_RSA_BITS - 1) | 1
        return rsa.RSAPublicNumbers(_RSA_EXPONENT, modulus).public_key()
    private = ec.derive_private_key(
        chance.getrandbits(_SCALAR_BITS) | 1, ec.SECP256R1()
    )
    return private.public_key()
