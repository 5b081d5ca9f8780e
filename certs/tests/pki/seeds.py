"""Good files of every format, to be damaged by tests and by `make fuzz`."""

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs7,
    pkcs12,
)

from certs.tests.pki import building
from certs.tests.pki.containers.building import (
    JCEKS,
    bag,
    certificate_bag,
    encrypted,
    key_and_certificate,
    key_entry,
    keystore,
    pbe,
    pfx,
    plain,
    signed_data,
    trusted_entry,
)


def seeds() -> dict[str, bytes]:
    """Return small files by name; the certificates in them are made on the spot."""
    key, own = key_and_certificate()
    der, pem = (own.public_bytes(form) for form in (Encoding.DER, Encoding.PEM))
    spoken = building.certificate(
        rest=building.tlv(0xA3, building.sequence(*_extensions()))
    )
    pkcs8 = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    stores = {
        f"pkcs12-{name}": pkcs12.serialize_key_and_certificates(
            b"x", key, own, [own], encryption
        )
        for name, encryption in (
            ("open", NoEncryption()),
            ("closed", BestAvailableEncryption(b"secret")),
        )
    }
    return stores | {
        "der": der,
        "two-der": der + spoken,
        "spoken-der": spoken,
        "pem": pem,
        "key-and-pem": pkcs8 + pem,
        "base64": b"".join(pem.splitlines()[1:-1]),
        "utf-16": pem.decode().encode("utf-16"),
        "pkcs7-der": pkcs7.serialize_certificates([own], Encoding.DER),
        "pkcs7-pem": pkcs7.serialize_certificates([own], Encoding.PEM),
        "pkcs7-indefinite": b"\x30\x80"
        + signed_data(building.tlv(0xA0, der))[4:]
        + b"\0\0",
        "pkcs12-bags": pfx(
            plain(certificate_bag(der), bag(6, building.sequence(certificate_bag(der))))
        ),
        "pkcs12-odd": pfx(encrypted(pbe(3), bytes(16)), plain(certificate_bag(der))),
        "jks": keystore(trusted_entry(der), key_entry(der, spoken)),
        "jceks": keystore(trusted_entry(der), magic=JCEKS),
        "jks-cut": keystore(trusted_entry(der)[:15], version=1),
    }


def _extensions() -> list[bytes]:
    """Return an extension of each kind that is read."""
    sequence, tlv, oid = building.sequence, building.tlv, building.oid
    url = tlv(0x86, b"http://a.test/")
    values = {
        "2.5.29.19": sequence(tlv(0x01, b"\xff"), tlv(0x02, b"\x01")),
        "2.5.29.15": tlv(0x03, b"\x01\x06"),
        "2.5.29.37": sequence(oid("1.3.6.1.5.5.7.3.1")),
        "2.5.29.14": tlv(0x04, b"own"),
        "2.5.29.35": sequence(tlv(0x80, b"above")),
        "2.5.29.32": sequence(sequence(oid("2.23.140.1.2.1"))),
        "1.3.6.1.5.5.7.1.1": sequence(sequence(oid("1.3.6.1.5.5.7.48.1"), url)),
        "1.3.6.1.4.1.11129.2.4.2": tlv(0x04, b"\0\x06\0\x04abcd"),
        "1.3.6.1.5.5.7.1.24": sequence(tlv(0x02, b"\x05")),
    }
    return [
        building.SAN,
        *(building.extension(kind, value) for kind, value in values.items()),
    ]
