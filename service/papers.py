"""Take an official text into the library of the office, and out again; whole or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from index.errors import SearchError
from knowledge.documents import Document
from knowledge.errors import KnowledgeError, UnreadableDocument
from knowledge.library import SHIPPED, Library, load_document
from knowledge.reading.files import Extracted, Limits, extract
from knowledge.reading.inspect import Inspection, inspect_text
from service import clock
from service.describing import Description, Paper, describe, name_paper, to_toml
from service.errors import PaperRefused
from service.settings import Settings
from service.storage.engine import transaction
from service.storage.papers import papers_of, record_paper, retire_paper

#: Brings the index in line with the library on disk.
Reindex = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where papers are put: the data folder, the database, and the index that follows."""

    settings: Settings
    engine: Engine
    reindex: Reindex


@dataclass(frozen=True, slots=True)
class Read:
    """A file as it was understood, before anything is kept."""

    name: str
    sha256: str
    data: bytes
    extracted: Extracted
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
    limits = Limits(bytes=settings.upload_limit_mb << 20)
    if not path.is_file():
        raise UnreadableDocument("Không tìm thấy tệp này; Anh/chị vui lòng kiểm tra lại tên tệp.")
    with path.open("rb") as file:
        data = file.read(limits.bytes + 1)  # one more than may be: `extract` then says so
    extracted = extract(data, path.name, limits)
    digest = hashlib.sha256(data).hexdigest()
    return Read(
        path.name, digest, data, extracted, inspect_text(extracted.text, extracted.warnings)
    )


def add_paper(
    shelf: Shelf, library: Library, read: Read, id_: str | None = None, title: str | None = None
) -> Added:
    """Put a paper on the shelf; one with the number of a digest takes the digest's place.

    Raises PaperRefused when nothing in it can be cited. On any error nothing is kept.
    """
    if not read.inspection.clauses:
        raise PaperRefused("Không tìm thấy mục, điều, khoản nào trong tệp nên chưa thêm được.")
    identity = read.inspection.identity
    document_id = id_ or name_paper(identity, library)
    before = _find(library, document_id)
    if _is_there(shelf, document_id, read.sha256):
        return Added(library.get(document_id), (), None, unchanged=True)
    settings = shelf.settings
    paper = Paper(identity, read.extracted.text, read.name)
    description = describe(document_id, paper, before, title, clock.today(settings))
    with _alone(settings), _staged(settings, description, read.extracted.text) as folder:
        document = _check(folder)
        with _back_in_line(shelf), _kept(settings, read), _placed(settings, folder):
            shelf.reindex()
            with transaction(shelf.engine) as session:
                at = clock.now(settings)
                record_paper(session, document_id, read.name, read.sha256, at)
    superseded = before.short_title if before else None
    return Added(document, read.inspection.warnings, superseded)


def remove_paper(shelf: Shelf, document_id: str) -> None:
    """Take an added paper off the shelf; a shipped paper that it superseded counts again.

    The file as handed in stays among the uploads. Raises PaperRefused for a shipped paper.
    """
    placed = shelf.settings.library_dir / document_id
    if not (placed / "document.toml").is_file():
        shipped = (SHIPPED / document_id).is_dir()
        raise PaperRefused(
            f"Văn bản {document_id} đi kèm phần mềm nên không gỡ được."
            if shipped
            else f"Không có văn bản {document_id} trong số văn bản đơn vị đã thêm."
        )
    with _alone(shelf.settings), _back_in_line(shelf), _aside(shelf.settings, placed):
        shelf.reindex()
        with transaction(shelf.engine) as session:
            retire_paper(session, document_id, clock.now(shelf.settings))


def _find(library: Library, document_id: str) -> Document | None:
    return next((d for d in library.documents if d.id == document_id), None)


def _is_there(shelf: Shelf, document_id: str, sha256: str) -> bool:
    placed = shelf.settings.library_dir / document_id
    with transaction(shelf.engine) as session:
        current = [p for p in papers_of(session, document_id) if p.superseded_at is None]
    return placed.is_dir() and any(paper.sha256 == sha256 for paper in current)


def _check(folder: Path) -> Document:
    """Read it back as every later start will."""
    document = load_document(folder)
    if not document.clauses:
        raise PaperRefused
    return document


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One process at a time changes the library; what a killed one left is tidied first."""
    settings.library_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir / "library.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in settings.data_dir.glob("staging-*"):
            for before in left.glob("*.before"):
                placed = settings.library_dir / before.stem
                if not placed.exists():
                    before.rename(placed)
            shutil.rmtree(left, ignore_errors=True)
        yield


@contextmanager
def _back_in_line(shelf: Shelf) -> Iterator[None]:
    """On an error the library is as before: so must the index be."""
    try:
        yield
    except BaseException:
        with suppress(SearchError, KnowledgeError):
            shelf.reindex()
        raise


@contextmanager
def _staged(settings: Settings, description: Description, text: str) -> Iterator[Path]:
    """The folder of a new paper, complete, beside the library; gone afterwards."""
    with _workspace(settings) as workspace:
        folder = workspace / description.id
        folder.mkdir()
        (folder / "text.txt").write_bytes(text.encode("utf-8"))
        (folder / "document.toml").write_text(to_toml(description), "utf-8")
        yield folder


@contextmanager
def _workspace(settings: Settings) -> Iterator[Path]:
    # On the same disk as the library, so that moving a folder into it is one step.
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    workspace = Path(tempfile.mkdtemp(prefix="staging-", dir=settings.data_dir))
    try:
        yield workspace
    finally:
        shutil.rmtree(workspace, ignore_errors=True)


@contextmanager
def _kept(settings: Settings, read: Read) -> Iterator[None]:
    """The file as handed in, under its hash; taken back on an error."""
    upload = settings.uploads_dir / read.sha256
    if upload.exists():
        yield
        return
    settings.uploads_dir.mkdir(parents=True, exist_ok=True)
    draft = upload.with_suffix(".new")
    try:
        draft.write_bytes(read.data)
        draft.rename(upload)
        yield
    except BaseException:
        draft.unlink(missing_ok=True)
        upload.unlink(missing_ok=True)
        raise


@contextmanager
def _placed(settings: Settings, folder: Path) -> Iterator[None]:
    """`folder` in the library, in place of the version before it; put back on an error."""
    placed = settings.library_dir / folder.name
    before = folder.with_name(f"{folder.name}.before")
    if placed.exists():
        placed.rename(before)
    try:
        folder.rename(placed)
        yield
    except BaseException:
        shutil.rmtree(placed, ignore_errors=True)
        if before.exists():
            before.rename(placed)
        raise


@contextmanager
def _aside(settings: Settings, placed: Path) -> Iterator[None]:
    """`placed` out of the library; put back on an error, gone otherwise."""
    with _workspace(settings) as workspace:
        moved = workspace / f"{placed.name}.before"
        placed.rename(moved)
        try:
            yield
        except BaseException:
            moved.rename(placed)
            raise
