"""Joins whose condition is on the other side: that side is asked first.

`endpoint.contacts.all()`, and each prefetch of a many-to-many field, has its condition
on the collection between. The stock backend goes through all contacts there are and
looks up whom each belongs to, to keep one or two. An inner join drops what has no
partner, so it may as well begin with the partners that meet the condition:

`narrowed` leaves out what has none of them, where they are few;
`turned` makes the same documents from them, where all of these are asked for.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

Document = dict[str, Any]
Find = Callable[[str, Document, str, int], list[Any]]

STAGES = 2  # of an inner join: $lookup and $unwind
MOST = 5000  # partners; of more, nearly everything may have one
OTHER = "_other_side"


def narrowed(joins: list[Document], *, find: Find) -> Iterator[Document]:
    """Yield the $match stages that may stand before `joins`.

    `find` returns, of a collection, what documents that meet a condition have in a
    field: as many as a number says, at most.
    """
    for stage, following in pairwise(joins):
        if not decides(stage, following):
            continue
        join = stage["$lookup"]
        [own] = join["pipeline"]
        keys = find(join["from"], own["$match"], join["foreignField"], MOST + 1)
        if len(keys) <= MOST:
            yield {"$match": {join["localField"]: {"$in": list(dict.fromkeys(keys))}}}


def turned(stage: Document, *, base: str) -> list[Document]:
    """Return the stages that stand for an inner join, on the collection it joins."""
    join = stage["$lookup"]
    name = join["as"]
    back = {
        "from": base,
        "localField": f"{name}.{join['foreignField']}",
        "foreignField": join["localField"],
        "as": OTHER,
    }
    return [
        *join["pipeline"],
        {"$replaceWith": {name: "$$ROOT"}},
        {"$lookup": back},
        {"$unwind": f"${OTHER}"},
        {"$replaceWith": {"$mergeObjects": [f"${OTHER}", {name: f"${name}"}]}},
    ]


def decides(stage: Document, following: Document) -> bool:
    """Whether the stages are an inner join with conditions that need no other side.

    An outer join has a $set between, which makes a partner where there is none.
    """
    join = stage.get("$lookup", {})
    return (
        "$unwind" in following
        and bool(join.get("pipeline"))
        and "let" not in join
        and "." not in join.get("localField", ".")
    )
