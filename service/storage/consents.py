"""What people agreed to; the only SQL about it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, update
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from service.storage.unit_tables import Consent


def agreed(session: Session, person_id: int, purpose: str, notice: int) -> bool:
    """Whether the person agrees to `purpose` under this version of the notice."""
    given = select(Consent.id).where(
        col(Consent.person_id) == person_id,
        col(Consent.purpose) == purpose,
        col(Consent.notice) == notice,
        col(Consent.withdrawn_at).is_(None),
    )
    return session.exec(given).first() is not None


def agree(session: Session, person_id: int, purpose: str, notice: int, at: datetime) -> None:
    """Keep that the person agrees; once for each version."""
    if not agreed(session, person_id, purpose, notice):
        session.add(Consent(person_id=person_id, purpose=purpose, notice=notice, given_at=at))


def withdraw_consents(
    session: Session, person_id: int, at: datetime, purpose: str | None = None
) -> None:
    """The person agrees to nothing any more, or not to `purpose`; that they did stays known."""
    given = [col(Consent.person_id) == person_id, col(Consent.withdrawn_at).is_(None)]
    if purpose is not None:
        given.append(col(Consent.purpose) == purpose)
    session.execute(update(Consent).where(*given).values(withdrawn_at=at))


def withdrew(person_id: Mapped[int], purpose: str) -> ColumnElement[bool]:
    """The condition that a person agreed to it once and does so no more, under any notice."""
    theirs = (col(Consent.person_id) == person_id, col(Consent.purpose) == purpose)
    lasting = exists().where(*theirs, col(Consent.withdrawn_at).is_(None))
    return and_(exists().where(*theirs), ~lasting)


def consents_of(session: Session, person_id: int) -> list[Consent]:
    """All of them, the first in front."""
    mine = select(Consent).where(col(Consent.person_id) == person_id)
    return list(session.exec(mine.order_by(col(Consent.id))))
