"""Keep which papers the office has added and when; the only SQL about papers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from service.storage.tables import AddedDocument


def settle_papers(
    session: Session,
    papers: Mapping[str, int],
    files: Mapping[tuple[str, int], tuple[str, str]],
    at: datetime,
) -> None:
    """These versions count, and no others; doing it again changes nothing.

    `files`: name and SHA-256 of the file of each version that is not known yet.
    """
    known = {(row.document_id, row.version): row for row in session.exec(select(AddedDocument))}
    for (document_id, version), (name, sha256) in files.items():
        if (document_id, version) not in known:
            known[document_id, version] = AddedDocument(
                document_id=document_id,
                version=version,
                file_name=name[-255:],
                sha256=sha256,
                added_at=at,
            )
    for (document_id, version), row in known.items():
        counts = papers.get(document_id) == version
        if counts != (row.superseded_at is None) or row.id is None:
            row.superseded_at = None if counts else at
            session.add(row)
    session.flush()


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
