"""A file into a database."""

from collections.abc import Generator
from typing import IO

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connections

from project.transport import places, schema
from project.transport.archive import DamagedError, Opening, Reader
from project.transport.tables import (
    SEEDED,
    Table,
    carried,
    clear,
    reset_sequences,
)

BATCH = 1000  # rows in memory at a time


def load(file: IO[bytes], alias: str) -> Generator[int, None, None]:
    """Load a file into an empty database; yields the number of rows after each step.

    The database goes to the migrations of the file, takes its rows, and then goes on
    to those of today. Where that fails, it is empty again. Raises TransportError if
    it holds anything before.
    """
    reader = Reader(file)
    state = reader.header.migrations
    tables = carried(schema.models_at(state))
    schema.require_room(alias, state)
    schema.migrate_to(alias, state)
    try:
        with places.whole(alias):
            clear((table for table in tables if table.label in SEEDED), alias)
            for opening, rows in reader.batches(BATCH):
                _table(opening, tables).write(alias, rows)
                yield len(rows)
            connections[alias].check_constraints()
            reset_sequences(tables, alias)
    except BaseException:
        if not connections[alias].features.supports_transactions:
            clear(tables, alias)
        raise
    finally:
        ContentType.objects.clear_cache()
    call_command("migrate", database=alias, interactive=False, verbosity=0)


def _table(opening: Opening, tables: list[Table]) -> Table:
    for table in tables:
        if (table.label, table.columns) == (opening.table, opening.columns):
            return table
    raise DamagedError(f"its table {opening.table} is not one of its migrations")
