"""Files that hold certificates, among other things."""

import base64
import ssl

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from hypothesis import example, given, strategies as st

from certs.pki import x509
from certs.pki.demo.authority import issue
from certs.pki.x509 import InvalidCertificateError, parse_certificates, read_file
from certs.tests.pki.building import certificate, make_wish, sequence, tlv


@pytest.fixture(scope="module")
def leaf():
    return issue(make_wish())


@pytest.fixture(scope="module")
def other():
    return issue(make_wish(common_name="other.example.test"))


def pem(*ders, label="CERTIFICATE"):
    text = "".join(map(ssl.DER_cert_to_PEM_cert, ders))
    return text.replace("CERTIFICATE", label).encode()


def signed(body):
    return sequence(body, sequence(), tlv(0x03))


def ders(data):
    return [parsed.der for parsed in parse_certificates(data)]


def test_certificates_come_in_the_order_of_the_file(leaf, other):
    assert ders(pem(other.der, leaf.der)) == [other.der, leaf.der]


def test_text_between_certificates_is_passed_over(leaf, other):
    data = (
        b"Bag Attributes\n" + pem(leaf.der) + b"\n s:CN=x\n" + pem(other.der) + b"end"
    )

    assert ders(data) == [leaf.der, other.der]


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.decode().encode("utf-16"),
        lambda data: b"  " + data.replace(b"\n", b"\n  "),
        lambda data: data.replace(b"\n", b"\\n"),
        lambda data: data.replace(b"CERTIFICATE", b"X509 CERTIFICATE"),
    ],
)
def test_the_same_certificate_is_read_from_other_spellings(change, leaf):
    assert ders(change(pem(leaf.der))) == [leaf.der]


def test_trust_settings_behind_a_certificate_are_dropped(leaf):
    settings = sequence(sequence(tlv(0x06, b"\x2a\x03")))

    data = pem(leaf.der + settings, label="TRUSTED CERTIFICATE")

    assert ders(data) == [leaf.der]


def test_der_is_read_alone_and_in_a_row(leaf, other):
    assert ders(leaf.der) == [leaf.der]
    assert ders(leaf.der + other.der + b"\n") == [leaf.der, other.der]


def test_base64_without_its_frame_is_read(leaf):
    assert ders(b"\n" + base64.encodebytes(leaf.der)) == [leaf.der]


def test_a_certificate_that_is_there_twice_is_kept_once(leaf, other):
    assert ders(pem(leaf.der, other.der, leaf.der)) == [leaf.der, other.der]


def test_a_private_key_beside_a_certificate_is_passed_over(leaf):
    assert ders(leaf.key_pem + pem(leaf.der)) == [leaf.der]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda key: key,
        lambda key: key.split(b"-----END")[0],
        lambda key: base64.b64decode(b"".join(key.splitlines()[1:-1])),
        lambda key: b"".join(key.splitlines()[1:-1]),
        lambda key: key.replace(b"PRIVATE KEY", b"CERTIFICATE"),
    ],
)
def test_a_private_key_alone_is_named_and_never_quoted(wrap, leaf):
    with pytest.raises(InvalidCertificateError) as caught:
        parse_certificates(wrap(leaf.key_pem))

    message = "The input holds a private key, but no certificate."
    assert str(caught.value) == message
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The input is empty."),
        (b" \n", "The input is empty."),
        (b"hello", "The input is neither PEM nor DER."),
        (b"a\n" * 50, "The input is neither PEM nor DER."),
        (bytes(x509.MAX_BYTES + 1), "The input is larger than 1 MiB."),
        (
            b"-----BEGIN CERTIFICATE-----\nMII",
            "The input is cut off: its END line is missing.",
        ),
        (
            b"-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----",
            "The input is not valid base64.",
        ),
        (
            b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
            "The input is cut off or not DER inside.",
        ),
        (
            pem(b"\x30\x03\x04\x01\x01"),
            "The input is not a certificate: An element has tag 0x04, not 0x30.",
        ),
        (
            pem(b"\x30\x00", label="CERTIFICATE REQUEST"),
            "The input holds a signing request, but no certificate.",
        ),
        (
            pem(b"\x30\x00", label="NONSENSE") + pem(b"\x30\x00", label="PUBLIC KEY"),
            "The input holds a public key and something else, but no certificate.",
        ),
        (
            pem(b"\x04\x01a"),
            "The input is not a certificate: An element has tag 0x04, not 0x30.",
        ),
        (
            pem(b"\x30\x00", label="PKCS7"),
            "The input is not a certificate: Fields are missing.",
        ),
        (
            sequence(tlv(0x02, b"\x03")),
            "The input holds something else, but no certificate.",
        ),
        (
            sequence(tlv(0x02, b"\x07")),
            "The input holds something else, but no certificate.",
        ),
    ],
)
def test_what_holds_no_certificate_says_why(data, message):
    with pytest.raises(InvalidCertificateError) as caught:
        parse_certificates(data)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (
            b"-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----",
            "Certificate 2 of the input is not valid base64.",
        ),
        (
            pem(certificate(validity=b"")),
            "Certificate 2 of the input is not a certificate: Fields are missing.",
        ),
    ],
)
def test_the_position_of_a_bad_certificate_among_several_is_named(
    second, message, leaf
):
    with pytest.raises(InvalidCertificateError) as caught:
        parse_certificates(leaf.key_pem + pem(leaf.der) + second)

    assert str(caught.value) == message


