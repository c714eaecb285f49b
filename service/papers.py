"""Take official texts into the library of the office by command, and out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.documents import Document
from knowledge.errors import UnreadableDocument
from knowledge.library import Library
from knowledge.reading.inspect import Inspection, inspect_text
from service import clock
from service.delivery.files import store
from service.errors import PaperRefused
from service.library.candidates import File
from service.library.publishing import By, Part, Shelf, publish, remove
from service.library.reading import Words, read_parts, words_of
from service.settings import Settings
from service.storage.audit import record
from service.storage.engine import transaction
from service.storage.papers import papers_of

_BY = "command"  #: as the audit trail names whoever types commands


@dataclass(frozen=True, slots=True)
class Read:
    """A file as it was understood, before anything is kept."""

    file: File
    words: Words
    inspection: Inspection


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one file."""

    document: Document
    warnings: tuple[str, ...]
    supersedes: str | None  #: short title of what it takes the place of
    unchanged: bool = False  #: the same file is already there


def read_paper(settings: Settings, path: Path) -> Read:
    """Read a file in a child process; raises a kind of UnreadableDocument. Nothing is kept."""
    if not path.is_file():
        raise UnreadableDocument("Không tìm thấy tệp này; Anh/chị vui lòng kiểm tra lại tên tệp.")
    with path.open("rb") as file:
        # One byte more than may be: the reader then says so.
        data = file.read((settings.upload_limit_mb << 20) + 1)
    words = words_of(path.name, data, settings, lambda step, done, total: None)
    return Read(File(path.name, data), words, inspect_text(words.text, words.warnings))


def add_papers(
    shelf: Shelf,
    library: Library,
    reads: Sequence[Read],
    id_: str | None = None,
    title: str | None = None,
) -> list[Added | PaperRefused]:
    """Put papers on the shelf, all in one edition: what became of each.

    One with the number of a digest takes the digest's place. One in which nothing can be cited is
    refused, the others are taken. On an error nothing changes.
    """
    settings = shelf.settings
    by = By(_BY, clock.now(settings))
    parts: dict[str, Part] = {}
    became: list[Added | PaperRefused] = []
    papers = {paper.id: paper for paper in library.documents}
    for read in reads:
        try:
            paper, added = _understood(shelf, Library(tuple(papers.values())), read, id_, title)
        except PaperRefused as refusal:
            became.append(refusal)
            continue
        became.append(added)
        if not added.unchanged:
            papers[paper.id] = paper
            parts[paper.id] = Part(paper, read.file.name, read.file.sha256)
    if not parts:
        return became
    for read in reads:
        if any(part.sha256 == read.file.sha256 for part in parts.values()):
            store(settings.uploads_dir, read.file.data)
    edition = publish(shelf, list(parts.values()), by)
    with transaction(shelf.engine) as session:
        for document_id in parts:
            told = {"version": edition.papers[document_id], "edition": edition.number}
            record(session, _BY, "paper_published", f"paper:{document_id}", by.at, told)
    return became


def remove_paper(shelf: Shelf, document_id: str) -> None:
    """Take an added paper off the shelf; a shipped paper that it superseded counts again.

    The file as handed in stays among the uploads. Raises PaperRefused for a shipped paper.
    """
    at = clock.now(shelf.settings)
    edition = remove(shelf, document_id, By(_BY, at))
    with transaction(shelf.engine) as session:
        told = {"edition": edition.number}
        record(session, _BY, "paper_removed", f"paper:{document_id}", at, told)


def _understood(
    shelf: Shelf, library: Library, read: Read, id_: str | None, title: str | None
) -> tuple[Document, Added]:
    today = clock.today(shelf.settings)
    found = read_parts([(read.file.name, read.words)], library, today, id_=id_, title=title)
    paper = found.paper
    before = library.find(paper.id)
    if before and _is_there(shelf, paper.id, read.file.sha256):
        return before, Added(before, (), None, unchanged=True)
    return paper, Added(paper, found.warnings, before.short_title if before else None)


def _is_there(shelf: Shelf, document_id: str, sha256: str) -> bool:
    with transaction(shelf.engine) as session:
        current = [p for p in papers_of(session, document_id) if p.superseded_at is None]
    return any(paper.sha256 == sha256 for paper in current)
