"""Papers that wait to be taken into the library; the only SQL about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import func, update
from sqlmodel import Session, col, select

from service.storage.library_tables import Candidate

#: Those that a person still has to deal with.
OPEN = ("reading", "review", "failed", "publishing")


def add_candidate(session: Session, candidate: Candidate) -> int:
    """A new one; its id."""
    session.add(candidate)
    session.flush()
    assert candidate.id is not None
    return candidate.id


def get_candidate(session: Session, candidate_id: int) -> Candidate | None:
    """One of them, whatever its state."""
    return session.get(Candidate, candidate_id)


def open_candidates(session: Session, limit: int = 100) -> list[Candidate]:
    """Those that wait for a person, the latest first."""
    waiting = select(Candidate).where(col(Candidate.state).in_(OPEN))
    return list(session.exec(waiting.order_by(col(Candidate.id).desc()).limit(limit)))


def count_candidates(session: Session) -> int:
    """How many wait for a person."""
    waiting = select(func.count()).select_from(Candidate).where(col(Candidate.state).in_(OPEN))
    return session.exec(waiting).one()


def move_candidate(
    session: Session,
    candidate_id: int,
    before: Sequence[str],
    after: str,
    at: datetime,
    problem: str = "",
) -> bool:
    """Into another state, from one of those `before`; False when it was in none of them."""
    where = (col(Candidate.id) == candidate_id, col(Candidate.state).in_(before))
    values = {"state": after, "problem": problem, "changed_at": at}
    moved = session.execute(update(Candidate).where(*where).values(values))
    return bool(moved.rowcount)  # type: ignore[attr-defined]


def keep_revision(
    session: Session,
    candidate_id: int,
    before: int,
    at: datetime,
    *,
    document_id: str,
    title: str,
    warnings: Sequence[JsonValue] | None = None,
) -> bool:
    """Revision `before` + 1 counts from now on; False when another was kept meanwhile."""
    where = (col(Candidate.id) == candidate_id, col(Candidate.revision) == before)
    values: dict[str, object] = {
        "revision": before + 1,
        "document_id": document_id,
        "title": title[:300],
        "changed_at": at,
    }
    if warnings is not None:
        values["warnings"] = list(warnings)
    kept = session.execute(update(Candidate).where(*where).values(values))
    return bool(kept.rowcount)  # type: ignore[attr-defined]


def name_files(session: Session, candidate_id: int, files: Sequence[JsonValue]) -> None:
    """What was fetched for it."""
    where = col(Candidate.id) == candidate_id
    session.execute(update(Candidate).where(where).values(files=list(files)))


def published(session: Session, candidate_id: int, edition: int, at: datetime) -> None:
    """It is part of the library since `edition`."""
    values = {"state": "published", "edition": edition, "problem": "", "changed_at": at}
    session.execute(update(Candidate).where(col(Candidate.id) == candidate_id).values(values))


def find_open(session: Session, sha256: str) -> Candidate | None:
    """The one that waits already with this very file as its paper."""
    for candidate in open_candidates(session):
        first = candidate.files[0] if candidate.files else None
        if isinstance(first, dict) and first.get("sha256") == sha256:
            return candidate
    return None
