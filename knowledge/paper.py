"""What the reading of one duty needs to know of the whole paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from knowledge.documents import Clause, When
from knowledge.names import names_in
from knowledge.reading.tables import columns
from knowledge.sections import Purpose


@dataclass(frozen=True, slots=True)
class Context:
    """What headings and lead-ins say for the items below them."""

    leads: tuple[str, ...] = ()
    coordinates: tuple[str, ...] = ()
    recipient: str | None = None
    via: str | None = None
    when: When | None = None  #: a deadline set for all the items of a list
    purpose: Purpose | None = None
    details: bool = False  #: the items say what a report holds, they are no tasks


@dataclass(slots=True)
class Paper:
    """The clauses by address, the names it prints, the header row that rules each table."""

    text: str
    year: int | None
    clauses: Sequence[Clause]
    children: dict[str, list[Clause]] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    headers: list[tuple[int, list[str]]] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)  #: clauses spoken for by another's duty

    def below(self, clause: Clause) -> Iterator[str]:
        """The addresses of a clause and of everything under it."""
        yield clause.address
        for child in self.children.get(clause.address, []):
            yield from self.below(child)

    def above(self, address: str) -> Iterator[str]:
        """The addresses of all the clauses that hold the one at `address`, nearest first."""
        while address in self.parents:
            address = self.parents[address]
            yield address


def open_paper(text: str, clauses: Sequence[Clause], year: int | None) -> Paper:
    """The paper with its tables and names looked up."""
    paper = Paper(text, year, clauses, names=names_in(clauses))
    for clause in clauses:
        if clause.parent is not None:
            paper.children.setdefault(clause.parent, []).append(clause)
            paper.parents[clause.address] = clause.parent
        for piece in clause.pieces:
            header = columns(text[piece.start : piece.end]) if piece.row else None
            if header:
                paper.headers.append((piece.start, header))
    return paper
