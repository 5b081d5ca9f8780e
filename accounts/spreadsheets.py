"""Cells of CSV, as spreadsheets read them."""

import csv
from collections.abc import Iterable
from io import StringIO

# A cell that begins like this is run as a formula by spreadsheets (OWASP, "CSV
# Injection"); names and certificates say what their maker wants: hostile text.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def line(cells: Iterable[str]) -> str:
    """Return `cells` as a line of CSV that no spreadsheet runs."""
    text = StringIO()
    csv.writer(text).writerow(harmless(cell) for cell in cells)
    return text.getvalue()


def harmless(cell: str) -> str:
    """Return the cell, with an apostrophe before what a spreadsheet would run."""
    is_number = cell.removeprefix("-").isdecimal()
    return f"'{cell}" if cell.startswith(FORMULA) and not is_number else cell


def plain(cell: str) -> str:
    """Return the cell as it was before `harmless`, without spaces around it."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
