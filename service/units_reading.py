"""Tables that an office sends, as rows of text: CSV in any common form, or a workbook.

A workbook is opened in a child process: whoever sends one decides what it makes the reader do.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Literal, cast

from knowledge.errors import DamagedDocument, UnreadableDocument, UnsafeDocument
from knowledge.reading import sandbox
from knowledge.reading.archive import kind_inside, open_package

LARGEST = 2 << 20  #: bytes of a file
MOST_ROWS = 5_000  #: with the rows above the names of the columns
_COLUMNS = 40
_CELL = 2_000  #: letters; more is cut, and too long for any column
_EXPANDED = 16 << 20  #: bytes that a workbook may unfold to: 5,000 rows take a tenth of it
_CAGE = sandbox.Cage(seconds=20, memory=768 << 20, output=32 << 20)
_HANDLER = "service.units_reading:serve"

#: Why a file is not read.
Reason = Literal["too_large", "too_many", "no_table", "encoding", "damaged", "no_names"]
#: One row: its cells, without space around.
Cells = tuple[str, ...]


class NoTable(Exception):
    """Nothing of the file is read; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def read_table(content: bytes, name: str, fits: Callable[[Cells], bool]) -> list[Cells]:
    """All rows, the empty ones too, so that the n-th is what the sender sees as row n.

    `fits`: whether a row names the columns; it decides how a CSV is divided. Raises NoTable.
    """
    if len(content) > LARGEST:
        raise NoTable("too_large")
    ending = Path(name).suffix.lower()
    if ending in (".xlsx", ".xlsm") or content.startswith(b"PK"):
        rows = _workbook(content)
    elif ending in (".csv", ".txt", ".tsv"):
        rows = _csv(_decoded(content), fits)
    else:
        raise NoTable("no_table")
    if len(rows) > MOST_ROWS:
        raise NoTable("too_many")
    return rows


def _decoded(content: bytes) -> str:
    encodings: tuple[str, ...] = ("utf-8-sig", "cp1258")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)  # what Excel calls Unicode text
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NoTable("encoding")


def _csv(text: str, fits: Callable[[Cells], bool]) -> list[Cells]:
    """Divided by whichever sign gives a row with the names of the columns."""
    if "\0" in text:
        raise NoTable("no_table")
    found: list[Cells] = []
    for sign in ",;\t":
        try:
            rows = _rows(csv.reader(io.StringIO(text, newline=""), delimiter=sign))
        except csv.Error:  # a cell that never ends
            raise NoTable("damaged") from None
        if any(map(fits, rows)) and len(max(rows, key=len)) > len(max(found, key=len, default=())):
            found = rows
    return found or _rows([line] for line in text.splitlines())


def _rows(lines: Iterable[Iterable[object]]) -> list[Cells]:
    rows = []
    for line in lines:
        rows.append(tuple(_text(cell) for cell, _ in zip(line, range(_COLUMNS), strict=False)))
        if len(rows) > MOST_ROWS:
            break
    return rows


def _text(cell: object) -> str:
    """A cell as it is read: whole numbers without a point, days as they are written here."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, date | datetime):
        cell = f"{cell.day:02}/{cell.month:02}/{cell.year}"
    return str(cell)[:_CELL].strip()


def _workbook(content: bytes) -> list[Cells]:
    try:
        answer = json.loads(sandbox.run(_HANDLER, "", content, _CAGE))
    except sandbox.ChildStopped:
        raise NoTable("damaged") from None
    if isinstance(answer, str):
        raise NoTable(cast(Reason, answer))
    return [tuple(row) for row in answer]


def serve(content: bytes, _argument: str) -> bytes:
    """In the child: the first sheet as JSON, or the reason why there is none."""
    # Neither is needed to read, and both would take threads and memory that the child has not.
    sys.modules["lxml"] = sys.modules["numpy"] = None  # type: ignore[assignment]
    try:
        return json.dumps(_first_sheet(content)).encode()
    except UnreadableDocument:
        return json.dumps("damaged").encode()
    except NoTable as refusal:
        return json.dumps(refusal.reason).encode()


def _first_sheet(content: bytes) -> list[Cells]:
    package = open_package(content)
    if kind_inside(package) != "xlsx":
        raise NoTable("no_table")
    if sum(entry.file_size for entry in package.archive.infolist()) > _EXPANDED:
        raise UnsafeDocument
    for name in package.names:
        if name.endswith((".xml", ".rels")):
            package.tree(name)  # refuses what would make a reader unfold or fetch something
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return _rows(book.worksheets[0].iter_rows(values_only=True))
    except (InvalidFileException, KeyError, ValueError, TypeError, AttributeError, IndexError):
        raise DamagedDocument from None
