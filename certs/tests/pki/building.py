"""Certificates for tests: wishes with defaults, and DER built by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

from certs.pki.demo.authority import Wish

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)

P256_SPKI = bytes.fromhex(
    "3059301306072a8648ce3d020106082a8648ce3d03010703420004" + "11" * 64
)
SHA256_WITH_RSA = "1.2.840.113549.1.1.11"


def make_wish(**what_matters):
    wish: dict[str, Any] = {
        "common_name": "www.example.test",
        "not_before": NOW - timedelta(days=1),
        "not_after": NOW + timedelta(days=89),
        "dns_names": ("www.example.test",),
    }
    return Wish(**wish | what_matters)


def tlv(tag, *contents):
    body = b"".join(contents)
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def sequence(*contents):
    return tlv(0x30, *contents)


def oid(text):
    first, second, *rest = map(int, text.split("."))
    octets = b""
    for arc in (40 * first + second, *rest):
        digits = [arc & 0x7F]
        while arc := arc >> 7:
            digits.append(0x80 | arc & 0x7F)
        octets += bytes(reversed(digits))
    return tlv(0x06, octets)


def algorithm(text=SHA256_WITH_RSA):
    return sequence(oid(text), b"\x05\x00")


def name(*pairs):
    """Return a Name from (OID, tag, octets), an RDN each."""
    return sequence(
        *(tlv(0x31, sequence(oid(kind), tlv(tag, text))) for kind, tag, text in pairs)
    )


def common_name(text="leaf.test"):
    return name(("2.5.4.3", 0x0C, text.encode()))


def extension(kind, value, *, critical=b""):
    return sequence(oid(kind), critical, tlv(0x04, value))


def alternative_names(*names):
    """Return the extension with the given (tag, octets) as GeneralNames."""
    return extension("2.5.29.17", sequence(*(tlv(tag, text) for tag, text in names)))


SAN = alternative_names((0x82, b"leaf.test"))


def certificate(**fields):
    """Return the DER of a certificate; `fields` replace its parts, b"" leaves out."""
    parts = {
        "version": tlv(0xA0, b"\x02\x01\x02"),
        "serial": b"\x02\x01\x05",
        "signature": algorithm(),
        "issuer": common_name("Issuer"),
        "validity": sequence(tlv(0x17, b"260101000000Z"), tlv(0x17, b"270101000000Z")),
        "subject": common_name(),
        "spki": P256_SPKI,
        "rest": tlv(0xA3, sequence(SAN)),
    }
    outer = fields.pop("outer", algorithm())
    tbs = sequence(*(parts | fields).values())
    return sequence(tbs, outer, tlv(0x03, b"\x00signature"))
