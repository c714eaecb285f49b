"""Keep what people decided about duties; the only SQL about it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlmodel import Session, col, select

from service.storage.tables import DutyReview

Verdict = Literal["reviewed", "rejected"]

#: Document id and fingerprint of a duty.
DutyKey = tuple[str, str]


def keep_verdict(session: Session, key: DutyKey, verdict: Verdict, at: datetime) -> None:
    """What a person decides about a duty; it takes the place of what was decided before."""
    document_id, fingerprint = key
    decided = {"verdict": verdict, "reviewed_at": at}
    # Two people may decide at once: the unique key makes it one row, the later one counts.
    insert = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_postgresql
    statement = insert(DutyReview).values(
        document_id=document_id, fingerprint=fingerprint, **decided
    )
    session.exec(
        statement.on_conflict_do_update(index_elements=["document_id", "fingerprint"], set_=decided)
    )


def take_back_verdict(session: Session, key: DutyKey) -> None:
    """The duty waits again; without effect where nothing was decided."""
    document_id, fingerprint = key
    session.exec(
        delete(DutyReview)
        .where(col(DutyReview.document_id) == document_id)
        .where(col(DutyReview.fingerprint) == fingerprint)
    )


def verdicts(session: Session, papers: Collection[str] | None = None) -> dict[DutyKey, Verdict]:
    """Everything decided so far, also about papers that are no longer there; or about `papers`."""
    rows = select(DutyReview)
    if papers is not None:
        rows = rows.where(col(DutyReview.document_id).in_(papers))
    return {
        (row.document_id, row.fingerprint): cast(Verdict, row.verdict) for row in session.exec(rows)
    }


def count_reviewed(session: Session) -> dict[str, int]:
    """Papers of which duties were found to be right, and how many."""
    right = select(DutyReview.document_id, func.count()).where(
        col(DutyReview.verdict) == "reviewed"
    )
    return dict(session.exec(right.group_by(col(DutyReview.document_id))).all())
