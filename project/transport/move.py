"""One database into another, batch by batch; what was stopped goes on."""

import json
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from django.db import connections, transaction

from project.transport import TransportError, progress, schema
from project.transport.tables import (
    SEEDED,
    Tally,
    carried,
    clear,
    reset_sequences,
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A table at both ends."""

    label: str
    source: Tally
    target: Tally

    @property
    def is_same(self) -> bool:
        """Whether not a bit is lost."""
        return self.source == self.target


class Journey:
    """A move from one connection to another; `origin` is the source without secrets."""

    def __init__(self, source: str, target: str, *, origin: str, batch: int) -> None:
        self.source, self.target, self.batch = source, target, batch
        self._origin = origin
        if _place(source) == _place(target):
            raise TransportError("Source and target are the same database.")
        self._state = schema.of(source)
        if not self._state:
            raise TransportError("The source has no tables: is its address right?")
        self.tables = carried(schema.models_at(self._state))

    def prepare(self) -> int:
        """Make the target ready; returns how many rows an earlier try has copied.

        Raises TransportError if it holds anything else.
        """
        mark = progress.found(self.target, origin=self._origin)
        if mark is None:
            schema.require_room(self.target, self._state)
            mark = progress.begin(self.target, origin=self._origin)
        if not mark.is_copying:
            schema.migrate_to(self.target, self._state)
            with transaction.atomic(using=self.target):
                # What `migrate` put there comes from the source, numbers included.
                clear((t for t in self.tables if t.label in SEEDED), self.target)
                mark.is_copying = True
                mark.save(using=self.target)
        return self._count(self.target)

    def copy(self) -> Generator[int, None, None]:
        """Copy what is not there yet; yields the number of rows after each batch."""
        for table in self.tables:
            # Where a row may refer to a later one, only the whole table is consistent.
            with self._transaction() if table.refers_to_itself else nullcontext():
                after = table.last_key(self.target)
                for lines in table.read(self.source, after=after, batch=self.batch):
                    with self._transaction():
                        table.write(self.target, map(json.loads, lines))
                    yield len(lines)
        reset_sequences(self.tables, self.target)

    def compare(self) -> Iterator[Comparison]:
        """Read both ends again and compare them, table by table."""
        for table in self.tables:
            yield Comparison(
                table.label,
                table.tally(self.source, batch=self.batch),
                table.tally(self.target, batch=self.batch),
            )

    def finish(self) -> None:
        """Let go of the target."""
        progress.finish(self.target)

    def total(self) -> int:
        """Return how many rows there are to move."""
        return self._count(self.source)

    def _count(self, alias: str) -> int:
        return sum(table.rows(alias).count() for table in self.tables)

    def _transaction(self) -> AbstractContextManager[None]:
        return transaction.atomic(using=self.target)


def _place(alias: str) -> list[str]:
    settings = connections[alias].settings_dict
    return [str(settings[key]) for key in ("ENGINE", "HOST", "PORT", "NAME")]
