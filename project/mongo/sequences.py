"""Whole numbers for AutoField, from the collection `__sequences`.

Third-party tables and migrations use integer keys, and sessions, signed links and JSON
cannot carry an ObjectId. As on PostgreSQL, a number that a rolled-back transaction took
is lost: the counter lives outside of transactions, or all writers would wait for it.
"""

from typing import Any

from bson import Int64
from pymongo import DESCENDING, ReturnDocument
from pymongo.database import Database

SEQUENCES = "__sequences"


def number(
    database: Database[Any], *, collection: str, column: str, docs: list[dict[str, Any]]
) -> None:
    """Give each of `docs` that lacks a number the next one.

    Numbers that they bring, as fixtures do, are kept, and the sequence moves past them.
    """
    given = [doc[column] for doc in docs if doc.get(column) is not None]
    if given:
        move_past(database, collection, max(given))
    missing = [doc for doc in docs if doc.get(column) is None]
    if missing:
        last = _take(database, collection, column, len(missing))
        for value, doc in enumerate(missing, last - len(missing) + 1):
            doc[column] = Int64(value)


def move_past(database: Database[Any], collection: str, value: int) -> None:
    """Make sure that no number up to `value` is given out any more."""
    database[SEQUENCES].update_one(
        {"_id": collection}, {"$max": {"value": Int64(value)}}, upsert=True
    )


def _take(database: Database[Any], collection: str, column: str, how_many: int) -> int:
    """Take numbers; return the last of them."""
    row = _increment(database, collection, how_many)
    if row is None:
        # New, or its documents came by other ways than Django, such as mongorestore.
        last = database[collection].find_one(
            {column: {"$type": "number"}}, sort=[(column, DESCENDING)]
        )
        move_past(database, collection, last[column] if last else 0)
        row = _increment(database, collection, how_many)
    return int(row["value"])


def _increment(database: Database[Any], collection: str, how_many: int) -> Any:
    return database[SEQUENCES].find_one_and_update(
        {"_id": collection},
        {"$inc": {"value": Int64(how_many)}},
        return_document=ReturnDocument.AFTER,
    )
