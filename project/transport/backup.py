"""A database into a file."""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings

from accounts.identifiers import uuid7
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
    tables = carried(schema.models_at(state), secrets=secrets)
    with _appearing(path) as file, writing(file) as archive:
        archive.begin(header)
        for table in tables:
            archive.open(table.label, table.columns)
            for lines in table.read(alias, batch=BATCH):
                archive.rows(lines)
                yield len(lines)
            archive.close()
        archive.end()


@contextmanager
def _appearing(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes the name `path` when it is whole and on the disk."""
    draft = path.with_name(f".{path.name}.{uuid7()}")
    try:  # from before the file is there: Ctrl-C may come at any moment
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name, too
    finally:
        os.close(folder)
