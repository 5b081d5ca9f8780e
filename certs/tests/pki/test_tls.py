"""Probes of real servers: what they show, and how each failure is told."""

import asyncio
import contextlib
import socket
import ssl
import threading

import pytest

from certs.pki import tls
from certs.pki.demo import servers
from certs.pki.demo.authority import issue
from certs.pki.demo.background import Servers, bind
from certs.pki.guard import Guard
from certs.tests.pki.building import make_wish
from certs.tests.pki.serving import LOOPBACK, at, probe, serving, serving_tls


@pytest.fixture
def resolving(monkeypatch):
    """Return a function that makes every name resolve to the given addresses."""

    def resolve_to(*addresses):
        def getaddrinfo(host, port, *rest, **options):
            return [(0, 0, 0, "", (address, 0)) for address in addresses]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    return resolve_to


def test_a_probe_shows_the_chain_as_served_and_how_it_was_agreed(authority):
    identity = authority.issue(make_wish())

    with serving_tls(identity) as target:
        result = probe(target)

    assert result.target == target
    assert result.address == "127.0.0.1"
    assert result.chain == (identity.der, authority.intermediate.der)
    assert result.tls_version == "TLSv1.3"
    assert result.cipher == "TLS_AES_256_GCM_SHA384"
    assert 0 <= result.latency_ms < 5000
    assert (result.error_code, result.error_text) == ("", "")


def test_tls_1_2_is_spoken_as_well(authority):
    identity = authority.issue(make_wish())

    with serving_tls(identity, maximum_version=ssl.TLSVersion.TLSv1_2) as target:
        result = probe(target)

    assert result.tls_version == "TLSv1.2"
    assert result.chain == identity.chain
    assert result.error_code == ""


@pytest.mark.parametrize("key_kind", ["rsa-1024", "ed25519", "ed448"])
def test_weak_and_rare_keys_do_not_stop_a_probe(key_kind):
    identity = issue(make_wish(key_kind=key_kind))

    with serving_tls(identity) as target:
        result = probe(target)

    assert result.chain == (identity.der,)
    assert result.error_code == ""


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_server_that_demands_a_client_certificate_is_read(authority, version):
    identity = authority.issue(make_wish())

    with serving_tls(
        identity, maximum_version=version, client_root=authority.root.der
    ) as target:
        result = probe(target)

    assert result.chain == identity.chain
    assert result.tls_version == version.name.replace("_", ".")
    assert result.error_code == ""
    assert result.latency_ms is not None


@pytest.mark.parametrize(
    ("server_name", "sent"),
    [
        ("", "localhost"),
        ("other.example.test", "other.example.test"),
        ("node7", "node7"),  # looks like an address up to its last letter
    ],
)
def test_the_server_name_is_the_host_or_another(server_name, sent, authority):
    seen = []
    context = servers.make_context(authority.issue(make_wish()))
    context.sni_callback = lambda _tls, name, _context: seen.append(name)

    with serving(servers.speak_tls(context)) as target:
        probe(tls.Target(host="localhost", port=target.port, server_name=server_name))
        probe(tls.Target(host="127.0.0.1", port=target.port))

    assert seen == [sent, None]


def test_an_ipv6_address_is_probed(authority):
    identity = authority.issue(make_wish())

    with serving(
        servers.speak_tls(servers.make_context(identity)), address="::1"
    ) as target:
        result = probe(target)

    assert result.address == "::1"
    assert result.chain == identity.chain


def test_a_refused_address_falls_back_to_the_next(authority, resolving):
    identity = authority.issue(make_wish())
    resolving("::1", "::1", "127.0.0.1")

    with serving_tls(identity) as target:
        result = probe(at(target, "two.example.test"))

    assert result.address == "127.0.0.1"
    assert result.chain == identity.chain


def test_a_refused_connection_is_a_result():
    with bind("127.0.0.1", 0) as bound:
        target = tls.Target(host="127.0.0.1", port=bound.getsockname()[1])
        result = probe(target)

    assert result.error_code == "refused"
    assert result.error_text == f"127.0.0.1 port {target.port} refused the connection."
    assert (result.address, result.chain, result.latency_ms) == ("", (), None)


def test_an_unknown_name_is_a_result(monkeypatch):
    def fail(*arguments, **options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    result = probe(tls.Target(host="gone.example.test", port=443))

    assert result.error_code == "not_resolved"
    assert result.error_text == "gone.example.test has no address in DNS."


def test_a_name_that_dns_cannot_carry_is_a_result():
    result = probe(tls.Target(host="a" * 64 + ".test", port=443))

    assert result.error_code == "not_resolved"


def test_a_name_without_any_address_is_a_result(resolving):
    resolving()

    result = probe(tls.Target(host="empty.example.test", port=443))

    assert result.error_code == "not_resolved"


def test_the_guard_judges_the_resolved_address(resolving):
    resolving("169.254.169.254", "127.0.0.1")

    result = probe(tls.Target(host="www.example.test", port=443), guard=Guard())

    assert result.error_code == "not_allowed"
    assert "169.254.169.254 is a link-local address" in result.error_text
    assert "127.0.0.1 is a loopback address" in result.error_text
    assert result.address == ""


def test_an_admitted_address_beside_a_refused_one_is_used(authority, resolving):
    identity = authority.issue(make_wish())
    resolving("169.254.169.254", "127.0.0.1")

    with serving_tls(identity) as target:
        result = probe(at(target, "mixed.example.test"))

    assert result.address == "127.0.0.1"
    assert result.chain == identity.chain


def test_a_name_is_resolved_once(authority, monkeypatch):
    answers = iter([[(0, 0, 0, "", ("127.0.0.1", 0))]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: next(answers))

    with serving_tls(authority.issue(make_wish())) as target:
        result = probe(at(target, "rebinding.example.test"))

    assert result.error_code == ""


def test_a_slow_resolver_counts_in_the_timeout(monkeypatch):
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [] * answered.wait(5))

    async def probe_and_let_go():
        target = tls.Target(host="slow.example.test", port=443)
        result = await tls.probe(target, timeout=0.05, guard=LOOPBACK)
        answered.set()
        return result

    result = asyncio.run(probe_and_let_go())

    assert result.error_code == "timeout"
    assert result.error_text == "No answer within 0.05 s while resolving the name."


@pytest.fixture
def full():
    """The target of a port whose queue is full: connecting to it takes for ever."""
    with contextlib.ExitStack() as stack:
        bound = stack.enter_context(bind("127.0.0.1", 0))
        bound.listen(0)
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.settimeout(0)
            filler.connect_ex(bound.getsockname())
        yield tls.Target(host="127.0.0.1", port=bound.getsockname()[1])


def test_a_connection_that_is_never_made_times_out(full):
    result = probe(full, timeout=0.1)

    assert result.error_code == "timeout"
    assert (result.address, result.chain) == ("", ())


def test_a_dead_address_leaves_time_for_the_next(full, resolving, authority):
    identity = authority.issue(make_wish())
    handler = servers.speak_tls(servers.make_context(identity))
    resolving("127.0.0.1", "::1")

    with bind("::1", full.port) as bound, Servers([(bound, handler)]):
        result = probe(at(full, "half-dead.example.test"), timeout=2)

    assert result.address == "::1"
    assert result.chain == identity.chain


@pytest.mark.parametrize("port", [0, 65536])
def test_a_port_that_does_not_exist_is_no_target(port):
    with pytest.raises(ValueError, match="from 1 to 65535"):
        tls.Target(host="127.0.0.1", port=port)
