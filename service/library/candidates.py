"""Papers on their way into the library: handed in, read, corrected by hand, published or dropped.

Each change by hand is a folder of its own, `candidates/<id>/<revision>/`, written before the row
says that it counts: whoever is killed in between has changed nothing.
"""

from __future__ import annotations

import hashlib
import shutil
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

from pydantic import JsonValue
from sqlmodel import Session

from knowledge.documents import Document
from knowledge.library import load_document
from service.delivery.files import store
from service.errors import CandidateRefused
from service.library.papers import write_paper
from service.settings import Settings
from service.storage import candidates, jobs
from service.storage.audit import record
from service.storage.library_tables import Candidate

OFFICERS = ("officers",)  #: who may read a paper of which nobody has said it

_KEPT = 20  #: revisions before the one that counts, to go back to
_LONGEST_NAME = 255
_SAME_AS = "same-as"  #: in the folder of a revision that brought an earlier one back: which


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was handed in."""

    name: str
    data: bytes

    @property
    def sha256(self) -> str:
        """What it is kept under."""
        return hashlib.sha256(self.data).hexdigest()


def receive(
    session: Session,
    settings: Settings,
    files: Sequence[File],
    *,
    by: str,
    at: datetime,
    origin: str = "desk",
    source: str = "",
    audience: tuple[str, ...] = OFFICERS,
    link: str = "",
) -> Candidate:
    """Keep a paper, with its annexes after it, and have it read; the one that waits already.

    `audience`: of a paper that the library does not have yet; `link`: where the paper is to be
    fetched from, when no file has come.
    """
    if files and (there := candidates.find_open(session, files[0].sha256)):
        return there
    name = files[0].name if files else link
    for file in files:
        store(settings.uploads_dir, file.data)
    listed: list[JsonValue] = [
        {"name": file.name[-_LONGEST_NAME:], "sha256": file.sha256} for file in files
    ] or [{"name": name[-_LONGEST_NAME:], "link": link}]
    row = Candidate(
        state="reading",
        file_name=name[-_LONGEST_NAME:],
        files=listed,
        warnings=[],
        origin=origin,
        source=source,
        audience=list(audience),
        by=by,
        created_at=at,
        changed_at=at,
    )
    candidates.add_candidate(session, row)
    record(session, by, "candidate_received", subject_of(row), at, {"origin": origin})
    jobs.put_job(session, "read", subject_of(row), by, at)
    return row


def revise(session: Session, settings: Settings, paper: Document, by: str, at: datetime) -> int:
    """A paper of the library, to be corrected by hand; the id of what waits."""
    for there in candidates.open_candidates(session):
        if there.origin == "paper" and there.document_id == paper.id and there.id is not None:
            return there.id
    row = Candidate(
        state="review",
        document_id=paper.id,
        title=paper.short_title[:300],
        file_name=paper.short_title[:_LONGEST_NAME],
        files=[],
        warnings=[],
        origin="paper",
        source=paper.source or "",
        audience=list(paper.audience),
        by=by,
        created_at=at,
        changed_at=at,
    )
    candidate_id = candidates.add_candidate(session, row)
    _fill(settings, candidate_id, 1, paper)
    row.revision = 1
    record(session, by, "candidate_revised", subject_of(row), at, {"paper": paper.id})
    return candidate_id


def open_paper(settings: Settings, candidate: Candidate) -> Document:
    """The paper as it stands now; raises CandidateRefused where it has not been read."""
    if not candidate.revision:
        raise CandidateRefused
    assert candidate.id is not None
    folder = revision_folder(settings, candidate.id, candidate.revision)
    return _opened(folder, candidate.document_id)


@lru_cache(16)
def _opened(folder: Path, document_id: str) -> Document:
    """A revision that counts never changes; its page is drawn again after each correction."""
    return load_document(folder, document_id)


def save_paper(
    session: Session,
    settings: Settings,
    candidate: Candidate,
    paper: Document,
    at: datetime,
    *,
    revision: int | None = None,
    warnings: Sequence[JsonValue] | None = None,
) -> None:
    """The paper as it is from now on; `revision`: the one that it was made from.

    Raises CandidateRefused when somebody else has changed it meanwhile.
    """
    assert candidate.id is not None
    before = candidate.revision if revision is None else revision
    kept = candidates.keep_revision(
        session,
        candidate.id,
        before,
        at,
        document_id=paper.id,
        title=paper.short_title,
        warnings=warnings,
    )
    if not kept:
        raise CandidateRefused(
            "Có người khác vừa sửa văn bản này; Anh/chị vui lòng xem lại rồi sửa tiếp."
        )
    # The row is ours until the transaction ends: nobody else writes this folder meanwhile.
    _fill(settings, candidate.id, before + 1, paper)
    session.refresh(candidate)
    _sweep(settings, candidate.id, before + 1)


def undo(session: Session, settings: Settings, candidate: Candidate, at: datetime) -> bool:
    """As it was before the last change, as one more change; False where that is not kept.

    Again, it is as it was before the change before that one: what was undone does not come back.
    """
    assert candidate.id is not None
    wanted = _same_as(settings, candidate.id, candidate.revision) - 1
    folder = revision_folder(settings, candidate.id, wanted)
    if wanted < 1 or not folder.is_dir():
        return False
    save_paper(session, settings, candidate, load_document(folder, _id_in(folder)), at)
    made = revision_folder(settings, candidate.id, candidate.revision)
    (made / _SAME_AS).write_text(f"{wanted}", "utf-8")
    return True


def _same_as(settings: Settings, candidate_id: int, revision: int) -> int:
    """The revision that one made by `undo` brought back; else itself."""
    try:
        kept = revision_folder(settings, candidate_id, revision) / _SAME_AS
        return int(kept.read_text("utf-8"))
    except FileNotFoundError:
        return revision


def drop(session: Session, candidate: Candidate, by: str, at: datetime) -> bool:
    """It is not wanted; False when it is published, or being published."""
    assert candidate.id is not None
    waiting = ("reading", "review", "failed")
    if not candidates.move_candidate(session, candidate.id, waiting, "dropped", at):
        return False
    record(session, by, "candidate_dropped", subject_of(candidate), at)
    return True


def read_again(session: Session, candidate: Candidate, by: str, at: datetime) -> bool:
    """Another try for one that could not be read."""
    assert candidate.id is not None
    if not candidates.move_candidate(session, candidate.id, ("failed",), "reading", at):
        return False
    jobs.put_job(session, "read", subject_of(candidate), by, at)
    return True


def subject_of(candidate: Candidate) -> str:
    """As jobs and the audit trail name it."""
    return f"candidate:{candidate.id}"


def revision_folder(settings: Settings, candidate_id: int, revision: int) -> Path:
    """Where one revision lies."""
    return settings.data_dir / "candidates" / f"{candidate_id}" / f"{revision}"


def _fill(settings: Settings, candidate_id: int, revision: int, paper: Document) -> None:
    """One that a killed process left is replaced: no row has named it."""
    folder = revision_folder(settings, candidate_id, revision)
    filled = folder.with_name(f".{uuid4().hex}")
    filled.mkdir(parents=True)
    try:
        write_paper(filled, paper)
        shutil.rmtree(folder, ignore_errors=True)
        filled.rename(folder)
    finally:
        shutil.rmtree(filled, ignore_errors=True)


def _sweep(settings: Settings, candidate_id: int, revision: int) -> None:
    for folder in (settings.data_dir / "candidates" / f"{candidate_id}").iterdir():
        if folder.name.isdecimal() and int(folder.name) < revision - _KEPT:
            shutil.rmtree(folder, ignore_errors=True)


def _id_in(folder: Path) -> str:
    return str(tomllib.loads((folder / "document.toml").read_text("utf-8"))["id"])
