"""Duties of a table: one for each row that names a lead or a time."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.bodies import split_bodies, split_roles
from knowledge.deadlines import read_when
from knowledge.documents import Clause, Duty
from knowledge.paper import Paper
from knowledge.reading.clean import clean
from knowledge.reading.tables import cells, columns, numbers_columns
from knowledge.recipients import recipient_of
from knowledge.roles import read_roles

_EMPTY = frozenset(("-", "–", "—", "x", "/", "không", "..."))


def row_duties(paper: Paper, clause: Clause) -> Iterator[Duty]:
    """The duties of the rows that stand in a clause, or of the row that is the clause."""
    for piece in clause.pieces:
        header = next((h for at, h in reversed(paper.headers) if at < piece.start), None)
        if not piece.bullet or header is None:
            continue
        start = clause.start if clause.pieces[0] is piece and is_row(clause) else piece.start
        source = paper.text[start : piece.end]
        row = [clean(cell.text) for cell in cells(source, len(header))]
        if len(row) < 2 or columns(source) or numbers_columns(row):
            continue
        named = {
            name: "" if cell.lower() in _EMPTY else cell
            for name, cell in zip(header, row, strict=False)
        }
        duty = _duty(paper, clause, named, piece.text)
        if duty:
            yield duty


def _duty(paper: Paper, clause: Clause, named: dict[str, str], quote: str) -> Duty | None:
    task = named.get("task", "")
    time, deadline = named.get("when", ""), False
    if named.get("due"):
        time, deadline = named["due"], True
    _, roles = read_roles(named.get("leads", ""))  # "Chủ trì: A; phối hợp: B" in one cell
    who = roles.get("leads", "") or named.get("leads", "")
    leads, partners = split_roles(who)
    together = named.get("coordinates", "") or roles.get("coordinates", "")
    if not task or not (leads or time):
        return None
    recipient, via = recipient_of(task, paper.names)
    return Duty(
        clause.address,
        leads,
        (*partners, *split_bodies(together)),
        task,
        read_when(time, year=paper.year, deadline=deadline),
        named.get("recipient") or recipient,
        via,
        quote=quote,
    )


def is_row(clause: Clause) -> bool:
    """A clause that is the row of a table: its label is a cell, without punctuation."""
    return not clause.heading and bool(clause.label) and clause.label[-1].isalnum()
