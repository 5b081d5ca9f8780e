"""Joins with few partners: what has none of them is left out before.

`endpoint.contacts.all()`, and each prefetch of a many-to-many field, has its condition
on the collection between. The stock backend goes through all contacts there are and
looks up whom each belongs to, to keep one or two. The partners that meet the condition
are few, and found by an index, so they are asked for first. An inner join drops what
has none of them: nothing else is left out.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

Document = dict[str, Any]
Find = Callable[[str, Document, str, int], list[Any]]

MOST = 5000  # partners; of more, nearly everything may have one


def narrowed(joins: list[Document], *, find: Find) -> Iterator[Document]:
    """Yield the $match stages that may stand before `joins`.

    `find` returns, of a collection, what documents that meet a condition have in a
    field: as many as a number says, at most.
    """
    for stage, following in pairwise(joins):
        join = stage.get("$lookup")
        # An outer join has a $set between, which makes a partner where there is none.
        if join is None or "$unwind" not in following or not _stands_alone(join):
            continue
        [own] = join["pipeline"]
        keys = find(join["from"], own["$match"], join["foreignField"], MOST + 1)
        if len(keys) <= MOST:
            yield {"$match": {join["localField"]: {"$in": list(dict.fromkeys(keys))}}}


def _stands_alone(join: Document) -> bool:
    """Whether a join of the first collection has conditions that need nothing of it."""
    return (
        bool(join["pipeline"])
        and "let" not in join
        and "." not in join.get("localField", ".")
    )
