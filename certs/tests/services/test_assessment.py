"""What is written into runs, and when it is judged anew."""

from datetime import timedelta

import pytest

from certs.models import DeepCheck, Endpoint, Observation
from certs.models.health import UNTRUSTED
from certs.pki.deep import DeepResult
from certs.pki.roots import PUBLIC
from certs.pki.trust import Judge
from certs.pki.x509 import parse_der
from certs.services import assessment, inventory, watch
from certs.tests.factories import (
    NOW,
    answers,
    authority,
    latest,
    make_chain,
    make_endpoint,
    make_root,
    make_store,
    make_team,
    refuses,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def store():
    return make_store("Corp", roots=[make_root()])


@pytest.fixture
def judged(monkeypatch):
    """The chains that were judged."""
    chains = []
    judge = Judge.judge

    def count(self, chain):
        said = judge(self, chain)
        chains.append(chain)
        return said

    monkeypatch.setattr(Judge, "judge", count)
    return chains


def check(endpoint, chain, *, now=NOW, **fields):
    """Check once; the state and the open run after it."""
    list(watch.observe([endpoint], now=now, probe=answers(chain, **fields)))
    endpoint.refresh_from_db()
    return latest(endpoint)


def keep_deep_check(endpoint, *, now=NOW, **fields):
    result = DeepResult(host=endpoint.host, port=443, server_name=endpoint.host)
    plain = {**result.to_json(), **fields}
    DeepCheck.objects.update_or_create(
        endpoint=endpoint, defaults={"observed_at": now, "result": plain}
    )


def test_a_run_says_who_trusts_it_its_findings_and_its_grade(store):
    endpoint = make_endpoint()

    run = check(endpoint, make_chain(endpoint.host))

    assert run.is_trusted
    assert run.grade == "A"
    said = {each["store"]: each for each in run.verdicts}
    assert (said["Corp"]["is_trusted"], said["Corp"]["counts"]) == (True, True)
    assert (said[PUBLIC]["is_trusted"], said[PUBLIC]["code"]) == (False, "unknown-root")
    assert [each["code"] for each in run.findings] == list(endpoint.findings)
    assert (endpoint.is_trusted, endpoint.grade) == (True, "A")


def test_what_nobody_trusts_says_why_and_has_grade_t():
    endpoint = make_endpoint()

    run = check(endpoint, make_chain(endpoint.host))

    assert not run.is_trusted
    assert run.grade == UNTRUSTED
    assert "unknown-root" in [each["code"] for each in run.findings]
    assert endpoint.is_trusted is False


def test_a_past_end_costs_no_trust_for_it_follows_from_the_moment(store):
    endpoint = make_endpoint()

    run = check(endpoint, make_chain(endpoint.host, days=-3))

    assert run.is_trusted
    assert run.grade == "A"
    assert endpoint.grade_at(NOW) == UNTRUSTED


def test_what_failed_is_not_judged(judged):
    endpoint = make_endpoint()

    list(watch.observe([endpoint], now=NOW, probe=refuses))
    broken = {"error_code": "closed", "error_text": "Closed."}
    run = check(endpoint, make_chain(), now=NOW + DAY, **broken)

    assert (run.is_trusted, run.verdicts, run.grade) == (None, [], "")
    assert assessment.opinion(run) is None
    assert judged == []


def test_an_equal_result_is_not_judged_again_for_a_week(store, judged):
    endpoint = make_endpoint()
    chain = make_chain(endpoint.host)

    first = check(endpoint, chain)
    until = first.judged_until
    again = check(endpoint, chain, now=until)

    assert until == NOW + assessment.AGAIN
    assert len(judged) == 1
    assert (again.pk, again.count) == (first.pk, 2)
    assert (again.verdicts, again.judged_until) == (first.verdicts, until)


def test_after_a_week_it_is_and_the_new_term_is_written(store, judged):
    endpoint = make_endpoint()
    chain = make_chain(endpoint.host)
    late = NOW + assessment.AGAIN + timedelta(seconds=1)

    first = check(endpoint, chain)
    again = check(endpoint, chain, now=late)

    assert len(judged) == 2
    assert (again.pk, again.count) == (first.pk, 2)
    assert again.judged_until == late + assessment.AGAIN
    check(endpoint, chain, now=late + DAY)
    assert len(judged) == 2


def test_the_term_ends_with_the_verdict(store, judged):
    endpoint = make_endpoint()
    chain = make_chain(endpoint.host, days=2)

    run = check(endpoint, chain)

    assert run.judged_until == NOW + 2 * DAY
    check(endpoint, chain, now=NOW + 2 * DAY)
    assert len(judged) == 1
    check(endpoint, chain, now=NOW + 2 * DAY + timedelta(seconds=1))
    assert len(judged) == 2


def test_another_result_is_judged_at_once(store, judged):
    endpoint = make_endpoint()
    chain = make_chain(endpoint.host)

    check(endpoint, chain)
    run = check(endpoint, chain, now=NOW + DAY, tls_version="TLSv1.2")

    assert len(judged) == 2
    assert "no-tls13" in [each["code"] for each in run.findings]
    assert Observation.objects.count() == 2


def test_a_chain_with_a_gap_is_judged_each_time_and_written_once(
    judged, django_assert_num_queries
):
    endpoint = make_endpoint()
    chain = make_chain(endpoint.host)[:1]

    check(endpoint, chain)
    # Six find out that there is something to judge; no run is written anew.
    with django_assert_num_queries(16):
        list(watch.observe([endpoint], now=NOW + DAY, probe=answers(chain)))

    assert len(judged) == 2
    assert latest(endpoint).judged_until is None
    assert Observation.objects.get().count == 2


def test_an_intermediate_that_is_known_by_now_counts_at_the_next_check(store):
    endpoint = make_endpoint()
    leaf, intermediate = make_chain(endpoint.host)

    alone = check(endpoint, [leaf])
    inventory.store([parse_der(intermediate)], now=NOW)
    run = check(endpoint, [leaf], now=NOW + DAY)

    codes = [each["code"] for each in run.findings]
    assert "missing-intermediate" in codes
    assert (alone.grade, run.grade) == (UNTRUSTED, "B")
    assert endpoint.is_trusted is False


def test_rules_that_changed_judge_anew(store, judged, monkeypatch):
    endpoint = make_endpoint()
    chain = make_chain(endpoint.host)

    before = check(endpoint, chain)
    monkeypatch.setattr(assessment, "RULES", assessment.RULES + 1)
    after = check(endpoint, chain, now=NOW + DAY)
    check(endpoint, chain, now=NOW + 2 * DAY)

    assert len(judged) == 2
    assert before.judged_by != after.judged_by
    assert before.pk == after.pk


def test_what_changed_is_noted_though_the_term_is_the_same(store, judged, monkeypatch):
    endpoint = make_endpoint()
    chain = make_chain(endpoint.host, days=3)  # its end is the term, before and after

    check(endpoint, chain)
    monkeypatch.setattr(assessment, "RULES", assessment.RULES + 1)
    for hours in (1, 2, 3):
        check(endpoint, chain, now=NOW + timedelta(hours=hours))

    assert len(judged) == 2


def test_a_store_that_is_added_makes_it_trusted_at_the_next_check():
    endpoint = make_endpoint()
    chain = make_chain(endpoint.host)

    check(endpoint, chain)
    assert endpoint.is_trusted is False
    make_store("Corp", roots=[make_root()])
    check(endpoint, chain, now=NOW + DAY)

    assert (endpoint.is_trusted, endpoint.grade) == (True, "A")
    assert endpoint.health(NOW) == "ok"


@pytest.mark.parametrize("how", ["without its root", "not active", "deleted"])
def test_a_store_that_is_taken_away_makes_it_untrusted_at_the_next_check(store, how):
    endpoint = make_endpoint()
    chain = make_chain(endpoint.host)

    check(endpoint, chain)
    if how == "deleted":
        store.delete()
    elif how == "not active":
        type(store).objects.update(is_active=False)
    else:
        store.roots.all().delete()
    check(endpoint, chain, now=NOW + DAY)

    assert (endpoint.is_trusted, endpoint.grade) == (False, UNTRUSTED)
    assert endpoint.health(NOW) == "untrusted"


def test_a_team_that_claims_a_store_trusts_by_it_at_the_next_check():
    team = make_team()
    mine, theirs = make_endpoint(team=team), make_endpoint(team=make_team())
    chain = make_chain("*.example.org")
    store = make_store("Corp", roots=[make_root()])

    for endpoint in (mine, theirs):
        check(endpoint, chain)
        assert endpoint.is_trusted
    store.teams.set([team])
    run = check(mine, chain, now=NOW + DAY)
    other = check(theirs, chain, now=NOW + DAY)

    assert mine.is_trusted
    assert not theirs.is_trusted
    counts = [
        {each["store"] for each in each.verdicts if each["counts"]}
        for each in (run, other)
    ]
    assert counts == [{PUBLIC, "Corp"}, {PUBLIC}]


def test_an_endpoint_that_goes_to_another_team_is_judged_by_its_stores():
    team = make_team()
    make_store("Corp", roots=[make_root()], teams=[team])
    endpoint = make_endpoint(team=team)
    chain = make_chain(endpoint.host)

    check(endpoint, chain)
    assert endpoint.is_trusted
    Endpoint.objects.update(team=make_team())
    endpoint.refresh_from_db()
    check(endpoint, chain, now=NOW + DAY)

    assert not endpoint.is_trusted


def test_a_deep_check_is_graded_with_at_the_next_check(store, judged):
    endpoint = make_endpoint()
    chain = make_chain(endpoint.host)

    check(endpoint, chain)
    keep_deep_check(endpoint, versions=["TLSv1.3", "TLSv1.2", "TLSv1"])
    run = check(endpoint, chain, now=NOW + DAY)
    check(endpoint, chain, now=NOW + 2 * DAY)

    assert len(judged) == 2
    assert "old-protocol" in endpoint.findings
    assert run.grade == endpoint.grade == "B"
    keep_deep_check(endpoint, now=NOW + DAY, versions=["TLSv1.3"])
    check(endpoint, chain, now=NOW + 3 * DAY)
    assert "old-protocol" not in endpoint.findings


@pytest.mark.parametrize("junk", [{}, {"versions": 3}, [], "text"])
def test_a_deep_check_that_another_release_wrote_is_as_none(store, junk):
    endpoint = make_endpoint()
    DeepCheck.objects.create(endpoint=endpoint, observed_at=NOW, result=junk)

    run = check(endpoint, make_chain(endpoint.host))

    assert run.grade == "A"
    assert assessment.deep_result(DeepCheck.objects.get()) is None


def test_an_opinion_is_read_back_as_it_was_given(store):
    endpoint = make_endpoint()

    said = assessment.opinion(check(endpoint, make_chain(endpoint.host)))

    assert said is not None
    assert said.counting == {PUBLIC, "Corp"}
    assert said.verdict.store == "Corp"
    assert said.verdict.is_trusted


def test_a_look_is_judged_too_and_leaves_nothing(store):
    endpoint = Endpoint(host="www.example.org", port=443)
    probe = answers(make_chain("www.example.org"))

    (looked,) = watch.look([endpoint], now=NOW, probe=probe)

    assert (looked.is_trusted, looked.grade) == (True, "A")
    assert not Observation.objects.exists()


def test_a_round_is_judged_in_as_many_queries_however_large(
    store, judged, django_assert_num_queries
):
    chain = make_chain("*.example.org")
    assert authority()  # made once, before the counting
    for rows in (1, 50):
        endpoints = [make_endpoint() for _ in range(rows)]
        list(watch.observe(endpoints, now=NOW, probe=answers(chain)))
        late = NOW + assessment.AGAIN + DAY
        # Six find out that there is something to judge, two write the new terms.
        with django_assert_num_queries(20):
            list(watch.observe(endpoints, now=late, probe=answers(chain)))
