"""Lookups that the stock backend refuses, or answers by reading everything."""

import re
from collections.abc import Iterable
from itertools import chain, islice
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import NotSupportedError
from django.db.models import Value
from django.db.models.fields.tuple_lookups import TupleIn
from django.db.models.functions import Replace
from django.db.models.lookups import Contains, In, UUIDTextMixin
from django.db.models.sql.query import Query
from django_mongodb_backend.query_utils import process_lhs

from project.mongo import parts

# Above, the values might not fit into one command (16 MB).
MAX_VALUES = 200_000

_stock_in: Any = In.as_mql  # type: ignore[attr-defined]  # the stock backend's
_stock_contains: Any = Contains.as_mql_path  # type: ignore[attr-defined]  # as above


def in_query(
    self: Any, compiler: Any, connection: Any, *, as_expr: bool = False, **extra: Any
) -> Any:
    """`column__in=queryset`: the inner query runs first, its values become a list.

    The stock backend makes it a $lookup that runs for each document of the collection
    and hides the column from every index. It also limits a sliced inner query after
    collecting the values: all documents match. A query that refers to the outer one,
    and one with too many values, stays a $lookup.
    """
    if not as_expr and _are_keys(self):
        return {process_lhs(self, compiler, connection): {"$in": _digits(self.rhs)}}
    if not isinstance(self.rhs, Query) or self.rhs.get_external_cols():
        return _stock_in(self, compiler, connection, as_expr=as_expr, **extra)
    _require_same_database(self.rhs, connection)
    inner = self.rhs.get_compiler(connection=connection)
    rows = chain.from_iterable(inner.execute_sql(chunked_fetch=True))
    values = [row[0] for row in islice(rows, MAX_VALUES + 1)]
    if len(values) > MAX_VALUES:
        if self.rhs.is_sliced:
            text = f"A sliced sub-query may have {MAX_VALUES} values on MongoDB."
            raise NotSupportedError(text)
        return _stock_in(self, compiler, connection, as_expr=as_expr, **extra)
    wanted = [value for value in dict.fromkeys(values) if value is not None]
    if not wanted:
        raise EmptyResultSet
    as_path = not as_expr and getattr(self.lhs, "is_simple_column", False)
    column = process_lhs(self, compiler, connection, as_expr=not as_path)
    if as_path:
        return {column: {"$in": wanted}}
    mql = {"$in": [column, {"$literal": wanted}]}
    return mql if as_expr else {"$expr": mql}


def in_tuples(
    self: Any, compiler: Any, connection: Any, *, as_expr: bool = False, **extra: Any
) -> Any:
    """`(column,) in values`, by which Django prefetches the other side of a relation.

    The stock backend compares expressions then, which no index serves.
    """
    if len(self.lhs) > 1 or not self.rhs_is_direct_value():
        return _stock_in(self, compiler, connection, as_expr=as_expr, **extra)
    (column,) = self.lhs.get_cols()
    values = [value for (value,) in self.rhs if value is not None]
    if not values:
        raise EmptyResultSet
    one: Any = In(column, values)
    return one.as_mql(compiler, connection, as_expr=as_expr)


def _are_keys(lookup: Any) -> bool:
    """Whether a column of UUIDs, or a foreign key, is compared with a list of them.

    Such lists are long, and Django takes its time over values that may be anything.
    """
    field = lookup.lhs.output_field
    field = getattr(field, "target_field", field)
    return (
        getattr(lookup.lhs, "is_simple_column", False)
        and field.get_internal_type() == "UUIDField"
        and isinstance(lookup.rhs, list | tuple)
        and bool(lookup.rhs)
        and all(isinstance(value, UUID) for value in lookup.rhs)
    )


def _digits(values: Iterable[UUID]) -> list[str]:
    """Return UUIDs as they are stored, each once."""
    return list(dict.fromkeys(value.hex for value in values))


def _require_same_database(query: Query, connection: Any) -> None:
    """Raise ValueError if the inner query is of another database, as Django does."""
    database = getattr(query, "_db", None)
    if database is not None and database != connection.alias:
        raise ValueError(
            "Subqueries aren't allowed across different databases. Force the inner "
            "query to be evaluated using `list(inner_query)`."
        )


def contains(self: Any, compiler: Any, connection: Any) -> Any:
    """`column__contains`, by the parts of a column that has them.

    A query for each row of another one knows which row it wants. There, plans with
    parts would only have to be tried again and again.
    """
    mql = _stock_contains(self, compiler, connection)
    field = getattr(self.lhs, "target", None)
    if (
        not getattr(field, "has_parts", False)
        or not isinstance(self.rhs, str)
        or compiler.query.get_external_cols()
    ):
        return mql
    path = process_lhs(self, compiler, connection)
    return {"$and": [*parts.conditions(path, self.rhs), mql]}


def uuid_text(
    self: Any, compiler: Any, connection: Any, *, as_expr: bool = False
) -> Any:
    """`__icontains` and its like on UUIDField, as on any database without that type.

    The admin searches so; the stock backend answers with an error 500. UUIDs are
    stored as 32 hexadecimal digits.
    """
    value = self.rhs
    while isinstance(value, Replace):  # Django compiles some queries to SQL first
        value = value.get_source_expressions()[0]
    if isinstance(value, Value):
        value = value.value
    if hasattr(value, "resolve_expression"):
        text = "Pattern lookups on UUIDField need a plain value on MongoDB."
        raise NotSupportedError(text)
    operators = (
        connection.mongo_expr_operators if as_expr else connection.mongo_operators
    )
    column = process_lhs(self, compiler, connection, as_expr=as_expr)
    digits = str(value).replace("-", "")
    return operators[self.lookup_name](column, re.escape(digits))


def register() -> None:
    """Teach Django's lookups their form on MongoDB; other databases see no change."""
    In.as_mql = in_query  # type: ignore[attr-defined]
    TupleIn.as_mql = in_tuples  # type: ignore[attr-defined]
    Contains.as_mql_path = contains  # type: ignore[attr-defined]
    UUIDTextMixin.as_mql = uuid_text  # type: ignore[attr-defined]
