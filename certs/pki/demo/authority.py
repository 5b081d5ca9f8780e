"""A zoo of throw-away certificate authorities: nothing they sign is worth anything."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PrivateKey = (
    ec.EllipticCurvePrivateKey
    | rsa.RSAPrivateKey
    | ed25519.Ed25519PrivateKey
    | ed448.Ed448PrivateKey
)

AUTHORITY_AGE, AUTHORITY_LIFE = timedelta(days=5 * 365), timedelta(days=10 * 365)

_RSA_EXPONENT = 65537
_KEY_MAKERS: dict[str, Callable[[], PrivateKey]] = {
    "ecdsa-p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ecdsa-p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "rsa-1024": lambda: rsa.generate_private_key(_RSA_EXPONENT, 1024),  # noqa: S505 - weak on purpose
    "rsa-2048": lambda: rsa.generate_private_key(_RSA_EXPONENT, 2048),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "ed448": ed448.Ed448PrivateKey.generate,
}
_SIGNS_CERTIFICATES = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)
# The object identifiers of the two RSA signatures (RFC 8017 appendix A.2.4), as DER.
_SHA256_WITH_RSA = bytes.fromhex("06092a864886f70d01010b")
_SHA1_WITH_RSA = bytes.fromhex("06092a864886f70d010105")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a certificate is to say. Times are aware datetimes.

    `key_kind` is one of ecdsa-p256, ecdsa-p384, rsa-1024, rsa-2048, ed25519 and ed448.
    `is_sha1` wants an issuer with an RSA key.
    """

    common_name: str
    not_before: datetime
    not_after: datetime
    dns_names: tuple[str, ...] = ()
    ip_addresses: tuple[str, ...] = ()
    key_kind: str = "ecdsa-p256"
    is_ca: bool = False
    is_sha1: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A certificate (`der`) with its private key, and who issued it (None: itself)."""

    der: bytes
    key: PrivateKey
    name: x509.Name
    issuer: "Identity | None" = None

    @property
    def chain(self) -> tuple[bytes, ...]:
        """What a server should send: itself and its intermediates, leaf first."""
        if self.issuer is None:
            return (self.der,)
        above = self.issuer.chain if self.issuer.issuer else ()
        return (self.der, *above)

    @property
    def key_pem(self) -> bytes:
        """The private key as PEM (PKCS#8, RFC 5958), without a password."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


class Authority:
    """A root and an intermediate below it, which issues leaves; all freshly made."""

    def __init__(
        self, name: str, *, now: datetime, key_kind: str = "ecdsa-p256"
    ) -> None:
        """Make both, valid from five years before `now` to ten years after it.

        `key_kind` is the intermediate's.
        """
        root = Wish(
            common_name=f"{name} Root",
            not_before=now - AUTHORITY_AGE,
            not_after=now + AUTHORITY_LIFE,
            is_ca=True,
        )
        intermediate = Wish(
            common_name=f"{name} Issuing CA",
            not_before=root.not_before,
            not_after=root.not_after,
            key_kind=key_kind,
            is_ca=True,
        )
        self.root = issue(root)
        self.intermediate = issue(intermediate, issuer=self.root)

    def issue(self, wish: Wish) -> Identity:
        """Return a certificate from the intermediate."""
        return issue(wish, issuer=self.intermediate)


def make_key(kind: str = "ecdsa-p256") -> PrivateKey:
    """Return a new private key; for the kinds see `Wish`. Raises KeyError."""
    return _KEY_MAKERS[kind]()


def issue(wish: Wish, *, issuer: Identity | None = None) -> Identity:
    """Return the wished-for certificate with a new key, self-signed without an issuer.

    Raises TypeError when a SHA-1 signature is wanted from a key that is not RSA.
    RFC 5280 section 4.
    """
    key = make_key(wish.key_kind)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, wish.common_name)])
    signing_key = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.name if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(wish.not_before)
        .not_valid_after(wish.not_after)
    )
    builder = _with_extensions(builder, wish, key=key, signing_key=signing_key)
    is_edwards = isinstance(
        signing_key, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey
    )
    certificate = builder.sign(signing_key, None if is_edwards else hashes.SHA256())
    der = certificate.public_bytes(Encoding.DER)
    if wish.is_sha1:
        der = _resigned_with_sha1(certificate, signing_key)
    return Identity(der=der, key=key, name=name, issuer=issuer)


def _with_extensions(
    builder: x509.CertificateBuilder,
    wish: Wish,
    *,
    key: PrivateKey,
    signing_key: PrivateKey,
) -> x509.CertificateBuilder:
    """RFC 5280 section 4.2.1: what a strict verifier wants, and the names."""
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key())
    constraints = x509.BasicConstraints(ca=wish.is_ca, path_length=None)
    builder = builder.add_extension(constraints, critical=True)
    builder = builder.add_extension(above, critical=False)
    if wish.is_ca:
        own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        builder = builder.add_extension(own, critical=False)
        builder = builder.add_extension(_SIGNS_CERTIFICATES, critical=True)
    else:
        purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(purposes, critical=False)
    names = [
        *map(x509.DNSName, wish.dns_names),
        *(x509.IPAddress(ip_address(each)) for each in wish.ip_addresses),
    ]
    if names:
        alternative = x509.SubjectAlternativeName(names)
        builder = builder.add_extension(alternative, critical=False)
    return builder


def _resigned_with_sha1(certificate: x509.Certificate, key: PrivateKey) -> bytes:
    """Return the DER of a certificate signed with sha256WithRSA, but with SHA-1.

    The cryptography package makes no such certificate, only such signatures. The two
    identifiers and the two signatures have the same lengths, so they change places.
    """
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("Only an RSA key signs with SHA-1 here.")
    der = certificate.public_bytes(Encoding.DER)
    tbs = certificate.tbs_certificate_bytes.replace(_SHA256_WITH_RSA, _SHA1_WITH_RSA)
    signature = key.sign(tbs, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - weak on purpose
    unsigned = der.replace(_SHA256_WITH_RSA, _SHA1_WITH_RSA)
    return unsigned[: -len(signature)] + signature
