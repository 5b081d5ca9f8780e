"""What single extensions say, and what becomes of them when they are broken."""

import pytest
from cryptography import x509 as reference

from certs.pki.x509 import parse_der
from certs.tests.pki.building import (
    SAN,
    certificate,
    extension,
    oid,
    sequence,
    tlv,
)

OCSP, CA_ISSUERS = oid("1.3.6.1.5.5.7.48.1"), oid("1.3.6.1.5.5.7.48.2")
TRUE = tlv(0x01, b"\xff")
SCTS = "1.3.6.1.4.1.11129.2.4.2"


def parsed(kind, value):
    return parse_der(certificate(rest=tlv(0xA3, sequence(SAN, extension(kind, value)))))


def codes(certificate):
    return [problem.code for problem in certificate.problems]


def test_a_leaf_says_what_the_cryptography_package_reads(authority):
    der = authority.root.der
    extensions = reference.load_der_x509_certificate(der).extensions
    usage = extensions.get_extension_for_class(reference.KeyUsage).value
    own = extensions.get_extension_for_class(reference.SubjectKeyIdentifier).value

    root = parse_der(der)

    assert ("keyCertSign" in root.key_usage) is usage.key_cert_sign
    assert ("digitalSignature" in root.key_usage) is usage.digital_signature
    assert root.subject_key_id == own.digest.hex()


@pytest.mark.parametrize(
    ("bits", "usage"),
    [
        (b"\x07\x80", ("digitalSignature",)),
        (b"\x01\x06", ("keyCertSign", "cRLSign")),
        (b"\x07\x00\x80", ("decipherOnly",)),
        (b"\x00", ()),
        (b"", ()),
    ],
)
def test_key_usage_is_in_words(bits, usage):
    assert parsed("2.5.29.15", tlv(0x03, bits)).key_usage == usage


@pytest.mark.parametrize(
    ("length", "expected", "problems"),
    [
        (b"", None, []),
        (tlv(0x02, b"\x00"), 0, []),
        (tlv(0x02, b"\x03"), 3, []),
        (tlv(0x02, b"\xff"), 0, []),
        (tlv(0x02, b"\x7f" * 2000), 255, []),
        (tlv(0x04), None, ["unreadable-path-length"]),
    ],
)
def test_the_length_of_the_path_below_an_authority(length, expected, problems):
    found = parsed("2.5.29.19", sequence(TRUE, length))

    assert (found.is_ca, found.path_length) == (True, expected)
    assert codes(found) == problems


def test_identifiers_of_keys_are_hexadecimal():
    assert parsed("2.5.29.14", tlv(0x04, b"\x01\xff")).subject_key_id == "01ff"
    above = sequence(tlv(0x80, b"\x02"), tlv(0x82, b"\x05"))
    assert parsed("2.5.29.35", above).authority_key_id == "02"
    assert parsed("2.5.29.35", sequence(tlv(0x82, b"\x05"))).authority_key_id == ""


def test_policies_are_object_identifiers_once():
    one, other = oid("2.23.140.1.2.1"), oid("1.2.3")
    policies = sequence(sequence(one, sequence()), sequence(other), sequence(one))

    assert parsed("2.5.29.32", policies).policies == ("2.23.140.1.2.1", "1.2.3")


def test_the_places_of_an_authority_are_urls():
    access = sequence(
        sequence(OCSP, tlv(0x86, b"http://ocsp.test")),
        sequence(CA_ISSUERS, tlv(0x86, b"http://ca.test/ca.cer")),
        sequence(CA_ISSUERS, tlv(0xA4, b"")),
        sequence(CA_ISSUERS, tlv(0x86, b"http://ca.test/a b")),
        sequence(oid("1.2.3"), tlv(0x86, b"http://other.test")),
    )

    found = parsed("1.3.6.1.5.5.7.1.1", access)

    assert found.ocsp_urls == ("http://ocsp.test",)
    assert found.issuer_urls == ("http://ca.test/ca.cer",)
    assert codes(found) == []


@pytest.mark.parametrize(
    ("items", "count"), [(b"", 0), (b"\0\x03abc", 1), (b"\0\x01a\0\0\0\x01b", 3)]
)
def test_signed_timestamps_are_counted(items, count):
    value = tlv(0x04, len(items).to_bytes(2, "big") + items)

    assert parsed(SCTS, value).scts == count


@pytest.mark.parametrize(
    ("features", "expected"),
    [((b"\x05",), True), ((b"\x11",), False), ((b"\x11", b"\x05"), True)],
)
def test_a_certificate_may_want_a_stapled_response(features, expected):
    value = sequence(*(tlv(0x02, feature) for feature in features))

    assert parsed("1.3.6.1.5.5.7.1.24", value).is_must_staple is expected


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("2.5.29.15", tlv(0x04)),
        ("2.5.29.14", tlv(0x03)),
        ("2.5.29.35", tlv(0x04)),
        ("2.5.29.32", sequence(sequence())),
        ("1.3.6.1.5.5.7.1.1", sequence(sequence(OCSP))),
        ("1.3.6.1.5.5.7.1.24", sequence(tlv(0x04))),
        (SCTS, tlv(0x04, b"\0\x05\0\x09abc")),
        (SCTS, tlv(0x04, b"\0")),
    ],
)
def test_a_value_that_cannot_be_read_is_a_problem(kind, value):
    assert codes(parsed(kind, value)) == ["unreadable-extension"]


def test_names_before_a_broken_one_are_read():
    names = sequence(tlv(0x82, b"leaf.test"), b"\x82\x50cut")

    found = parse_der(
        certificate(rest=tlv(0xA3, sequence(extension("2.5.29.17", names))))
    )

    assert found.dns_names == ("leaf.test",)
    assert codes(found) == ["unreadable-names"]
