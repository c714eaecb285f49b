"""What was told on a day, what waits to be told, and what is owed ahead: as the desk shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlalchemy import select as select_rows
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from service.storage.assignments import Owed, lasting, owed_of, settled
from service.storage.bindings import lasts
from service.storage.duty_tables import (
    Assignment,
    Notice,
    NoticeAttempt,
    Obligation,
    PutOff,
    Reminder,
)
from service.storage.people_tables import WEB
from service.storage.unit_tables import Binding, Unit
from service.storage.upserts import rows_of


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person: what it tells, and by which ways it was tried, in order."""

    notice: Notice
    about: tuple[tuple[Reminder, Owed], ...]
    attempts: tuple[NoticeAttempt, ...]


@dataclass(frozen=True, slots=True)
class Ahead:
    """One assignment that is reminded of within the days asked for, or may be."""

    id: int
    obligation_id: int
    unit_id: int
    last_day: date
    since: date
    looked_on: date | None
    next_on: date


def count_messages(session: Session, day: date) -> dict[str, int]:
    """How many messages of a day are in each state."""
    of = select_rows(col(Notice.state), func.count()).where(col(Notice.day) == day)
    rows = session.execute(of.group_by(col(Notice.state))).all()
    return {str(row[0]): row[1] for row in rows}


def messages_on(
    session: Session, day: date, states: Sequence[str], offset: int, limit: int
) -> list[Message]:
    """A page of the messages of a day in one of these states, in the order of writing."""
    of = select(Notice).where(col(Notice.day) == day, col(Notice.state).in_(states))
    notices = list(session.exec(of.order_by(col(Notice.id)).offset(offset).limit(limit)))
    ids = [one.id for one in notices]
    reminders = session.exec(
        select(Reminder).where(col(Reminder.notice_id).in_(ids)).order_by(col(Reminder.id))
    ).all()
    owed = owed_of(session, {one.assignment_id for one in reminders})
    tried = session.exec(
        select(NoticeAttempt)
        .where(col(NoticeAttempt.notice_id).in_(ids))
        .order_by(col(NoticeAttempt.id))
    ).all()
    return [
        Message(
            notice,
            tuple((r, owed[r.assignment_id]) for r in reminders if r.notice_id == notice.id),
            tuple(one for one in tried if one.notice_id == notice.id),
        )
        for notice in notices
    ]


def count_waiting(session: Session) -> int:
    """How many reminders are to be told as soon as that may be."""
    of = select(func.count()).select_from(Reminder).where(col(Reminder.state) == "waiting")
    return session.exec(of).one()


def count_left_out(session: Session, day: date) -> int:
    """How many reminders of a day were not told: they were of no use any more."""
    untold = (col(Reminder.state) == "dropped", col(Reminder.notice_id).is_(None))
    of = select(func.count()).select_from(Reminder).where(*untold, col(Reminder.day) == day)
    return session.exec(of).one()


def drafts_to_heads(session: Session, limit: int) -> list[Owed]:
    """What heads are to be told once somebody says so, the longest late first."""
    of = (
        select(Reminder.assignment_id)
        .join(Assignment, col(Assignment.id) == col(Reminder.assignment_id))
        .where(col(Reminder.state) == "draft", lasting(), ~settled())
        .group_by(col(Reminder.assignment_id), col(Assignment.last_day))
        .order_by(col(Assignment.last_day), col(Reminder.assignment_id))
        .limit(limit)
    )
    ids = list(session.exec(of))
    owed = owed_of(session, ids)
    return [owed[id_] for id_ in ids]


def ahead(session: Session, today: date, last: date) -> list[Ahead]:
    """What lasts, is not settled, and has its next look by that day (inclusive)."""
    # Of the bare table: there may be many thousands.
    of = rows_of(Assignment).c
    wanted = (of.id, of.obligation_id, of.unit_id, of.last_day, of.since, of.looked_on, of.next_on)
    rows = session.execute(
        select_rows(*wanted)
        .join(Unit, col(Unit.id) == of.unit_id)
        .where(lasting(), of.next_on <= last, ~settled(), lasts(today))
    )
    return [Ahead(*row) for row in rows]


def obligations_of(session: Session, ids: Sequence[int]) -> dict[int, Obligation]:
    """By id."""
    of = select(Obligation).where(col(Obligation.id).in_(ids))
    return {one.id: one for one in session.exec(of) if one.id is not None}


