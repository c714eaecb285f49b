"""Keep the draft policies that people may comment on; the only SQL about them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, false, func, or_
from sqlmodel import Session, col, select

from service.storage.form_tables import PolicyDraft, Submission
from service.storage.submissions import LIVE


@dataclass(frozen=True, slots=True)
class Drafted:
    """What the office says of a draft."""

    title: str
    summary: str
    lead: str  #: who is drafting it
    link: str = ""  #: where its text stands
    closes_on: date | None = None  #: last day for comments; None: none has been named


def add_draft(session: Session, drafted: Drafted, at: datetime) -> PolicyDraft:
    """People may comment on it from now on; its id is the number that they are told."""
    draft = PolicyDraft(**asdict(drafted), opened_at=at)
    session.add(draft)
    session.flush()
    return draft


def change_draft(session: Session, draft: PolicyDraft, drafted: Drafted) -> bool:
    """Say something else of it; False when nothing is different."""
    told = asdict(drafted)
    if all(getattr(draft, name) == value for name, value in told.items()):
        return False
    draft.sqlmodel_update(told)
    session.add(draft)
    return True


def close_draft(session: Session, draft: PolicyDraft, at: datetime) -> bool:
    """No more comments, whatever its last day; False when it is closed."""
    if draft.closed_at is not None:
        return False
    draft.closed_at = at
    session.add(draft)
    return True


def reopen_draft(session: Session, draft: PolicyDraft) -> bool:
    """Comments again until its last day; False when it is not closed."""
    if draft.closed_at is None:
        return False
    draft.closed_at = None
    session.add(draft)
    return True


def get_draft(session: Session, number: int) -> PolicyDraft | None:
    """By the number of "GOPY 12", open or not."""
    return session.get(PolicyDraft, number)


def is_open(draft: PolicyDraft, today: date) -> bool:
    """Whether comments are taken; the last day is one of them."""
    return draft.closed_at is None and (draft.closes_on is None or today <= draft.closes_on)


def open_drafts(session: Session, today: date) -> list[PolicyDraft]:
    """Those that people may comment on, the one that closes first in front."""
    waiting = select(PolicyDraft).where(_open(today))
    soonest = (col(PolicyDraft.closes_on).is_(None), col(PolicyDraft.closes_on))
    return list(session.exec(waiting.order_by(*soonest, col(PolicyDraft.id))))


def ended_drafts(session: Session, today: date, offset: int, limit: int) -> list[PolicyDraft]:
    """Those that people may not comment on any more, the newest number first."""
    over = select(PolicyDraft).where(_open(today) == false()).order_by(col(PolicyDraft.id).desc())
    return list(session.exec(over.offset(offset).limit(limit)))


def count_comments(session: Session) -> dict[int, int]:
    """How many comments on each draft count: those taken back or replaced do not."""
    number = col(Submission.policy_id)
    counted = select(number, func.count()).where(number.is_not(None))
    counted = counted.where(col(Submission.state).in_(LIVE)).group_by(number)
    return {draft: count for draft, count in session.exec(counted) if draft is not None}


def _open(today: date) -> ColumnElement[bool]:
    last = col(PolicyDraft.closes_on)
    return col(PolicyDraft.closed_at).is_(None) & or_(last.is_(None), last >= today)
