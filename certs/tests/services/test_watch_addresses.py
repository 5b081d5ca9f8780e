"""Checks of endpoints at several addresses."""

from datetime import timedelta

import pytest

from certs.models import Health, Observation
from certs.pki.tls import Target
from certs.services import watch
from certs.tests.factories import (
    NOW,
    answers,
    make_chain,
    make_endpoint,
    seen,
)
from certs.tests.services.watching import observe

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("trusted")]


def test_the_name_is_asked_for_at_the_listed_addresses_each_once():
    endpoint = make_endpoint(
        "www.example.org",
        port=8443,
        address_mode="listed",
        addresses=("192.0.2.1", "2001:db8::1", "192.0.2.1"),
    )

    assert endpoint.target == Target(
        host="www.example.org",
        port=8443,
        addresses=("192.0.2.1", "2001:db8::1"),
        every_node=True,
    )


def test_each_listed_address_has_its_own_history_and_the_worst_is_the_state():
    endpoint = make_endpoint(
        "www.example.org",
        address_mode="listed",
        addresses=("192.0.2.1", "192.0.2.2", "192.0.2.3"),
    )
    good, late = make_chain("www.example.org"), make_chain("www.example.org", days=3)

    def one_is_down(targets):
        (target,) = targets
        chains = [good, late, ()]
        return [
            seen(
                target,
                chain,
                address=at,
                nodes=3,
                error_code="" if chain else "refused",
            )
            for at, chain in zip(target.addresses, chains, strict=True)
        ]

    (checked,) = observe(endpoint, probe=answers(good, late, good))
    assert checked.health(NOW) == Health.CRITICAL
    (checked,) = observe(endpoint, probe=one_is_down, now=NOW + timedelta(hours=1))
    assert checked.health(NOW) == Health.UNREACHABLE
    assert checked.days_left(NOW) == 3
    counts = {run.address: run.count for run in Observation.objects.all()}
    assert sorted(counts) == ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
    assert Observation.objects.count() == 4


def test_a_first_check_with_one_dead_address_shows_what_the_others_serve():
    endpoint = make_endpoint(
        "www.example.org", address_mode="listed", addresses=("192.0.2.1", "192.0.2.2")
    )
    good = make_chain("www.example.org")

    def first_is_down(targets):
        (target,) = targets
        return [
            seen(target, (), address="192.0.2.1", nodes=2, error_code="refused"),
            seen(target, good, address="192.0.2.2", nodes=2),
        ]

    (checked,) = observe(endpoint, probe=first_is_down)

    assert checked.health(NOW) == Health.UNREACHABLE
    assert checked.days_left(NOW) == 90


def test_one_address_with_the_wrong_name_is_enough():
    endpoint = make_endpoint(
        "www.example.org", address_mode="listed", addresses=("192.0.2.1", "192.0.2.2")
    )
    probe = answers(make_chain("www.example.org"), make_chain("b.example.org", days=99))

    (checked,) = observe(endpoint, probe=probe)

    assert checked.health(NOW) == Health.MISNAMED


def shown_at(**chains):
    """A probe of every node: `a` is 192.0.2.1, `b` is 192.0.2.2."""
    addresses = {"a": "192.0.2.1", "b": "192.0.2.2"}

    def probe(targets):
        (target,) = targets
        return [
            seen(target, chain, address=addresses[node], nodes=len(chains))
            for node, chain in chains.items()
        ]

    return probe


def test_every_node_of_a_name_has_its_own_history():
    endpoint = make_endpoint("www.example.org", address_mode="every")
    old, new = make_chain("www.example.org", days=9), make_chain("www.example.org")

    (checked,) = observe(endpoint, probe=shown_at(a=old, b=new))

    assert endpoint.target.every_node
    assert checked.health(NOW) == Health.EXPIRING
    assert Observation.objects.filter(is_latest=True).count() == 2


def test_a_node_that_the_name_no_longer_has_is_closed():
    endpoint = make_endpoint("www.example.org", address_mode="every")
    chain = make_chain("www.example.org")

    observe(endpoint, probe=shown_at(a=chain, b=chain))
    observe(endpoint, probe=shown_at(b=chain), now=NOW + timedelta(hours=1))

    (latest,) = Observation.objects.filter(is_latest=True)
    assert (latest.address, latest.count) == ("192.0.2.2", 2)


def test_a_name_that_is_not_resolved_closes_no_node():
    endpoint = make_endpoint("www.example.org", address_mode="every")
    chain = make_chain("www.example.org")

    def unresolved(targets):
        (target,) = targets
        return [seen(target, (), address="", error_code="not_resolved")]

    observe(endpoint, probe=shown_at(a=chain, b=chain))
    (checked,) = observe(endpoint, probe=unresolved, now=NOW + timedelta(hours=1))

    assert checked.health(NOW) == Health.UNREACHABLE
    assert Observation.objects.filter(is_latest=True).count() == 3


def test_two_endpoints_that_are_one_place_share_a_handshake():
    first = make_endpoint("www.example.org", address_mode="first")
    asked = []

    def probe(targets):
        asked.extend(targets)
        return [seen(target, make_chain("www.example.org")) for target in asked]

    same = type(first)(host="www.example.org")
    list(watch.look([first, same], now=NOW, probe=probe))

    assert len(asked) == 1
