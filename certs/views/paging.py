"""Pages of long lists: they go on after a row instead of counting from the top.

A page that begins after a row costs the same wherever it is, and shows no row twice
when others come or go meanwhile. Its address can be kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from certs.models.counting import Count

AFTER, BEFORE, LAST = "after", "before", "last"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Rows that follow each other by `column`, then by key; by key alone if None.

    A list is one part or several in a row: what has no value makes one of its own,
    because databases disagree on where NULL belongs.
    """

    rows: QuerySet[Any]
    column: str | None
    falls: bool = False

    def after(self, cursor: "Cursor", *, back: bool) -> QuerySet[Any]:
        """Return the rows behind (or, `back`, before) the one of `cursor`."""
        more = "gt" if self.falls == back else "lt"
        ties = Q(**{f"pk__{more}": cursor.key})
        if self.column is None:
            return self.rows.filter(ties)
        beyond = Q(**{f"{self.column}__{more}": cursor.value})
        here = Q(**{self.column: cursor.value})
        # The first condition says nothing new: by it the index is entered.
        bound = Q(**{f"{self.column}__{more}e": cursor.value})
        return self.rows.filter(bound, beyond | (here & ties))

    def ordered(self, rows: QuerySet[Any], *, back: bool) -> QuerySet[Any]:
        """Return `rows` in the order of the part, or in the other one."""
        sign = "-" if self.falls != back else ""
        names = ("pk",) if self.column is None else (self.column, "pk")
        return rows.order_by(*(sign + name for name in names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """A row that a page begins after or ends before, and how many come before it."""

    way: str
    part: int
    position: int
    value: Any
    key: UUID

    def __str__(self) -> str:
        value = quote(str(self.value), safe="")
        return f"{self.way}~{self.part}~{self.position}~{value}~{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some rows of a long list and the ways on from them, None where there is none."""

    object_list: list[Any]
    start_index: int | None  # None where nobody has counted
    previous: Cursor | None
    next: Cursor | None
    count: Count

    def __iter__(self) -> Iterator[Any]:
        return iter(self.object_list)

    @property
    def end_index(self) -> int | None:
        """The number of the last row."""
        if self.start_index is None:
            return None
        return self.start_index + len(self.object_list) - 1


def page(asked: str, parts: Sequence[Part], *, size: int, count: Count) -> Page:
    """Return the page that `asked` is the address of; the first one if it is none."""
    cursor = _cursor(asked, parts)
    back = asked == LAST or (cursor is not None and cursor.way == BEFORE)
    found = _fetch(parts, cursor, limit=size + 1, back=back)
    more = len(found) > size
    found = found[:size]
    if back:
        found.reverse()
        if not more and asked != LAST and len(found) < size:
            return page("", parts, size=size, count=count)  # near the top: all of it
    start = _start(cursor, asked, len(found), count=count, back=back)
    has_previous = more if back else cursor is not None
    has_next = asked != LAST if back else more
    position = start or 0
    return Page(
        object_list=[row for _, row in found],
        start_index=start,
        previous=(
            _at(parts, found[0], BEFORE, position) if found and has_previous else None
        ),
        next=(
            _at(parts, found[-1], AFTER, position + len(found) - 1 if start else 0)
            if found and has_next
            else None
        ),
        count=count,
    )


def _fetch(
    parts: Sequence[Part], cursor: Cursor | None, *, limit: int, back: bool
) -> list[tuple[int, Any]]:
    """Return up to `limit` rows with the number of their part, away from the cursor."""
    numbers = list(range(len(parts)))
    if back:
        numbers.reverse()
    if cursor is not None:
        numbers = numbers[numbers.index(cursor.part) :]
    found: list[tuple[int, Any]] = []
    for number in numbers:
        part = parts[number]
        here = cursor is not None and number == cursor.part
        rows = part.after(cursor, back=back) if here and cursor else part.rows
        rows = part.ordered(rows, back=back)[: limit - len(found)]
        found += [(number, row) for row in rows]
        if len(found) == limit:
            break
    return found


def _start(
    cursor: Cursor | None, asked: str, rows: int, *, count: Count, back: bool
) -> int | None:
    """Return the number of the first row, None if nobody has counted."""
    if asked == LAST:
        return count - rows + 1 if count.is_exact else None
    if cursor is None:
        return 1
    if not cursor.position:
        return None
    first = cursor.position - rows if back else cursor.position + 1
    return max(first, 1)


def _at(
    parts: Sequence[Part], found: tuple[int, Any], way: str, position: int
) -> Cursor:
    number, row = found
    column = parts[number].column
    value = "" if column is None else _text(getattr(row, column))
    return Cursor(way=way, part=number, position=position, value=value, key=row.pk)


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _cursor(asked: str, parts: Sequence[Part]) -> Cursor | None:
    """Return the row that `asked` names; None if it makes no sense."""
    try:
        way, part, position, text, key = asked.split("~")
        rows, column = parts[int(part)].rows, parts[int(part)].column
        value: Any = unquote(text)
        if column is not None:
            field: Any = rows.model._meta.get_field(column)
            value = field.to_python(value)
        if way not in (AFTER, BEFORE) or int(part) < 0 or "\0" in text:
            return None
        return Cursor(
            way=way,
            part=int(part),
            position=int(position),
            value=value,
            key=UUID(key),
        )
    except (ValueError, IndexError, ValidationError):
        return None
