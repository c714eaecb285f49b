"""What units owe: put on them, moved, ended, listed; the only SQL about assignments."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, exists, func, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from bot.owed import PLAN_FORM
from service.storage.bindings import lasts
from service.storage.duty_tables import Assignment, Obligation, OfficeDay, PutOff
from service.storage.form_tables import Submission
from service.storage.unit_tables import Unit
from service.storage.upserts import dialect_of, insert_into

#: States of a submission in which what it settles counts as done.
_COUNTS = ("received", "accepted")


@dataclass(frozen=True, slots=True)
class Owed:
    """One assignment with what it is about."""

    assignment: Assignment
    obligation: Obligation
    unit: Unit
    settled: bool  #: something was sent that settles it

    @property
    def own_date(self) -> bool:
        """Whether its day is the office's and not the paper's."""
        return self.obligation.own_date or self.assignment.last_day != self.assignment.due_on


def settled(*states: str) -> ColumnElement[bool]:
    """The condition that what was sent settles an assignment; by default also unread."""
    return exists().where(
        col(Submission.assignment_id) == col(Assignment.id),
        col(Submission.settles),
        col(Submission.state).in_(states or _COUNTS),
    )


def lasting() -> ColumnElement[bool]:
    """The condition that an assignment has not been taken off the unit."""
    return col(Assignment.ended_at).is_(None)


def add_obligation(session: Session, obligation: Obligation) -> Obligation:
    """Keep a duty that is to be put on units."""
    session.add(obligation)
    session.flush()
    return obligation


def find_obligations(session: Session, document: str, fingerprint: str) -> list[Obligation]:
    """Those made of one duty of a paper that have not ended."""
    of = select(Obligation).where(
        col(Obligation.document) == document,
        col(Obligation.fingerprint) == fingerprint,
        col(Obligation.ended_at).is_(None),
    )
    return list(session.exec(of.order_by(col(Obligation.id))))


def find_request(session: Session, title: str, source: str, recipient: str) -> Obligation | None:
    """A request in the same words that has not ended."""
    of = select(Obligation).where(
        col(Obligation.document) == "",
        col(Obligation.title) == title,
        col(Obligation.source) == source,
        col(Obligation.recipient) == recipient,
        col(Obligation.ended_at).is_(None),
    )
    return session.exec(of).first()


def rules_laid(session: Session) -> list[tuple[Obligation, date]]:
    """Obligations that come back, with the latest day that is laid down."""
    of = (
        select(Obligation, func.max(Assignment.due_on))
        .join(Assignment, col(Assignment.obligation_id) == col(Obligation.id))
        .where(col(Obligation.rule) != "", col(Obligation.ended_at).is_(None))
        .group_by(col(Obligation.id))
    )
    # Only the key is grouped by: PostgreSQL knows that all else hangs on it.
    return [(one, latest) for one, latest in session.exec(of)]


def units_owing(session: Session, obligation_id: int, due_on: date) -> list[int]:
    """The units that owe it for that day."""
    of = (col(Assignment.obligation_id) == obligation_id, col(Assignment.due_on) == due_on)
    return list(session.exec(select(Assignment.unit_id).where(*of, lasting())))


def put_on(
    session: Session, obligation_id: int, unit_ids: Collection[int], last_day: date, since: date
) -> int:
    """Units owe it by `last_day`; returns how many did not before. Each owes it once for a day.

    One that was taken off a unit is put on it again.
    """
    rows = [
        {
            "obligation_id": obligation_id,
            "unit_id": unit_id,
            "due_on": last_day,
            "last_day": last_day,
            "since": since,
            "next_on": since,  # it is looked at once, and then when a reminder falls due
            "ended_by": "",
        }
        for unit_id in sorted(unit_ids)
    ]
    if not rows:
        return 0
    again = {"ended_at": None, "ended_by": "", "since": since, "next_on": since, "looked_on": None}
    written = insert_into(session, Assignment).on_conflict_do_update(
        index_elements=["obligation_id", "unit_id", "due_on"],
        set_=again,
        where=col(Assignment.ended_at).is_not(None),
    )
    return len(session.execute(written.returning(col(Assignment.id)), rows).all())


def get_owed(session: Session, assignment_id: int) -> Owed | None:
    """By id."""
    return next(iter(_owed(session, col(Assignment.id) == assignment_id)), None)


def owed_of(session: Session, ids: Collection[int]) -> dict[int, Owed]:
    """By id, many at once; settled and ended ones, too."""
    found = _owed(session, col(Assignment.id).in_(ids))
    return {one.assignment.id: one for one in found if one.assignment.id is not None}


def owed_by(session: Session, unit_ids: Collection[int], today: date) -> list[Owed]:
    """What these units owe still, the nearest first; closed units owe nothing."""
    of = col(Assignment.unit_id).in_(unit_ids)
    return _owed(session, of, lasting(), ~settled(), lasts(today))


def reported_by(session: Session, unit_ids: Collection[int], today: date) -> list[Owed]:
    """The same with what was sent for and may still be corrected: all that is not accepted."""
    of = col(Assignment.unit_id).in_(unit_ids)
    return _owed(session, of, lasting(), ~settled("accepted"), lasts(today))


def settle_nearest(session: Session, sent: Submission, today: date) -> None:
    """What was sent before its sender was confirmed settles what its form hands in, if owed."""
    if sent.unit_id is None or sent.assignment_id is not None:
        return
    about = nearest_plan(owed_by(session, [sent.unit_id], today), sent.form)
    if about:
        sent.assignment_id, sent.settles = about.assignment.id, True
        session.add(sent)
        session.flush()


def nearest_plan(owed: Iterable[Owed], form: str) -> Owed | None:
    """The first that a form of this id hands in, of what is told the nearest first."""
    handed_in = (one for one in owed if one.obligation.form == form == PLAN_FORM)
    return next((one for one in handed_in if not one.settled), None)


def due_between(
    session: Session, first: date, last: date, today: date, *, limit: int | None = None
) -> list[Owed]:
    """What is owed with a last day in between (inclusive) and not settled, the nearest first."""
    within = col(Assignment.last_day).between(first, last)
    return _owed(session, within, lasting(), ~settled(), lasts(today), limit=limit)


def assignments_of(session: Session, show: str, today: date, offset: int, limit: int) -> list[Owed]:
    """A page of what lasts: "open" (not settled, not late), "late" or "done"."""
    return _owed(session, *_shown(show, today), limit=limit, offset=offset)


def count_assignments(session: Session, today: date) -> dict[str, int]:
    """How many of each of those there are."""
    counted = (
        select(func.count())
        .select_from(Assignment)
        .join(Unit, col(Unit.id) == col(Assignment.unit_id))
    )
    return {
        show: session.exec(counted.where(*_shown(show, today))).one()
        for show in ("open", "late", "done")
    }


def _shown(show: str, today: date) -> tuple[ColumnElement[bool], ...]:
    if show == "done":
        return (lasting(), settled())
    late = col(Assignment.last_day) < today
    return (lasting(), ~settled(), lasts(today), late if show == "late" else ~late)


def move_day(session: Session, assignment_id: int, last_day: date, today: date) -> None:
    """It may be done until another day; reminders follow from tomorrow on."""
    moved = update(Assignment).where(col(Assignment.id) == assignment_id)
    session.execute(moved.values(last_day=last_day, next_on=today, looked_on=today))


def move_assignments(session: Session, unit_id: int, successor_id: int, today: date) -> None:
    """What one unit owes the other owes from now on; each duty once for a day."""
    other = aliased(Assignment)
    same = exists().where(
        col(other.unit_id) == successor_id,
        col(other.obligation_id) == col(Assignment.obligation_id),
        col(other.due_on) == col(Assignment.due_on),
    )
    owed = (col(Assignment.unit_id) == unit_id, lasting(), ~settled("accepted"), ~same)
    moved = update(Assignment).where(*owed).values(unit_id=successor_id, next_on=today)
    session.execute(moved.execution_options(synchronize_session=False))


def end_assignments(session: Session, ids: Collection[int], by: str, at: datetime) -> int:
    """Units owe these no more; returns how many were owed."""
    ended = update(Assignment).where(col(Assignment.id).in_(ids), lasting())
    return len(
        session.execute(
            ended.values(ended_at=at, ended_by=by, next_on=None).returning(col(Assignment.id))
        ).all()
    )


def put_off_until(session: Session, assignment_id: int, person_id: int, until: date) -> None:
    """The person is not reminded of it before `until`, and then."""
    row = insert_into(session, PutOff).values(
        assignment_id=assignment_id, person_id=person_id, until=until
    )
    session.execute(
        row.on_conflict_do_update(
            index_elements=["assignment_id", "person_id"], set_={"until": until}
        )
    )
    sooner = func.min if dialect_of(session) == "sqlite" else func.least
    mine = update(Assignment).where(col(Assignment.id) == assignment_id, lasting())
    next_on = func.coalesce(sooner(col(Assignment.next_on), until), until)
    session.execute(mine.values(next_on=next_on))


def office_days(session: Session) -> list[OfficeDay]:
    """The days that the office has added to the calendar."""
    return list(session.exec(select(OfficeDay).order_by(col(OfficeDay.day))))


def set_office_day(session: Session, day: date, note: str, *, working: bool) -> None:
    """The office works on that day although others rest, or the other way round."""
    values = {"working": working, "note": note}
    row = insert_into(session, OfficeDay).values(day=day, **values)
    session.execute(row.on_conflict_do_update(index_elements=["day"], set_=values))


def drop_office_day(session: Session, day: date) -> bool:
    """That day is as the public calendar has it; False when it was."""
    dropped = delete(OfficeDay).where(col(OfficeDay.day) == day).returning(col(OfficeDay.day))
    return session.execute(dropped).first() is not None


def look_again(session: Session, today: date) -> None:
    """The calendar or the policy has changed: every day of a reminder is reckoned anew."""
    session.execute(update(Assignment).where(lasting()).values(next_on=today))


def _owed(
    session: Session,
    *conditions: ColumnElement[bool],
    limit: int | None = None,
    offset: int = 0,
) -> list[Owed]:
    rows: Sequence[tuple[Assignment, Obligation, Unit, bool]] = session.exec(
        select(Assignment, Obligation, Unit, settled())
        .join(Obligation, col(Obligation.id) == col(Assignment.obligation_id))
        .join(Unit, col(Unit.id) == col(Assignment.unit_id))
        .where(*conditions)
        .order_by(col(Assignment.last_day), col(Assignment.id))
        .limit(limit)
        .offset(offset)
    ).all()
    return [Owed(one, of, unit, bool(done)) for one, of, unit, done in rows]
