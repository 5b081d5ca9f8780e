"""The names of subject and issuer, however they are written."""

import pytest

from certs.pki.x509 import parse_der
from certs.tests.pki import building
from certs.tests.pki.building import (
    certificate,
    oid,
    sequence,
    tlv,
)


def test_text_is_written_as_rfc_4514_wants_it():
    subject = sequence(
        tlv(0x31, sequence(oid("2.5.4.6"), tlv(0x13, b"DE"))),
        tlv(
            0x31,
            sequence(oid("2.5.4.10"), tlv(0x0C, b" A, B+C ")),
            sequence(oid("1.2.3.4"), tlv(0x0C, b"#x")),
        ),
        tlv(0x31, sequence(oid("2.5.4.3"), tlv(0x13, b"*.leaf_1.test"))),
    )

    parsed = parse_der(certificate(subject=subject))

    assert parsed.subject == r"CN=*.leaf_1.test,O=\ A\, B\+C\ +1.2.3.4=\#x,C=DE"
    assert parsed.problems == ()


@pytest.mark.parametrize(
    ("tag", "octets", "text"),
    [
        (0x0C, "Zürich".encode(), "Zürich"),
        (0x14, "Zürich".encode("latin-1"), "Zürich"),
        (0x1C, "Zürich".encode("utf-32-be"), "Zürich"),
        (0x1E, "Zürich".encode("utf-16-be"), "Zürich"),
    ],
)
def test_every_string_type_of_names_is_read(tag, octets, text):
    parsed = parse_der(certificate(subject=building.name(("2.5.4.3", tag, octets))))

    assert parsed.common_name == text
    assert parsed.problems == ()


@pytest.mark.parametrize(
    ("tag", "octets", "text"),
    [
        (0x0C, b"a\0b", "a\ufffdb"),
        (0x0C, "a\u202eb".encode(), "a\ufffdb"),
        (0x0C, b"a\nb", "a\ufffdb"),
        (0x0C, b"a\xffb", "a\ufffdb"),
        (0x0C, b"a" * 300, "a" * 255),
        (0x04, b"ab", "#04026162"),
    ],
)
def test_odd_text_in_a_name_is_made_harmless_and_a_problem(tag, octets, text):
    parsed = parse_der(certificate(subject=building.name(("2.5.4.3", tag, octets))))

    assert parsed.common_name == text
    assert [problem.code for problem in parsed.problems] == ["bad-distinguished-name"]


def test_a_very_long_name_is_cut():
    subject = building.name(*(("2.5.4.11", 0x0C, b"u" * 200) for _ in range(6)))

    parsed = parse_der(certificate(subject=subject))

    assert len(parsed.subject) == 1_000
    assert [problem.code for problem in parsed.problems] == ["bad-distinguished-name"]


ORGANIZATION = tlv(0x31, sequence(oid("2.5.4.10"), tlv(0x0C, b"Org")))


@pytest.mark.parametrize(
    "subject",
    [
        tlv(0x04),
        sequence(sequence()),
        sequence(tlv(0x31, sequence(oid("2.5.4.3")))),
        sequence(tlv(0x31, sequence(tlv(0x06), tlv(0x0C)))),
    ],
)
def test_a_name_that_cannot_be_read_is_empty_and_a_problem(subject):
    parsed = parse_der(certificate(subject=subject))

    assert (parsed.subject, parsed.common_name) == ("", "")
    assert [problem.code for problem in parsed.problems] == ["unreadable-name"]


@pytest.mark.parametrize(
    "subject",
    [
        sequence(sequence(), ORGANIZATION),
        sequence(tlv(0x31, sequence(oid("2.5.4.3"))), ORGANIZATION),
        sequence(ORGANIZATION, b"\x31\x50"),
    ],
)
def test_of_a_broken_name_the_rest_is_read(subject):
    parsed = parse_der(certificate(subject=subject))

    assert parsed.subject == "O=Org"
    assert [problem.code for problem in parsed.problems] == ["unreadable-name"]


def test_a_name_of_too_many_parts_is_cut():
    subject = sequence(tlv(0x31) * 1_001)

    parsed = parse_der(certificate(subject=subject))

    assert [problem.code for problem in parsed.problems] == ["unreadable-name"]


def test_empty_parts_of_a_name_are_passed_over():
    parsed = parse_der(certificate(subject=sequence(tlv(0x31), ORGANIZATION)))

    assert parsed.subject == "O=Org"
    assert parsed.problems == ()


def test_an_empty_subject_with_an_empty_rdn_is_read():
    assert parse_der(certificate(subject=sequence(tlv(0x31)))).subject == ""


@pytest.mark.parametrize(
    ("issuer", "expected"),
    [
        (building.common_name("Some CA"), "Some CA"),
        (building.name(("2.5.4.10", 0x0C, b"Some Org")), "Some Org"),
        (building.name(("2.5.4.11", 0x0C, b"Some Unit")), "OU=Some Unit"),
        (sequence(), ""),
    ],
)
def test_the_issuer_is_called_by_its_best_known_name(issuer, expected):
    assert parse_der(certificate(issuer=issuer)).issuer_name == expected
