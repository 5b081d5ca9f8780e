"""Names are looked up side by side, and a dead one keeps nobody waiting."""

import asyncio
import socket
import threading
import time
from ipaddress import ip_address

import pytest

from certs.pki.failures import ProbeError
from certs.pki.resolver import Resolver


@pytest.fixture
def answering(monkeypatch):
    """Return a function that makes `answer(name)` the system's resolver."""

    def use(answer):
        def getaddrinfo(host, port, *rest, **options):
            return [(0, 0, 0, "", (address, 0)) for address in answer(host)]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    return use


def resolve(*hosts, threads=4):
    async def run():
        with Resolver(threads=threads) as resolver:
            wanted = (resolver.resolve(host) for host in hosts)
            return await asyncio.gather(*wanted, return_exceptions=True)

    return asyncio.run(run())


def own_threads():
    return [each for each in threading.enumerate() if each.name.startswith("resolver-")]


def test_a_name_has_its_addresses_in_order_and_once(answering):
    answering(lambda _host: ["2001:db8::1", "192.0.2.1", "2001:db8::1"])

    assert resolve("www.example.test") == [
        [ip_address("2001:db8::1"), ip_address("192.0.2.1")]
    ]


def test_an_ip_literal_asks_nobody(answering):
    answering(lambda _host: pytest.fail("asked"))

    assert resolve("192.0.2.1", "2001:db8::1") == [
        [ip_address("192.0.2.1")],
        [ip_address("2001:db8::1")],
    ]


def test_names_of_every_kind_of_failure_have_no_address(answering):
    failures = {
        "gone.example.test": socket.gaierror(socket.EAI_NONAME, "Name not known"),
        "odd.example.test": UnicodeError("label too long"),
    }

    def answer(host):
        if host in failures:
            raise failures[host]
        return []

    answering(answer)

    errors = resolve(*failures, "empty.example.test")

    assert [(type(each), each.code) for each in errors] == [
        (ProbeError, "not_resolved")
    ] * 3
    assert errors[2].text == "empty.example.test has no address in DNS."


def test_no_more_threads_than_wanted_and_each_is_used_again(answering):
    seen = set()

    def answer(host):
        seen.add(threading.current_thread().name)
        time.sleep(0.001)
        return ["192.0.2.1"]

    answering(answer)

    answers = resolve(*(f"{number}.example.test" for number in range(50)), threads=3)

    assert answers == [[ip_address("192.0.2.1")]] * 50
    assert seen <= {"resolver-1", "resolver-2", "resolver-3"}


def test_names_that_nobody_answers_for_leave_threads_for_the_others(answering):
    asked, let_go = [], threading.Event()

    def answer(host):
        if host.startswith("dead"):
            asked.append(host)
            let_go.wait(20)
        return ["192.0.2.1"]

    answering(answer)

    async def run():
        with Resolver(threads=21) as resolver:
            dead = [
                asyncio.create_task(resolver.resolve(f"dead{number}.example.test"))
                for number in range(20)
            ]
            live = await resolver.resolve("live.example.test")
            while len(asked) < len(dead):  # a thread may be slow to begin
                await asyncio.sleep(0.01)
            for task in dead:
                task.cancel()
            await asyncio.gather(*dead, return_exceptions=True)
        return live

    began = time.monotonic()
    live = asyncio.run(run())
    took = time.monotonic() - began
    daemons = [each.daemon for each in own_threads()]
    let_go.set()  # the loop is closed by now: nobody hears the late answers
    for each in own_threads():
        each.join(5)

    assert live == [ip_address("192.0.2.1")]
    assert took < 10
    assert len(daemons) >= 20
    assert all(daemons)
    assert own_threads() == []


def test_a_name_that_nobody_waits_for_any_more_is_not_looked_up(answering):
    asked, let_go = [], threading.Event()

    def answer(host):
        asked.append(host)
        let_go.wait(5)
        return ["192.0.2.1"]

    answering(answer)

    async def run():
        with Resolver(threads=1) as resolver:
            first = asyncio.create_task(resolver.resolve("first.example.test"))
            second = asyncio.create_task(resolver.resolve("second.example.test"))
            await asyncio.sleep(0)
            second.cancel()
            await asyncio.gather(second, return_exceptions=True)
            let_go.set()
            await first
            return await resolver.resolve("third.example.test")

    asyncio.run(run())

    assert asked == ["first.example.test", "third.example.test"]
