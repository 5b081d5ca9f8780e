"""The pipeline of a query."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db.models.fields.related import ForeignKey
from django_mongodb_backend.query import MongoQuery
from pymongo.cursor import Cursor

from project.mongo.joins import STAGES, decides, narrowed, turned

Pipeline = list[dict[str, Any]]


class Query(MongoQuery):
    """Runs in the transaction there is, and joins the page only.

    The stock backend joins first: `select_related()[:50]` over 100,000 documents looks
    up 100,000 others. Where filter and order need nothing of them, and each document
    has at most one partner, the page is found first and only that is joined.

    Joins that decide are narrowed, or turned: project/mongo/joins.py.

    Sub-queries are $lookups as well, run for each document. What needs none of them is
    filtered before; so is sorted, because then they stop when the page is full.
    """

    def get_cursor(self) -> Cursor[Any]:
        name, pipeline = self._from_partners() or (None, self.get_pipeline())
        connection = self.compiler.connection
        collection = (
            connection.get_collection(name) if name else self.compiler.collection
        )
        cursor: Cursor[Any] = connection.run(
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
        pipeline = self._pipeline()
        joins = self.lookup_pipeline or []
        begins_so = pipeline[:1] == joins[:1]
        first = narrowed(joins, find=self._find) if begins_so else ()
        return [*first, *pipeline]

    def _pipeline(self) -> Pipeline:
        if self.combinator_pipeline:
            # A union takes the grouping of its first part for its own as well: the
            # stock backend would group what that part has not read yet.
            self.aggregation_pipeline: Pipeline | None = None
        if self._has_more_stages():
            pipeline: Pipeline = super().get_pipeline()
            return pipeline
        subqueries = self.subqueries or ()
        inner = [stage for query in subqueries for stage in query.get_pipeline()]
        computed = self._computed_order()
        joins = self.lookup_pipeline or []
        late = self._joins_decorate(inner, computed)
        order: Pipeline = [{"$sort": self.ordering}] if self.ordering else []
        pipeline = [] if late else [*joins]
        if inner and late and not computed:
            first, match = self._match_around(subqueries)
            pipeline += [*first, *order, *inner, *match]
        else:
            match = [{"$match": self.match_mql}] if self.match_mql else []
            compute = [{"$addFields": computed}] if computed else []
            pipeline += [*inner, *match, *compute, *order]
        pipeline += [*self._cut(), *(joins if late else [])]
        if self.project_fields:
            known = dict.fromkeys(computed.keys() & self.project_fields.keys(), 1)
            # With "_id", no index would have all that is asked for.
            pipeline.append({"$project": {"_id": 0, **self.project_fields, **known}})
        return pipeline

    def _from_partners(self) -> tuple[str, Pipeline] | None:
        """Return the collection that decides, and a pipeline that begins there.

        None unless everything is asked for that has partners there: a page may be found
        by another index, and a condition of its own may leave less.
        """
        joins = (self.lookup_pipeline or [])[:STAGES]
        if self._has_more_stages() or self.subqueries or self._cut():
            return None
        if len(joins) < STAGES or not decides(*joins):
            return None
        join = joins[0]["$lookup"]
        conditions = _conditions(self.match_mql)
        if not all(_mentions(each, [join["as"]]) for each in conditions):
            return None
        stages = turned(joins[0], base=self.compiler.collection.name)
        return join["from"], [*stages, *self._pipeline()[STAGES:]]

    def _find(self, name: str, match: dict[str, Any], field: str, most: int) -> Any:
        """Return the values of a field of the documents of another collection."""
        connection = self.compiler.connection
        fields = {"_id": False, field: True}
        return connection.run(
            lambda session: [
                row.get(field)
                for row in connection.database[name].find(
                    match, fields, limit=most, session=session
                )
            ]
        )

    def _match_around(
        self, subqueries: Iterable[MongoQuery]
    ) -> tuple[Pipeline, Pipeline]:
        """Return the $match before the sub-queries, and the one that needs them."""
        names = {
            query.subquery_lookup["as"] for query in subqueries if query.subquery_lookup
        }
        first: Pipeline = []
        match: Pipeline = []
        for condition in _conditions(self.match_mql):
            needs = _mentions(condition, names)
            (match if needs else first).append({"$match": condition})
        return first, match

    def _has_more_stages(self) -> bool:
        return bool(
            self.aggregation_pipeline
            or self.search_pipeline
            or self.combinator_pipeline
            or self.subquery_lookup
        )

    def _cut(self) -> Pipeline:
        low, high = self.query.low_mark, self.query.high_mark
        return [
            *([{"$skip": low}] if low else []),
            *([{"$limit": high - low}] if high is not None else []),
        ]

    def _computed_order(self) -> dict[str, Any]:
        """Return what $sort needs and no document has.

        The stock backend sets every column of the order to itself, or projects before
        it sorts. Either hides the columns from the planner: no index gives the order.
        """
        projected = self.project_fields or {}
        computed = {
            name: projected[name]
            for name in self.ordering
            if projected.get(name, 1) != 1
        }
        computed.update(self.extra_fields or {})
        return {k: mql for k, mql in computed.items() if not _is_itself(k, mql)}

    def _joins_decorate(self, inner: Pipeline, computed: dict[str, Any]) -> bool:
        """Whether joins add columns to the page, and decide nothing about it."""
        base, used = self.compiler.collection_name, self.query.alias_refcount
        joins = {
            alias: getattr(join, "join_field", None)
            for alias, join in self.query.alias_map.items()
            if used[alias] and alias != base
        }
        # Any other join may multiply documents.
        if not all(isinstance(field, ForeignKey) for field in joins.values()):
            return False
        early = (self.match_mql, self.ordering, computed, inner)
        return not joins or not _mentions(early, joins.keys())


def _conditions(match: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the conditions that all have to be met."""
    if match.keys() == {"$and"}:
        for each in match["$and"]:
            yield from _conditions(each)
    elif match:
        yield match


def _is_itself(path: str, mql: Any) -> bool:
    """Whether setting `path` to `mql` changes nothing."""
    if isinstance(mql, dict):
        return all(_is_itself(f"{path}.{key}", value) for key, value in mql.items())
    return bool(mql == f"${path}")


def _mentions(mql: Any, aliases: Collection[str]) -> bool:
    """Whether `mql` names a path that begins with one of `aliases`."""
    if isinstance(mql, dict):
        return _mentions([*mql.keys(), *mql.values()], aliases)
    if isinstance(mql, list | tuple):
        return any(_mentions(item, aliases) for item in mql)
    return isinstance(mql, str) and mql.lstrip("$").split(".", 1)[0] in aliases
