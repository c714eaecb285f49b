"""A table for a spreadsheet: every cell comes back, none is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.spreadsheets import ENCODING, write_rows

TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20)


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    write_rows(text, rows)
    return text.getvalue().encode(ENCODING)


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@given(st.lists(st.lists(TEXT, min_size=2, max_size=4), max_size=5))
def test_cells_come_back_and_none_is_a_formula(rows: list[list[str]]) -> None:
    content = as_csv(rows)
    assert content.startswith(b"\xef\xbb\xbf")
    back = read(content)
    assert [[cell.removeprefix("'") for cell in row] for row in back] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
    assert not any(
        cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in back for cell in row
    )


@pytest.mark.parametrize(
    ("cell", "written"),
    [("=1", "'=1"), ("+84", "'+84"), ("-1", "'-1"), ("@a", "'@a"), ("\t=", "'\t="), ("a=1", "a=1")],
)
def test_only_what_looks_like_a_formula_is_marked(cell: str, written: str) -> None:
    assert read(as_csv([[cell, "Học phí"]])) == [[written, "Học phí"]]
