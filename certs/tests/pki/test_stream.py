"""Probes in the background of a program that is no event loop."""

import threading
import time
from contextlib import closing
from itertools import repeat

import pytest

from certs.pki import stream
from certs.pki.demo import servers
from certs.pki.stream import probe_stream
from certs.pki.target import Target
from certs.tests.pki.building import make_wish
from certs.tests.pki.serving import LOOPBACK, serving, serving_tls


def threads():
    return [each for each in threading.enumerate() if each.name.startswith("probes")]


def test_results_come_as_they_end_whatever_the_order_of_the_targets(authority):
    with (
        serving_tls(authority.issue(make_wish())) as quick,
        serving(servers.never_answer) as slow,
    ):
        results = list(probe_stream([slow, quick, quick], timeout=2, guard=LOOPBACK))

    assert [result.target for result in results] == [quick, quick, slow]
    assert [result.error_code for result in results] == ["", "", "timeout"]
    assert threads() == []


def test_no_targets_have_no_results():
    assert list(probe_stream([], guard=LOOPBACK)) == []


def test_what_is_under_way_does_not_time_out_while_the_caller_is_busy(authority):
    with serving_tls(authority.issue(make_wish())) as quick:
        codes = []
        for result in probe_stream([quick] * 20, timeout=1.5, guard=LOOPBACK):
            time.sleep(0.1)  # much longer than a handshake, in all longer than allowed
            codes.append(result.error_code)

    assert codes == [""] * 20


def test_targets_are_read_in_the_caller_s_thread_and_not_far_ahead(
    authority, monkeypatch
):
    monkeypatch.setattr(stream, "AHEAD", 5)
    read = []

    def targets(target):
        for number in range(40):
            read.append((number, threading.current_thread()))
            yield target

    with serving_tls(authority.issue(make_wish())) as quick:
        results = probe_stream(targets(quick), timeout=5, guard=LOOPBACK, concurrency=2)
        next(results)
        first = len(read)
        rest = list(results)

    assert first < 20
    assert len(rest) == 39
    assert {thread for _, thread in read} == {threading.main_thread()}


def test_leaving_early_ends_the_thread_and_what_it_does():
    with serving(servers.never_answer) as slow, serving(servers.close_at_once) as fast:
        begun = time.monotonic()
        with closing(
            probe_stream([slow] * 20 + [fast], timeout=30, guard=LOOPBACK)
        ) as results:
            next(results)
        took = time.monotonic() - begun

    assert took < 5
    assert threads() == []


def test_an_endless_supply_is_stopped_by_whoever_leaves(authority):
    with serving_tls(authority.issue(make_wish())) as quick:
        results = probe_stream(repeat(quick), guard=LOOPBACK)
        for _, result in zip(range(3), results, strict=False):
            assert result.chain
        results.close()

    assert threads() == []


def test_what_goes_wrong_in_the_thread_is_raised_here(monkeypatch):
    def fail(targets, **limits):
        raise ZeroDivisionError

    monkeypatch.setattr(stream, "probe_many", fail)
    target = Target(host="www.example.test", port=443)

    with pytest.raises(ZeroDivisionError):
        list(probe_stream([target], guard=LOOPBACK))


def test_an_error_of_the_caller_is_not_hidden():
    with serving(servers.close_at_once) as fast:

        def ask():
            for _ in probe_stream([fast, fast], guard=LOOPBACK):
                raise LookupError

        with pytest.raises(LookupError):
            ask()
