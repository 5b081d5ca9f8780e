"""The pipeline of a query."""

from typing import Any

from django.db.models.fields.related import ForeignKey
from django_mongodb_backend.query import MongoQuery
from pymongo.cursor import Cursor

Pipeline = list[dict[str, Any]]


class Query(MongoQuery):  # type: ignore[misc]  # it has no types
    """Runs in the transaction there is, and joins the page only.

    The stock backend joins first: `select_related()[:50]` over 100,000 documents looks up
    100,000 others. Where filter and order need nothing of them, and each document has
    at most one partner, the page is found first and only that is joined.
    """

    def get_cursor(self) -> Cursor[Any]:
        pipeline = self.get_pipeline()
        collection = self.compiler.collection
        cursor: Cursor[Any] = self.compiler.connection.run(
            lambda session: collection.aggregate(pipeline, session=session)
        )
        return cursor

    def delete(self) -> int:
        if self.compiler.subqueries:
            result: int = super().delete()  # refuses
            return result
        collection = self.compiler.collection
        return int(
            self.compiler.connection.run(
                lambda session: collection.delete_many(self.match_mql, session=session)
            ).deleted_count
        )

    def get_pipeline(self) -> Pipeline:
        if not self._joins_decorate():
            pipeline: Pipeline = super().get_pipeline()
            return pipeline
        computed = self._computed_order()
        pipeline = [stage for query in self.subqueries for stage in query.get_pipeline()]
        if self.match_mql:
            pipeline.append({"$match": self.match_mql})
        if computed:
            pipeline.append({"$addFields": computed})
        if self.ordering:
            pipeline.append({"$sort": self.ordering})
        if self.query.low_mark:
            pipeline.append({"$skip": self.query.low_mark})
        pipeline.append({"$limit": self.query.high_mark - self.query.low_mark})
        pipeline += self.lookup_pipeline
        if self.project_fields:
            known = dict.fromkeys(computed.keys() & self.project_fields.keys(), 1)
            pipeline.append({"$project": {**self.project_fields, **known}})
        return pipeline

    def _joins_decorate(self) -> bool:
        """Whether joins add columns to the page, and decide nothing about it."""
        plain = self.lookup_pipeline and self.query.high_mark is not None
        if not plain or self._has_more_stages():
            return False
        joined = set()
        for alias, join in self.query.alias_map.items():
            if self.query.alias_refcount[alias] and alias != self.compiler.collection_name:
                # Any other join may multiply documents.
                if not isinstance(getattr(join, "join_field", None), ForeignKey):
                    return False
                joined.add(alias)
        early = (
            self.match_mql,
            self.ordering,
            self._computed_order(),
            [query.get_pipeline() for query in self.subqueries or ()],
        )
        return not _mentions(early, joined)

    def _has_more_stages(self) -> bool:
        return bool(
            self.aggregation_pipeline
            or self.search_pipeline
            or self.combinator_pipeline
            or self.subquery_lookup
        )

    def _computed_order(self) -> dict[str, Any]:
        """Return what $sort needs and no document has."""
        projected = self.project_fields or {}
        computed = {
            name: projected[name]
            for name in self.ordering
            if projected.get(name, 1) != 1
        }
        return {**computed, **(self.extra_fields or {})}


def _mentions(mql: Any, aliases: set[str]) -> bool:
    """Whether `mql` names a path that begins with one of `aliases`."""
    if isinstance(mql, dict):
        return any(_mentions(k, aliases) or _mentions(v, aliases) for k, v in mql.items())
    if isinstance(mql, list | tuple):
        return any(_mentions(item, aliases) for item in mql)
    return isinstance(mql, str) and mql.lstrip("$").split(".", 1)[0] in aliases
