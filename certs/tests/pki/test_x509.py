"""What a certificate says is read, whatever state it is in."""

from datetime import UTC, datetime

import pytest
from cryptography import x509 as reference
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, strategies as st

from certs.pki import asn1, x509
from certs.pki.demo.authority import Authority, issue
from certs.pki.tbs import UNREADABLE_DATE
from certs.pki.x509 import InvalidCertificateError, parse_der
from certs.tests.pki import building
from certs.tests.pki.building import (
    NOW,
    algorithm,
    certificate,
    make_wish,
    sequence,
    tlv,
)


def codes(**fields):
    return [problem.code for problem in parse_der(certificate(**fields)).problems]


def test_a_leaf_says_what_the_cryptography_package_reads(authority):
    wish = make_wish(
        dns_names=("www.example.test", "*.example.test"),
        ip_addresses=("192.0.2.1", "2001:db8::1"),
    )
    der = authority.issue(wish).der
    expected = reference.load_der_x509_certificate(der)
    spki = expected.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    digest = hashes.Hash(hashes.SHA256())
    digest.update(spki)

    parsed = parse_der(der)

    assert parsed.der == der
    assert parsed.fingerprint_sha256 == expected.fingerprint(hashes.SHA256()).hex()
    assert parsed.subject == expected.subject.rfc4514_string()
    assert parsed.common_name == "www.example.test"
    assert parsed.issuer == expected.issuer.rfc4514_string()
    assert parsed.issuer_name == "Test Issuing CA"
    assert int(parsed.serial_number, 16) == expected.serial_number
    assert len(parsed.serial_number) % 2 == 0
    assert parsed.not_before == expected.not_valid_before_utc
    assert parsed.not_after == expected.not_valid_after_utc
    assert parsed.not_after.tzinfo is UTC
    assert parsed.dns_names == ("www.example.test", "*.example.test")
    assert parsed.ip_addresses == ("192.0.2.1", "2001:db8::1")
    assert parsed.spki_sha256 == digest.finalize().hex()
    assert parsed.signature_algorithm == "ecdsa-with-SHA256"
    assert parsed.extended_key_usage == ("serverAuth",)
    assert parsed.is_ca is False
    assert parsed.problems == ()


def test_an_authority_is_known_as_one(authority):
    parsed = parse_der(authority.root.der)

    assert parsed.is_ca is True
    assert parsed.problems == ()


def test_a_sha1_signature_is_named():
    issuer = issue(make_wish(is_ca=True, key_kind="rsa-1024"))

    parsed = parse_der(issue(make_wish(is_sha1=True), issuer=issuer).der)

    assert parsed.signature_algorithm == "sha1WithRSAEncryption"
    assert parsed.problems == ()


def test_a_certificate_built_by_hand_has_no_problems():
    parsed = parse_der(certificate())

    assert parsed.problems == ()
    assert parsed.serial_number == "05"
    assert parsed.not_after == datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("serial", "expected", "problems"),
    [
        (b"\x02\x02\x00\xff", "ff", []),
        (b"\x02\x02\x01\x00", "0100", []),
        (b"\x02\x02\xff\x85", "ff85", ["negative-serial"]),
        (b"\x02\x01\x00", "00", ["zero-serial"]),
        (tlv(0x02, b"\x00" + b"\xff" * 20), "ff" * 20, []),
        (tlv(0x02, b"\x01" * 21), "01" * 21, ["long-serial"]),
        (tlv(0x02, b"\x01" * 99), "01" * 64, ["long-serial"]),
    ],
)
def test_an_odd_serial_number_is_kept_as_a_problem(serial, expected, problems):
    parsed = parse_der(certificate(serial=serial))

    assert parsed.serial_number == expected
    assert [problem.code for problem in parsed.problems] == problems


@pytest.mark.parametrize(
    "version", [tlv(0xA0, b"\x02\x01\x03"), tlv(0xA0, b"\x02"), tlv(0xA0)]
)
def test_an_unknown_version_is_a_problem(version):
    assert codes(version=version) == ["unknown-version"]


