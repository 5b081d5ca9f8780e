import pytest
from django.db import IntegrityError, NotSupportedError, models
from django.db.models import F, Q

from project.mongo.checks import Validators
from project.tests.mongo.made import collection_of, connection, make_model

pytestmark = pytest.mark.django_db


def keys(collection):
    """What is indexed: the columns, and whether the index is unique and plain."""
    return {
        (
            tuple(column for column, _ in index["key"]),
            index.get("unique", False),
            "partialFilterExpression" not in index,
        )
        for name, index in collection.index_information().items()
        if name != "_id_" and [column for column, _ in index["key"]] != ["id"]
    }


def change(model, old, new):
    """Alter a field, as a migration does: from one state to another."""
    fields = {f.name: f.clone() for f in model._meta.local_fields if f.name != "id"}
    del fields[old]
    name, field = new
    meta = {
        "unique_together": {
            tuple(name if part == old else part for part in parts)
            for parts in model._meta.unique_together
        },
        "constraints": [
            models.UniqueConstraint(
                fields=[name if part == old else part for part in c.fields], name=c.name
            )
            for c in model._meta.constraints
        ],
        "indexes": [
            models.Index(
                fields=[name if part == old else part for part in i.fields], name=i.name
            )
            for i in model._meta.indexes
        ],
    }
    after = make_model(meta=meta, **{**fields, name: field})
    with connection.schema_editor() as editor:
        editor.alter_field(
            model, model._meta.get_field(old), after._meta.get_field(name), strict=True
        )
    return after


def test_a_json_column_with_an_empty_default_is_added():
    thing = make_model(code=models.CharField(max_length=9))
    field = models.JSONField(default=dict)
    field.set_attributes_from_name("facts")
    price = models.CharField(max_length=9, default="$5")
    price.set_attributes_from_name("price")

    with collection_of(thing) as collection:
        thing.objects.create(code="a")
        with connection.schema_editor() as editor:
            editor.add_field(thing, field)
            editor.add_field(thing, price)
        [document] = collection.find()

    assert document["facts"] == {}
    assert document["price"] == "$5"


def test_a_unique_column_is_renamed_with_its_index():
    thing = make_model(code=models.CharField(max_length=9, unique=True))

    with collection_of(thing) as collection:
        thing.objects.create(code="a")
        thing.objects.create(code="b")
        after = change(
            thing, "code", ("tag", models.CharField(max_length=9, unique=True))
        )
        assert keys(collection) == {(("tag",), True, True)}
        assert {row.tag for row in after.objects.all()} == {"a", "b"}


def test_indexes_of_several_columns_follow_a_new_name():
    thing = make_model(
        a=models.IntegerField(),
        b=models.IntegerField(db_index=True),
        c=models.IntegerField(),
        meta={
            "unique_together": {("a", "c")},
            "constraints": [models.UniqueConstraint(fields=["a", "b"], name="a_b")],
            "indexes": [models.Index(fields=["c", "a"], name="c_a")],
        },
    )

    with collection_of(thing) as collection:
        change(thing, "a", ("z", models.IntegerField()))
        assert keys(collection) == {
            (("b",), False, True),
            (("z", "c"), True, True),
            (("z", "b"), True, True),
            (("c", "z"), False, True),
        }


def test_a_unique_index_follows_whether_null_is_allowed():
    thing = make_model(
        code=models.CharField(max_length=9, unique=True),
        group=models.IntegerField(),
        meta={
            "constraints": [models.UniqueConstraint(fields=["code", "group"], name="u")]
        },
    )
    null = models.CharField(max_length=9, unique=True, null=True)
    full = models.CharField(max_length=9, unique=True)

    with collection_of(thing) as collection:
        thing.objects.create(code="a", group=1)
        after = change(thing, "code", ("code", null))
        assert keys(collection) == {
            (("code",), True, False),
            (("code", "group"), True, False),
        }
        after.objects.create(code=None, group=1)
        after.objects.create(code=None, group=1)
        after.objects.filter(code=None).delete()
        change(after, "code", ("code", full))
        assert keys(collection) == {
            (("code",), True, True),
            (("code", "group"), True, True),
        }


