"""Duties of a table: one for each row that names a lead or a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from knowledge.bodies import STARTS_BODY, body_before_verb, split_bodies, split_roles
from knowledge.deadlines import read_when
from knowledge.documents import FIXED_ADDRESSES, Clause, Duty, Piece, When
from knowledge.paper import Context, Paper
from knowledge.reading.clean import clean
from knowledge.reading.tables import cells, columns, numbers_columns, row_cells
from knowledge.recipients import recipient_of
from knowledge.roles import read_roles
from knowledge.sentence_times import find_when

_FEWEST_CELLS = 3  #: one tab or "|" may stand in a sentence
_EMPTY = frozenset(("-", "–", "—", "x", "/", "không", "..."))


def row_duties(paper: Paper, clause: Clause, context: Context) -> Iterator[Duty]:
    """The duties of the rows that stand in a clause, or of the row that is the clause."""
    for piece in clause.pieces:
        header = _header_of(paper, clause, piece) if piece.row else None
        if header is None:
            continue
        row = _row(paper, clause, piece, header)
        if _is_group(row, header) or columns(_source(paper, clause, piece)) or numbers_columns(row):
            continue
        filled = ["" if cell.lower() in _EMPTY else cell for cell in row]
        pairs = list(zip_longest(header, filled[: len(header)], fillvalue=""))
        named = dict(reversed(pairs))  # of two columns for one thing, the first counts
        others = [cell for name, cell in pairs if name in ("", "product")]
        duty = _duty(paper, clause, named, others, context, piece.text)
        if duty:
            yield duty


def group_context(paper: Paper, clause: Clause, context: Context) -> Context:
    """A row that holds nothing but bodies speaks for the rows below it: "I | Sở Tư pháp"."""
    if not is_row(clause):
        return context
    header = _header_of(paper, clause, clause.pieces[0])
    row = _row(paper, clause, clause.pieces[0], header) if header else []
    if not header or not _is_group(row, header):
        return context
    said = row[-1] if len(row) == 1 else next(filter(None, row[1:]), "")
    bodies = bool(STARTS_BODY.match(said)) and not body_before_verb(said)
    return replace(context, leads=split_roles(said)[0], coordinates=()) if bodies else context


def _is_group(row: Sequence[str], header: Sequence[str]) -> bool:
    """A title for the rows below it: one cell, beside its number."""
    filled = [cell for name, cell in zip(header, row, strict=False) if cell and name != "number"]
    return len(filled) < 2 or len(row) < 2


def prose_of(paper: Paper, clause: Clause) -> Clause:
    """The clause without what stands in cells: no row, header or group is read as a sentence."""
    kept = tuple(
        piece
        for piece in clause.pieces
        if not piece.row and len(cells(paper.text[piece.start : piece.end])) < _FEWEST_CELLS
    )
    return replace(clause, pieces=kept, text=" ".join(piece.text for piece in kept))


def is_row(clause: Clause) -> bool:
    """A clause that is the row of a table: its label is a cell, without punctuation."""
    return bool(clause.label and clause.pieces) and clause.pieces[0].row


def _source(paper: Paper, clause: Clause, piece: Piece) -> str:
    """The row as printed, with its number where that is the label of the clause."""
    start = clause.start if clause.pieces[0] is piece and is_row(clause) else piece.start
    return paper.text[start : piece.end]


def _row(paper: Paper, clause: Clause, piece: Piece, header: Sequence[str]) -> list[str]:
    return [clean(cell) for cell in row_cells(_source(paper, clause, piece), header)]


def _header_of(paper: Paper, clause: Clause, piece: Piece) -> list[str] | None:
    """The header row above a row; a part without a number holds its tables whole.

    So the two columns of a head or signature are no rows of the table before them.
    """
    first = clause.start if clause.address.split("#")[0] in FIXED_ADDRESSES else 0
    above = (header for at, header in reversed(paper.headers) if first <= at < piece.start)
    return next(above, None)


def _duty(
    paper: Paper,
    clause: Clause,
    named: dict[str, str],
    others: Sequence[str],
    context: Context,
    quote: str,
) -> Duty | None:
    task = named.get("task", "")
    _, roles = read_roles(named.get("leads", ""))  # "Chủ trì: A; phối hợp: B" in one cell
    who = roles.get("leads", "") or named.get("leads", "")
    leads, partners = split_roles(who)
    together = named.get("coordinates", "") or roles.get("coordinates", "")
    if "leads" not in named:
        leads = context.leads
    if not task or not (leads or named.get("due") or named.get("when")):
        return None
    sent = (recipient_of(cell, paper.names) for cell in (task, *others))
    recipient, via = next((found for found in sent if found[0]), (None, None))
    return Duty(
        clause.address,
        leads,
        (*partners, *split_bodies(together)),
        task,
        _when(paper, named, (task, *others)),
        named.get("recipient") or recipient,
        via,
        quote=quote,
    )


def _when(paper: Paper, named: dict[str, str], cells_: Sequence[str]) -> When:
    """What the column for the time says; without it, the day that another cell sets."""
    for name in ("due", "when"):
        if named.get(name):
            return read_when(named[name], year=paper.year, deadline=name == "due")
    found = (find_when(cell, year=paper.year) for cell in cells_)
    return next((when for when in found if when.kind != "none"), When())
