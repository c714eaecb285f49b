"""Find what people sent by form, state, unit, draft and words; count it. SQL of submissions.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from knowledge.vietnamese import fold
from service.storage.form_tables import Submission
from service.storage.submissions import LIVE
from service.storage.unit_tables import Unit

#: Of so many, the newest, those with given words are looked for.
SEARCHED = 20_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which submissions are looked for; what is empty matters not."""

    form: str = ""
    state: str = ""  #: "": those that still count
    unit_id: int | None = None
    policy_id: int | None = None
    words: str = ""  #: all of them in the code or the answers, in any spelling


def newest_sent(
    session: Session, wanted: Wanted, offset: int = 0, limit: int | None = None
) -> list[Submission]:
    """Those that are wanted, newest first."""
    newest = select(Submission).where(*_as_wanted(wanted)).order_by(col(Submission.id).desc())
    words = fold(wanted.words).split()
    if not words:
        return list(session.exec(newest.offset(offset).limit(limit)))
    end = None if limit is None else offset + limit
    return list(islice(_with_words(session.exec(newest.limit(SEARCHED)), words), offset, end))


def count_sent(session: Session) -> dict[tuple[str, str], int]:
    """How many there are of each form in each state: ("gop-y", "received") → 3."""
    form, state = col(Submission.form), col(Submission.state)
    counted = select(form, state, func.count()).group_by(form, state)
    return {(name, where): number for name, where, number in session.exec(counted)}


def count_received(session: Session) -> int:
    """How many wait for the office."""
    waiting = select(func.count()).select_from(Submission)
    return session.exec(waiting.where(col(Submission.state) == "received")).one()


def sending_units(session: Session) -> dict[int, str]:
    """Units in whose name something was sent, by id, in the order of their names."""
    units = select(Unit).where(col(Unit.id).in_(select(Submission.unit_id).distinct()))
    return {unit.id: unit.name for unit in session.exec(units.order_by(col(Unit.name))) if unit.id}


def _as_wanted(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    states = (wanted.state,) if wanted.state else LIVE
    yield col(Submission.state).in_(states)
    if wanted.form:
        yield col(Submission.form) == wanted.form
    if wanted.unit_id is not None:
        yield col(Submission.unit_id) == wanted.unit_id
    if wanted.policy_id is not None:
        yield col(Submission.policy_id) == wanted.policy_id


def _with_words(rows: Iterable[Submission], words: list[str]) -> Iterator[Submission]:
    """Databases do not compare letters without accents."""
    for row in rows:
        told = fold(f"{row.code} {' '.join(map(str, row.answers.values()))}")
        if all(word in told for word in words):
            yield row
