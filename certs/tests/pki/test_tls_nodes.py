"""Hosts of several addresses: the first that answers, or every one."""

import asyncio
import contextlib
import socket
from dataclasses import replace

import pytest

from certs.pki import tls
from certs.pki.attempt import Attempt
from certs.pki.demo import servers
from certs.pki.demo.background import Servers, bind
from certs.pki.guard import Guard, parse_networks
from certs.pki.resolver import Resolver
from certs.tests.pki.building import make_wish
from certs.tests.pki.serving import LOOPBACK, probe, serving_tls


@pytest.fixture
def resolving(monkeypatch):
    """Return a function that makes every name resolve to the given addresses."""

    def resolve_to(*addresses):
        def getaddrinfo(host, port, *rest, **options):
            return [(0, 0, 0, "", (address, 0)) for address in addresses]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    return resolve_to


@pytest.fixture
def unasked(monkeypatch):
    """Fails the test when a name is looked up."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("asked"))


@pytest.fixture
def two_nodes(authority):
    """A target at one port of ::1 and 127.0.0.1, and what each serves."""
    old, new = authority.issue(make_wish()), authority.issue(make_wish())
    with contextlib.ExitStack() as stack:
        four = stack.enter_context(bind("127.0.0.1", 0))
        port = four.getsockname()[1]
        six = stack.enter_context(bind("::1", port))
        handlers = [
            (six, servers.speak_tls(servers.make_context(old))),
            (four, servers.speak_tls(servers.make_context(new))),
        ]
        stack.enter_context(Servers(handlers))
        target = tls.Target(host="www.example.test", port=port, every_node=True)
        yield target, {"::1": old.chain, "127.0.0.1": new.chain}


def probe_all(*targets, guard=LOOPBACK):
    return tls.probe_all(targets, timeout=5, guard=guard)


def test_every_node_has_a_result_of_its_own(two_nodes, resolving):
    target, chains = two_nodes
    resolving("::1", "127.0.0.1")

    results = probe_all(target)

    assert [result.target for result in results] == [target, target]
    assert {result.address: result.chain for result in results} == chains


def test_the_results_of_nodes_stay_together_in_order(two_nodes, resolving):
    target, _ = two_nodes
    resolving("::1", "127.0.0.1")
    other = replace(target, every_node=False)

    results = probe_all(target, other, target)

    assert [(each.target, each.address) for each in results] == [
        (target, "::1"),
        (target, "127.0.0.1"),
        (other, "::1"),
        (target, "::1"),
        (target, "127.0.0.1"),
    ]


def test_a_node_that_does_not_answer_is_named(resolving, authority):
    resolving("::1", "127.0.0.1")

    with serving_tls(authority.issue(make_wish())) as here:
        results = probe_all(tls.Target(host="a.test", port=here.port, every_node=True))

    assert [(result.address, result.error_code) for result in results] == [
        ("::1", "refused"),
        ("127.0.0.1", ""),
    ]


def test_a_name_without_nodes_is_one_result_without_an_address(resolving):
    resolving()

    (result,) = probe_all(tls.Target(host="a.test", port=443, every_node=True))

    assert (result.address, result.error_code) == ("", "not_resolved")


def test_only_nodes_that_the_guard_admits_are_probed(two_nodes, resolving):
    target, chains = two_nodes
    resolving("169.254.169.254", "::1", "127.0.0.1")
    guard = Guard(allow_loopback=True, deny=parse_networks("127.0.0.0/8"))

    (result,) = probe_all(target, guard=guard)

    assert (result.address, result.chain) == ("::1", chains["::1"])


@pytest.mark.usefixtures("unasked")
def test_given_addresses_are_the_nodes_and_nothing_is_resolved(two_nodes):
    target, chains = two_nodes
    listed = replace(target, addresses=("127.0.0.1", "::1", "127.0.0.1"))

    results = probe_all(listed)

    assert [result.address for result in results] == ["127.0.0.1", "::1"]
    assert {result.address: result.chain for result in results} == chains


@pytest.mark.usefixtures("unasked")
def test_given_addresses_are_tried_in_order(authority):
    with serving_tls(authority.issue(make_wish())) as here:
        target = tls.Target(
            host="a.test", port=here.port, addresses=("::1", "127.0.0.1")
        )
        result = probe(target)
        (same,) = probe_all(target)

    assert (result.address, result.error_code) == ("127.0.0.1", "")
    assert (same.address, same.error_code) == ("127.0.0.1", "")


def test_a_single_probe_takes_the_first_node_that_answers(two_nodes, resolving):
    target, chains = two_nodes
    resolving("::1", "127.0.0.1")

    result = probe(target)

    assert (result.address, result.chain) == ("::1", chains["::1"])


def test_no_more_than_fifty_nodes_are_probed():
    addresses = tuple(f"192.0.2.{number}" for number in range(60))
    target = tls.Target(host="a.test", port=443, addresses=addresses, every_node=True)

    async def nodes():
        attempt = Attempt(target, timeout=1, number=7)
        with Resolver(threads=1) as resolver:
            await attempt.find(resolver, guard=Guard())
        return attempt.nodes()

    found = asyncio.run(nodes())

    assert [each.order for each in found] == [(7, number) for number in range(50)]
    assert [str(each.next_address) for each in found] == list(addresses[:50])


def test_an_address_that_is_none_is_no_target():
    with pytest.raises(ValueError, match="does not appear to be"):
        tls.Target(host="a.test", port=443, addresses=("b.test",))