def test_what_can_be_read_of_a_damaged_file_is_read(leaf, other):
    data = pem(leaf.der, b"\x30\x00", other.der)

    contents = read_file(data)

    assert [each.der for each in contents.certificates] == [leaf.der, other.der]
    assert contents.problems == (
        "Certificate 2 of the input is not a certificate: Fields are missing.",
    )


@pytest.mark.parametrize(
    ("others", "sentence"),
    [
        ((), ""),
        (("KEY",), "The input also holds a private key; it was not kept."),
        (("KEY", "KEY"), "The input also holds 2 private keys; they were not kept."),
        (
            ("CERTIFICATE REQUEST", "CERTIFICATE REQUEST"),
            "The input also holds a signing request; it was not kept.",
        ),
        (
            ("CERTIFICATE REQUEST", "KEY", "X509 CRL"),
            "The input also holds a private key, a revocation list and a signing"
            " request; they were not kept.",
        ),
    ],
)
def test_what_else_is_in_a_file_is_said_in_a_sentence(others, sentence, leaf):
    blocks = [
        leaf.key_pem if kind == "KEY" else pem(b"\x30\x00", label=kind)
        for kind in others
    ]

    contents = read_file(pem(leaf.der) + b"".join(blocks))

    assert contents.left_out == sentence


def test_an_encrypted_private_key_is_named_whatever_it_is_wrapped_in(leaf):
    key = load_pem_private_key(leaf.key_pem, None)
    locked = BestAvailableEncryption(b"secret")

    for encoding in (Encoding.DER, Encoding.PEM):
        data = key.private_bytes(encoding, PrivateFormat.PKCS8, locked)
        with pytest.raises(InvalidCertificateError, match="holds a private key, but"):
            parse_certificates(data)


TIME = tlv(0x17, b"260101000000Z")
FIRST = tlv(0x02, b"\0")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (sequence(sequence(), tlv(0x03)), "a public key"),
        (sequence(tlv(0x02, b"\x7f"), tlv(0x02, b"\x05")), "a public key"),
        (
            signed(sequence(FIRST, sequence(), sequence(), tlv(0xA0))),
            "a signing request",
        ),
        (signed(sequence(FIRST, sequence(), sequence(), TIME)), "a revocation list"),
        (
            signed(sequence(sequence(), sequence(), tlv(0x18, b"?"))),
            "a revocation list",
        ),
    ],
)
def test_what_is_no_certificate_is_known_by_its_shape(data, kind):
    with pytest.raises(InvalidCertificateError, match=f"holds {kind}, but no"):
        parse_certificates(data)


def test_too_many_certificates_are_refused():
    data = sequence(b"\x30\x00") * (x509.MAX_CERTIFICATES + 1)

    with pytest.raises(InvalidCertificateError, match="more than 1,000 certificates"):
        parse_certificates(data)


def test_a_signature_that_ends_like_white_space_is_kept_whole():
    spaced = certificate(outer=sequence(tlv(0x06, b"\x2a\x03")))[:-1] + b"\n"

    assert ders(b"\n" + spaced) == [spaced]


@given(st.one_of(st.binary(), st.text().map(str.encode)))
@example(b"-----BEGIN " * 1000)
@example(b"\xff\xfe\xd8")
@example(b"M")
def test_no_bytes_raise_anything_but_the_parsers_own_error(data):
    try:
        parsed = parse_certificates(data)
    except InvalidCertificateError:
        return

    assert parsed
