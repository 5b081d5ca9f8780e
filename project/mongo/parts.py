"""Parts of a text that an index finds: `column__contains` without reading every row.

MongoDB's indexes know how a text begins, not what is in it. So a field that says
`has_parts = True` has a list beside its column, of what begins at each of its letters:
"abcdefgh" has "abcdef", "bcdefg", "cdefgh", "defgh", "efgh" and so on. An index over
that list has an entry for each. A term of up to LENGTH letters begins one of them; of a
longer one several have to be there, and the planner takes the rarest. What is found is
compared with the term itself in the end.

Inserts make the list here. Updates have the server make it, because what they set may
be an expression. Both make the same one. A text longer than LONGEST has the one part
that is always asked for as well, so it is compared with every term: nobody can fill an
index, or keep the server busy, with one long text.
"""

import re
from collections.abc import Iterator
from typing import Any

from bson import MinKey, Regex
from django.db.models.options import Options
from pymongo import ASCENDING

LENGTH = (
    6  # letters of a part; more of them find fewer rows in vain, and take more room
)
STEP = 3  # letters from one part of a term that is asked for to the next
MOST = 8  # parts of a term that are asked for: each is a plan for the planner to try
LONGEST = 10_000  # letters of a text that has parts
ALWAYS = ""  # the part that stands for all
BATCH = 1000  # documents

Document = dict[str, Any]


def columns(options: "Options[Any]") -> Iterator[str]:
    """Yield the columns of a model that have parts."""
    for field in options.local_concrete_fields:
        if field.column is not None and getattr(field, "has_parts", False):
            yield field.column


def name(column: str) -> str:
    """Return the name of the list beside `column`."""
    return f"{column}_parts"


def of(text: str | None) -> list[str]:
    """Return the parts of `text`, each once."""
    if text is None:
        return []
    if len(text) > LONGEST:
        return [ALWAYS]
    return sorted({text[start : start + LENGTH] for start in range(len(text))})


def expression(column: str) -> Document:
    """Return the aggregation expression that makes the parts of `column`."""
    text = {"$ifNull": [f"${column}", ""]}
    every = {
        "$map": {
            "input": {"$range": [0, {"$strLenCP": text}]},
            "in": {"$substrCP": [text, "$$this", LENGTH]},
        }
    }
    return {
        "$cond": [
            {"$gt": [{"$strLenCP": text}, LONGEST]},
            [ALWAYS],
            {"$setUnion": [every, []]},  # each once
        ]
    }


def conditions(path: str, term: str) -> list[Document]:
    """Return what the parts of a text meet that has `term` in it."""
    return [{name(path): {"$in": [ALWAYS, part]}} for part in _asked(term)]


def _asked(term: str) -> list[Any]:
    """Return parts of `term`, from all over it."""
    last = len(term) - LENGTH
    if last < 0:  # a part begins with it
        return [Regex(f"^{re.escape(term)}")] if term else []
    step = max(STEP, -(-last // (MOST - 1)))
    starts = [*range(0, last, step), last]
    return list(dict.fromkeys(term[start : start + LENGTH] for start in starts))


def add(collection: Any, column: str) -> None:
    """Make the parts of the documents there are, and their index.

    In batches: documents that are written meanwhile wait for one of them at the most.
    """
    pipeline = [{"$set": {name(column): expression(column)}}]
    after: Any = MinKey()
    while rows := list(_keys(collection, after=after)):
        last = rows[-1]["_id"]
        collection.update_many({"_id": {"$gt": after, "$lte": last}}, pipeline)
        after = last
    collection.create_index(name(column), name=name(column))


def remove(collection: Any, column: str) -> None:
    """Forget the parts of a column and their index."""
    collection.drop_index(name(column))
    collection.update_many({}, {"$unset": {name(column): ""}})


def _keys(collection: Any, *, after: Any) -> Any:
    return (
        collection.find({"_id": {"$gt": after}}, {"_id": True})
        .sort("_id", ASCENDING)
        .limit(BATCH)
    )
