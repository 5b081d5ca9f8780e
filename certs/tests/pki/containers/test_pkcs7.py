"""PKCS#7 bundles."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from certs.pki.x509 import InvalidCertificateError, parse_certificates, read_file
from certs.tests.pki.building import certificate, common_name, oid, sequence, tlv
from certs.tests.pki.containers.building import key_and_certificate, signed_data

ONE, OTHER = certificate(), certificate(subject=common_name("other"))


def ders(data):
    return [parsed.der for parsed in parse_certificates(data)]


@pytest.mark.parametrize("encoding", [Encoding.DER, Encoding.PEM])
def test_a_bundle_that_cryptography_writes_is_read(encoding):
    signed = [key_and_certificate(name)[1] for name in ("a.test", "b.test")]

    data = pkcs7.serialize_certificates(signed, encoding)

    assert set(ders(data)) == {each.public_bytes(Encoding.DER) for each in signed}


def test_certificates_come_in_the_order_of_the_bundle():
    assert ders(signed_data(tlv(0xA0, OTHER, ONE))) == [OTHER, ONE]


def test_a_bundle_without_lengths_is_read():
    inner = b"\x30\x80\x02\x01\x01\x31\x00\x30\x80\0\0\xa0\x80" + ONE + b"\0\0\0\0"
    data = b"\x30\x80" + oid("1.2.840.113549.1.7.2") + b"\xa0\x80" + inner + b"\0\0\0\0"

    assert ders(data) == [ONE]


def test_what_else_is_in_a_bundle_is_named():
    data = signed_data(tlv(0xA0, ONE, tlv(0xA1)), tlv(0xA1, sequence()), tlv(0x31))

    contents = read_file(data)

    assert contents.others == ("a revocation list", "something else")


def test_a_bundle_that_is_cut_off_gives_what_it_has():
    contents = read_file(signed_data(tlv(0xA0, ONE, b"\x30\x50cut")))

    assert len(contents.certificates) == 1
    assert contents.problems == ("The PKCS#7 bundle cannot be read to its end.",)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (sequence(oid("1.2.840.113549.1.7.2")), "The PKCS#7 bundle cannot be read."),
        (sequence(tlv(0x06)), "The PKCS#7 bundle cannot be read."),
        (
            sequence(oid("1.2.840.113549.1.7.3"), tlv(0xA0, sequence())),
            "The input holds a PKCS#7 message without certificates,"
            " but no certificate.",
        ),
        (
            signed_data(tlv(0x31)),
            "The input holds a PKCS#7 message without certificates,"
            " but no certificate.",
        ),
        (signed_data(tlv(0xA0)), "The input holds no certificate."),
    ],
)
def test_a_bundle_without_a_certificate_says_so(data, message):
    with pytest.raises(InvalidCertificateError) as caught:
        parse_certificates(data)

    assert str(caught.value) == message
