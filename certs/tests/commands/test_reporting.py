"""Reports as lines and as facts: what people read, to the day and the column."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from certs.management.reporting import NAMES, facts, lines
from certs.pki.deep import DeepResult
from certs.pki.findings import Finding
from certs.pki.report import Report
from certs.pki.target import ProbeResult, Target
from certs.pki.x509 import parse_der
from certs.tests.pki.building import NOW, certificate, make_wish, name
from certs.tests.pki.signing import CA, sign

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.fixture(scope="module")
def leaf(authority):
    return parse_der(authority.issue(make_wish(not_after=NOW)).der)


def written(report, *, now=NOW):
    return [*lines(report, now=now)]


def result(host="www.example.test", address="", **shown):
    empty = {"chain": (), "tls_version": "", "cipher": "", "latency_ms": None}
    target = Target(host=host, port=443)
    return ProbeResult(target=target, address=address, **empty | shown)


def deep(**shown):
    return DeepResult(host="www.example.test", port=443, server_name="", **shown)


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (NOW - 2 * DAY, "2 days left"),
        (NOW - DAY, "1 day left"),
        (NOW - SECOND, "ends today"),
        (NOW, "ends today"),
        (NOW + SECOND, "ended today"),
        (NOW + DAY, "ended 1 day ago"),
        (NOW + 1000 * DAY, "ended 1,000 days ago"),
    ],
)
def test_the_days_are_said_as_people_say_them(now, left, leaf):
    (line,) = (each for each in written(Report(chain=(leaf,)), now=now) if left in each)

    assert line == f"  Valid      2026-05-03 12:00 to 2026-05-04 12:00 UTC, {left}"


def test_days_are_counted_where_the_reader_is(leaf):
    now = datetime(2026, 5, 3, 23, 30, tzinfo=ZoneInfo("Europe/Berlin"))

    assert any("1 day left" in line for line in written(Report(chain=(leaf,)), now=now))


@pytest.mark.parametrize(
    ("host", "address", "line"),
    [
        ("www.example.test", "", "www.example.test:443"),
        ("www.example.test", "192.0.2.1", "www.example.test:443 (192.0.2.1)"),
        ("192.0.2.1", "192.0.2.1", "192.0.2.1:443"),
        ("2001:db8::1", "2001:db8::1", "[2001:db8::1]:443"),
    ],
)
def test_a_server_is_named_once(host, address, line):
    assert written(Report(result=result(host, address)))[0] == line


def test_a_handshake_without_a_known_group_has_no_hole():
    shown = result(tls_version="TLSv1.2", cipher="AES128-SHA")

    assert "  Handshake  TLSv1.2, AES128-SHA" in written(Report(result=shown))


def test_names_without_end_are_cut(leaf):
    names = tuple(f"{n}.test" for n in range(NAMES + 1002))

    text = written(Report(chain=(replace(leaf, dns_names=names),)))

    assert f"  Names      {', '.join(names[:NAMES])} and 1,002 more" in text


def test_a_chain_without_end_is_cut(leaf):
    issuers = [parse_der(sign(f"CA {n}", CA).der) for n in range(22)]

    text = written(Report(chain=(leaf, *issuers)))

    assert "  Chain      CA 19" in text
    assert "  Chain      CA 20" not in text
    assert "             and 2 more" in text


def test_a_certificate_without_names_says_so():
    nobody = parse_der(certificate(subject=name(), issuer=name(), rest=b""))

    text = written(Report(chain=(nobody, nobody)))

    assert "  Subject    none" in text
    assert "  Issuer     none" in text
    assert "  Names      none" in text
    assert "  Chain      no name" in text


def test_a_key_of_one_size_has_no_number(leaf):
    edwards = parse_der(sign("a.test", kind="ed25519").der)

    assert "  Key        Ed25519, Ed25519" in written(Report(chain=(edwards,)))
    assert "  Key        ECDSA 256, ecdsa-with-SHA256" in written(Report(chain=(leaf,)))


def test_a_finding_has_its_remedy_below_and_a_command_where_there_is_a_server():
    found = (Finding(code="no-tls13"),)

    of_file = written(Report(findings=found))
    of_server = written(Report(findings=found, result=result()))

    assert of_file == [
        "  Notice     The server does not offer TLS 1.3.",
        "             Turn TLS 1.3 on; it wants OpenSSL 1.1.1 or a library of the same"
        " age.",
        "",
    ]
    assert of_server[-2].startswith("             $ openssl s_client -connect")


@pytest.mark.parametrize(
    ("is_complete", "line"),
    [
        (True, "  Asked      9 connections"),
        (False, "  Asked      9 connections; there may be more to find"),
    ],
)
def test_a_deep_check_says_whether_it_came_to_its_end(is_complete, line):
    shown = deep(versions=("TLSv1.2",), connections=9, is_complete=is_complete)

    assert written(Report(deep=shown)) == [line, ""]


def test_a_deep_check_that_failed_says_why_and_no_more():
    shown = deep(error_code="closed", error_text="It hung up.", connections=1)

    assert written(Report(deep=shown)) == ["  Deep check It hung up.", ""]


def test_groups_are_a_line_each():
    shown = deep(groups=("x25519", "secp256r1"))

    assert written(Report(deep=shown)) == [
        "  Groups     x25519",
        "             secp256r1",
        "",
    ]


def test_nothing_is_nothing():
    assert written(Report()) == [""]
    assert not any(facts(Report()).values())
