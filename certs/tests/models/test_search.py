import pytest
from django.db import connection
from django.db.models import Exists

from certs.models import (
    CertificateText,
    Endpoint,
    EndpointText,
    Observation,
    observation,
    search,
)
from certs.services import inventory, watch
from certs.tests.factories import NOW, answers, make_chain, make_checked, make_endpoint

pytestmark = pytest.mark.django_db


def hosts(term):
    return {row.host for row in Endpoint.objects.matching(term)}


def noted(notes, host):
    return make_endpoint(host, notes=notes)


@pytest.mark.parametrize("many", [0, 1000])
@pytest.mark.parametrize(
    "term", ["mid", "MIDDLE", "i", "dl", "iddle.exam", "le.example.org", "grün", "GRÜN"]
)
def test_a_part_of_a_word_finds_it_however_many_are_found(term, many, monkeypatch):
    monkeypatch.setattr(search, "MANY", many)
    noted("Grüner Schrank", "middle.example.org")
    make_endpoint("other.test")

    assert hosts(term) == {"middle.example.org"}


@pytest.mark.parametrize(
    "notes", ["50 % [*] done?", "a_b\\c 'd' \"e\"", "[a-z]", "***"]
)
def test_signs_that_patterns_know_stand_for_themselves(notes):
    noted(notes, "signs.example.org")
    noted("50 x x done! a-b", "plain.example.org")

    for length in range(1, len(notes) + 1):
        part = notes[-length:]
        if part.strip():
            assert "signs.example.org" in hosts(part), part
    assert hosts(notes) == {"signs.example.org"}


def test_words_that_are_gone_find_nothing():
    endpoint = noted("before", "a.example.org")
    inventory.delete_endpoints([noted("before", "b.example.org")])

    endpoint.notes = "after"
    inventory.save_endpoint(endpoint)

    assert hosts("before") == set()
    assert hosts("after") == {"a.example.org"}


def test_the_index_finds_what_reading_every_word_finds():
    for number in range(30):
        make_checked(f"host{number}.example.org", days=number)

    whole, longer = "host1.example.org", "host1.example.organic"
    for words in (EndpointText, CertificateText):
        for term in ("host1", "st2", "example", "9.exa", "issuing", whole, longer):
            read = words.objects.filter(text__contains=term)
            assert set(words.objects.first_with(term)) == set(read)


def test_many_are_known_as_many_only_where_nothing_else_was_asked(monkeypatch):
    monkeypatch.setattr(search, "MANY", 2)
    for number in range(3):
        make_endpoint(f"host{number}.example.org", tags=["web"])
    both = ["ann@example.org", "bob@example.org"]
    make_endpoint("told.test", contacts=both, notes="ann")
    make_endpoint("other.test", contacts=both)
    endpoints = Endpoint.objects

    assert endpoints.matching("host").is_many
    assert endpoints.tagged("web").is_many
    assert not endpoints.matching("told").is_many
    assert not endpoints.matching("host").filter(port=443).is_many
    assert not endpoints.filter(port=443).matching("host").is_many
    assert not endpoints.matching("@example.org").is_many  # two, by four links
    assert endpoints.matching("@example.org").count() == 2


@pytest.mark.parametrize(
    ("term", "sparse", "is_listed"),
    [("seldom", 0, True), ("seldom", 9, False), ("seldo", 0, False)],
)
def test_what_is_rare_and_many_is_found_all_the_same(
    term, sparse, is_listed, monkeypatch
):
    monkeypatch.setattr(search, "MANY", 2)
    monkeypatch.setattr(search, "SPARSE", sparse)
    for number in range(4):
        noted("seldom" if number != 1 else "", f"host{number}.example.org")

    found = Endpoint.objects.matching(term)

    assert {row.host for row in found} == {f"host{n}.example.org" for n in (0, 2, 3)}
    assert found.is_many
    condition = EndpointText.objects.having(term).condition
    lists_keys = not isinstance(condition.children[0], Exists)
    assert lists_keys == (connection.vendor == "mongodb" and is_listed)


def test_of_many_the_first_are_enough_where_only_some_are_asked_for():
    for number in range(4):
        make_endpoint(f"host{number}.example.org", tags=["host"] if number else [])

    def found(term):
        rows = Endpoint.objects.first_matching(term, most=3)
        return {row.host for row in rows}

    hosts = {f"host{number}.example.org" for number in range(4)}
    assert len(found("example")) == 3
    assert found("example") < hosts
    assert found("host1") == {"host1.example.org"}
    assert found("host") >= hosts - {"host0.example.org"}  # by the tag as well


def test_runs_are_known_as_many_when_that_many_were_seen(monkeypatch):
    monkeypatch.setattr(search, "MANY", 2)
    monkeypatch.setattr(observation, "MANY", 2)
    hosts = [make_endpoint(f"host{number}.example.org") for number in range(3)]
    probe = answers(make_chain("host0.example.org"))
    list(watch.observe(hosts[:2], now=NOW, probe=probe))

    rows = Observation.objects.of_endpoints_with("host")
    assert (rows.is_many, rows.count()) == (False, 2)

    list(watch.observe(hosts[2:], now=NOW, probe=probe))
    rows = Observation.objects.of_endpoints_with("host")
    assert (rows.is_many, rows.count()) == (True, 3)
    assert not Observation.objects.of_endpoints_with("host1.").is_many
