from datetime import timedelta

import pytest

from certs.models import Endpoint, Observation, Reachability
from certs.models.certificate import Certificate
from certs.pki.rating import Grade
from certs.services import state
from certs.tests.factories import NOW


def make_run(grade="A", *, codes=(), days=90, **fields):
    certificate = Certificate(
        not_before=NOW - timedelta(days=1),
        not_after=NOW + timedelta(days=days),
        issuer_name="Test",
    )
    return Observation(
        **{
            "certificate": certificate,
            "name_matches": True,
            "is_trusted": True,
            "grade": grade,
            "findings": [{"code": code, "about": {}} for code in codes],
            **fields,
        }
    )


def settled(*runs):
    endpoint = Endpoint(host="www.example.org")
    state.settle(endpoint, runs, now=NOW)
    return endpoint


@pytest.mark.parametrize("better", list(Grade)[:-1])
def test_of_the_grades_the_worst_counts(better):
    worse = list(Grade)[better.rank + 1]

    assert settled(make_run(better), make_run(worse)).grade == worse
    assert settled(make_run(worse), make_run(better)).grade == worse


def test_a_run_without_a_grade_says_nothing_of_it():
    assert settled(make_run(""), make_run("B")).grade == "B"
    assert settled(make_run("")).grade == ""


def test_findings_are_the_codes_of_all_addresses_each_once_in_order():
    endpoint = settled(
        make_run(codes=("wildcard", "no-tls13")), make_run(codes=["wildcard"])
    )

    assert endpoint.findings == ("no-tls13", "wildcard")


@pytest.mark.parametrize("name", ["is_trusted", "name_matches"])
def test_one_address_is_enough_to_be_wrong(name):
    assert getattr(settled(make_run(), make_run()), name) is True
    assert getattr(settled(make_run(), make_run(**{name: False})), name) is False


def test_an_address_that_fails_makes_it_down_and_the_others_say_the_rest():
    failed = make_run("F", error_code="closed", error_text="Closed.", is_trusted=None)

    endpoint = settled(make_run("B"), failed)

    assert endpoint.status == Reachability.DOWN
    assert (endpoint.grade, endpoint.is_trusted) == ("B", True)


def test_where_nothing_was_served_the_last_known_stays():
    endpoint = settled(make_run("B", codes=["wildcard"]))
    failed = Observation(error_code="refused", error_text="Refused.")

    state.settle(endpoint, [failed], now=NOW)

    assert (endpoint.grade, endpoint.findings) == ("B", ("wildcard",))
    assert endpoint.is_trusted is True


def test_another_grade_or_finding_is_a_change_and_the_same_is_none():
    endpoint = settled(make_run("B"))
    later = NOW + timedelta(days=1)
    seen = endpoint.certificate

    assert not state.settle(endpoint, [make_run("B", certificate=seen)], now=later)
    assert endpoint.observed_at == later
    assert state.settle(endpoint, [make_run("C", certificate=seen)], now=later)
    again = make_run("C", certificate=seen, codes=["wildcard"])
    assert state.settle(endpoint, [again], now=later)
    assert endpoint.changed_at == NOW  # neither up, down nor another certificate
