"""CHECK constraints, as validators of a collection.

The stock backend skips them with a warning. A validator refuses the write on the server
(error 121, an IntegrityError), whoever writes.

SQL has three truths, and a CHECK passes unless it is false: a comparison with NULL is
unknown. Aggregation expressions have two. So a comparison of a column that may be NULL
becomes "NULL, or true" where true helps the whole to pass, and "not NULL, and true"
under a negation. By induction over AND, OR and NOT the whole is then true exactly where
SQL's is not false.
"""

from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import IntegrityError, NotSupportedError
from django.db.models import CheckConstraint, Model
from django.db.models.expressions import Col
from django.db.models.lookups import IsNull
from django.db.models.sql.query import Query
from django.db.models.sql.where import OR, XOR, WhereNode

Mql = dict[str, Any]


def expression(model: type[Model], constraint: CheckConstraint, connection: Any) -> Mql:
    """Return the aggregation expression that is true where `constraint` holds."""
    query: Any = Query(model, alias_cols=False)
    where = query.build_where(constraint.condition)
    compiler = query.get_compiler(connection=connection)
    return _passes(where, compiler, connection, unknown=True)


def _passes(node: Any, compiler: Any, connection: Any, *, unknown: bool) -> Mql:
    """Return `node` as an expression in which the unknown counts as `unknown`."""
    if not isinstance(node, WhereNode):
        return _leaf(node, compiler, connection, unknown=unknown)
    if node.connector == XOR:
        raise NotSupportedError("MongoDB has no XOR for a CHECK constraint.")
    children = [
        _passes(child, compiler, connection, unknown=unknown ^ node.negated)
        for child in node.children
    ]
    mql = {"$or" if node.connector == OR else "$and": children}
    return {"$not": [mql]} if node.negated else mql


def _leaf(lookup: Any, compiler: Any, connection: Any, *, unknown: bool) -> Mql:
    try:
        mql: Mql = lookup.as_mql(compiler, connection, as_expr=True)
    except FullResultSet:
        return {"$literal": True}
    except EmptyResultSet:
        return {"$literal": False}
    columns = [] if isinstance(lookup, IsNull) else _nullable(lookup)
    if not columns:
        return mql
    null = {"$or": [{"$eq": [{"$ifNull": [f"${c}", None]}, None]} for c in columns]}
    return {"$or": [null, mql]} if unknown else {"$and": [{"$not": [null]}, mql]}


def _nullable(expression: Any) -> list[Any]:
    """Return the columns in `expression` that may be NULL."""
    found, pending = [], [expression]
    while pending:
        item = pending.pop()
        if isinstance(item, Col) and item.target.null:
            found.append(item.target.column)
        elif hasattr(item, "get_source_expressions"):
            pending.extend(filter(None, item.get_source_expressions()))
    return found


class Validators:
    """The validator of one collection, a list of named conditions."""

    def __init__(self, connection: Any, collection: str) -> None:
        self.database = connection.database
        self.collection = collection

    def read(self) -> dict[str, Mql]:
        """Return each constraint's expression by name."""
        [info] = self.database.list_collections(filter={"name": self.collection})
        conditions = info["options"].get("validator", {}).get("$and", [])
        return {item["$comment"]: item["$expr"] for item in conditions}

    def add(self, name: str, expression: Mql) -> None:
        """Refuse writes that break `expression`; IntegrityError if a document does."""
        broken = self.database[self.collection].find_one(
            {"$expr": {"$not": [expression]}}
        )
        if broken is not None:
            text = f"CHECK constraint {name} is violated by {broken['_id']}."
            raise IntegrityError(text)
        self._write({**self.read(), name: expression})

    def remove(self, name: str) -> None:
        self._write({key: mql for key, mql in self.read().items() if key != name})

    def _write(self, conditions: dict[str, Mql]) -> None:
        items = [{"$comment": key, "$expr": mql} for key, mql in conditions.items()]
        validator = {"$and": items} if items else {}
        self.database.command("collMod", self.collection, validator=validator)
