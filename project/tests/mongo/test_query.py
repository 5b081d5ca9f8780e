from datetime import timedelta

import pytest
from django.db import NotSupportedError, models
from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch
from django.db.models.functions import Lower

from certs.models import Certificate, Contact, Endpoint, EndpointText, Tag
from certs.tests.factories import NOW, make_checked, make_endpoint, make_team
from project.tests.mongo.made import (
    collection_of,
    connection,
    make_model,
    pipeline,
    plan,
    stages,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def endpoints():
    red, blue = make_team("Red"), make_team("Blue")
    return [
        make_endpoint("a.example.org", team=red, tags=["web"]),
        make_checked("b.example.org", days=5, team=blue),
        make_checked("c.example.org", days=50, team=red),
        make_endpoint("d.example.org"),
    ]


DECORATED = {
    "a page": lambda rows: rows.order_by("-host")[:2],
    "a later page": lambda rows: rows.order_by("host")[1:3],
    "a filter of its own": lambda rows: rows.filter(status="up")[:3],
    "nulls last": lambda rows: rows.order_by(F("not_after").asc(nulls_last=True))[:3],
    "an expression": lambda rows: rows.order_by(Lower("host").desc())[:3],
    "an annotation": lambda rows: rows.annotate(low=Lower("host")).order_by("-low")[:2],
    "a sub-query": lambda rows: rows.filter(
        pk__in=Endpoint.objects.exclude(status="down")
    )[:2],
}


@pytest.mark.parametrize("name", DECORATED)
def test_a_page_is_cut_before_its_joins(name, endpoints):
    rows = DECORATED[name](Endpoint.objects.select_related("team", "certificate"))

    order = stages(rows)

    assert order.index("$limit") < order.index("$lookup")
    without = DECORATED[name](Endpoint.objects.all())
    assert [row.pk for row in rows] == [row.pk for row in without]
    for row in rows:
        assert "team" in row._state.fields_cache
        assert row.team == Endpoint.objects.get(host=row.host).team


NEEDED = {
    "a filter on the other side": lambda rows: rows.filter(team__name="Red")[:2],
    "an order from the other side": lambda rows: rows.order_by("team__name")[:2],
    "an order computed from there": lambda rows: rows.order_by(Lower("team__name"))[:2],
    "a join that multiplies": lambda rows: rows.filter(tags__name="web")[:2],
    "no limit": lambda rows: rows,
}


@pytest.mark.parametrize("name", NEEDED)
def test_a_join_that_decides_comes_first(name, endpoints):
    rows = NEEDED[name](Endpoint.objects.select_related("team"))

    order = stages(rows)

    assert "$limit" not in order or order.index("$lookup") < order.index("$limit")
    assert len(rows) == len({row.pk for row in rows})


def test_columns_of_the_page_and_of_its_partners_are_whole(endpoints):
    [row] = Endpoint.objects.select_related("certificate").filter(host="b.example.org")

    assert row.certificate == Certificate.objects.get(endpoints=row)
    assert row.certificate.names == ("b.example.org",)
    assert row.days_left(NOW) == 5
    names = Endpoint.objects.order_by("host").values_list("host", "team__name")[:3]
    assert list(names) == [
        ("a.example.org", "Red"),
        ("b.example.org", "Blue"),
        ("c.example.org", "Red"),
    ]


def test_many_to_many_is_prefetched(endpoints, django_assert_num_queries):
    one = make_endpoint(contacts=["a@example.org", "b@example.org"], tags=["x", "y"])
    make_endpoint(contacts=["b@example.org"])

    with django_assert_num_queries(3):
        rows = list(
            Endpoint.objects.prefetch_related(
                Prefetch("contacts", Contact.objects.only("email")), "tags"
            )
        )

    found = {row.pk: row for row in rows}[one.pk]
    assert [c.email for c in found.contacts.all()] == ["a@example.org", "b@example.org"]
    assert [tag.name for tag in found.tags.all()] == ["x", "y"]


@pytest.mark.parametrize(
    "impossible",
    [
        lambda: Endpoint.objects.distinct("host"),
        lambda: Endpoint.objects.extra(select={"one": "1"}),
        lambda: Endpoint.objects.annotate(
            number=models.Window(models.functions.RowNumber())
        ),
    ],
)
def test_what_mongodb_cannot_is_refused_and_not_done_wrong(impossible, endpoints):
    with pytest.raises(NotSupportedError):
        list(impossible())


def test_a_write_over_a_join_is_refused(endpoints):
    tagged = Tag.objects.filter(name=OuterRef("host"))

    with pytest.raises(NotSupportedError):
        Endpoint.objects.filter(team__name="Red").update(notes="x")
    with pytest.raises(NotSupportedError):
        Endpoint.objects.filter(Exists(tagged))._raw_delete("default")


def test_writes_may_choose_their_rows_by_another_collection(endpoints):
    red = make_team("Other")
    Endpoint.objects.filter(host="d.example.org").update(team=red)
    chosen = Endpoint.objects.filter(team__in=type(red).objects.filter(name="Other"))

    assert chosen.update(notes="seen") == 1
    assert Endpoint.objects.get(host="d.example.org").notes == "seen"
    chosen.delete()
    assert not Endpoint.objects.filter(host="d.example.org").exists()


def test_a_union_of_groups_groups_each_part_once(endpoints):
    by_status = Endpoint.objects.order_by().values_list("status").annotate(Count("pk"))
    with_team = by_status.exclude(team=None)
    without_team = by_status.filter(team=None)

    rows = with_team.union(without_team, all=True)

    assert sorted(rows) == [("unknown", 1), ("unknown", 1), ("up", 2)]


def test_what_is_prefetched_may_be_computed_or_distinct(endpoints):
    one = make_endpoint(contacts=["a@example.org"])
    contacts = Contact.objects.annotate(low=Lower("email"))

    for choice in (contacts, contacts.filter(team=None).distinct()):
        rows = Endpoint.objects.prefetch_related(Prefetch("contacts", choice))
        found = {row.pk: row for row in rows}[one.pk]
        low = [vars(contact)["low"] for contact in found.contacts.all()]
        assert low == ["a@example.org"]
    counted = Prefetch("contacts", contacts.annotate(n=Count("endpoints")))
    with pytest.raises(NotSupportedError):
        list(Endpoint.objects.prefetch_related(counted))


def test_bulk_create_ignores_what_is_there():
    thing = make_model(
        code=models.CharField(max_length=9, unique=True),
        nick=models.CharField(max_length=9, null=True, unique=True),
    )

    with collection_of(thing):
        thing.objects.create(code="a", nick="n")
        rows = [
            thing(code="a"),
            thing(code="b"),
            thing(code="b"),
            thing(code="c", nick="n"),
            thing(code="d"),
        ]
        thing.objects.bulk_create(rows, ignore_conflicts=True)
        left = list(thing.objects.order_by("code").values_list("code", "nick"))

    assert left == [("a", "n"), ("b", None), ("d", None)]


def test_a_sub_query_runs_until_the_page_is_full_and_not_for_every_document(endpoints):
    told = EndpointText.objects.filter(endpoint=OuterRef("pk"), text__contains="exam")
    rows = Endpoint.objects.filter(Exists(told), environment="production")

    order = stages(rows.select_related("team").order_by("-host")[:2])

    assert order == [
        "$match",
        "$sort",
        "$lookup",
        "$set",
        "$match",
        "$limit",
        *order[6:],
    ]
    assert "$lookup" in order[6:]
    page = rows.select_related("team").order_by("-host")[:2]
    assert [row.host for row in page] == ["d.example.org", "c.example.org"]
    assert rows.exclude(team__name="Red").count() == 2


def test_a_count_of_the_first_rows_reads_the_index_alone(endpoints):
    ending = Endpoint.objects.order_by().filter(not_after__lte=NOW + timedelta(days=10))

    text = plan(ending.values("not_after")[:1000])

    assert "endpoint_by_expiry" in text or "endpoint_by_week" in text
    assert "FETCH" not in text
    assert ending[:1000].count() == 1
    assert stages(ending) == ["$match"]


def test_what_is_not_there_is_counted_as_none(endpoints):
    nowhere = Endpoint.objects.filter(host="nowhere.example.org")

    assert nowhere.count() == nowhere[:5].count() == 0
    assert nowhere.aggregate(number=Count("*"), most=Max("port")) == {
        "number": 0,
        "most": None,
    }
    assert nowhere.aggregate(number=Count("*")) == {"number": 0}


def test_a_group_is_counted_by_adding_one(endpoints):
    groups = Endpoint.objects.values_list("status").annotate(number=Count("*"))

    assert "$cond" not in str(pipeline(groups))
    assert dict(groups) == {"up": 2, "unknown": 2}


def test_nothing_is_less_than_null(endpoints):
    has_end = Endpoint.objects.filter(not_after__isnull=False)
    no_end = Endpoint.objects.filter(not_after__isnull=True)
    late = NOW + timedelta(days=1000)

    assert has_end.count() == no_end.count() == 2
    assert Endpoint.objects.filter(not_after__lt=late).count() == 2
    assert Endpoint.objects.exclude(not_after__lte=late).count() == 2


@pytest.fixture
def sent():
    """Read how many documents the server has sent each time."""
    database = connection.database

    def read():
        asked = {"op": {"$in": ["command", "getmore"]}, "nreturned": {"$gt": 0}}
        rows = database["system.profile"].find(asked).sort("ts")
        return [row["nreturned"] for row in rows]

    database.command("profile", 2)
    yield read
    database.command("profile", 0)
    database.drop_collection("system.profile")


@pytest.mark.parametrize(
    ("chunk_size", "batches"), [(100, [101, 499]), (150, [101, 150, 150])]
)
def test_an_iterator_is_sent_what_is_asked_of_it_and_no_more(chunk_size, batches, sent):
    Tag.objects.bulk_create(Tag(name=f"tag{number}") for number in range(600))

    coming = Tag.objects.order_by().iterator(chunk_size=chunk_size)
    read = [next(coming) for _ in range(200)]

    assert len({tag.name for tag in read}) == 200
    assert sent() == batches
