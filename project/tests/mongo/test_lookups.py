import pytest
from django.contrib.auth.models import Group
from django.db import NotSupportedError
from django.db.models import Count, Exists, F, OuterRef, Q

from certs.models import Certificate, Endpoint, Tag
from certs.tests.factories import make_checked, make_endpoint, make_team
from project.mongo import lookups
from project.tests.mongo.made import pipeline, plan, stages

pytestmark = pytest.mark.django_db


def test_a_sub_query_runs_first_and_leaves_a_list_of_values():
    team = make_team("Red")
    one = make_endpoint(team=team)
    make_endpoint()
    rows = Endpoint.objects.filter(team__in=type(team).objects.filter(name="Red"))

    assert {"$match": {"team_id": {"$in": [team.pk.hex]}}} in pipeline(rows)
    assert "$lookup" not in stages(rows)
    assert list(rows) == [one]


def test_a_sub_query_without_values_matches_nothing_and_its_negation_all():
    one = make_endpoint()
    nothing = Tag.objects.filter(name="none")

    assert not Endpoint.objects.filter(tags__in=nothing).exists()
    assert list(Endpoint.objects.exclude(tags__in=nothing)) == [one]


def test_a_sliced_sub_query_is_sliced():
    for name in "abc":
        make_endpoint(f"{name}.example.org")

    first = Endpoint.objects.filter(pk__in=Endpoint.objects.order_by("-host")[:1])

    assert [row.host for row in first] == ["c.example.org"]


def test_null_in_a_sub_query_is_equal_to_nothing():
    make_endpoint()
    served = make_checked("served.example.org")

    rows = Certificate.objects.filter(pk__in=Endpoint.objects.values("certificate"))
    others = Certificate.objects.exclude(
        pk__in=Endpoint.objects.filter(certificate=None).values("certificate")
    )

    assert list(rows) == [served.certificate]
    assert list(others) == [served.certificate]


def test_a_relation_is_prefetched_by_the_index_of_its_keys():
    teams = [make_team("Red"), make_team("Blue")]
    rows = [make_endpoint(team=team) for team in teams]
    keys = {"$in": [team.pk.hex for team in teams]}

    asked, *_ = Endpoint.team.get_prefetch_querysets(rows)

    assert {"$match": {"id": keys}} in pipeline(asked)
    assert "IXSCAN" in plan(asked)
    found = Endpoint.objects.order_by("pk").prefetch_related("team")
    assert [row.team for row in found] == teams


def test_a_relation_that_nobody_has_is_prefetched_as_nothing():
    make_endpoint()

    assert [row.team for row in Endpoint.objects.prefetch_related("team")] == [None]


def test_a_sub_query_may_refer_to_the_outer_query():
    one = make_endpoint("one.example.org", tags=["one.example.org"])
    make_endpoint("two.example.org", tags=["x"])
    same = Tag.objects.filter(name=OuterRef("host"))

    assert list(Endpoint.objects.filter(host__in=same.values("name"))) == [one]
    assert list(Endpoint.objects.filter(Exists(same))) == [one]


def test_more_values_than_fit_stay_in_the_database(monkeypatch):
    monkeypatch.setattr(lookups, "MAX_VALUES", 1)
    rows = [make_endpoint(), make_endpoint()]

    found = Endpoint.objects.filter(pk__in=Endpoint.objects.all())

    assert set(found) == set(rows)
    with pytest.raises(NotSupportedError, match="may have 1 values"):
        list(Endpoint.objects.filter(pk__in=Endpoint.objects.all()[:2]))


def test_a_sub_query_works_inside_an_expression():
    make_endpoint(tags=["a"])
    make_endpoint()
    tagged = Q(pk__in=Endpoint.tags.through.objects.values("endpoint"))

    assert Endpoint.objects.aggregate(n=Count("pk", filter=tagged)) == {"n": 1}


def test_another_database_cannot_be_asked():
    other = Group.objects.using("other")

    with pytest.raises(ValueError, match="different databases"):
        list(Group.objects.filter(pk__in=other))


def test_uuids_are_searched_as_text():
    one = make_endpoint()
    text = str(one.pk)

    assert list(Endpoint.objects.filter(pk__icontains=text[4:20])) == [one]
    assert list(Endpoint.objects.filter(pk__startswith=text[:13].upper())) == []
    assert list(Endpoint.objects.filter(pk__istartswith=text[:13].upper())) == [one]
    assert list(Endpoint.objects.filter(pk__endswith=text[-9:])) == [one]
    assert not Endpoint.objects.filter(pk__icontains=".*").exists()
    assert Endpoint.objects.aggregate(n=Count("pk", filter=Q(pk__icontains=text))) == {
        "n": 1
    }


def test_uuids_are_not_compared_with_a_column():
    with pytest.raises(NotSupportedError, match="plain value"):
        list(Endpoint.objects.filter(pk__icontains=F("host")))


@pytest.mark.parametrize("term", ["*", "a.n", "ann|bob", "(ann", "an[n]", "ann$", "%"])
def test_what_is_compared_whatever_its_case_is_no_pattern(term):
    Tag.objects.create(name="Ann")

    assert not Tag.objects.filter(name__iexact=term).exists()
    assert Tag.objects.filter(name__iexact="aNN").exists()
