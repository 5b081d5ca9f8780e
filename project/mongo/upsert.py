"""Inserting what is not there yet, inside a transaction.

Outside, an unordered insert reports the duplicates and goes on. In a transaction the
first duplicate ends it, so what is there is asked for first. A document that another
transaction inserts meanwhile is a write conflict, as for any other statement.
"""

from collections.abc import Iterator
from typing import Any

import bson
from pymongo.client_session import ClientSession

Document = dict[str, Any]


def insert_missing(
    collection: Any, docs: list[Document], *, session: ClientSession
) -> None:
    """Insert those of `docs` that no unique index has a document for.

    A unique index with a condition of its own is left to the server, which knows
    whether a document meets it; a duplicate there is an IntegrityError.
    """
    missing = docs
    for columns in _unique_keys(collection):
        missing = list(_without(collection, columns, missing, session=session))
    if missing:
        collection.insert_many(missing, session=session)


def _unique_keys(collection: Any) -> Iterator[list[str]]:
    for details in collection.index_information().values():
        conditions = details.get("partialFilterExpression", {}).values()
        types_only = all(
            isinstance(item, dict) and item.keys() == {"$type"} for item in conditions
        )
        if details.get("unique") and types_only:
            yield [column for column, _ in details["key"]]


def _without(
    collection: Any,
    columns: list[str],
    docs: list[Document],
    *,
    session: ClientSession,
) -> Iterator[Document]:
    """Yield the documents whose values in `columns` are in no other document."""
    keys = [{name: doc.get(name) for name in columns} for doc in docs]
    # NULL is equal to nothing.
    full = [key for key in keys if None not in key.values()]
    seen = {
        _comparable(found, columns)
        for found in _find(collection, columns, full, session=session)
    }
    for doc, key in zip(docs, keys, strict=True):
        if None in key.values():
            yield doc
        elif (mark := _comparable(key, columns)) not in seen:
            seen.add(mark)
            yield doc


def _find(
    collection: Any,
    columns: list[str],
    keys: list[Document],
    *,
    session: ClientSession,
) -> list[Document]:
    if not keys:
        return []
    [only] = columns if len(columns) == 1 else [None]
    wanted = {only: {"$in": [key[only] for key in keys]}} if only else {"$or": keys}
    pipeline = [{"$match": wanted}, {"$project": dict.fromkeys(columns, 1)}]
    return list(collection.aggregate(pipeline, session=session))


def _comparable(values: Document, columns: list[str]) -> bytes:
    """Return the values as MongoDB keeps them, times in milliseconds for one."""
    return bson.encode({name: values[name] for name in columns})
