"""Chains for tests: really signed, with any extension and any date."""

from datetime import timedelta
from itertools import count
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed448, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from certs.pki.demo.authority import Identity, make_key
from certs.pki.links import Link, read
from certs.tests.pki.building import NOW

_serials = count(1000)

CA = (x509.BasicConstraints(ca=True, path_length=None), True)
UNKNOWN = (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\5\0"), True)


def up_to(length):
    """The constraint of a CA that allows `length` CAs below it."""
    return (x509.BasicConstraints(ca=True, path_length=length), True)


def purpose(oid):
    return (x509.ExtendedKeyUsage([oid]), False)


def usage(*, signs_certificates):
    bits: dict[str, Any] = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    named = {"digital_signature": True, "key_cert_sign": signs_certificates}
    return (x509.KeyUsage(**bits, **named), True)


def names(*hosts):
    return (x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), False)


def key_ids(identity):
    """The extension by which a certificate names the key of its issuer."""
    public = identity.key.public_key()
    return (x509.AuthorityKeyIdentifier.from_issuer_public_key(public), False)


def own_key_id(key):
    return (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)


def named(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def sign(subject, *extensions, issuer=None, key=None, **what_matters):
    """A certificate by `issuer`, or by itself; it begins and ends days from NOW."""
    wish: dict[str, Any] = {"begins": -30, "ends": 30, "kind": "ecdsa-p256"}
    wish |= {"hash": hashes.SHA256()} | what_matters
    key = key or make_key(wish["kind"])
    name = subject if isinstance(subject, x509.Name) else named(subject)
    signing_key = issuer.key if issuer else key
    builder = x509.CertificateBuilder(
        subject_name=name,
        issuer_name=issuer.name if issuer else name,
        public_key=key.public_key(),
        serial_number=wish.get("serial", next(_serials)),
        not_valid_before=NOW + timedelta(days=wish["begins"]),
        not_valid_after=NOW + timedelta(days=wish["ends"]),
    )
    for extension, is_critical in extensions:
        builder = builder.add_extension(extension, is_critical)
    is_edwards = isinstance(
        signing_key, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey
    )
    certificate = builder.sign(signing_key, None if is_edwards else wish["hash"])
    der = certificate.public_bytes(Encoding.DER)
    return Identity(der=der, key=key, name=name, issuer=issuer)


def read_link(der: bytes) -> Link:
    found = read(der)
    assert found is not None
    return found


def chain(*identities):
    return tuple(identity.der for identity in identities)


class Ladder:
    """A root, an intermediate and a leaf; extensions for each replace the usual.

    `root_wish`, `middle_wish` and `leaf_wish` are what else `sign` takes.
    """

    def __init__(self, *, root=(CA,), middle=(CA,), leaf=None, **wishes):
        given = (names("leaf.test"),) if leaf is None else leaf
        of_root, of_middle, of_leaf = (
            wishes.get(f"{who}_wish", {}) for who in ("root", "middle", "leaf")
        )
        self.root = sign("Root", *root, **of_root)
        self.middle = sign("Issuing CA", *middle, issuer=self.root, **of_middle)
        self.leaf = sign("leaf.test", *given, issuer=self.middle, **of_leaf)

    @property
    def sent(self):
        return chain(self.leaf, self.middle)
