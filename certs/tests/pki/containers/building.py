"""Containers for tests: by hand, and as cryptography writes them."""

import hashlib
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from certs.tests.pki.building import NOW, oid, sequence, tlv

DATA, SIGNED_DATA = oid("1.2.840.113549.1.7.1"), oid("1.2.840.113549.1.7.2")
ENCRYPTED_DATA = oid("1.2.840.113549.1.7.6")
X509_CERTIFICATE = oid("1.2.840.113549.1.9.22.1")
JKS, JCEKS = b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce"


def key_and_certificate(name="a.test"):
    """Return a key and its own certificate as cryptography's objects."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(
        issuer_name=subject,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=5,
        not_valid_before=(NOW - timedelta(days=1)).replace(tzinfo=None),
        not_valid_after=(NOW + timedelta(days=1)).replace(tzinfo=None),
    )
    return key, builder.sign(key, hashes.SHA256())


def sha1(octets):
    return hashlib.sha1(octets).digest()  # noqa: S324 - the formats want it


def signed_data(*parts):
    """Return a ContentInfo with SignedData (RFC 5652); `parts` follow the content."""
    data = sequence(tlv(0x02, b"\x01"), tlv(0x31), sequence(DATA), *parts)
    return sequence(SIGNED_DATA, tlv(0xA0, data))


def pfx(*safes, wrap=lambda octets: tlv(0x04, octets)):
    """Return a PKCS#12 file of ContentInfos (RFC 7292) without a MAC."""
    content = sequence(DATA, tlv(0xA0, wrap(sequence(*safes))))
    return sequence(tlv(0x02, b"\x03"), content)


def plain(*bags):
    return sequence(DATA, tlv(0xA0, tlv(0x04, sequence(*bags))))


def bag(number, value):
    return sequence(oid(f"1.2.840.113549.1.12.10.1.{number}"), tlv(0xA0, value))


def certificate_bag(der, kind=X509_CERTIFICATE):
    return bag(3, sequence(kind, tlv(0xA0, tlv(0x04, der))))


def encrypted(algorithm, octets):
    """Return a ContentInfo with EncryptedData (RFC 5652 section 8)."""
    info = sequence(DATA, algorithm, tlv(0x80, octets))
    return sequence(ENCRYPTED_DATA, tlv(0xA0, sequence(tlv(0x02, b"\0"), info)))


def pbe(number, *, salt=b"saltsalt", rounds=b"\x01"):
    """Return a password-based AlgorithmIdentifier of RFC 7292 appendix C."""
    parameters = sequence(tlv(0x04, salt), tlv(0x02, rounds))
    return sequence(oid(f"1.2.840.113549.1.12.1.{number}"), parameters)


def counted(octets, *, size=4):
    return len(octets).to_bytes(size, "big") + octets


def java_certificate(der, *, kind=b"X.509"):
    return counted(kind, size=2) + counted(der)


def trusted_entry(der, **kind):
    head = (2).to_bytes(4, "big") + counted(b"alias", size=2) + bytes(8)
    return head + java_certificate(der, **kind)


def key_entry(*chain):
    head = (1).to_bytes(4, "big") + counted(b"alias", size=2) + bytes(8)
    links = b"".join(map(java_certificate, chain))
    return head + counted(b"encrypted key") + len(chain).to_bytes(4, "big") + links


def keystore(*entries, magic=JKS, version=2, password="changeit"):  # noqa: S107 - opens nothing
    head = magic + version.to_bytes(4, "big") + len(entries).to_bytes(4, "big")
    body = head + b"".join(entries)
    secret = password.encode("utf-16-be") + b"Mighty Aphrodite"
    return body + sha1(secret + body)