def test_a_version_1_certificate_is_read_although_it_has_no_extensions():
    assert codes(version=b"", rest=b"") == ["no-subject-alternative-name"]


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (tlv(0x17, b"2701010000Z"), datetime(2027, 1, 1, tzinfo=UTC)),
        (tlv(0x17, b"270101000000+0100"), datetime(2026, 12, 31, 23, tzinfo=UTC)),
        (tlv(0x17, b"270101000000-0130"), datetime(2027, 1, 1, 1, 30, tzinfo=UTC)),
        (tlv(0x18, b"20270101000000.5Z"), datetime(2027, 1, 1, tzinfo=UTC)),
        (tlv(0x18, b"20270101000000"), datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_date_in_an_odd_form_is_read_and_a_problem(time, expected):
    validity = sequence(tlv(0x17, b"260101000000Z"), time)

    parsed = parse_der(certificate(validity=validity))

    assert parsed.not_after == expected
    assert [problem.code for problem in parsed.problems] == ["odd-date"]


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (tlv(0x17, b"491231235959Z"), datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (tlv(0x18, b"20500101000000Z"), datetime(2050, 1, 1, tzinfo=UTC)),
        (
            tlv(0x18, b"99991231235959Z"),
            datetime.max.replace(microsecond=0, tzinfo=UTC),
        ),
    ],
)
def test_a_date_is_read_on_both_sides_of_2050(time, expected):
    validity = sequence(tlv(0x17, b"500101000000Z"), time)

    parsed = parse_der(certificate(validity=validity))

    assert parsed.not_before == datetime(1950, 1, 1, tzinfo=UTC)
    assert parsed.not_after == expected
    assert parsed.problems == ()


def test_an_end_before_the_beginning_is_a_problem():
    validity = sequence(tlv(0x17, b"270101000000Z"), tlv(0x17, b"260101000000Z"))

    assert codes(validity=validity) == ["reversed-validity"]


NEW_YEAR = tlv(0x17, b"260101000000Z")


@pytest.mark.parametrize(
    ("validity", "problems"),
    [
        (sequence(NEW_YEAR), ["unreadable-not-after"]),
        (sequence(), ["unreadable-not-before", "unreadable-not-after"]),
        (sequence(NEW_YEAR, tlv(0x17, b"261301000000Z")), ["unreadable-not-after"]),
        (sequence(NEW_YEAR, tlv(0x17, b"soon")), ["unreadable-not-after"]),
        (sequence(NEW_YEAR, tlv(0x0C, b"260101000000Z")), ["unreadable-not-after"]),
        (
            sequence(NEW_YEAR, tlv(0x18, b"99991231235959-0100")),
            ["unreadable-not-after"],
        ),
        (sequence(NEW_YEAR, b"\x17\x20"), ["unreadable-not-after"]),
        (sequence(tlv(0x17, b"?"), NEW_YEAR), ["unreadable-not-before"]),
        (sequence(NEW_YEAR, NEW_YEAR, NEW_YEAR), ["odd-date"]),
    ],
)
def test_a_date_that_cannot_be_read_is_long_past_and_a_problem(validity, problems):
    parsed = parse_der(certificate(validity=validity))

    is_read = {
        "unreadable-not-before": parsed.not_before != UNREADABLE_DATE,
        "unreadable-not-after": parsed.not_after != UNREADABLE_DATE,
    }
    assert [problem.code for problem in parsed.problems] == problems
    assert [code for code in is_read if code in problems] == [
        code for code, readable in is_read.items() if not readable
    ]


@pytest.mark.parametrize("serial", [tlv(0x02), tlv(0x04, b"\x05")])
def test_a_serial_number_that_cannot_be_read_is_empty_and_a_problem(serial):
    parsed = parse_der(certificate(serial=serial))

    assert parsed.serial_number == ""
    assert [problem.code for problem in parsed.problems] == ["unreadable-serial"]


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (b"", 1),
        (tlv(0xA0, b"\x02\x01\x01"), 2),
        (tlv(0xA0, b"\x02\x01\x02"), 3),
        (tlv(0xA0, b"\x02\x01\x03"), 4),
        (tlv(0xA0, b"\x02\x01\xff"), 0),
        (tlv(0xA0, b"\x02\x09" + b"\x7f" * 9), 0),
        (tlv(0xA0), 0),
    ],
)
def test_the_version_is_counted_as_people_do(version, expected):
    assert parse_der(certificate(version=version)).version == expected


