"""Extensions, whole and broken."""

import pytest

from certs.pki.x509 import parse_der
from certs.tests.pki import building
from certs.tests.pki.building import (
    SAN,
    certificate,
    extension,
    oid,
    sequence,
    tlv,
)


def codes(**fields):
    return [problem.code for problem in parse_der(certificate(**fields)).problems]


def extended(*extensions):
    return tlv(0xA3, sequence(*extensions))


def test_unique_identifiers_before_the_extensions_are_passed_over():
    rest = tlv(0x81, b"\0unique") + extended(SAN)

    assert codes(rest=rest) == []


@pytest.mark.parametrize("rest", [tlv(0xA3), tlv(0xA3, tlv(0x04, b"?"))])
def test_a_broken_list_of_extensions_is_a_problem(rest):
    assert codes(rest=rest) == ["unreadable-extension", "no-subject-alternative-name"]


@pytest.mark.parametrize(
    "broken",
    [
        sequence(),
        sequence(oid("2.5.29.37")),
        sequence(tlv(0x06), tlv(0x04)),
        sequence(oid("2.5.29.37"), tlv(0x05)),
        extension("2.5.29.37", b"\x30\x05"),
        extension("2.5.29.37", sequence(tlv(0x04))),
        extension("2.5.29.19", b""),
    ],
)
def test_one_broken_extension_leaves_the_others_readable(broken):
    parsed = parse_der(certificate(rest=extended(broken, SAN)))

    assert parsed.dns_names == ("leaf.test",)
    assert parsed.extended_key_usage == ()
    assert [problem.code for problem in parsed.problems] == ["unreadable-extension"]


def test_extensions_before_a_broken_one_are_read():
    parsed = parse_der(certificate(rest=extended(SAN, b"\x30\x50cut")))

    assert parsed.dns_names == ("leaf.test",)
    assert [problem.code for problem in parsed.problems] == ["unreadable-extension"]


def test_of_two_equal_extensions_the_first_counts():
    other = building.alternative_names((0x82, b"other.test"))

    parsed = parse_der(certificate(rest=extended(SAN, other)))

    assert parsed.dns_names == ("leaf.test",)
    assert [problem.code for problem in parsed.problems] == ["duplicate-extension"]


@pytest.mark.parametrize(
    ("value", "is_ca"),
    [
        (sequence(), False),
        (sequence(tlv(0x01, b"\xff")), True),
        (sequence(tlv(0x01, b"\x00")), False),
        (sequence(tlv(0x02, b"\x01")), False),
    ],
)
def test_only_a_true_flag_makes_an_authority(value, is_ca):
    rest = extended(SAN, extension("2.5.29.19", value, critical=tlv(0x01, b"\xff")))

    assert parse_der(certificate(rest=rest)).is_ca is is_ca


def test_purposes_have_names_or_their_object_identifier():
    purposes = sequence(oid("1.3.6.1.5.5.7.3.2"), oid("1.2.3.4"), oid("1.2.3.4"))

    parsed = parse_der(
        certificate(rest=extended(SAN, extension("2.5.29.37", purposes)))
    )

    assert parsed.extended_key_usage == ("clientAuth", "1.2.3.4")


def test_names_come_lower_case_once_and_in_order():
    names = building.alternative_names(
        (0x82, b"WWW.leaf.test"),
        (0x86, b"https://leaf.test/"),
        (0x87, bytes((192, 0, 2, 1))),
        (0x82, b"www.leaf.test"),
        (0x82, b"a.leaf.test"),
    )

    parsed = parse_der(certificate(rest=extended(names)))

    assert parsed.dns_names == ("www.leaf.test", "a.leaf.test")
    assert parsed.ip_addresses == ("192.0.2.1",)
    assert parsed.problems == ()


@pytest.mark.parametrize(
    "bad",
    [
        (0x82, b""),
        (0x82, b"two words"),
        (0x82, b"line\nbreak.test"),
        (0x82, b"caf\xc3\xa9.test"),
        (0x82, b"a" * 256),
        (0x87, b"\x7f\0\0"),
    ],
)
def test_a_name_that_no_host_can_have_is_left_out_and_a_problem(bad):
    names = building.alternative_names(bad, (0x82, b"leaf.test"), bad)

    parsed = parse_der(certificate(rest=extended(names)))

    assert parsed.dns_names == ("leaf.test",)
    assert parsed.ip_addresses == ()
    assert [problem.code for problem in parsed.problems] == ["bad-name"]


def test_of_too_many_names_the_first_ten_thousand_are_kept():
    names = building.alternative_names(
        *((0x82, f"n{number}.test".encode()) for number in range(10_001))
    )

    parsed = parse_der(certificate(rest=extended(names)))

    assert len(parsed.dns_names) == 10_000
    assert [problem.code for problem in parsed.problems] == ["too-many-names"]
