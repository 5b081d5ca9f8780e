"""Public keys of every kind."""

import pytest

from certs.pki.demo.authority import issue
from certs.pki.x509 import parse_der
from certs.tests.pki.building import (
    algorithm,
    certificate,
    make_wish,
    oid,
    sequence,
    tlv,
)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("ecdsa-p256", ("ECDSA", 256)),
        ("ecdsa-p384", ("ECDSA", 384)),
        ("rsa-1024", ("RSA", 1024)),
        ("ed25519", ("Ed25519", 0)),
        ("ed448", ("Ed448", 0)),
    ],
)
def test_each_kind_of_key_has_its_name_and_size(kind, expected):
    parsed = parse_der(issue(make_wish(key_kind=kind)).der)

    assert (parsed.key_algorithm, parsed.key_size) == expected


@pytest.mark.parametrize(
    ("spki", "expected"),
    [
        (sequence(algorithm("1.2.3.4"), tlv(0x03)), ("1.2.3.4", 0)),
        (sequence(algorithm("1.2.643.7.1.1.1.2")), ("GOST R 34.10-2012", 512)),
        (sequence(algorithm("2.16.840.1.101.3.4.3.18")), ("ML-DSA-65", 0)),
        (sequence(algorithm("2.16.840.1.101.3.4.3.31")), ("SLH-DSA-SHAKE-256f", 0)),
        (sequence(algorithm("2.16.840.1.101.3.4.4.2")), ("ML-KEM-768", 0)),
        (
            sequence(sequence(oid("1.2.840.10045.2.1"), oid("1.3.132.0.10"))),
            ("ECDSA", 256),
        ),
        (sequence(sequence(oid("1.2.840.10045.2.1"), oid("1.2.3"))), ("ECDSA", 0)),
        (sequence(sequence(oid("1.2.840.10045.2.1"), sequence())), ("ECDSA", 0)),
        (
            sequence(
                sequence(
                    oid("1.2.840.10040.4.1"), sequence(tlv(0x02, b"\0" + b"\xff" * 128))
                )
            ),
            ("DSA", 1024),
        ),
        (sequence(sequence(oid("1.2.840.10040.4.1"), sequence())), ("DSA", 0)),
        (
            sequence(
                algorithm("1.2.840.113549.1.1.10"),
                tlv(0x03, b"\0", sequence(tlv(0x02, b"\0" + b"\xff" * 64))),
            ),
            ("RSA", 512),
        ),
    ],
)
def test_an_unusual_key_is_read_as_far_as_it_goes(spki, expected):
    parsed = parse_der(certificate(spki=spki))

    assert (parsed.key_algorithm, parsed.key_size) == expected
    assert parsed.problems == ()


@pytest.mark.parametrize(
    ("parameters", "curve"),
    [
        (oid("1.2.840.10045.3.1.7"), "secp256r1"),
        (oid("1.2.3"), "1.2.3"),
        (sequence(), ""),
    ],
)
def test_a_curve_has_its_name_or_its_object_identifier(parameters, curve):
    spki = sequence(sequence(oid("1.2.840.10045.2.1"), parameters), tlv(0x03))

    assert parse_der(certificate(spki=spki)).key_curve == curve


@pytest.mark.parametrize(
    "spki",
    [
        sequence(),
        sequence(sequence()),
        sequence(algorithm("1.2.840.113549.1.1.1"), tlv(0x03, b"\0\x30")),
        sequence(algorithm("1.2.840.113549.1.1.1")),
        sequence(sequence(oid("1.2.840.10040.4.1"))),
        tlv(0x04),
    ],
)
def test_a_key_that_cannot_be_read_is_a_problem(spki):
    parsed = parse_der(certificate(spki=spki))

    assert (parsed.key_algorithm, parsed.key_size) == ("", 0)
    assert [problem.code for problem in parsed.problems] == ["unreadable-key"]
