"""The key exchange is read from the server's own messages, however they end."""

import pytest
from hypothesis import given, strategies as st

from certs.pki.exchange import key_exchange
from certs.pki.groups import group_name

KINDS = {0xC02F: "kx-ecdhe", 0x0033: "kx-dhe", 0x002F: "kx-rsa", 0x00A8: "kx-psk"}


def number(value, size=2):
    return value.to_bytes(size, "big")


def hello(*, suite=0x1301, session=b"", extensions=()):
    """The body of a ServerHello. RFC 8446 section 4.1.3."""
    body = b"".join(
        number(kind) + number(len(data)) + data for kind, data in extensions
    )
    return (
        b"\x03\x03" + bytes(32) + number(len(session), 1) + session
        + number(suite) + b"\0" + (number(len(body)) + body if body else b"")
    )  # fmt: skip


def tls_1_3(share):
    return hello(
        session=bytes(32), extensions=[(51, share), (99, b"grease"), (43, b"\x03\x04")]
    )


@pytest.mark.parametrize(
    ("share", "name"),
    [
        (number(29) + number(32) + bytes(32), "x25519"),
        (number(23), "secp256r1"),  # "try again with this one"
        (number(4588) + number(1120) + bytes(1120), "X25519MLKEM768"),
        (number(256) + number(256) + bytes(256), "ffdhe2048"),
        (number(0x2A2A), "group 0x2a2a"),
        (b"", ""),
    ],
)
def test_tls_1_3_names_its_group(share, name):
    assert key_exchange(tls_1_3(share), b"", kinds=KINDS) == name


@pytest.mark.parametrize(
    ("suite", "message", "name"),
    [
        (0xC02F, b"\x03" + number(24) + b"\x61" + bytes(97), "secp384r1"),
        (0xC02F, b"\x01" + bytes(40), "explicit curve"),
        (0xC02F, b"", ""),
        (0x0033, number(128) + b"\xff" * 128 + number(1) + b"\x02", "DHE 1024 bits"),
        (0x0033, number(768) + b"\x80" + bytes(767), "DHE 6144 bits"),
        (0x0033, number(64) + b"\x01" + bytes(63), "DHE 505 bits"),
        (0x0033, b"", ""),
        (0x002F, b"", "RSA"),
        (0x00A8, b"", ""),
        (0xFFFF, b"\x03\0\x17", ""),
    ],
)
def test_before_tls_1_3_the_suite_tells_how_to_read_it(suite, message, name):
    assert key_exchange(hello(suite=suite), message, kinds=KINDS) == name


def test_an_unknown_hello_has_no_key_exchange():
    assert key_exchange(b"", b"", kinds=KINDS) == ""


@given(st.binary(max_size=200), st.binary(max_size=20))
def test_no_bytes_raise_anything(tail, message):
    key_exchange(tail, message, kinds=KINDS)
    key_exchange(tls_1_3(number(29))[: len(tail)] + tail, message, kinds=KINDS)
    key_exchange(hello(suite=0x0033), message, kinds=KINDS)


def test_a_long_hello_is_read_in_no_time():
    padding = [(99, b"")] * 16_000

    long = hello(extensions=[*padding, (43, b"\x03\x04"), (51, number(29))])

    assert key_exchange(long + bytes(1_000_000), b"", kinds=KINDS) == "x25519"


def test_groups_have_the_names_of_the_registry():
    assert [group_name(each) for each in (23, 25, 30, 31, 260, 4587, 0)] == [
        *("secp256r1", "secp521r1", "x448", "brainpoolP256r1tls13", "ffdhe8192"),
        *("SecP256r1MLKEM768", "group 0x0000"),
    ]
