"""Checks of endpoints that are looked at at the addresses listed."""

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

pytestmark = pytest.mark.django_db


def observe(*endpoints, probe, now=NOW):
    return list(watch.observe(endpoints, now=now, probe=probe))


def test_the_name_is_asked_for_at_the_listed_addresses_each_once():
    endpoint = make_endpoint(
        "www.example.org",
        port=8443,
        address_mode="listed",
        addresses=("192.0.2.1", "2001:db8::1", "192.0.2.1"),
    )

    assert watch.targets(endpoint) == [
        Target(host="192.0.2.1", port=8443, server_name="www.example.org"),
        Target(host="2001:db8::1", port=8443, server_name="www.example.org"),
    ]


def test_each_listed_address_has_its_own_history_and_the_worst_is_the_state():
    endpoint = make_endpoint(
        "www.example.org",
        address_mode="listed",
        addresses=("192.0.2.1", "192.0.2.2", "192.0.2.3"),
    )
    good, late = make_chain("www.example.org"), make_chain("www.example.org", days=3)

    def one_is_down(targets):
        chains = [good, late, ()]
        return [
            seen(target, chain, error_code="" if chain else "refused")
            for target, chain in zip(targets, chains, strict=True)
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
        return [
            seen(targets[0], (), error_code="refused"),
            seen(targets[1], good),
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