def waits(session: Session, today: date) -> Mapping[int, Mapping[int, date]]:
    """Assignment → person → until when they asked not to be reminded, from today on."""
    found: dict[int, dict[int, date]] = {}
    for one in session.exec(select(PutOff).where(col(PutOff.until) >= today)):
        found.setdefault(one.assignment_id, {})[one.person_id] = one.until
    return found


def units_named(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Names by id."""
    found = session.exec(select(Unit).where(col(Unit.id).in_(ids)))
    return {one.id: one.name for one in found if one.id is not None}


@dataclass(frozen=True, slots=True)
class UnreachedDuty:
    """What somebody was to be told."""

    assignment_id: int
    unit: str
    title: str
    last_day: date


@dataclass(frozen=True, slots=True)
class Unreached:
    """A notice that has found nobody, so far as is known."""

    notice_id: int
    day: date
    person_id: int
    person: str  #: as they named themselves for the unit of the first duty
    duties: tuple[UnreachedDuty, ...]  #: the nearest first
    #: "cap" (the month's money is used up) | "no_way" | "unseen" (by the page) | "away" (the
    #: channel) | else the channel's own code, of the way tried last
    why: str


def count_unreached(session: Session, first_day: date, last_day: date) -> int:
    """How many notices of these days `unreached` tells of."""
    of = _unreached(first_day, last_day)
    return session.exec(select(func.count()).select_from(Notice).where(*of)).one()


def unreached(
    session: Session,
    first_day: date,
    last_day: date,
    *,
    offset: int = 0,
    limit: int | None = None,
) -> list[Unreached]:
    """Who was to be told something on these days (both included) and was not, by day and notice.

    Without those whom another notice has told it since; a page may yet be looked at.
    """
    page = select(Notice.id).where(*_unreached(first_day, last_day))
    page = page.order_by(col(Notice.day), col(Notice.id)).offset(offset).limit(limit)
    of = col(Notice.id).in_(list(session.exec(page)))
    rows = session.execute(
        select_rows(col(Notice.id), col(Notice.day), col(Notice.person_id), col(Notice.reason))
        .add_columns(col(Assignment.id), col(Unit.name), col(Obligation.title))
        .add_columns(col(Assignment.last_day), func.coalesce(col(Binding.name), ""))
        .join(Reminder, col(Reminder.notice_id) == col(Notice.id))
        .join(Assignment, col(Assignment.id) == col(Reminder.assignment_id))
        .join(Obligation, col(Obligation.id) == col(Assignment.obligation_id))
        .join(Unit, col(Unit.id) == col(Assignment.unit_id))
        .outerjoin(
            Binding,
            and_(
                col(Binding.unit_id) == col(Assignment.unit_id),
                col(Binding.person_id) == col(Notice.person_id),
            ),
        )
        .where(of)
        .order_by(col(Notice.day), col(Notice.id), col(Assignment.last_day), col(Assignment.id))
    )
    tried = _last_outcomes(session, of)
    found: dict[int, Unreached] = {}
    for id_, day, person_id, reason, assignment_id, unit, title, until, person in rows:
        duty = UnreachedDuty(assignment_id, unit, title, until)
        if id_ in found:
            found[id_] = replace(found[id_], duties=(*found[id_].duties, duty))
        else:
            why = reason or tried.get(id_, "no_way")
            found[id_] = Unreached(id_, day, person_id, person, (duty,), why)
    return list(found.values())


def _unreached(first_day: date, last_day: date) -> tuple[ColumnElement[bool], ...]:
    one = aliased(NoticeAttempt)
    attempt = select(one.id).where(col(one.notice_id) == col(Notice.id))
    waits = attempt.where(col(one.outcome) == "").exists()
    waited = attempt.where(col(one.outcome) == "waited").exists()
    return (
        col(Notice.day).between(first_day, last_day),
        # What another notice tells is told by that one.
        exists().where(col(Reminder.notice_id) == col(Notice.id)),
        or_(
            col(Notice.state) == "unreached",
            and_(col(Notice.state) == "open", waited, ~waits),
        ),
    )


def _last_outcomes(session: Session, of: ColumnElement[bool]) -> dict[int, str]:
    """What became of the way tried last, by notice."""
    rows = session.exec(
        select(NoticeAttempt.notice_id, NoticeAttempt.channel, NoticeAttempt.outcome)
        .join(Notice, col(Notice.id) == col(NoticeAttempt.notice_id))
        .where(of)
        .order_by(col(NoticeAttempt.id))
    )
    waited = {True: "unseen", False: "away"}
    return {
        id_: waited[channel == WEB] if outcome == "waited" else outcome
        for id_, channel, outcome in rows
    }
