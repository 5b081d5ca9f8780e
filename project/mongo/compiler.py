"""Queries into commands. Django looks the classes up here by name."""

from collections.abc import Iterator
from typing import Any

from bson import Int64
from django.db import NotSupportedError
from django.db.models import Field
from django.db.models.constants import OnConflict
from django.db.models.expressions import Col
from django.db.models.sql.constants import GET_ITERATOR_CHUNK_SIZE
from django.utils.functional import cached_property
from django_mongodb_backend import compiler as mongo
from pymongo.client_session import ClientSession
from pymongo.errors import BulkWriteError

from project.mongo import parts, sequences
from project.mongo.errors import DUPLICATE_KEY, codes, translated
from project.mongo.query import Query
from project.mongo.upsert import insert_missing

PREFETCH = "_prefetch_related_val_"
# What the stock backend makes of Count("*").
COUNT_ALL = {
    "$sum": {
        "$cond": {
            "if": {"$in": [{"$type": {"$literal": True}}, ["missing", "null"]]},
            "then": None,
            "else": 1,
        }
    }
}
Document = dict[str, Any]


class SQLCompiler(mongo.SQLCompiler):
    """Reads."""

    query_class = Query

    def check_query(self) -> None:
        """Refuse what MongoDB cannot.

        The stock backend ignores the fields of distinct(), and refuses the one use of
        extra() that Django itself makes: prefetch_related() of a many-to-many field
        asks for a column of the table between.
        """
        if self.query.distinct_fields:
            raise NotSupportedError("DISTINCT ON fields is not supported on MongoDB.")
        if not all(name.startswith(PREFETCH) for name in self.query.extra):
            super().check_query()

    @cached_property
    def collection(self) -> Any:
        """Return the collection; the stock backend takes a sub-query's alias for it."""
        name = self.base_table.table_name if self.base_table else self.collection_name
        return self.connection.get_collection(name)

    @cached_property
    def columns(self) -> tuple[tuple[str, Any], ...]:
        added = self.query.extra_select.values()
        extra = [_column(*sql.split(".")) for sql, _ in added]
        stock = mongo.SQLCompiler.columns.func(self)
        return (*((item.target.column, item) for item in extra), *stock)

    def _build_aggregation_pipeline(
        self, ids: Document, group: Document
    ) -> list[Document]:
        """Count with $count: the stock $facet reads each document to count it.

        It gives no document for 0, which Django knows; inside a query it must. In
        groups, count by adding 1: the server works out the stock expression, which
        always is 1, for each document, and needs twice as long.
        """
        if not ids and not self.query.subquery and [*group.values()] == [COUNT_ALL]:
            return [{"$count": name} for name in group]
        group = {
            name: {"$sum": 1} if mql == COUNT_ALL else mql
            for name, mql in group.items()
        }
        pipeline: list[Document] = super()._build_aggregation_pipeline(ids, group)
        return pipeline

    def cursor_iter(
        self, cursor: Any, chunk_size: int, columns: Any
    ) -> Iterator[list[Any]]:
        """Yield rows in chunks; what fails on the way is Django's error, too.

        Who asks for an iterator(chunk_size=...) has the server send so many at a time,
        and no more than are read. Else it sends 16 MB at once.
        """
        if chunk_size > GET_ITERATOR_CHUNK_SIZE:
            cursor.batch_size(chunk_size)
        with translated():
            yield from super().cursor_iter(cursor, chunk_size, columns)


class SQLInsertCompiler(mongo.SQLInsertCompiler, SQLCompiler):
    """Inserts, with numbers for AutoField, parts of texts, and ignore_conflicts."""

    def insert(
        self, docs: list[Document], returning_fields: Any = None
    ) -> list[tuple[Any, ...]]:
        field = self.query.get_meta().auto_field
        # isinstance() cannot tell: AutoField's metaclass says yes to ObjectIds.
        if field is not None and field.get_internal_type() != "ObjectIdAutoField":
            with translated():
                sequences.number(
                    self.connection.database,
                    collection=self.collection_name,
                    column=field.column,
                    docs=docs,
                )
        for column in parts.columns(self.query.get_meta()):
            for doc in docs:
                doc[parts.name(column)] = parts.of(doc[column])
        if self.query.on_conflict == OnConflict.IGNORE:
            self.connection.run(lambda session: self._insert_ignoring(docs, session))
        else:
            self.connection.run(lambda session: self._insert_all(docs, session))
        columns = [item.column for item in returning_fields or ()]
        rows = [tuple(_plain(doc[name]) for name in columns) for doc in docs]
        return rows if columns else []

    def _insert_all(self, docs: list[Document], session: ClientSession | None) -> None:
        self.collection.insert_many(docs, session=session)

    def _insert_ignoring(
        self, docs: list[Document], session: ClientSession | None
    ) -> None:
        """Insert what has no duplicate. In a transaction, an error would end it."""
        if session is not None:
            insert_missing(self.collection, docs, session=session)
            return
        try:
            self.collection.insert_many(docs, ordered=False)
        except BulkWriteError as error:
            if codes(error) != {DUPLICATE_KEY}:
                raise


class SQLDeleteCompiler(mongo.SQLDeleteCompiler, SQLCompiler):
    """Deletes."""


class SQLUpdateCompiler(mongo.SQLUpdateCompiler, SQLCompiler):
    """Updates; parts of texts follow them."""

    def update(self, criteria: Document, pipeline: list[Document]) -> int:
        changed = {column for stage in pipeline for column in stage["$set"]}
        made = {
            parts.name(column): parts.expression(column)
            for column in parts.columns(self.query.get_meta())
            if column in changed
        }
        if made:
            pipeline = [*pipeline, {"$set": made}]
        return int(
            self.connection.run(
                lambda session: self.collection.update_many(
                    criteria, pipeline, session=session
                )
            ).matched_count
        )


class SQLAggregateCompiler(mongo.SQLAggregateCompiler, SQLCompiler):
    """Aggregates over a whole query."""


def _column(alias: str, name: str) -> Col:
    """Return a column of a joined collection, by name; its value stays as it is."""
    field: Field[Any, Any] = Field()
    field.set_attributes_from_name(name)
    return Col(alias, field)


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, Int64) else value
