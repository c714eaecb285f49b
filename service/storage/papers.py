"""Keep which papers the office has added and when; the only SQL about papers."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from service.storage.tables import AddedDocument


def record_paper(
    session: Session, document_id: str, file_name: str, sha256: str, at: datetime
) -> AddedDocument:
    """A new version of a paper; the one before it counts as superseded from `at`."""
    earlier = papers_of(session, document_id)
    for row in earlier:
        if row.superseded_at is None:
            row.superseded_at = at
            session.add(row)
    paper = AddedDocument(
        document_id=document_id,
        version=1 + max((row.version for row in earlier), default=0),
        file_name=file_name[-255:],
        sha256=sha256,
        added_at=at,
    )
    session.add(paper)
    session.flush()
    return paper


def retire_paper(session: Session, document_id: str, at: datetime) -> bool:
    """No version counts from `at` on; False when none did."""
    current = [row for row in papers_of(session, document_id) if row.superseded_at is None]
    for row in current:
        row.superseded_at = at
        session.add(row)
    session.flush()
    return bool(current)


def papers_of(session: Session, document_id: str) -> list[AddedDocument]:
    """Every version of one paper, oldest first."""
    return list(
        session.exec(
            select(AddedDocument)
            .where(col(AddedDocument.document_id) == document_id)
            .order_by(col(AddedDocument.version))
        )
    )


def current_papers(session: Session) -> list[AddedDocument]:
    """The papers that count now, by id."""
    return list(
        session.exec(
            select(AddedDocument)
            .where(col(AddedDocument.superseded_at).is_(None))
            .order_by(col(AddedDocument.document_id))
        )
    )
