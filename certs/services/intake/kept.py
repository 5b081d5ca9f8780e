"""A file between its upload and the end of its import, one for all who serve and work.

It is kept as lines of JSON: the columns, then each row with the line it came from and
the one it repeats. So a job goes on at any place without reading what is before it.
Whoever knows the key of an upload may confirm it; it is in one person's session.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ValidationError

from certs.services.intake import entries
from certs.services.intake.rows import Row, Table

ROOM = 10  # for the number of rows, which is known at the end


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What is known of all rows."""

    columns: tuple[str, ...]
    ignored: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some rows, and where the next ones begin."""

    rows: list[Row]
    end: int
    is_last: bool


def keep(table: Table) -> UUID:
    """Write down the rows of a file; returns the key they are found by.

    Raises UnreadableError; then nothing is kept.
    """
    key = uuid4()
    file = _uploaded(key)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    # Nobody but its owner reads it: it has notes and mail addresses in it.
    with os.fdopen(os.open(file, flags, 0o600), "wb") as out:
        try:
            _write(table, out)
        except BaseException:
            file.unlink()
            raise
    return key


def confirm(key: UUID) -> bool:
    """Let a job have an upload. Returns False if it has one already, or is gone."""
    try:
        _uploaded(key).rename(_confirmed(key))
    except FileNotFoundError:
        return False
    return True


def heading(key: UUID) -> Heading:
    """Return what is known of all rows. Raises FileNotFoundError."""
    with _open(key) as file:
        return _heading(file)


def batch(key: UUID, *, at: int, size: int) -> Batch:
    """Return the rows from a place on, 0 for the first. Raises FileNotFoundError."""
    with _open(key) as file:
        columns = _heading(file).columns
        if at:
            file.seek(at)
        rows = [_row(text, columns) for text in islice(file, size)]
        end = file.tell()
        return Batch(rows=rows, end=end, is_last=not file.read(1))


def rows(key: UUID, *, most: int | None = None) -> Iterator[Row]:
    """Yield the rows from the first on. Raises FileNotFoundError."""
    with _open(key) as file:
        columns = _heading(file).columns
        for text in islice(file, most):
            yield _row(text, columns)


def forget_upload(key: UUID) -> None:
    """Delete an upload, unless a job has it."""
    _uploaded(key).unlink(missing_ok=True)


def forget(key: UUID) -> None:
    """Delete what a job had."""
    _confirmed(key).unlink(missing_ok=True)


def _uploaded(key: UUID) -> Path:
    return Path(settings.EXPORT_DIR) / f"{key}.upload"


def _confirmed(key: UUID) -> Path:
    return _uploaded(key).with_suffix(".import")


def _open(key: UUID) -> BufferedReader:
    with suppress(FileNotFoundError):
        return _confirmed(key).open("rb")
    return _uploaded(key).open("rb")


def _write(table: Table, out: BinaryIO) -> None:
    said = {"columns": table.columns, "ignored": table.ignored}
    first = _line({**said, "rows": 0}, room=ROOM)
    out.write(first)
    places: dict[entries.Place, int] = {}
    number = 0
    for row in table.rows():
        number += 1
        repeats = row.line
        with suppress(ValidationError):  # told when the row is judged
            repeats = places.setdefault(entries.place(row.cells), row.line)
        first_line = 0 if repeats == row.line else repeats
        out.write(_line([row.line, first_line, row.surplus, *row.cells.values()]))
    out.seek(0)
    known = _line({**said, "rows": number})
    out.write(known[:-1].ljust(len(first) - 1) + b"\n")


def _line(said: object, *, room: int = 0) -> bytes:
    return json.dumps(said).encode() + b" " * room + b"\n"


def _heading(file: BufferedReader) -> Heading:
    said = json.loads(file.readline())
    return Heading(
        columns=tuple(said["columns"]),
        ignored=tuple(said["ignored"]),
        rows=said["rows"],
    )


def _row(text: bytes, columns: tuple[str, ...]) -> Row:
    line, repeats, surplus, *cells = json.loads(text)
    said = dict(zip(columns, cells, strict=True))
    return Row(line=line, cells=said, repeats=repeats, surplus=surplus)
