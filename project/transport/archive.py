"""The file of a backup: gzip'd lines of JSON, a checksum for each table and the whole.

    {"certdesk": "backup", "version": 1, "app": …, "secrets": …, "migrations": …}
    {"table": "certs.endpoint", "columns": ["id", "host", …]}
    ["0199…", "www.example.org", …]
    {"rows": 1, "sha256": …}                        of the table's lines
    {"tables": 1, "rows": 1, "sha256": …}           of every line before this one

An object is about rows, a list is a row. The same data are the same bytes: there is no
date in it.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import IO, Any

from project.transport import TransportError
from project.transport.schema import State
from project.transport.tables import Row

VERSION = 1


class DamagedError(TransportError):
    """The file is not what a backup wrote."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The file is damaged, or no backup: {reason}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a file says of itself before its rows."""

    app: str
    secrets: bool
    migrations: State


@dataclass(frozen=True, slots=True)
class Opening:
    """The start of a table."""

    table: str
    columns: list[str]


class Writer:
    """Writes lines and keeps count."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file = file
        self._whole, self._table = hashlib.sha256(), hashlib.sha256()
        self._tables = self._rows = self._rows_before = 0

    def begin(self, header: Header) -> None:
        """Write the first line."""
        self._say({"certdesk": "backup", "version": VERSION, **asdict(header)})

    def open(self, table: str, columns: list[str]) -> None:
        """Begin a table."""
        self._table, self._rows_before = hashlib.sha256(), self._rows
        self._tables += 1
        self._say({"table": table, "columns": columns})

    def rows(self, lines: list[str]) -> None:
        """Write rows of the table that is open; many at a time are quick."""
        self._table.update(self._put(*lines))
        self._rows += len(lines)

    def close(self) -> None:
        """End the table that is open."""
        number = self._rows - self._rows_before
        self._say({"rows": number, "sha256": self._table.hexdigest()})

    def end(self) -> None:
        """Write the last line."""
        digest = self._whole.hexdigest()
        self._say({"tables": self._tables, "rows": self._rows, "sha256": digest})

    def _say(self, facts: dict[str, Any]) -> None:
        self._put(json.dumps(facts, separators=(",", ":"), sort_keys=True))

    def _put(self, *lines: str) -> bytes:
        data = "".join(f"{line}\n" for line in lines).encode()
        self._whole.update(data)
        self._file.write(data)
        return data


@contextmanager
def writing(file: IO[bytes]) -> Iterator[Writer]:
    """Compress into `file`."""
    with gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as packed:
        # Without a buffer around it: that says "closed" if Ctrl-C comes while it asks.
        yield Writer(packed)


class Reader:
    """Reads a file from its beginning to its end, and believes nothing in it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._lines = _unpacked(file)
        self._whole = hashlib.sha256()
        self.rows = 0  # read so far
        self.header = self._header()

    def __iter__(self) -> Iterator[Opening | Row]:
        """Return tables and their rows; whoever reaches the end has read it whole."""
        table: Any = None  # the checksum of the table that is open
        tables = rows_before = 0
        for line in self._lines:
            match _parsed(line):
                case list() as row if table is not None:
                    table.update(line)
                    self.rows += 1
                    yield row
                case {"table": str(label), "columns": list(columns)} if table is None:
                    table, rows_before = hashlib.sha256(), self.rows
                    tables += 1
                    yield Opening(label, columns)
                case {"tables": _} as end if table is None:
                    digest = self._whole.hexdigest()
                    found = {"tables": tables, "rows": self.rows, "sha256": digest}
                    _require(end, found)
                    if next(self._lines, None) is not None:
                        raise DamagedError("something comes after its end")
                    return
                case {"rows": _} as close if table is not None:
                    number, digest = self.rows - rows_before, table.hexdigest()
                    _require(close, {"rows": number, "sha256": digest})
                    table = None
                case _:
                    raise DamagedError("it has a line that belongs nowhere")
            self._whole.update(line)
        raise DamagedError("it is cut off")

    def batches(self, size: int) -> Iterator[tuple[Opening, list[Row]]]:
        """Return rows with the table they are of, up to `size` at a time."""
        opening, rows = Opening("", []), list[Row]()
        for item in self:
            if isinstance(item, Opening):
                if rows:
                    yield opening, rows
                opening, rows = item, []
                continue
            rows.append(item)
            if len(rows) == size:
                yield opening, rows
                rows = []
        if rows:
            yield opening, rows

    def _header(self) -> Header:
        line = next(self._lines, b"")
        self._whole.update(line)
        match _parsed(line):
            case {"certdesk": "backup", "version": int(version)} if version != VERSION:
                raise TransportError(
                    f"The file has version {version} of the format, which this version "
                    "of Certdesk cannot read."
                )
            case {
                "certdesk": "backup",
                "app": str(app),
                "secrets": bool(secrets),
                "migrations": dict(state),
            }:
                return Header(app=app, secrets=secrets, migrations=state)
        raise DamagedError("it does not begin like one")


def _unpacked(file: IO[bytes]) -> Iterator[bytes]:
    try:
        with gzip.GzipFile(fileobj=file) as lines:
            yield from lines
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DamagedError("it cannot be unpacked to its end") from error


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise DamagedError("it has a line that cannot be read") from error


def _require(said: dict[str, Any], found: dict[str, Any]) -> None:
    if said != found:
        raise DamagedError("counts or checksums do not fit")
