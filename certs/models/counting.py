"""Counts that cost the same however many rows there are."""

from enum import StrEnum
from typing import Any, Self

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

BOUND = 10_000  # up to here a count is exact
SURELY = 2  # times the bound, by an estimate, are more than the bound
DIGITS = 3  # of an estimate that mean something


class Certainty(StrEnum):
    """What a number is worth."""

    EXACT = "exact"
    ABOUT = "about"
    AT_LEAST = "at least"


class Count(int):
    """A number of rows that knows whether it was counted or estimated."""

    certainty: Certainty

    def __new__(cls, number: int, certainty: Certainty = Certainty.EXACT) -> Self:
        count = super().__new__(cls, number)
        count.certainty = certainty
        return count

    @property
    def is_exact(self) -> bool:
        """Whether the rows were counted."""
        return self.certainty is Certainty.EXACT

    @property
    def short(self) -> str:
        """The number for a narrow place."""
        if self.certainty is Certainty.AT_LEAST:
            return f"{int(self):,}+"
        return str(self).replace("about ", "≈")

    def __str__(self) -> str:
        if self.certainty is Certainty.AT_LEAST:
            return f"more than {int(self):,}"
        if self.certainty is Certainty.EXACT:
            return f"{int(self):,}"
        return f"about {round(int(self), DIGITS - len(f'{int(self)}')):,}"


def bounded(rows: "models.QuerySet[Any, Any]", *, bound: int = BOUND) -> Count:
    """Count `rows`, but no more than `bound` of them."""
    number = rows.order_by()[: bound + 1].count()
    return Count(bound, Certainty.AT_LEAST) if number > bound else Count(number)


def size(model: type[models.Model], *, using: str = "default") -> Count:
    """How many rows a table has: exact while few, then what the database estimates.

    SQLite keeps no estimate, but counts 100,000 rows in a millisecond. MongoDB's costs
    nothing, and counting up to the bound ten milliseconds: it is asked first.
    """
    connection = connections[using]
    table = model._meta.db_table
    if connection.vendor == "mongodb":
        number = _mongodb(connection, table)
        if number > SURELY * BOUND:
            return Count(number, Certainty.ABOUT)
    rows = model._default_manager.using(using)  # noqa: SLF001 - Django's own name
    few = bounded(rows.all())
    if few.is_exact:
        return few
    ask = _ESTIMATES.get(connection.vendor)
    number = ask(connection, table) if ask else rows.count()
    return Count(max(number, BOUND), Certainty.ABOUT)


def _postgresql(connection: BaseDatabaseWrapper, table: str) -> int:
    """Return what the last VACUUM or ANALYZE found; -1 before the first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)",
            [table],
        )
        (number,) = cursor.fetchone()
    return int(number)


def _mongodb(connection: Any, table: str) -> int:
    """Return what the metadata of the collection say."""
    return int(connection.get_collection(table).estimated_document_count())


_ESTIMATES = {"postgresql": _postgresql, "mongodb": _mongodb}