def test_a_unique_column_is_removed():
    thing = make_model(code=models.CharField(max_length=9, unique=True))

    with collection_of(thing) as collection:
        thing.objects.create(code="a")
        thing.objects.create(code="b")
        with connection.schema_editor() as editor:
            editor.remove_field(thing, thing._meta.get_field("code"))
        assert keys(collection) == set()
        assert [sorted(doc) for doc in collection.find()] == [["_id", "id"]] * 2


CHECKED = make_model(
    "Checked",
    low=models.IntegerField(null=True),
    high=models.IntegerField(null=True),
    kind=models.CharField(max_length=9),
    meta={
        "constraints": [
            models.CheckConstraint(name="order", condition=Q(low__lte=F("high"))),
            models.CheckConstraint(
                name="kind",
                condition=~Q(kind="full") | Q(low__isnull=False, high__isnull=False),
            ),
            models.CheckConstraint(name="not_seven", condition=~Q(low=7)),
            models.CheckConstraint(name="in", condition=Q(kind__in=["full", "half"])),
        ]
    },
)


@pytest.mark.parametrize(
    ("low", "high", "kind", "broken"),
    [
        (1, 2, "full", False),
        (2, 1, "full", True),
        (None, 1, "half", False),  # unknown passes, as in SQL
        (7, None, "half", True),
        (None, None, "half", False),
        (None, 1, "full", True),
        (1, 2, "else", True),
    ],
)
def test_check_constraints_are_kept_by_the_server(low, high, kind, broken):
    with collection_of(CHECKED):
        row = CHECKED(low=low, high=high, kind=kind)
        if not broken:
            row.save()
            assert CHECKED.objects.count() == 1
            return
        with pytest.raises(IntegrityError, match="failed validation"):
            row.save()
        good = CHECKED.objects.create(low=1, high=2, kind="full")
        with pytest.raises(IntegrityError, match="failed validation"):
            CHECKED.objects.filter(pk=good.pk).update(low=low, high=high, kind=kind)


def test_a_check_constraint_is_refused_where_a_row_breaks_it_and_can_be_removed():
    thing = make_model(number=models.IntegerField())
    constraint = models.CheckConstraint(name="positive", condition=Q(number__gt=0))

    with collection_of(thing) as collection:
        bad = thing.objects.create(number=-1)
        with connection.schema_editor() as editor:
            with pytest.raises(IntegrityError, match="positive is violated"):
                editor.add_constraint(thing, constraint)
            bad.delete()
            editor.add_constraint(thing, constraint)
            assert list(Validators(connection, collection.name).read()) == ["positive"]
            editor.remove_constraint(thing, constraint)
        thing.objects.create(number=-1)


def test_conditions_that_are_always_or_never_true_are_constants():
    thing = make_model(
        number=models.IntegerField(),
        meta={
            "constraints": [
                models.CheckConstraint(name="all", condition=~Q(number__in=[])),
                models.CheckConstraint(
                    name="some",
                    condition=Q(number__in=[]) | Q(number__lt=F("number") + 1),
                ),
            ]
        },
    )

    with collection_of(thing):
        thing.objects.create(number=1)


def test_what_mongodb_has_no_operator_for_is_refused():
    thing = make_model(number=models.IntegerField())
    odd = models.CheckConstraint(name="odd", condition=Q(number=1) ^ Q(number=2))

    with (
        collection_of(thing),
        connection.schema_editor() as editor,
        pytest.raises(NotSupportedError, match="XOR"),
    ):
        editor.add_constraint(thing, odd)


def test_sqlmigrate_shows_constraints_and_changes_nothing():
    thing = make_model(number=models.IntegerField())
    constraint = models.CheckConstraint(name="positive", condition=Q(number__gt=0))

    with collection_of(thing) as collection:
        with connection.schema_editor(collect_sql=True) as editor:
            editor.add_constraint(thing, constraint)
            editor.remove_constraint(thing, constraint)
        assert Validators(connection, collection.name).read() == {}

    assert [line.split()[1] for line in editor.collected_sql] == ["CHECK", "no"]
