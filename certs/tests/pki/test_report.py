"""Reports of files, and of real servers on loopback."""

import contextlib
import socket
from datetime import timedelta

import pytest

from certs.pki import report
from certs.pki.demo.background import Servers, bind
from certs.pki.demo.servers import make_context, speak_tls
from certs.pki.guard import Guard
from certs.pki.roots import TrustStore, certifi_store
from certs.pki.starttls import StartTLS
from certs.pki.target import ProbeResult, Target
from certs.pki.x509 import parse_der
from certs.tests.pki.building import NOW, make_wish
from certs.tests.pki.deep.fake import MODERN, Fake
from certs.tests.pki.serving import LOOPBACK, serving, serving_tls
from certs.tests.pki.signing import Ladder, chain
from certs.tests.pki.starttls.conversations import YES, play

LADDER = Ladder()
CORP = TrustStore(name="Corp", roots=chain(LADDER.root))


@pytest.fixture
def stores(authority):
    return [
        certifi_store(),
        TrustStore(name="Test", roots=(authority.root.der,)),
    ]


def of_file(*ders, stores=(CORP,), now=NOW):
    return report.of_certificates(list(map(parse_der, ders)), stores=stores, now=now)


def of_server(target, *, stores=(CORP,), now=NOW, guard=LOOPBACK, **options):
    return report.of_server(
        target, stores=stores, now=now, timeout=5, guard=guard, **options
    )


def codes(found):
    return [each.code for each in found.findings]


def test_a_file_with_its_chain_is_trusted_by_who_trusts_the_root():
    found = of_file(*LADDER.sent, stores=[certifi_store(), CORP])

    assert [verdict.code for verdict in found.verdicts] == ["unknown-root", "trusted"]
    assert [each.der for each in found.chain] == [*LADDER.sent]
    assert found.findings == ()
    assert (found.result, found.meaning, found.deep, found.error) == (
        *(None, None, None),
        "",
    )


@pytest.mark.parametrize(
    ("days", "code"), [(29, "expiring"), (31, "expired"), (-31, "not-yet-valid")]
)
def test_a_file_is_judged_by_its_dates(days, code):
    found = of_file(*LADDER.sent, now=NOW + timedelta(days=days))

    assert codes(found) == [code]


def test_a_file_is_of_no_host():
    assert codes(of_file(LADDER.leaf.der)) == []


def test_a_public_certificate_in_a_file_has_the_rules_of_public_ones():
    ladder = Ladder(leaf_wish={"ends": 29}, leaf=())
    public = TrustStore(name="Public CAs", roots=chain(ladder.root), is_public=True)

    found = of_file(*ladder.sent, stores=[public])

    assert codes(found) == ["no-san"]


def test_a_server_shows_all_there_is(authority, stores):
    with serving_tls(authority.issue(make_wish())) as target:
        (found,) = of_server(target, stores=stores)

    assert found.error == ""
    assert found.result is not None
    assert found.result.tls_version == "TLSv1.3"
    assert [each.common_name for each in found.chain] == [
        "www.example.test",
        "Test Issuing CA",
    ]
    assert [verdict.store for verdict in found.verdicts] == ["Public CAs", "Test"]
    assert found.meaning is not None
    assert found.meaning.is_trusted
    assert found.meaning.rating is not None
    assert found.meaning.rating.grade == "A"
    assert found.findings == found.meaning.findings == ()
    assert found.deep is None


def test_dates_come_first_and_are_no_part_of_what_it_means(authority, stores):
    now = NOW + timedelta(days=100)

    with serving_tls(authority.issue(make_wish())) as target:
        (found,) = of_server(target, stores=stores, now=now)

    assert codes(found) == ["expired"]
    assert found.meaning is not None
    assert found.meaning.findings == ()


def test_the_name_that_is_asked_for_is_the_one_that_counts(authority, stores):
    with serving_tls(authority.issue(make_wish())) as target:
        bare = Target(host=target.host, port=target.port)
        (found,) = of_server(bare, stores=stores)

    assert codes(found) == ["name-mismatch"]
    assert "127.0.0.1" in found.findings[0].sentence


def test_a_deep_check_completes_the_grade(authority, stores):
    with serving_tls(authority.issue(make_wish())) as target:
        (found,) = of_server(target, stores=stores, is_deep=True)

    assert found.deep is not None
    assert found.deep.is_complete
    assert found.meaning is not None
    assert found.meaning.rating is not None
    assert found.meaning.rating.is_complete
    assert "no-hsts" in codes(found)


