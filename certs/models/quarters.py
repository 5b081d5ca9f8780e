"""Quarters of an hour, numbered from 1970 in UTC.

Days begin at one of them in every time zone of today, so that what is counted by
quarters can be added up for the days of anybody.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models

QUARTER = timedelta(minutes=15)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECONDS = int(QUARTER.total_seconds())


def quarter(instant: datetime) -> int:
    """Return the number of the quarter that an instant is in; in SQL: Quarter."""
    return (instant - EPOCH) // QUARTER


class Quarter(models.Func):
    """The number of the quarter that a column is in, in the words of each engine.

    Django's Trunc functions know hours at the least, and are Python on SQLite.
    """

    arity = 1
    output_field = models.BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = f"CAST(strftime('%%%%s', %(expressions)s) AS INTEGER) / {SECONDS}"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        seconds = "extract(epoch FROM %(expressions)s)"
        template = f"floor({seconds} / {SECONDS})::bigint"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_mql_expr(self, compiler: Any, connection: Any) -> dict[str, Any]:
        (column,) = self.get_source_expressions()
        instant = column.as_mql(compiler, connection, as_expr=True)
        milliseconds = {"$toLong": instant}
        quarters = {"$divide": [milliseconds, 1000 * SECONDS]}
        return {"$toLong": {"$floor": quarters}}
