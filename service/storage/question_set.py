"""Keep the office's own questions with the answers that are right; the only SQL about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func
from sqlmodel import Session, col, select

from bot.messages import Turn
from bot.question_lines import Question
from service.storage.asked_tables import SetQuestion

#: Where a question of the set comes from: typed at the desk, really asked, or a file.
Source = Literal["desk", "asked", "import"]

_OWN_NAME = "vp-"  #: begins the names that the office's questions get here


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file changed."""

    added: int
    changed: int
    same: int


def question_set(session: Session) -> tuple[Question, ...]:
    """The whole set in the order in which it was entered, as `bot.evaluation.ask_all` asks it."""
    rows = session.exec(select(SetQuestion).order_by(col(SetQuestion.id)))
    return tuple(question_of(row) for row in rows)


def question_of(row: SetQuestion) -> Question:
    """A row as it is asked and judged."""
    return Question(
        id=row.name,
        text=row.question,
        expected=row.expected,
        kind=row.kind,
        document=row.document or None,
        address=row.address or None,
        must_contain=tuple(row.must_contain),
        history=tuple(
            Turn(turn["role"], str(turn["content"]))  # type: ignore[arg-type]
            for turn in row.history
            if isinstance(turn, dict)
        ),
        unit=row.unit or None,
        today=row.today,
    )


def count_set(session: Session) -> int:
    """How many questions there are."""
    return session.exec(select(func.count()).select_from(SetQuestion)).one()


def newest_in_set(session: Session, offset: int, limit: int) -> list[SetQuestion]:
    """The last entered first."""
    newest = select(SetQuestion).order_by(col(SetQuestion.id).desc())
    return list(session.exec(newest.offset(offset).limit(limit)))


def get_in_set(session: Session, id_: int) -> SetQuestion | None:
    """By its number."""
    return session.get(SetQuestion, id_)


def add_to_set(session: Session, asked: Question, source: Source, at: datetime) -> SetQuestion:
    """One more; without an id it gets one of its own."""
    row = SetQuestion(
        name=asked.id or _free_name(session), source=source, changed_at=at, **_of(asked)
    )
    session.add(row)
    session.flush()
    return row


def change_in_set(session: Session, row: SetQuestion, asked: Question, at: datetime) -> bool:
    """Say something else of it, under its name; False when nothing is different."""
    told = _of(asked)
    if all(getattr(row, name) == value for name, value in told.items()):
        return False
    row.sqlmodel_update({**told, "changed_at": at})
    session.add(row)
    return True


def drop_from_set(session: Session, row: SetQuestion) -> None:
    """Ask it no more."""
    session.delete(row)
    session.flush()


def import_set(session: Session, questions: Iterable[Question], at: datetime) -> Imported:
    """Add what is new and change what has the id of one that is there; nothing goes."""
    known = {row.name: row for row in session.exec(select(SetQuestion))}
    added = changed = same = 0
    for asked in questions:
        row = known.get(asked.id)
        if row is None:
            row = SetQuestion(name=asked.id, source="import", changed_at=at, **_of(asked))
            session.add(row)
            known[asked.id] = row
            added += 1
        elif change_in_set(session, row, asked, at):
            changed += 1
        else:
            same += 1
    session.flush()  # all at once: others wait for no longer than they must
    return Imported(added, changed, same)


def _of(asked: Question) -> dict[str, Any]:
    return {
        "question": asked.text,
        "expected": asked.expected,
        "kind": asked.kind,
        "document": asked.document or "",
        "address": asked.address or "",
        "must_contain": list(asked.must_contain),
        "history": [{"role": turn.role, "content": turn.content} for turn in asked.history],
        "unit": asked.unit or "",
        "today": asked.today,
    }


def _free_name(session: Session) -> str:
    """The next that no line has, whatever an imported file called its own."""
    number = (session.exec(select(func.max(SetQuestion.id))).one() or 0) + 1
    taken = select(SetQuestion.id).where(col(SetQuestion.name) == f"{_OWN_NAME}{number:04}")
    while session.exec(taken).first() is not None:
        number += 1
        taken = select(SetQuestion.id).where(col(SetQuestion.name) == f"{_OWN_NAME}{number:04}")
    return f"{_OWN_NAME}{number:04}"