def test_a_deep_check_goes_through_starttls(authority, stores):
    tls = speak_tls(make_context(authority.issue(make_wish())))

    with serving(play(*YES[StartTLS.SMTP], then=tls)) as bound:
        target = Target(
            host=bound.host,
            port=bound.port,
            server_name="www.example.test",
            starttls=StartTLS.SMTP,
        )
        (found,) = of_server(target, stores=stores, is_deep=True)

    assert found.deep is not None
    assert found.deep.versions == ("TLSv1.3", "TLSv1.2")
    assert codes(found) == ["no-post-quantum"]


@pytest.fixture
def two_nodes(authority, monkeypatch):
    """A target with two nodes, ::1 and 127.0.0.1, of which one has a short memory."""
    identities = [authority.issue(make_wish()) for _ in range(2)]
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda *_, **__: [(0, 0, 0, "", (each, 0)) for each in ("::1", "127.0.0.1")],
    )
    with contextlib.ExitStack() as stack:
        four = stack.enter_context(bind("127.0.0.1", 0))
        port = four.getsockname()[1]
        six = stack.enter_context(bind("::1", port))
        handlers = [speak_tls(make_context(each)) for each in identities]
        stack.enter_context(Servers(zip((six, four), handlers, strict=True)))
        yield Target(host="www.example.test", port=port, every_node=True)


def test_each_node_has_its_report(two_nodes, stores):
    found = of_server(two_nodes, stores=stores)

    assert [each.result.address for each in found] == ["::1", "127.0.0.1"]
    assert found[0].chain[0] != found[1].chain[0]


def test_a_deep_check_says_nothing_of_the_nodes_it_did_not_ask(two_nodes, stores):
    first, second = of_server(two_nodes, stores=stores, is_deep=True)

    assert first.deep is not None
    assert first.deep.address == "::1"
    assert "no-hsts" in codes(first)
    assert second.deep is None
    assert codes(second) == []
    assert second.meaning is not None
    assert second.meaning.rating is not None
    assert not second.meaning.rating.is_complete


def test_a_failure_is_a_report_with_a_sentence():
    with bind("127.0.0.1", 0) as closed:
        target = Target(host="127.0.0.1", port=closed.getsockname()[1])
        (found,) = of_server(target, is_deep=True)

    assert found.error.endswith("refused the connection.")
    assert (found.chain, found.verdicts, found.findings) == ((), (), ())
    assert found.meaning is None
    assert found.deep is not None
    assert found.deep.error_code == "refused"


def test_where_the_guard_says_no_nothing_is_asked():
    fake = Fake(suites=MODERN)

    with serving(fake) as target:
        (found,) = of_server(target, guard=Guard(), is_deep=True)

    assert "not allowed" in found.error
    assert fake.connections == 0


def shown(*ders):
    """The report of a result with this chain, as a probe would return it."""
    target = Target(host="leaf.test", port=443)
    result = ProbeResult(
        target=target,
        address="192.0.2.1",
        chain=ders,
        tls_version="TLSv1.3",
        cipher="TLS_AES_128_GCM_SHA256",
        latency_ms=1,
    )
    return report._of_result(result, None, stores=[CORP], now=NOW)


def test_a_leaf_that_cannot_be_read_is_told_and_not_judged():
    found = shown(b"junk", LADDER.middle.der)

    assert "not a certificate" in found.error
    assert (found.chain, found.verdicts, found.meaning) == ((), (), None)


def test_a_chain_is_read_up_to_what_is_no_certificate():
    found = shown(*LADDER.sent, b"junk", LADDER.root.der)

    assert "not a certificate" in found.error
    assert [each.der for each in found.chain] == [*LADDER.sent]
    assert found.verdicts[0].is_trusted
    assert codes(found) == ["not-a-certificate", "root-sent"]


def test_a_server_that_sends_no_certificate_says_so():
    assert shown().error == "The server sent no certificate."


def test_a_deep_check_that_reached_no_node_is_told_with_the_first(two_nodes):
    with bind("127.0.0.1", 0) as four, bind("::1", four.getsockname()[1]):
        port = four.getsockname()[1]
        target = Target(host="www.example.test", port=port, every_node=True)
        first, second = of_server(target, is_deep=True)

    assert (first.result.address, second.result.address) == ("::1", "127.0.0.1")
    assert first.deep is not None
    assert first.deep.error_code == "refused"
    assert second.deep is None
