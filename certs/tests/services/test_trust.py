import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certs.models import Certificate
from certs.pki.demo.authority import Authority
from certs.pki.roots import PUBLIC
from certs.pki.x509 import parse_der
from certs.services import inventory, trust
from certs.tests.factories import (
    NOW,
    authority,
    make_chain,
    make_root,
    make_store,
    make_team,
)

pytestmark = pytest.mark.django_db


def opinion(chain=None, *, team=None):
    judges = trust.judges(now=NOW)
    judges.prepare()
    return judges.opinion(chain or make_chain(), team=team.pk if team else None)


def codes(opinion_):
    return {verdict.store: verdict.code for verdict in opinion_.verdicts}


def test_without_stores_the_public_one_counts():
    found = opinion()

    assert codes(found) == {PUBLIC: "unknown-root"}
    assert found.counting == {PUBLIC}
    assert not found.verdict.is_trusted
    assert found.verdict.store == PUBLIC


def test_a_store_of_nobody_counts_for_everybody_without_one():
    make_store("Corp", roots=[make_root()])

    found = opinion(team=make_team())

    assert codes(found) == {PUBLIC: "unknown-root", "Corp": "trusted"}
    assert found.counting == {PUBLIC, "Corp"}
    assert found.verdict.is_trusted
    assert found.verdict.store == "Corp"


def test_a_store_of_a_team_counts_for_that_team_alone():
    team = make_team()
    make_store("Corp", roots=[make_root()], teams=[team])
    make_store("Everybody")

    assert opinion(team=team).counting == {PUBLIC, "Corp"}
    assert opinion(team=team).verdict.is_trusted
    assert opinion(team=make_team()).counting == {PUBLIC, "Everybody"}
    others = opinion()
    assert not others.verdict.is_trusted
    assert codes(others)["Corp"] == "trusted"  # told all the same


def test_a_team_may_do_without_the_public_cas():
    team = make_team()
    make_store("Corp", roots=[make_root()], teams=[team], with_public=False)

    assert opinion(team=team).counting == {"Corp"}


def test_one_of_two_stores_of_a_team_brings_the_public_cas():
    team = make_team()
    for name, with_public in (("One", True), ("Two", False)):
        make_store(name, teams=[team], with_public=with_public)

    assert opinion(team=team).counting == {PUBLIC, "One", "Two"}


def test_a_store_that_is_not_active_says_nothing():
    team = make_team()
    make_store("Old", roots=[make_root()], teams=[team], is_active=False)

    found = opinion(team=team)

    assert codes(found) == {PUBLIC: "unknown-root"}
    assert found.counting == {PUBLIC}


def test_a_missing_intermediate_is_found_in_the_inventory():
    make_store("Corp", roots=[make_root()])
    leaf, intermediate = make_chain()
    assert codes(opinion([leaf]))["Corp"] == "missing-intermediate"
    assert "not known here" in opinion([leaf]).verdicts[1].sentence

    inventory.store([parse_der(intermediate)], now=NOW)

    verdict = opinion([leaf]).verdicts[1]
    assert verdict.code == "missing-intermediate"
    assert "Browsers that complete chains trust it" in verdict.sentence


def test_what_is_kept_of_a_ca_but_cannot_be_read_is_passed_over():
    make_store("Corp", roots=[make_root()])
    leaf, intermediate = make_chain()
    inventory.store([parse_der(intermediate)], now=NOW)
    Certificate.objects.filter(subject__contains="Issuing").update(der=b"junk")

    assert "not known here" in opinion([leaf]).verdicts[1].sentence


def test_roots_are_added_once_and_kept_as_certificates():
    store = make_store("Corp")
    root = parse_der(authority().root.der)

    first = trust.add_roots(store, [root, root], user=None, now=NOW)
    second = trust.add_roots(store, [root], user=None, now=NOW)

    assert (len(first), len(second)) == (1, 0)
    assert store.roots.get().certificate.fingerprint_sha256 == root.fingerprint_sha256
    assert Certificate.objects.count() == 1


@pytest.mark.parametrize("number", [1, 5])
def test_a_round_takes_five_queries_however_many_stores_and_chains(number):
    team = make_team()
    for name in range(number):
        root = parse_der(Authority(f"CA {name}", now=NOW).root.der)
        make_store(f"Store {name}", roots=[root], teams=[team])
    chains = [make_chain() for _ in range(number)]

    with CaptureQueriesContext(connection) as queries:
        judges = trust.judges(now=NOW)
        judges.prepare()
        for chain in chains:
            judges.opinion(chain, team=team.pk)

    assert len(queries) == 5
