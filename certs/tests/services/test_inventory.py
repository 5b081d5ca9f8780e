from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from accounts.models import Change
from certs.models import Certificate, Contact, DeepCheck, Endpoint, Tag
from certs.pki.x509 import parse_der
from certs.services import inventory
from certs.tests.factories import (
    NOW,
    make_chain,
    make_checked,
    make_endpoint,
    make_team,
)

pytestmark = pytest.mark.django_db


def test_a_certificate_seen_twice_is_one_row():
    parsed = [parse_der(der) for der in make_chain()]

    first = inventory.store(parsed, now=NOW)
    second = inventory.store([*parsed, *parsed], now=NOW)

    assert first == second
    assert Certificate.objects.count() == 2


def test_a_certificate_that_ends_before_it_begins_is_evidence_too():
    parsed = parse_der(make_chain()[0])
    reversed_ = replace(
        parsed, not_before=parsed.not_after, not_after=parsed.not_before
    )

    inventory.store([reversed_], now=NOW)

    assert Certificate.objects.get().not_after == parsed.not_before


def test_storing_takes_the_same_queries_however_many(django_assert_num_queries):
    one = [parse_der(make_chain()[0])]
    many = [parse_der(make_chain()[0]) for _ in range(20)]

    with django_assert_num_queries(4):
        inventory.store(one, now=NOW)
    with django_assert_num_queries(4):
        inventory.store(many, now=NOW)
    with django_assert_num_queries(1):
        inventory.store(many, now=NOW)


def test_a_new_contact_belongs_to_the_team_of_the_endpoint():
    team = make_team()

    make_endpoint(team=team, contacts=["Ann@Example.org"], tags=["a"])
    make_endpoint(team=make_team(), contacts=["ann@example.org"], tags=["a", "b"])

    assert Contact.objects.get().team == team
    assert Contact.objects.get().email == "ann@example.org"
    assert Tag.objects.count() == 2


def test_contacts_and_tags_that_are_not_given_stay():
    endpoint = make_endpoint(contacts=["ann@example.org"], tags=["a"])

    inventory.save_endpoint(endpoint)
    assert (endpoint.contacts.count(), endpoint.tags.count()) == (1, 1)

    inventory.save_endpoint(endpoint, contacts=[], tags=[])
    assert (endpoint.contacts.count(), endpoint.tags.count()) == (0, 0)


@pytest.mark.parametrize(
    "move",
    [
        {"host": "else.example.org"},
        {"port": 8443},
        {"server_name": "else.example.org"},
        {"starttls": "smtp"},
        {"address_mode": "listed", "addresses": ("192.0.2.1",)},
    ],
)
def test_an_endpoint_that_moves_is_not_checked_again(move):
    endpoint = make_checked()
    endpoint.is_trusted, endpoint.grade = True, "A"
    DeepCheck.objects.create(endpoint=endpoint, observed_at=NOW, result={})

    for name, value in move.items():
        setattr(endpoint, name, value)
    inventory.save_endpoint(endpoint)

    endpoint.refresh_from_db()
    assert (endpoint.status, endpoint.certificate, endpoint.not_after) == (
        "unknown",
        None,
        None,
    )
    assert (endpoint.is_trusted, endpoint.grade) == (None, "")
    assert not DeepCheck.objects.exists()


def test_an_endpoint_that_stays_keeps_its_state():
    endpoint = make_checked()
    DeepCheck.objects.create(endpoint=endpoint, observed_at=NOW, result={})

    endpoint.notes = "New"
    inventory.save_endpoint(endpoint)

    endpoint.refresh_from_db()
    assert endpoint.status == "up"
    assert DeepCheck.objects.exists()


def test_a_refused_endpoint_leaves_no_contact_behind():
    with pytest.raises(ValidationError):
        make_endpoint("no host", contacts=["ann@example.org"])

    assert not Contact.objects.exists()


def test_deleting_endpoints_keeps_their_certificates():
    endpoint = make_checked()
    make_endpoint()

    assert inventory.delete_endpoints([endpoint]) == 1
    assert Endpoint.objects.count() == 1
    assert Certificate.objects.count() == 1


def test_whether_to_warn_is_asked_again_when_an_endpoint_was_edited():
    endpoint = make_endpoint()
    Endpoint.objects.update(next_notice_at=NOW)
    endpoint.refresh_from_db()

    inventory.save_endpoint(endpoint, contacts=["ops@example.org"])

    assert Endpoint.objects.get().next_notice_at < NOW


def told_of(word):
    """What the change log says of what has this word in it, as if it were "one"."""
    return sorted(
        (row.model, row.action, str(row.changes).replace(word, "one"))
        for row in Change.objects.filter(object_text__startswith=word)
    )


def test_many_endpoints_are_added_and_told_as_one_is():
    team = make_team("Web")
    first = inventory.save_endpoint(
        Endpoint(host="one.example.org", team=team),
        contacts=["one@example.org"],
        tags=["one"],
    )

    inventory.add_endpoints(
        [
            inventory.Described(
                endpoint=Endpoint(host="two.example.org", team=team),
                contacts=["two@example.org"],
                tags=["two"],
            ),
            inventory.Described(
                endpoint=Endpoint(host="three.example.org"),
                contacts=["one@example.org"],
                tags=["one"],
            ),
        ]
    )

    endpoint = Endpoint.objects.get(host="two.example.org")
    assert [one.email for one in endpoint.contacts.all()] == ["two@example.org"]
    assert [one.name for one in endpoint.tags.all()] == ["two"]
    assert Contact.objects.get(email="two@example.org").team == team
    assert Contact.objects.count() == Tag.objects.count() == 2
    assert endpoint.next_notice_at == first.next_notice_at
    assert list(Endpoint.objects.matching("two.example")) == [endpoint]
    assert len(told_of("two")) == 5
    assert told_of("two") == told_of("one")


@pytest.mark.django_db(transaction=True)  # MongoDB ends a block that an error was in
def test_one_that_is_there_already_keeps_the_others_out():
    make_endpoint("b.example.org")

    with pytest.raises(IntegrityError):
        inventory.add_endpoints(
            [
                inventory.Described(endpoint=Endpoint(host=f"{x}.example.org"))
                for x in "abc"
            ]
        )

    assert [row.host for row in Endpoint.objects.all()] == ["b.example.org"]
