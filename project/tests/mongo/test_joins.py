"""Joins with few partners, against what Django says they mean."""

import pytest
from django.db import connection
from django.db.models import Count, Q, prefetch_related_objects
from django.test.utils import CaptureQueriesContext

from certs.models import Contact, Endpoint, Observation, Tag
from certs.tests.factories import make_checked, make_endpoint, make_team
from project.mongo import joins
from project.mongo.query import Query
from project.tests.mongo.made import pipeline, plan, stages

pytestmark = pytest.mark.django_db


@pytest.fixture
def endpoints():
    red = make_team("Red")
    for number in range(5):
        Tag.objects.create(name=f"unused {number}")
    return [
        make_endpoint("a.example.org", team=red, tags=["web", "old"]),
        make_endpoint("b.example.org", tags=["web"]),
        make_checked("c.example.org", team=red),
    ]


def tag(name):
    return Tag.objects.get(name=name)


def hosts(rows):
    return sorted(row.host for row in rows)


def by_key(rows):
    return sorted(rows, key=lambda row: row.pk)


def asked_first(rows):
    """The collection that a query begins with."""
    with CaptureQueriesContext(connection) as queries:
        list(rows)
    return queries.captured_queries[-1]["sql"].split(".")[1]


def test_of_all_tags_a_page_of_those_of_one_endpoint_is_found_by_keys(endpoints):
    rows = endpoints[0].tags.all()[:3]

    assert [each.name for each in rows] == ["old", "web"]
    assert stages(rows)[:2] == ["$match", "$lookup"]
    assert len(pipeline(rows)[0]["$match"]["id"]["$in"]) == 2
    assert "IXSCAN" in plan(rows)
    assert "COLLSCAN" not in plan(rows)


ASKED = {
    "the other way": lambda: Endpoint.objects.filter(tags=tag("web")),
    "rows of a key": lambda: Endpoint.objects.filter(observations__error_code=""),
    "one step further": lambda: Observation.objects.filter(endpoint__team__name="Red"),
    "two joins": lambda: Endpoint.objects.filter(tags=tag("web"), team__name="Red"),
    "no partner": lambda: Endpoint.objects.filter(tags=tag("unused 1")),
    "either": lambda: Endpoint.objects.filter(
        Q(tags=tag("old")) | Q(host="c.example.org")
    ),
    "all others": lambda: Endpoint.objects.exclude(tags=tag("web")),
    "without one": lambda: Endpoint.objects.filter(tags=None),
    "a page": lambda: Endpoint.objects.filter(team__name="Red").order_by("host")[:1],
    "a page with its team": lambda: Endpoint.objects.select_related("team").filter(
        tags=tag("web")
    )[:5],
}


@pytest.mark.parametrize("name", ASKED)
def test_the_rows_are_those_that_are_found_without(name, endpoints, monkeypatch):
    found = by_key(ASKED[name]())
    number = ASKED[name]().count()
    monkeypatch.setattr(joins, "MOST", -1)
    monkeypatch.setattr(Query, "_from_partners", lambda _: None)

    assert found == by_key(ASKED[name]())
    assert number == ASKED[name]().count() == len(found)
    columns = [vars(row).keys() for row in found]
    assert columns == [vars(row).keys() for row in by_key(ASKED[name]())]


BEGUN = {
    "all of one": (lambda one: one.tags.all(), "certs_endpoint_tags"),
    "in an order": (lambda one: one.tags.order_by("-name"), "certs_endpoint_tags"),
    "the other way": (
        lambda one: one.tags.get(name="web").endpoints.all(),
        "certs_endpoint_tags",
    ),
    "a page": (lambda one: one.tags.all()[:1], "certs_tag"),
    "a condition of its own": (lambda one: one.tags.filter(name="web"), "certs_tag"),
    "one of two conditions": (
        lambda one: Tag.objects.filter(Q(endpoints=one) | Q(name="old")),
        "certs_tag",
    ),
}


@pytest.mark.parametrize("name", BEGUN)
def test_what_all_belongs_to_a_row_begins_with_the_partners(name, endpoints):
    rows, collection = BEGUN[name]

    assert asked_first(rows(endpoints[0])) == collection


def test_where_partners_are_many_they_are_not_listed(endpoints, monkeypatch):
    monkeypatch.setattr(joins, "MOST", 1)

    assert stages(endpoints[0].tags.all())[0] == "$lookup"
    assert stages(endpoints[1].tags.all())[0] == "$match"


def test_an_outer_join_keeps_what_has_no_partner(endpoints):
    rows = Endpoint.objects.annotate(number=Count("tags"))

    assert dict(rows.values_list("host", "number")) == {
        "a.example.org": 2,
        "b.example.org": 1,
        "c.example.org": 0,
    }


def test_what_is_prefetched_belongs_to_each(endpoints):
    rows = list(Endpoint.objects.order_by("host"))

    prefetch_related_objects(rows, "tags", "contacts")

    names = [[each.name for each in row.tags.all()] for row in rows]
    assert names == [["old", "web"], ["web"], []]


def test_counts_and_deletes_follow_the_same_join(endpoints):
    contact = Contact.objects.create(email="ops@example.org")
    contact.endpoints.set(endpoints[:2])

    assert endpoints[0].tags.count() == 2
    assert endpoints[2].tags.exists() is False
    assert hosts(contact.endpoints.all()) == ["a.example.org", "b.example.org"]
    endpoints[0].tags.clear()
    assert endpoints[0].tags.count() == 0
