"""Who may connect, and who waits for neighbours."""

from ipaddress import ip_address
from typing import Any

import pytest

from certs.pki.turns import Turns, subnet


def taken(turns):
    found = []
    while (turn := turns.take()) is not None:
        found.append(turn[0])
    return found


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.254", True),
        ("192.0.2.1", "192.0.3.1", False),
        ("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.9", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.3.1", False),
    ],
)
def test_neighbours_are_a_24_or_a_64(one, other, is_same):
    assert (subnet(ip_address(one)) == subnet(ip_address(other))) is is_same


def test_a_subnet_that_is_busy_holds_up_no_other():
    turns: Turns[Any] = Turns(per_subnet=2)
    here, there = ip_address("192.0.2.1"), ip_address("198.51.100.1")

    for number in range(4):
        turns.add(f"here {number}", here)
    turns.add("there", there)

    assert taken(turns) == ["here 0", "here 1", "there"]
    assert turns.waiting == 2


def test_who_leaves_lets_the_next_in_line_in():
    turns: Turns[Any] = Turns(per_subnet=1)
    address = ip_address("192.0.2.1")
    for number in range(3):
        turns.add(number, address)

    seen = [taken(turns)]
    for _ in range(3):
        turns.leave(address)
        seen.append(taken(turns))

    assert seen == [[0], [1], [2], []]
    assert turns.waiting == 0


def test_a_subnet_that_nobody_is_at_is_forgotten():
    turns: Turns[Any] = Turns(per_subnet=1)
    address = ip_address("2001:db8::1")

    for _ in range(2):
        turns.add("a", address)
        turns.add("b", address)
        assert taken(turns) == ["a"]
        turns.leave(address)
        assert taken(turns) == ["b"]
        turns.leave(address)

    assert not turns._turns
    assert not turns._queues


def test_one_who_leaves_makes_room_for_one_who_comes():
    turns: Turns[Any] = Turns(per_subnet=2)
    address = ip_address("192.0.2.1")
    turns.add("a", address)
    turns.add("b", address)

    turns.leave(address)
    turns.add("c", address)
    turns.add("d", address)

    assert taken(turns) == ["a", "b", "c"]
    assert turns.waiting == 1


def test_a_turn_comes_with_its_address():
    turns: Turns[Any] = Turns(per_subnet=1)
    turns.add("a", ip_address("192.0.2.7"))

    assert turns.take() == ("a", ip_address("192.0.2.7"))
