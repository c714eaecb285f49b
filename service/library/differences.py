"""What differs between two editions of the library: papers, and clauses within a paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from knowledge import citations
from knowledge.documents import Document
from knowledge.library import Library

Sort = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class ClauseDifference:
    """One clause that reads otherwise."""

    sort: Sort
    place: str  #: where it stands, in words
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class PaperDifference:
    """One paper that is not the same in both."""

    sort: Sort
    document_id: str
    title: str
    facts: tuple[tuple[str, str, str], ...]  #: what is known of it: name, before, now
    clauses: tuple[ClauseDifference, ...]
    duties: int  #: that only one of both has

    @property
    def is_empty(self) -> bool:
        """Nothing that a person would notice."""
        return self.sort == "changed" and not (self.facts or self.clauses or self.duties)


def differences(before: Library, now: Library) -> Iterator[PaperDifference]:
    """Every paper that differs, in the order of ids."""
    old = {paper.id: paper for paper in before.documents}
    new = {paper.id: paper for paper in now.documents}
    for id_ in sorted(old.keys() | new.keys()):
        one, other = old.get(id_), new.get(id_)
        if one is other or one == other:
            continue
        found = paper_difference(one, other)
        if not found.is_empty:
            yield found


def paper_difference(before: Document | None, now: Document | None) -> PaperDifference:
    """How a paper differs; one of both may be missing."""
    paper = now or before
    assert paper is not None
    sort: Sort = "changed" if before and now else "added" if now else "removed"
    return PaperDifference(
        sort=sort,
        document_id=paper.id,
        title=paper.short_title,
        facts=tuple(_facts(before, now)) if before and now else (),
        clauses=tuple(_clauses(before, now)) if before and now else (),
        duties=len(set(_duties(before)) ^ set(_duties(now))),
    )


def _facts(before: Document, now: Document) -> Iterator[tuple[str, str, str]]:
    for name in ("kind", "number", "issuer", "place", "date", "signatory", "title"):
        one, other = getattr(before.identity, name), getattr(now.identity, name)
        if one != other:
            yield name, one or "", other or ""
    pairs = {
        "short_title": (before.short_title, now.short_title),
        "years": (_span(before.years), _span(now.years)),
        "validity": (before.validity.reason, now.validity.reason),
        "audience": (", ".join(before.audience), ", ".join(now.audience)),
    }
    yield from ((name, one, other) for name, (one, other) in pairs.items() if one != other)


def _span(years: tuple[int, int] | None) -> str:
    return "–".join(str(year) for year in sorted(set(years or ())))


def _clauses(before: Document, now: Document) -> Iterator[ClauseDifference]:
    old = {clause.address: f"{clause.heading} {clause.text}".strip() for clause in before.clauses}
    new = {clause.address: f"{clause.heading} {clause.text}".strip() for clause in now.clauses}
    for address in dict.fromkeys([*new, *old]):
        one, other = old.get(address), new.get(address)
        if one == other:
            continue
        sort: Sort = "added" if one is None else "removed" if other is None else "changed"
        place = citations.in_words(before if other is None else now, address)
        yield ClauseDifference(sort, place, one or "", other or "")


def _duties(paper: Document | None) -> list[tuple[object, ...]]:
    duties = paper.duties if paper else ()
    return [(d.address, d.leads, d.coordinates, d.duty, d.when, d.recipient, d.via) for d in duties]
