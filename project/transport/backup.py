"""A database into a file."""

import os
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings

from project.transport import TransportError, schema
from project.transport.archive import Header, writing
from project.transport.tables import carried

BATCH = 1000  # rows in memory at a time


def total(alias: str) -> int:
    """Return how many rows a backup of `alias` would have."""
    tables = carried(schema.models_at(schema.of(alias)))
    return sum(table.rows(alias).count() for table in tables)


def write(path: Path, alias: str, *, secrets: bool) -> Generator[int, None, None]:
    """Write everything at `alias` to `path`; yields the number of rows after each step.

    The file is there when it is whole, for its owner alone. Whoever stops this early
    leaves no trace of it.
    """
    state = schema.of(alias)
    if not state:
        raise TransportError("The database has no tables yet.")
    header = Header(app=settings.VERSION, secrets=secrets, migrations=state)
    with _appearing(path) as file, writing(file) as archive:
        archive.begin(header)
        for table in carried(schema.models_at(state), secrets=secrets):
            archive.open(table.label, table.columns)
            for lines in table.read(alias, batch=BATCH):
                archive.rows(lines)
                yield len(lines)
            archive.close()
        archive.end()


@contextmanager
def _appearing(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes the name `path` when it is whole and on the disk."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    draft = Path(name)  # mode 0600, as mkstemp makes it
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name, too
    finally:
        os.close(folder)
