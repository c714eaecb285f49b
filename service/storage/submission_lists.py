"""Find what people sent by form, state, unit, draft and words; count it. SQL of submissions.py."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    words = folded_words(wanted)
    if not words:
        return list(session.exec(newest.offset(offset).limit(limit)))
    end = None if limit is None else offset + limit
    found = (row for row in session.exec(newest.limit(SEARCHED)) if has_words(row, words))
    return list(islice(found, offset, end))


def count_wanted(session: Session, wanted: Wanted) -> int:
    """How many are to be looked through: those with given words are among them."""
    wanted_ones = select(func.count()).select_from(Submission).where(*_as_wanted(wanted))
    return session.exec(wanted_ones).one()


def sent_before(
    session: Session, wanted: Wanted, before: int | None, limit: int
) -> list[Submission]:
    """The newest of them before that number, whatever their words."""
    newest = select(Submission).where(*_as_wanted(wanted)).order_by(col(Submission.id).desc())
    if before is not None:
        newest = newest.where(col(Submission.id) < before)
    return list(session.exec(newest.limit(limit)))


def sent_with(session: Session, ids: Sequence[int]) -> list[Submission]:
    """Those with these numbers that are still there, newest first."""
    those = select(Submission).where(col(Submission.id).in_(ids))
    return list(session.exec(those.order_by(col(Submission.id).desc())))


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


def folded_words(wanted: Wanted) -> list[str]:
    """The words as they are looked for: databases do not compare letters without accents."""
    return fold(wanted.words).split()


def has_words(row: Submission, words: Sequence[str]) -> bool:
    """Whether all of the folded words are in its code or answers."""
    if not words:
        return True
    told = fold(f"{row.code} {' '.join(map(str, row.answers.values()))}")
    return all(word in told for word in words)
