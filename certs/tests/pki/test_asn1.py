"""DER, and what other software writes instead of it."""

import pytest

from certs.pki import asn1
from certs.tests.pki.building import sequence, tlv

NULL = b"\x05\x00"


def indefinite(*contents, tag=0x30):
    return bytes((tag, 0x80)) + b"".join(contents) + b"\0\0"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        NULL,
        indefinite(NULL) + NULL,
        sequence(NULL),
        tlv(0x04, b"\0\0"),
        indefinite(tlv(0x04, b"a"), tag=0x24),
    ],
)
def test_an_element_without_a_length_ends_where_it_says(content):
    data = indefinite(content)

    element = asn1.read(data + b"behind")

    assert (element.content, element.encoded) == (content, data)


@pytest.mark.parametrize(
    "data",
    [
        b"\x30\x80",
        b"\x30\x80\x05",
        b"\x30\x80" + NULL,
        b"\x04\x80\0\0",
        b"\x30\x80\x04\x80\0\0\0\0",
        b"\x30\x80\x04\x05\0\0",
        b"\x30\x80" * 100 + b"\0\0" * 100,
        indefinite(NULL * asn1.MAX_ELEMENTS),
    ],
)
def test_an_element_that_does_not_end_is_an_error(data):
    with pytest.raises(asn1.DerError):
        asn1.read(data)


def test_a_tag_of_several_octets_is_passed_over():
    first, second = asn1.children(asn1.read(sequence(b"\xbf\x8a\x39\x01x", NULL)))

    assert (first.tag, first.content) == (0xBF, b"x")
    assert second.encoded == NULL


@pytest.mark.parametrize("data", [b"\x1f\x80", b"\x1f\x80\x80\x80\x80\x01\x00"])
def test_a_tag_that_does_not_end_is_an_error(data):
    with pytest.raises(asn1.DerError, match="endless tag"):
        asn1.read(data)


@pytest.mark.parametrize(
    ("data", "is_strict"),
    [
        (tlv(0x04, b"a" * 127), True),
        (tlv(0x04, b"a" * 128), True),
        (tlv(0x04, b"a" * 256), True),
        (b"\x04\x81\x01a", False),
        (b"\x04\x82\x00\x80" + b"a" * 128, False),
        (indefinite(NULL), False),
    ],
)
def test_only_the_shortest_length_is_der(data, is_strict):
    assert asn1.is_strict_length(asn1.read(data)) is is_strict


@pytest.mark.parametrize(
    "data",
    [
        tlv(0x04, b"abcd"),
        tlv(0x24, tlv(0x04, b"ab"), tlv(0x04, b"cd")),
        indefinite(tlv(0x04, b"abc"), tlv(0x04, b"d"), tag=0x24),
    ],
)
def test_an_octet_string_may_come_in_pieces(data):
    assert asn1.octet_string(asn1.read(data)) == b"abcd"


def test_what_stands_before_a_broken_element_can_be_read():
    found, error = asn1.readable(asn1.read(sequence(NULL, b"\x04\x09")))

    assert [element.tag for element in found] == [0x05]
    assert str(error) == "An element is longer than the data."
