"""Tables that leave for a spreadsheet: CSV whose letters come out right and that runs nothing."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import TextIO

ENCODING = "utf-8-sig"  #: with a mark that tells Excel so
#: What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_rows(file: TextIO, rows: Iterable[Sequence[str]]) -> None:
    """As CSV; what looks like a formula gets an apostrophe."""
    csv.writer(file).writerows([harmless(cell) for cell in row] for row in rows)


def harmless(cell: str) -> str:
    """A cell that a spreadsheet shows instead of working it out."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
