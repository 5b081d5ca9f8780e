"""Findings about dates, names, keys and what public authorities may not do."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from certs.models import Certificate
from certs.pki.demo.authority import issue
from certs.pki.findings import of_certificate, of_dates, of_name
from certs.pki.findings.certificate import MOST_PROBLEMS, is_forgeable
from certs.pki.problem import Problem
from certs.pki.x509 import parse_der
from certs.tests.pki.building import NOW, make_wish

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@dataclass
class Facts:
    """A sound certificate, but for what a test says."""

    not_before: datetime = datetime(2026, 5, 4, tzinfo=UTC)
    not_after: datetime = datetime(2026, 8, 2, tzinfo=UTC)
    dns_names: tuple[str, ...] = ("www.a.test",)
    ip_addresses: tuple[str, ...] = ()
    key_algorithm: str = "ECDSA"
    key_size: int = 256
    signature_algorithm: str = "sha256WithRSAEncryption"
    extended_key_usage: tuple[str, ...] = ("serverAuth",)
    is_ca: bool = False
    problems: tuple[Problem | str, ...] = ()


def codes(findings):
    return [finding.code for finding in findings]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (NOW - SECOND, ["not-yet-valid"]),
        (NOW, []),
        (NOW + 90 * DAY - 30 * DAY, []),
        (NOW + 90 * DAY - 20 * DAY, ["expiring"]),
        (NOW + 90 * DAY - 2 * DAY, ["expiring"]),
        (NOW + 90 * DAY, ["expiring"]),
        (NOW + 90 * DAY + SECOND, ["expired"]),
    ],
)
def test_the_dates_are_judged_to_the_second(now, expected):
    assert codes(of_dates(NOW, NOW + 90 * DAY, now=now)) == expected


def test_a_date_is_shown_in_utc():
    (finding,) = of_dates(NOW - 9 * DAY, NOW - DAY, now=NOW)

    assert finding.sentence == "The certificate expired on 2026-05-03 12:00 UTC."


def test_a_covered_host_has_no_finding():
    assert of_name("www.a.test", dns_names=["*.a.test"], ip_addresses=[]) == ()


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ([], "no host at all"),
        (["b.test", "c.test"], "b.test, c.test"),
        ([f"{n}.test" for n in range(9)], "4.test and 4 more"),
    ],
)
def test_a_mismatch_names_what_the_certificate_is_for(names, shown):
    (finding,) = of_name("www.a.test", dns_names=names, ip_addresses=[])

    assert finding.code == "name-mismatch"
    assert finding.sentence.endswith(f"{shown}.")


def test_a_sound_certificate_has_no_finding():
    assert of_certificate(Facts(), is_public=True) == ()


@pytest.mark.parametrize(
    ("algorithm", "size", "is_small"),
    [
        ("RSA", 2047, True),
        ("RSA", 2048, False),
        ("RSA", 0, False),
        ("DSA", 1024, True),
        ("ECDSA", 224, True),
        ("ECDSA", 256, False),
        ("Ed25519", 0, False),
        ("1.2.643.7.1.1.1.1", 0, False),
    ],
)
def test_a_small_key_is_found(algorithm, size, is_small):
    facts = Facts(key_algorithm=algorithm, key_size=size)

    expected = ["small-key"] if is_small else []
    assert codes(of_certificate(facts, is_public=False)) == expected


@pytest.mark.parametrize(
    ("algorithm", "is_weak"),
    [
        ("md2WithRSAEncryption", True),
        ("md5WithRSAEncryption", True),
        ("sha1WithRSAEncryption", True),
        ("ecdsa-with-SHA1", True),
        ("dsa-with-sha1", True),
        ("sha256WithRSAEncryption", False),
        ("ecdsa-with-SHA384", False),
        ("ML-DSA-65", False),
    ],
)
def test_a_forgeable_signature_is_found(algorithm, is_weak):
    facts = Facts(signature_algorithm=algorithm)

    expected = ["weak-signature"] if is_weak else []
    assert is_forgeable(algorithm) is is_weak
    assert codes(of_certificate(facts, is_public=False)) == expected


def test_a_certificate_without_names_is_found_unless_it_is_an_authority():
    assert codes(of_certificate(Facts(dns_names=()), is_public=False)) == ["no-san"]
    assert not of_certificate(Facts(dns_names=(), is_ca=True), is_public=False)
    by_address = Facts(dns_names=(), ip_addresses=("192.0.2.1",))
    assert not of_certificate(by_address, is_public=False)


def test_a_wildcard_is_told_once():
    facts = Facts(dns_names=("a.test", "*.a.test", "*.b.test"))

    (finding,) = of_certificate(facts, is_public=False)

    assert (
        finding.sentence
        == "The certificate is for *.a.test, which is every host there."
    )


@pytest.mark.parametrize(
    ("day", "limit"),
    [
        ("2018-03-01", 825),
        ("2020-09-01", 398),
        ("2026-03-15", 200),
        ("2027-03-15", 100),
        ("2029-03-15", 47),
    ],
)
def test_a_public_certificate_may_live_so_long_and_no_second_longer(day, limit):
    begin = datetime.fromisoformat(day).replace(tzinfo=UTC)
    longest = Facts(not_before=begin, not_after=begin + limit * DAY - SECOND)
    longer = Facts(not_before=begin, not_after=begin + limit * DAY)

    assert of_certificate(longest, is_public=True) == ()
    (finding,) = of_certificate(longer, is_public=True)
    assert finding.code == "too-long-lived"
    assert f"valid for {limit + 1} days" in finding.sentence
    assert f"issued on {day} may be for {limit} at most" in finding.sentence


def test_a_private_certificate_may_live_as_it_likes():
    facts = Facts(not_after=datetime(2046, 1, 1, tzinfo=UTC))

    assert of_certificate(facts, is_public=False) == ()
    as_authority = Facts(not_after=facts.not_after, is_ca=True)
    assert of_certificate(as_authority, is_public=True) == ()


@pytest.mark.parametrize("purpose", ["clientAuth", "anyExtendedKeyUsage"])
def test_client_authentication_concerns_public_certificates_only(purpose):
    facts = Facts(extended_key_usage=("serverAuth", purpose))

    assert codes(of_certificate(facts, is_public=True)) == ["client-auth"]
    assert of_certificate(facts, is_public=False) == ()


def test_problems_are_told_as_the_parser_tells_them():
    problem = Problem(code="odd", sentence="Something is odd.")
    missing = "The certificate has no subject alternative name, so …"
    facts = Facts(problems=(problem, "A field is odd.", missing))

    found = of_certificate(facts, is_public=False)

    assert codes(found) == ["parse-problem", "parse-problem"]
    assert [each.sentence for each in found] == ["Something is odd.", "A field is odd."]


def test_problems_without_end_are_cut():
    facts = Facts(problems=tuple(f"Odd thing {n}." for n in range(99)))

    assert len(of_certificate(facts, is_public=False)) == MOST_PROBLEMS


def test_parsed_certificates_and_rows_are_facts_alike():
    parsed = parse_der(issue(make_wish(key_kind="rsa-1024", dns_names=())).der)

    of_parsed = of_certificate(parsed, is_public=True)
    of_row = of_certificate(Certificate.from_parsed(parsed, now=NOW), is_public=True)

    assert of_parsed == of_row
    assert codes(of_parsed) == ["small-key", "no-san"]
