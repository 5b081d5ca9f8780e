"""Many probes at once, and the order they come in."""

import asyncio
import contextlib
import gc
import socket

from certs.pki import tls
from certs.pki.demo import servers
from certs.tests.pki.building import make_wish
from certs.tests.pki.serving import LOOPBACK, serving, serving_tls


def connections_to(target):
    """Return the open sockets of this process that lead to `target`."""
    # By type, for isinstance would ask lazy objects, which may not be ready to answer.
    sockets = [each for each in gc.get_objects() if type(each) is socket.socket]
    found = []
    for each in sockets:
        with contextlib.suppress(OSError):  # closed, or not connected
            if each.getpeername()[1:2] == (target.port,):
                found.append(each)
    return found


def test_all_results_come_in_the_order_of_the_targets(authority):
    identity = authority.issue(make_wish())

    with serving_tls(identity) as quick, serving(servers.never_answer) as slow:
        targets = [slow, quick, slow, quick]
        results = tls.probe_all(targets, timeout=1, guard=LOOPBACK, concurrency=3)

    assert [result.target for result in results] == targets
    assert [result.error_code for result in results] == ["timeout", "", "timeout", ""]


def test_no_targets_have_no_results():
    assert tls.probe_all([]) == []


def test_many_probes_come_as_they_end_and_no_more_at_once_than_wanted():
    connected, most = 0, 0

    async def count(connection):
        nonlocal connected, most
        connected += 1
        most = max(most, connected)
        await asyncio.sleep(0.02)
        connected -= 1

    async def probe_them(target):
        many = tls.probe_many([target] * 9, timeout=2, guard=LOOPBACK, concurrency=3)
        return [result.error_code async for result in many]

    with serving(count) as target:
        codes = asyncio.run(probe_them(target))

    assert set(codes) <= {"closed", "reset"}
    assert len(codes) == 9
    assert most <= 3


def test_targets_are_taken_only_when_there_is_room():
    taken = []

    async def first_result(target):
        def targets():
            for number in range(100):
                taken.append(number)
                yield target

        many = tls.probe_many(targets(), timeout=2, guard=LOOPBACK, concurrency=2)
        async with contextlib.aclosing(many):
            return await anext(many)

    with serving(servers.close_at_once) as target:
        asyncio.run(first_result(target))

    assert len(taken) < 10


def test_leaving_early_cancels_what_is_under_way_and_closes_its_sockets(authority):
    async def first_result(quick, slow):
        targets = [slow] * 20 + [quick]
        many = tls.probe_many(targets, timeout=5, guard=LOOPBACK, jitter=lambda: 0)
        async with contextlib.aclosing(many):
            first = await anext(many)
            under_way = connections_to(slow)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        return first, len(under_way), connections_to(slow), others

    with (
        serving_tls(authority.issue(make_wish())) as quick,
        serving(servers.never_answer) as slow,
    ):
        first, under_way, left_open, others = asyncio.run(first_result(quick, slow))

    assert first.target == quick
    assert under_way == 20
    assert left_open == []
    assert others == set()


def test_the_fleet_answers_as_its_notes_say(fleet):
    expected = {
        "refuses": "refused",
        "never-answers": "timeout",
        "plain-http": "not_tls",
        "closes": "closed",
        "alert": "alert_40",
    }
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

    codes = {
        member.name: result.error_code
        for member, result in zip(fleet.members, results, strict=True)
    }
    assert {name: code for name, code in codes.items() if code} == expected
    assert [bool(result.chain) for result in results] == [
        not code for code in codes.values()
    ]
