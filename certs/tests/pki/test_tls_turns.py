"""Rounds are polite to subnets, and nobody waits for the dead."""

import asyncio
import contextlib
import time
from pathlib import Path

import pytest

from certs.pki import round as rounds, tls
from certs.pki.demo import servers
from certs.tests.pki.building import make_wish
from certs.tests.pki.loops import LOOPS, run_on
from certs.tests.pki.serving import LOOPBACK, serving, serving_tls


def open_files():
    """Return what is open, but for the folder that tells."""
    found = []
    for each in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found.append(str(each.readlink()))
    return sorted(found)


async def collect(targets, **options):
    many = tls.probe_many(targets, guard=LOOPBACK, **options)
    return [result async for result in many]


@pytest.mark.parametrize("loop", LOOPS)
def test_no_more_connect_to_a_subnet_than_wanted(loop):
    connected, most = 0, 0

    async def count(connection):
        nonlocal connected, most
        connected += 1
        most = max(most, connected)
        await asyncio.sleep(0.02)
        connected -= 1

    with serving(count) as target:
        wanted = collect([target] * 9, timeout=5, concurrency=9, per_subnet=2)
        results = run_on(loop, wanted)

    assert len(results) == 9
    assert most <= 2


@pytest.mark.parametrize("loop", LOOPS)
def test_who_waits_for_a_subnet_takes_no_place_and_no_time(loop, authority):
    handler = servers.speak_tls(servers.make_context(authority.issue(make_wish())))

    with (
        serving(servers.never_answer) as dead,
        serving(handler, address="::1") as live,
    ):
        targets = [dead] * 4 + [live] * 6
        results = run_on(loop, collect(targets, timeout=1, concurrency=2, per_subnet=1))

    codes = [result.error_code for result in results]
    assert sorted(codes) == [""] * 6 + ["timeout"] * 4
    assert codes[-2:] == ["timeout"] * 2  # one after the other, the live in between
    assert {each.error_text for each in results if each.error_code} == {
        "No answer within 1 s while shaking hands."  # each had its time
    }


def test_an_address_that_refuses_gives_its_turn_to_the_next(authority):
    with serving_tls(authority.issue(make_wish())) as here:
        target = tls.Target(
            host="a.test", port=here.port, addresses=("::1", "127.0.0.1")
        )
        results = tls.probe_all([target] * 5, guard=LOOPBACK, per_subnet=1)

    assert [each.address for each in results] == ["127.0.0.1"] * 5
    assert {each.error_code for each in results} == {""}


def test_targets_are_taken_ahead_within_bounds(monkeypatch):
    monkeypatch.setattr(rounds, "MAX_WAITING", 5)
    taken = []

    async def first_result(target):
        def targets():
            for number in range(100):
                taken.append(number)
                yield target

        many = tls.probe_many(
            targets(),
            timeout=0.3,
            guard=LOOPBACK,
            concurrency=3,
            per_subnet=1,
            jitter=lambda: 0,
        )
        async with contextlib.aclosing(many):
            return await anext(many)

    with serving(servers.never_answer) as target:
        asyncio.run(first_result(target))

    assert 5 < len(taken) < 15


def test_the_first_probes_are_spread_but_their_latency_is_not(authority, monkeypatch):
    monkeypatch.setattr(rounds, "MAX_DELAY", 0.7)
    calls = []

    def wait_a_minute():
        calls.append(1)
        return 60

    with serving_tls(authority.issue(make_wish())) as target:
        began = time.monotonic()
        results = tls.probe_all(
            [target] * 5,
            guard=LOOPBACK,
            concurrency=2,
            jitter=wait_a_minute,
        )
        took = time.monotonic() - began

    assert len(calls) == 2
    assert took >= 0.7
    assert {result.error_code for result in results} == {""}
    assert all((result.latency_ms or 0) < 700 for result in results)


def test_the_delay_is_a_twentieth_of_a_second_at_most():
    assert all(0 <= rounds.jitter() <= 0.05 for _ in range(100))


@pytest.mark.parametrize("loop", LOOPS)
def test_leaving_early_leaves_no_file_open(loop, authority):
    identity = authority.issue(make_wish())

    async def first_result(quick, slow):
        targets = [slow] * 20 + [quick] * 3
        many = tls.probe_many(
            targets, timeout=5, guard=LOOPBACK, jitter=lambda: 0, per_subnet=10
        )
        async with contextlib.aclosing(many):
            return await anext(many)

    run_on(loop, asyncio.sleep(0))  # libuv keeps a pipe from its first loop on
    before = open_files()
    with (
        serving_tls(identity) as quick,
        serving(servers.never_answer, address="::1") as slow,
    ):
        first = run_on(loop, first_result(quick, slow))

    assert first.target == quick
    assert open_files() == before


@pytest.mark.parametrize("loop", LOOPS)
def test_a_cancelled_round_leaves_no_file_open(loop):
    async def cancelled(target):
        task = asyncio.create_task(collect([target] * 20, timeout=5))
        await asyncio.sleep(0.2)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        return asyncio.all_tasks() - {asyncio.current_task()}

    run_on(loop, asyncio.sleep(0))  # libuv keeps a pipe from its first loop on
    before = open_files()
    with serving(servers.never_answer) as target:
        others = run_on(loop, cancelled(target))

    assert others == set()
    assert open_files() == before


@pytest.mark.parametrize("loop", LOOPS)
def test_both_event_loops_see_the_same(loop, fleet):
    targets = [
        tls.Target(
            host=member.address,
            port=member.port,
            server_name=member.host,
            starttls=member.starttls,
        )
        for member in fleet.members
    ]

    results = run_on(loop, collect(targets, timeout=1.5))

    codes = sorted(result.error_code for result in results if result.error_code)
    assert codes == ["alert_40", "closed", "not_tls", "refused", "timeout"]


def test_a_loop_of_its_own_is_uvloop_only_where_it_is_installed(monkeypatch, authority):
    with serving_tls(authority.issue(make_wish())) as target:
        fast = tls.probe_all([target], guard=LOOPBACK)
        monkeypatch.setattr(tls, "_uvloop", None)
        plain = tls.probe_all([target], guard=LOOPBACK)

    assert fast[0].chain == plain[0].chain != ()
