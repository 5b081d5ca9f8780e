"""Rows of endpoints out of the bytes of a CSV file, however a spreadsheet wrote it.

A file is anybody's: its size, rows, columns and cells are bounded, and whatever is
wrong with it as a whole is an UnreadableError with a sentence.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from accounts import spreadsheets

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 100
MAX_CELL = 10_000  # letters, as the notes of an endpoint may have
HEADING = 60  # letters of a heading that is told to people
DELIMITERS = (",", ";", "\t")
# Excel's own way to say it, before the headings.
_SAID = re.compile(r'\A"?sep=([,;\t])"?[ ,;\t]*(?=[\r\n]|\Z)', re.IGNORECASE)

# What is read, and what else people call it (docs/import.md has the same table).
SYNONYMS = {
    "host": ("hostname", "fqdn", "name", "domain", "url", "address", "server"),
    "port": ("tcp port",),
    "server_name": ("server name", "sni"),
    "starttls": ("start tls", "protocol"),
    "team": ("group", "department", "owner team"),
    "contacts": ("contact", "owner", "email", "e-mail", "mail", "responsible"),
    "tags": ("tag", "labels", "label", "keywords"),
    "environment": ("env", "stage"),
    "notes": ("note", "comment", "comments", "description", "remarks"),
}
_COLUMN_OF = {
    said: column
    for column, synonyms in SYNONYMS.items()
    for said in (column, *synonyms)
}


class UnreadableError(ValueError):
    """Why a file cannot be imported at all; the message is a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a row says by column, and the line of the file it begins on.

    `repeats` is the line that says the same endpoint before, 0 if none does.
    """

    line: int
    cells: dict[str, str]
    repeats: int = 0
    surplus: bool = False  # it has cells without a heading


class Table:
    """The columns of a file, and its rows as a stream that is read once."""

    def __init__(self, data: bytes) -> None:
        """Read the heading. Raises UnreadableError."""
        if len(data) > MAX_BYTES:
            raise UnreadableError("The file is larger than 10 MB.")
        text = _decoded(data)
        if not text.strip():
            raise UnreadableError("The file is empty.")
        if "\0" in text:
            raise UnreadableError("This is no text: it has NUL characters in it.")
        self._lines = _Lines(text)
        headings = next(self._lines.filled(), (0, []))[1]
        if len(headings) > MAX_COLUMNS:
            raise UnreadableError(f"The file has more than {MAX_COLUMNS} columns.")
        self._places = _places(headings)
        if "host" not in self._places:
            raise UnreadableError(
                "No column is called host. The first line must name the columns."
            )
        used = self._places.values()
        self.columns = tuple(self._places)
        self.ignored = tuple(
            heading[:HEADING]
            for place, heading in enumerate(headings)
            if heading and place not in used
        )
        self._width = len(headings)

    def rows(self) -> Iterator[Row]:
        """Yield the rows that say anything. Raises UnreadableError."""
        number = 0
        for line, cells in self._lines.filled():
            number += 1
            if number > MAX_ROWS:
                raise UnreadableError(f"The file has more than {MAX_ROWS:,} rows.")
            yield Row(
                line=line,
                cells={
                    column: cells[place] if place < len(cells) else ""
                    for column, place in self._places.items()
                },
                surplus=any(cells[self._width :]),
            )
        if not number:
            raise UnreadableError("The file has no rows below its first line.")


class _Lines:
    """The lines of a file as cells, those without any left out."""

    def __init__(self, text: str) -> None:
        said = _SAID.match(text)
        if said:
            text = text[said.end() :]  # an empty line stays: others keep their numbers
        self._reader = csv.reader(
            StringIO(text, newline=""),
            delimiter=said[1] if said else _delimiter(text),
            strict=True,
        )

    def filled(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each with the number of the line it begins on."""
        while True:
            line = self._reader.line_num + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise UnreadableError(
                    f"Line {line:,} cannot be read: its quotes do not match, "
                    "or a cell is far too long."
                ) from error
            cells = [spreadsheets.plain(cell) for cell in cells]
            if any(cells):
                yield line, cells


def _decoded(data: bytes) -> str:
    is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableError("This is no text in UTF-8, UTF-16 or Windows-1252.")


def _delimiter(text: str) -> str:
    """Return what makes the most known headings of the first line that says any."""
    lines = StringIO(text, newline="")
    first = next((line for line in lines if line.strip(' ,;\t"\r\n')), "")

    def known(delimiter: str) -> tuple[int, int]:
        headings = [cell.strip('" ') for cell in first.strip().split(delimiter)]
        return len(_places(headings)), len(headings)

    return max(DELIMITERS, key=known)


def _places(headings: list[str]) -> dict[str, int]:
    """Return where each column is: by its own name, else by the first synonym."""
    said = [" ".join(heading.casefold().split()) for heading in headings]
    found = {name: said.index(name) for name in SYNONYMS if name in said}
    for place, name in enumerate(said):
        if column := _COLUMN_OF.get(name):
            found.setdefault(column, place)
    return {column: found[column] for column in SYNONYMS if column in found}
