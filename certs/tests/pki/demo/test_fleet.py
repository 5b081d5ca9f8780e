"""Every member of the fleet is as well or as ill as its note says."""

import socket
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest

from certs.pki import tls
from certs.pki.addresses import parse_address
from certs.pki.demo.fleet import Fleet
from certs.pki.grading import Validity, days_left, validity
from certs.pki.hostnames import covering_name
from certs.pki.x509 import parse_der
from certs.tests.pki.serving import LOOPBACK


@pytest.fixture(scope="module")
def probes(fleet):
    """The result for each member that shows a certificate, by the member's name."""
    targets = [
        tls.Target(
            host=member.address,
            port=member.port,
            server_name=member.host,
            starttls=member.starttls,
        )
        for member in fleet.members
    ]
    results = tls.probe_all(targets, timeout=3, guard=LOOPBACK)
    pairs = zip(fleet.members, results, strict=True)
    return {member.name: result for member, result in pairs if result.chain}


@pytest.fixture(scope="module")
def leaves(probes):
    return {name: parse_der(result.chain[0]) for name, result in probes.items()}


@pytest.fixture(scope="module")
def hosts(fleet):
    return {member.name: member.host for member in fleet.members}


def test_there_are_about_forty_members_with_names_of_their_own(fleet):
    names = {member.name for member in fleet.members}

    assert 35 <= len(names) == len(fleet.members) <= 45
    assert len({member.host for member in fleet.members}) == len(fleet.members)


def test_each_member_has_people_and_a_note(fleet):
    for member in fleet.members:
        assert member.note.endswith(".")
        assert member.contact.endswith("@example.org")
        assert member.environment in {"production", "staging", "development"}
        assert parse_address(member.host).host == member.host
    assert len({member.team for member in fleet.members}) == 4


def test_all_members_that_show_a_certificate_show_one_without_problems(leaves):
    assert len(leaves) == 38
    assert {name: leaf.problems for name, leaf in leaves.items() if leaf.problems} == {}


def test_most_members_are_well(fleet, leaves):
    verdicts = {
        name: validity(leaf.not_before, leaf.not_after, now=fleet.now)
        for name, leaf in leaves.items()
    }
    by_verdict = {
        verdict: {name for name, each in verdicts.items() if each is verdict}
        for verdict in Validity
    }

    assert by_verdict[Validity.EXPIRED] == {"expired", "long-expired"}
    assert by_verdict[Validity.CRITICAL] == {"ending-soon"}
    assert by_verdict[Validity.EXPIRING] == {"ci", "lists"}
    assert by_verdict[Validity.PENDING] == {"not-yet-valid"}
    assert len(by_verdict[Validity.VALID]) == 32


def test_healthy_members_have_12_to_190_days_and_live_200_at_most(fleet, leaves):
    for name in ("www", "ci", "vpn", "mail"):
        leaf = leaves[name]
        assert 12 <= days_left(leaf.not_after, now=fleet.now) <= 190
        assert leaf.not_after - leaf.not_before <= timedelta(days=200)


def test_one_member_begins_tls_when_it_is_asked_to(fleet, probes):
    asked = {member.name: member.starttls for member in fleet.members}

    assert {name for name, starttls in asked.items() if starttls} == {"smtp"}
    assert asked["smtp"] == "smtp"
    assert probes["smtp"].error_code == ""


def test_names_cover_their_hosts_but_for_the_wrong_one(leaves, hosts):
    covering = {
        name: covering_name(hosts[name], dns_names=leaf.dns_names, ip_addresses=())
        for name, leaf in leaves.items()
    }

    assert [name for name, found in covering.items() if found is None] == ["wrong-host"]
    assert covering["wildcard"] == "*.demo.test"
    assert covering["buecher"] == "xn--bcher-kva.demo.test"
    assert len(leaves["hundred-names"].dns_names) == 100


def test_chains_lead_to_the_root_but_for_the_ill_ones(fleet, probes, leaves):
    (root,) = map(parse_der, fleet.roots)
    tops = {name: parse_der(result.chain[-1]) for name, result in probes.items()}
    unknown = {name for name, top in tops.items() if top.issuer != root.subject}

    assert unknown == {"self-signed", "untrusted-root", "missing-intermediate"}
    assert leaves["self-signed"].issuer == leaves["self-signed"].subject
    assert len(probes["missing-intermediate"].chain) == 1


@pytest.mark.parametrize(
    ("name", "key", "signature"),
    [
        ("www", ("ECDSA", 256), "ecdsa-with-SHA256"),
        ("rsa", ("RSA", 2048), "sha256WithRSAEncryption"),
        ("rsa-1024", ("RSA", 1024), "ecdsa-with-SHA256"),
        ("sha1", ("RSA", 2048), "sha1WithRSAEncryption"),
        ("ed25519", ("Ed25519", 0), "ecdsa-with-SHA256"),
    ],
)
def test_keys_and_signatures_are_as_planned(name, key, signature, leaves):
    leaf = leaves[name]

    assert (leaf.key_algorithm, leaf.key_size) == key
    assert leaf.signature_algorithm == signature


def test_only_one_member_is_without_tls_1_3(probes):
    versions = {name: result.tls_version for name, result in probes.items()}

    assert {name for name, each in versions.items() if each != "TLSv1.3"} == {
        "tls12-only"
    }
    assert versions["tls12-only"] == "TLSv1.2"


def test_each_member_may_have_an_address_of_its_own():
    now = datetime(2030, 1, 1, 23, 59, 59, 999, tzinfo=timezone(timedelta(hours=3)))

    with Fleet(now, base="127.77.1.", port=0) as fleet:
        addresses = [member.address for member in fleet.members]

    assert addresses[0] == "127.77.1.1"
    assert len(set(addresses)) == len(addresses)


def test_a_fleet_that_cannot_start_leaves_nothing_behind():
    now = datetime(2026, 5, 4, tzinfo=UTC)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        threads = threading.active_count()

        with (
            pytest.raises(OSError, match="in use"),
            Fleet(now, address="127.0.0.1", port=port),
        ):
            pass

    assert threading.active_count() == threads
