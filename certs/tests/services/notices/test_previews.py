from datetime import timedelta

import pytest

from certs.models import Policy
from certs.services.notices.previews import previews
from certs.tests.factories import NOW, make_checked, make_endpoint

pytestmark = pytest.mark.django_db


def make(host, *, days, lifetime):
    endpoint = make_checked(host, days=days)
    endpoint.not_before = endpoint.not_after - timedelta(days=lifetime)
    endpoint.save(update_fields=["not_before"])
    return endpoint


def test_one_endpoint_of_each_kind_of_lifetime_is_shown_the_next_to_end():
    make_endpoint("never-checked.example.org")
    make("over.example.org", days=-1, lifetime=6)
    make("later.example.org", days=5, lifetime=6)
    make("acme.example.org", days=30, lifetime=90)
    make("short.example.org", days=3, lifetime=6)
    make("long.example.org", days=900, lifetime=3650)

    shown = previews(Policy(name="New"), now=NOW)

    assert [preview.endpoint.host for preview in shown] == [
        "short.example.org",
        "acme.example.org",
        "long.example.org",
    ]
    assert [preview.lifetime.days for preview in shown] == [6, 90, 3650]


def test_the_steps_of_the_policy_are_shown_and_not_those_that_are_saved():
    make("www.example.org", days=30, lifetime=90)

    (shown,) = previews(Policy(name="New", steps="20d 9d"), now=NOW)

    keys = [crossing.key for crossing in shown.crossings]
    assert keys[:2] == ["20d", "9d"]
    assert all(each.crossed_at <= each.due_at for each in shown.crossings)


def test_an_inventory_without_certificates_shows_nothing():
    assert previews(Policy(name="New"), now=NOW) == []


@pytest.mark.parametrize("rows", [1, 5])
def test_examples_take_two_queries(rows, django_assert_num_queries):
    for _ in range(rows):
        make_checked()

    with django_assert_num_queries(2):
        previews(Policy(name="New"), now=NOW)