def test_extensions_in_an_old_version_are_read_and_a_problem():
    parsed = parse_der(certificate(version=b""))

    assert parsed.dns_names == ("leaf.test",)
    assert [each.code for each in parsed.problems] == ["extensions-before-version-3"]


def test_the_names_are_kept_as_they_are_signed():
    subject, issuer = building.common_name("a"), building.common_name("b")

    parsed = parse_der(certificate(subject=subject, issuer=issuer))

    assert (parsed.subject_der, parsed.issuer_der) == (subject, issuer)


def test_a_length_that_der_forbids_is_read_and_a_problem():
    der = certificate(serial=b"\x02\x81\x01\x05")

    parsed = parse_der(der)

    assert parsed.serial_number == "05"
    assert [problem.code for problem in parsed.problems] == ["odd-length"]


def test_a_certificate_without_lengths_is_read():
    der = b"\x30\x80" + asn1.read(certificate()).content + b"\0\0"

    parsed = parse_der(der)

    assert parsed.dns_names == ("leaf.test",)
    assert [problem.code for problem in parsed.problems] == ["odd-length"]


def test_broken_bytes_behind_the_fields_leave_the_fields_readable():
    parsed = parse_der(certificate(rest=b"\xa3\x50broken"))

    assert parsed.common_name == "leaf.test"
    assert [problem.code for problem in parsed.problems] == [
        "unreadable-extension",
        "no-subject-alternative-name",
    ]


@pytest.mark.parametrize(
    "der",
    [
        b"",
        b"\x30",
        b"\x30\x80\x00\x00",
        b"\x30\x85\x01\x01\x01\x01\x01",
        b"\x30\x82\xff\xff",
        b"\x3f\x81\x01\x00",
        sequence(),
        sequence(sequence()),
        sequence(tlv(0x04, b"tbs")),
        certificate() + b"\x00",
        certificate(spki=b"", rest=b""),
        certificate(spki=b"\x30\x50", rest=b""),
        certificate(validity=NEW_YEAR),  # as a revocation list has it
    ],
)
def test_what_is_no_certificate_is_one_error(der):
    with pytest.raises(InvalidCertificateError, match="not a certificate"):
        parse_der(der)


def test_an_enormous_certificate_is_refused():
    with pytest.raises(InvalidCertificateError, match="larger than 1 MiB"):
        parse_der(bytes(x509.MAX_BYTES + 1))


def test_two_signature_algorithms_are_a_problem():
    parsed = parse_der(certificate(outer=algorithm("1.2.840.10045.4.3.2")))

    assert parsed.signature_algorithm == "ecdsa-with-SHA256"
    assert [each.code for each in parsed.problems] == ["signature-algorithm-mismatch"]


@pytest.mark.parametrize("signature", [sequence(), sequence(tlv(0x06)), tlv(0x05)])
def test_a_signature_algorithm_that_cannot_be_read_is_a_problem(signature):
    assert codes(signature=signature) == ["unreadable-signature-algorithm"]


def test_an_unknown_algorithm_is_its_object_identifier():
    mine = algorithm("1.2.3.4")

    parsed = parse_der(certificate(signature=mine, outer=mine))

    assert parsed.signature_algorithm == "1.2.3.4"
    assert parsed.problems == ()


@pytest.mark.parametrize(
    ("oid", "name"),
    [
        ("1.2.643.7.1.1.3.2", "id-tc26-signwithdigest-gost3410-12-256"),
        ("2.16.840.1.101.3.4.3.19", "ML-DSA-87"),
        ("2.16.840.1.101.3.4.3.21", "SLH-DSA-SHA2-128f"),
    ],
)
def test_algorithms_that_openssl_may_not_know_have_names(oid, name):
    parsed = parse_der(certificate(signature=algorithm(oid), outer=algorithm(oid)))

    assert parsed.signature_algorithm == name


@given(st.data())
def test_a_damaged_certificate_is_read_or_is_one_error(data):
    der = bytearray(_DAMAGED_BELOW)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(der) - 1))
        der[place] = data.draw(st.integers(0, 255))

    try:
        parsed = parse_der(bytes(der))
    except InvalidCertificateError:
        return

    assert parsed.der == bytes(der)


_DAMAGED_BELOW = (
    Authority("Damaged", now=NOW)
    .issue(make_wish(dns_names=("a.test", "b.test"), ip_addresses=("192.0.2.1",)))
    .der
)
