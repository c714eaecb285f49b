"""A text as a tree of clauses with exact spans, and the text again from the tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from knowledge.documents import Clause, Piece
from knowledge.reading.clean import clean, is_empty
from knowledge.reading.headings import split_heading
from knowledge.reading.lines import Line, layout_of, read_lines
from knowledge.reading.paragraphs import Paragraph, assemble, fixed_paragraphs
from knowledge.reading.parts import zones
from knowledge.reading.tree import Node, build, split_closing


def read_clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a paper in the order of the text, parents before children."""
    lines = read_lines(text)
    layout = layout_of(lines)
    body = assemble(lines, layout)
    out: list[Clause] = []
    taken: Counter[str] = Counter()
    for zone in zones(lines, layout, body.starts_clause):
        if zone.name != "body":
            part = fixed_paragraphs(body, zone.first, zone.last, zone.name)
            out.append(_fixed(text, zone.name, part, taken))
            continue
        roots = build(body.paragraphs(zone.first, zone.last))
        closing = split_closing(roots)
        for root in roots:
            out.extend(_clauses(text, root, None, taken))
        if closing:
            out.append(_fixed(text, "closing", closing, taken))
    return tuple(out)


def _unique(address: str, taken: Counter[str]) -> str:
    taken[address] += 1
    return address if taken[address] == 1 else f"{address}#{taken[address]}"


def _piece(text: str, paragraph: Paragraph) -> Piece:
    start, end = paragraph.start, paragraph.end
    bullet = paragraph.bullet or paragraph.row
    return Piece(clean(text[start:end]), start, end, bullet, paragraph.row)


def _fixed(text: str, name: str, part: Sequence[Paragraph], taken: Counter[str]) -> Clause:
    """A part without a number; its heading is the "Kính gửi" or "Nơi nhận" that it prints."""
    heading = ""
    rest = list(part)
    first = rest[0]
    start = first.start
    if name == "recipients":
        heading, body = first.text.split(":", 1)[0].strip(), first.after_colon()
        rest = [body, *rest[1:]] if body else rest[1:]
    pieces = tuple(_piece(text, paragraph) for paragraph in rest)
    end = part[-1].end
    own = " ".join(piece.text for piece in pieces)
    return Clause(_unique(name, taken), "", heading, own, start, end, None, pieces)


def _clauses(text: str, node: Node, parent: str | None, taken: Counter[str]) -> Iterator[Clause]:
    address = _unique(node.base_address(parent), taken)
    heading, own = split_heading(text, node)
    pieces = tuple(_piece(text, paragraph) for paragraph in own)
    joined = " ".join(piece.text for piece in pieces)
    label = clean(text[node.header.start : node.header.body_start])
    start, end = node.header.start, node.end
    yield Clause(address, label.strip("| "), heading, joined, start, end, parent, pieces)
    for child in node.children:
        yield from _clauses(text, child, address, taken)


def rebuild(text: str, clauses: Sequence[Clause]) -> str:
    """The source text from the pieces of its tree; ValueError if a word is lost or doubled."""
    out: list[str] = []
    at = 0
    for start, end in sorted(_spans(text, clauses)):
        if start < at or not is_empty(text[at:start]):
            raise ValueError(f"lost or doubled before offset {start}: {text[at:start]!r}")
        out.extend((text[at:start], text[start:end]))
        at = end
    if not is_empty(text[at:]):
        raise ValueError(f"lost after offset {at}: {text[at:]!r}")
    return "".join((*out, text[at:]))


def _spans(text: str, clauses: Sequence[Clause]) -> Iterator[tuple[int, int]]:
    """The labels with their headings, and the pieces."""
    first_child: dict[str, int] = {}
    for clause in clauses:
        if clause.parent is not None:
            first_child.setdefault(clause.parent, clause.start)
    for clause in clauses:
        inside = [piece.start for piece in clause.pieces] + [clause.end]
        if clause.address in first_child:
            inside.append(first_child[clause.address])
        header = text[clause.start : min(inside)]
        if _letters(clean(header)) != _letters(clause.label + clause.heading):
            raise ValueError(f"the heading of {clause.address} does not match: {header!r}")
        yield clause.start, min(inside)
        yield from ((piece.start, piece.end) for piece in clause.pieces)


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


__all__ = ["Line", "read_clauses", "rebuild"]
