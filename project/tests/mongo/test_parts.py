import json

import pytest
from django.db import models
from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Concat, Lower

from certs.models import search
from project.mongo import parts
from project.tests.mongo.made import (
    collection_of,
    connection,
    make_model,
    pipeline,
    plan,
)

pytestmark = pytest.mark.django_db

TEXTS = [
    "",
    "a",
    "abcdef",
    "abcabcabcabc",
    "Grüner Schrank\n\U0001f511 $key.x\\d*",
    "x" * parts.LONGEST,
    "y" * parts.LONGEST + "z",
]


class Searched(models.TextField[str | None, str | None]):
    has_parts = True


@pytest.fixture
def notes():
    """A model whose text is found by its parts, and its collection."""
    note = make_model("Note", text=Searched(null=True), other=models.TextField())
    with collection_of(note) as collection:
        with connection.schema_editor() as editor:
            editor.add_parts(note, "text")
        yield note, collection


def lists(collection):
    return {row["text"]: row["text_parts"] for row in collection.find()}


def test_a_text_has_what_begins_at_each_letter_once():
    assert parts.of("abcdefgh") == [
        *("abcdef", "bcdefg", "cdefgh", "defgh", "efgh", "fgh", "gh", "h"),
    ]
    assert parts.of("aaaaaaaa") == ["a", "aa", "aaa", "aaaa", "aaaaa", "aaaaaa"]


def test_the_search_knows_how_long_a_part_is():
    assert search.LENGTH == parts.LENGTH


def test_a_long_text_is_always_asked_for(notes):
    note, collection = notes
    note.objects.create(text=TEXTS[-1])

    assert lists(collection) == {TEXTS[-1]: [parts.ALWAYS]}
    assert note.objects.filter(text__contains="yyyyyyz").count() == 1
    assert not note.objects.filter(text__contains="zy").exists()


@pytest.mark.parametrize(
    "write",
    [
        lambda note: [note.objects.create(text=text) for text in TEXTS],
        lambda note: note.objects.bulk_create(note(text=text) for text in TEXTS),
        lambda note: note.objects.bulk_create(
            [note(text=text) for text in TEXTS], ignore_conflicts=True
        ),
        lambda note: [
            note.objects.filter(pk=note.objects.create(text="old").pk).update(text=text)
            for text in TEXTS
        ],
        lambda note: [
            note.objects.filter(pk=note.objects.create(other=text).pk).update(
                text=F("other")
            )
            for text in TEXTS
        ],
    ],
    ids=["create", "bulk_create", "ignore_conflicts", "update", "expression"],
)
def test_inserts_and_updates_make_the_same_parts(notes, write):
    note, collection = notes

    write(note)

    assert lists(collection) == {text: parts.of(text) for text in TEXTS}


def test_rows_changed_together_have_the_parts_of_what_they_say_now(notes):
    note, collection = notes
    rows = [note.objects.create(text=f"old {number}") for number in range(3)]
    for row, text in zip(rows, ("new one", "new two", None), strict=True):
        row.text = text

    note.objects.bulk_update(rows, ["text"])

    assert lists(collection) == {
        "new one": parts.of("new one"),
        "new two": parts.of("new two"),
        None: [],
    }


def test_what_leaves_the_text_alone_leaves_its_parts(notes):
    note, collection = notes
    note.objects.create(text="abc")

    note.objects.update(other=Concat(Lower("text"), Value("x")))

    assert lists(collection) == {"abc": parts.of("abc")}


def test_an_index_finds_what_comparing_each_text_finds(notes):
    note, _ = notes
    texts = [f"host{n}.{'ab' * (n % 7)}.example\nO=Grün & Co {n}" for n in range(40)]
    note.objects.bulk_create(note(text=text) for text in [*texts, *TEXTS, None])
    terms = {
        texts[23][start : start + length]
        for length in (1, 2, 5, 6, 7, 12, 20)
        for start in range(0, len(texts[23]) - length, 3)
    }

    for term in (*terms, "nothing", "host1.ababexample", ".*", "\\", "xxxxxxx"):
        rows = note.objects.filter(text__contains=term)
        wanted = [text for text in [*texts, *TEXTS] if term in text]
        assert sorted(row.text for row in rows) == sorted(wanted), term
        assert '"COLLSCAN"' not in plan(rows)
        others = note.objects.exclude(text__contains=term).exclude(text=None)
        assert others.count() == len(texts) + len(TEXTS) - len(wanted)


def test_the_rarest_part_is_looked_up_whatever_was_asked_before(notes):
    note, _ = notes
    note.objects.bulk_create(note(text=f"common common {n:04}") for n in range(300))
    note.objects.create(text="common 0123456789")

    for _ in range(3):
        assert len(note.objects.filter(text__contains="common common")) == 300
        assert len(note.objects.filter(text__contains="common 01234")) == 1

    rare = note.objects.filter(text__contains="common 01234")
    explained = json.loads(rare.explain(verbosity="executionStats"))
    assert explained["executionStats"]["totalDocsExamined"] < 10


def test_a_query_for_each_row_of_another_one_has_one_plan(notes):
    note, _ = notes
    same = note.objects.filter(pk=OuterRef("pk"), text__contains="abcdefgh")

    rows = note.objects.filter(Exists(same))

    assert "text_parts" not in str(pipeline(rows))


def test_documents_of_before_get_parts_and_lose_them(monkeypatch):
    monkeypatch.setattr(parts, "BATCH", 2)
    plain = make_model("Note", text=models.TextField(null=True))
    with collection_of(plain) as collection:
        texts = [*TEXTS, None]
        plain.objects.bulk_create(plain(text=text) for text in texts)
        with connection.schema_editor() as editor:
            editor.add_parts(plain, "text")
            assert lists(collection) == {
                text: parts.of(text) for text in [*TEXTS, None]
            }
            assert "text_parts" in collection.index_information()

            editor.remove_parts(plain, "text")
            assert not any("text_parts" in row for row in collection.find())
            assert "text_parts" not in collection.index_information()
