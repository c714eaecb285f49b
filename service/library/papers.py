"""The papers of an edition: those that ship, those of the office, each as it stands in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path

from knowledge import structure
from knowledge.documents import Document, Validity
from knowledge.library import SHIPPED, Library, load_document, load_library
from knowledge.vietnamese import fold
from service.describing import description_of, to_toml
from service.library.editions import Edition, current_edition, paper_folder
from service.settings import Settings

_LOADED = 4_096  #: papers that are kept as they were read: their folders never change


def library_of(
    settings: Settings, edition: Edition | None = None, extra: Iterable[Document] = ()
) -> Library:
    """The papers of an edition, of the one in use by default; the office's supersede by id.

    `extra`: papers as if they were published on top of it.
    """
    edition = edition or current_edition(settings)
    left_out = frozenset(edition.left_out)
    found = {paper.id: paper for paper in shipped().documents if paper.id not in left_out}
    for id_, version in edition.papers.items():
        found[id_] = _load(paper_folder(settings, id_, version), id_)
    found |= {paper.id: paper for paper in extra}
    return Library(tuple(with_successors(found.values())))


def with_successors(papers: Iterable[Document]) -> list[Document]:
    """The papers, those that another one of them takes the place of no longer in force."""
    listed = list(papers)
    taken = {old: new for new in listed for old in new.supersedes if old != new.id}
    return [_superseded(paper, taken[paper.id]) if paper.id in taken else paper for paper in listed]


def write_paper(folder: Path, paper: Document) -> None:
    """Fill an empty folder with what `load_document` reads back equal."""
    (folder / "text.txt").write_bytes(paper.text.encode("utf-8"))
    (folder / "document.toml").write_text(to_toml(description_of(paper)), "utf-8")
    stored = structure.dumps(paper.clauses, paper.duties, paper.text)
    (folder / structure.FILE).write_text(stored, "utf-8")


def with_words(papers: Iterable[Document], wanted: str) -> list[Document]:
    """Those whose title, number, issuer or id holds every word, accents or not."""
    sought = fold(wanted).split()
    return [paper for paper in papers if not sought or all(w in _told(paper) for w in sought)]


@lru_cache(_LOADED)
def _folded(*parts: str | None) -> str:
    return fold(" ".join(part for part in parts if part))


def _told(paper: Document) -> str:
    named = paper.identity
    return _folded(paper.id, paper.short_title, named.number, named.issuer, named.title)


@cache
def shipped() -> Library:
    """Read once: these files change only with the program, and reading them takes a second."""
    return load_library(SHIPPED)


@lru_cache(_LOADED)
def _load(folder: Path, id_: str) -> Document:
    """What a person has said of its duties stands in the database, not in the paper."""
    paper = load_document(folder, id_)
    return replace(paper, duties=tuple(replace(duty, reviewed=False) for duty in paper.duties))


@lru_cache(_LOADED)
def _superseded(paper: Document, by: Document) -> Document:
    """No longer in force from the day of its successor, or where that is not known, from ever."""
    day = by.identity.date
    since = date.fromisoformat(day) if day and len(day) == 10 else None
    earlier = [since - timedelta(days=1)] if since else []
    if paper.validity.until:
        earlier.append(paper.validity.until)
    validity = Validity(
        status="expired",
        reason=f"hết hiệu lực vì đã có {by.short_title} thay thế",
        until=min(earlier, default=date(2000, 1, 1)),
        basis=by.identity.number,
        recorded=by.validity.recorded,
    )
    return replace(paper, validity=validity)
