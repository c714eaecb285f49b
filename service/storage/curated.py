"""Keep the answers that the office writes itself; the only SQL about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from pydantic import JsonValue
from sqlalchemy import case, delete, func
from sqlmodel import Session, col, select

from bot.approved import Approved, Quoted
from service.storage.asked_tables import CuratedAnswer, CuratedQuestion

State = Literal["draft", "approved", "retired"]
STATES: tuple[State, ...] = ("draft", "approved", "retired")


@dataclass(frozen=True, slots=True)
class Written:
    """What the office says, and to which questions."""

    questions: tuple[str, ...]
    text: str
    quoted: tuple[Quoted, ...]
    audience: tuple[str, ...]
    review_on: date


def stamp(session: Session) -> tuple[int, int]:
    """Differs after each change: cheap enough to be asked again and again.

    Two changes at once may take the same revision, so the largest alone would not tell.
    """
    of = select(func.count(), func.coalesce(func.sum(CuratedAnswer.revision), 0))
    count, total = session.exec(of.select_from(CuratedAnswer)).one()
    return int(count), int(total)


def add_curated(session: Session, written: Written, at: datetime) -> CuratedAnswer:
    """A draft; nobody is told it yet."""
    row = CuratedAnswer(
        text=written.text,
        citations=_citations(written.quoted),
        audience=list(written.audience),
        review_on=written.review_on,
        state="draft",
        revision=_next(session),
        changed_at=at,
    )
    session.add(row)
    session.flush()
    _ask(session, row, written.questions)
    return row


def change_curated(session: Session, row: CuratedAnswer, written: Written, at: datetime) -> bool:
    """Say something else: it is a draft again until it is approved; False when nothing differs."""
    if written_of(session, row) == written:
        return False
    row.sqlmodel_update(
        {
            "text": written.text,
            "citations": _citations(written.quoted),
            "audience": list(written.audience),
            "review_on": written.review_on,
            "version": row.version + 1,
        }
    )
    session.execute(delete(CuratedQuestion).where(col(CuratedQuestion.answer_id) == row.id))
    _ask(session, row, written.questions)
    _turn(session, row, "draft", at)
    return True


def approve_curated(session: Session, row: CuratedAnswer, today: date, at: datetime) -> bool:
    """From now on it is said; False when it is so already."""
    if row.state == "approved":
        return False
    row.approved_on = today
    _turn(session, row, "approved", at)
    return True


def retire_curated(session: Session, row: CuratedAnswer, at: datetime) -> bool:
    """It is said no more; False when it is so already."""
    if row.state == "retired":
        return False
    _turn(session, row, "retired", at)
    return True


def get_curated(session: Session, id_: int, *, lock: bool = False) -> CuratedAnswer | None:
    """By its number; `lock`: nobody else changes it meanwhile."""
    return session.get(CuratedAnswer, id_, with_for_update=lock or None)


def written_of(session: Session, row: CuratedAnswer) -> Written:
    """What a row says."""
    asked = select(CuratedQuestion.question).where(col(CuratedQuestion.answer_id) == row.id)
    return Written(
        questions=tuple(session.exec(asked.order_by(col(CuratedQuestion.id)))),
        text=row.text,
        quoted=quoted_of(row),
        audience=tuple(row.audience),
        review_on=row.review_on,
    )


def quoted_of(row: CuratedAnswer) -> tuple[Quoted, ...]:
    """The clauses of a row."""
    return tuple(
        Quoted(str(one["document"]), str(one["address"]), str(one["quote"]))
        for one in row.citations
        if isinstance(one, dict)
    )


def approved_answers(session: Session) -> list[Approved]:
    """All that may be said, if their clauses and days allow it; the last changed first."""
    of = select(CuratedAnswer).where(col(CuratedAnswer.state) == "approved")
    rows = list(session.exec(of.order_by(col(CuratedAnswer.revision).desc())))
    asked: dict[int, list[str]] = {}
    questions = select(CuratedQuestion).order_by(col(CuratedQuestion.id))
    for one in session.exec(questions):
        asked.setdefault(one.answer_id, []).append(one.question)
    return [
        Approved(
            id=row.id,
            questions=tuple(asked.get(row.id, ())),
            text=row.text,
            quoted=quoted_of(row),
            audience=frozenset(row.audience),
            approved_on=row.approved_on,
            review_on=row.review_on,
        )
        for row in rows
        if row.id is not None and row.approved_on is not None
    ]


def list_curated(
    session: Session,
    state: State | None,
    today: date,
    fallen: Sequence[int],
    offset: int,
    limit: int,
) -> list[CuratedAnswer]:
    """Those that need somebody first: clauses `fallen`, past their day; then by their next day."""
    of = select(CuratedAnswer)
    if state is not None:
        of = of.where(col(CuratedAnswer.state) == state)
    live = col(CuratedAnswer.state) == "approved"
    order = case(
        (col(CuratedAnswer.id).in_(fallen) & live, 0),
        (live & (col(CuratedAnswer.review_on) < today), 0),
        (col(CuratedAnswer.state) == "draft", 1),
        (live, 2),
        else_=3,
    )
    by = (order, col(CuratedAnswer.review_on), col(CuratedAnswer.id))
    return list(session.exec(of.order_by(*by).offset(offset).limit(limit)))


def late_answers(session: Session, today: date) -> list[CuratedAnswer]:
    """Those that are approved and past the day until which they were looked over."""
    late = (col(CuratedAnswer.state) == "approved", col(CuratedAnswer.review_on) < today)
    return list(session.exec(select(CuratedAnswer).where(*late).order_by(col(CuratedAnswer.id))))


def questions_by_answer(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """What each of these answers."""
    found: dict[int, tuple[str, ...]] = {}
    of = select(CuratedQuestion).where(col(CuratedQuestion.answer_id).in_(ids))
    for one in session.exec(of.order_by(col(CuratedQuestion.id))):
        found[one.answer_id] = (*found.get(one.answer_id, ()), one.question)
    return found


def _turn(session: Session, row: CuratedAnswer, state: State, at: datetime) -> None:
    row.sqlmodel_update({"state": state, "revision": _next(session), "changed_at": at})
    session.add(row)
    session.flush()


def _next(session: Session) -> int:
    return (session.exec(select(func.max(CuratedAnswer.revision))).one() or 0) + 1


def _ask(session: Session, row: CuratedAnswer, questions: Sequence[str]) -> None:
    assert row.id is not None, "it was flushed"
    session.add_all(CuratedQuestion(answer_id=row.id, question=one) for one in questions)
    session.flush()


def _citations(quoted: Sequence[Quoted]) -> list[JsonValue]:
    return [{"document": q.document, "address": q.address, "quote": q.quote} for q in quoted]
