"""Hellos by hand: read back by another parser, byte by byte."""

import pytest

from certs.pki.groups import BY_NAME, CURVES, TLS13_GROUPS
from certs.pki.hello import Hello, encode, encode_ssl2
from certs.pki.suites import SSL3, TLS10, TLS12, TLS13, usable_in
from certs.tests.pki.deep.fake import read_client_hello

RENEGOTIATION_INFO, SERVER_NAME = 0xFF01, 0


def hello(version, **options):
    settings = {
        "version": version,
        "suites": usable_in(version),
        "groups": CURVES,
        "server_name": "www.example.test",
    }
    return Hello(**settings | options)


@pytest.mark.parametrize("version", [SSL3, TLS10, TLS12, TLS13])
def test_all_suites_are_offered_in_the_given_order(version):
    read = read_client_hello(encode(hello(version)))

    expected = [suite.number for suite in usable_in(version)]
    signals = [0x00FF] if version == SSL3 else []
    assert read.suites == expected + signals
    assert read.version == version


def test_ssl_3_has_no_extensions_and_its_own_record_version():
    data = encode(hello(SSL3))

    assert data[1:3] == b"\x03\x00"
    assert read_client_hello(data).extensions == {}


def test_tls_1_2_offers_groups_signatures_and_secure_renegotiation():
    data = encode(hello(TLS12))
    read = read_client_hello(data)

    assert data[1:3] == b"\x03\x01"
    assert read.server_name == "www.example.test"
    assert read.groups == [group.number for group in CURVES]
    assert read.extensions[RENEGOTIATION_INFO] == b"\x00"
    assert 13 in read.extensions
    assert read.compressions == b"\x00"


def test_tls_1_0_has_no_signature_algorithms():
    assert 13 not in read_client_hello(encode(hello(TLS10))).extensions


def test_tls_1_3_is_offered_alone_and_without_a_key():
    data = encode(hello(TLS13, groups=TLS13_GROUPS))
    read = read_client_hello(data)

    assert data[9:11] == b"\x03\x03"
    assert read.extensions[43] == b"\x02\x03\x04"
    assert read.extensions[51] == b"\x00\x00"
    assert read.groups[0] == 0x11EC == BY_NAME["X25519MLKEM768"].number
    assert RENEGOTIATION_INFO not in read.extensions


def test_no_finite_field_is_listed_lest_it_change_the_prime():
    assert not any(0x100 <= number < 0x200 for number in (g.number for g in CURVES))


def test_extras_are_offered_only_when_asked_for():
    plain = read_client_hello(encode(hello(TLS12)))
    curious = read_client_hello(encode(hello(TLS12, asks_extras=True)))

    assert 15 not in plain.extensions
    assert curious.extensions[15] == b"\x01"
    assert curious.compressions == b"\x01\x00"


@pytest.mark.parametrize("name", ["192.0.2.1", "2001:db8::1", "é.test", "x" * 256, ""])
def test_a_name_that_sni_cannot_hold_is_not_sent(name):
    read = read_client_hello(encode(hello(TLS12, server_name=name)))

    assert SERVER_NAME not in read.extensions


@pytest.mark.parametrize("count", range(120))
def test_no_hello_has_a_length_at_which_old_balancers_stall(count):
    suites = usable_in(TLS12)[:count]

    read = read_client_hello(encode(hello(TLS12, suites=suites)))

    assert not 256 <= read.length <= 511


def test_two_hellos_have_nothing_random_in_common():
    first, second = encode(hello(TLS13)), encode(hello(TLS13))

    assert first[11:43] != second[11:43]
    assert first[44:76] != second[44:76]


def test_ssl_2_says_its_own_length():
    data = encode_ssl2()

    assert int.from_bytes(data[:2], "big") == 0x8000 | len(data) - 2
    assert data[2:5] == b"\x01\x00\x02"
    ciphers, session, challenge = (
        int.from_bytes(data[i : i + 2], "big") for i in (5, 7, 9)
    )
    assert (ciphers % 3, session, challenge) == (0, 0, 16)
    assert len(data) == 11 + ciphers + session + challenge
