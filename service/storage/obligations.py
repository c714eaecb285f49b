"""What the office has put on units, as a whole: its policy, its days, its end."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pydantic import JsonValue
from sqlalchemy import ColumnElement, and_, case, cast, exists, func, or_, update
from sqlalchemy import String as Text
from sqlalchemy import select as select_rows
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from service.storage.assignments import end_assignments, lasting, settled
from service.storage.bindings import lasts
from service.storage.duty_tables import Assignment, DismissedChange, Obligation, Reminder
from service.storage.unit_tables import Unit
from service.storage.upserts import insert_into, rows_of

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far units are with an obligation, and the day that is next."""

    open: int  #: not settled, not late
    late: int
    done: int
    next_day: date | None  #: the nearest last day from today on that somebody owes
    days: tuple[date, ...]  #: all last days that somebody owes, in order
    due: tuple[date, ...]  #: the same as they were first set
    ahead: int  #: owed from today on by the day that was first set
    units: int  #: that owe it


def get_obligation(session: Session, obligation_id: int) -> Obligation | None:
    """By id."""
    return session.get(Obligation, obligation_id)


def standing_of(session: Session, obligation_id: int, today: date) -> Standing:
    """Counts of what lasts, of units that go on."""
    of = col(Assignment.obligation_id) == obligation_id
    return _standings(session, today, of).get(obligation_id, _NOTHING)


def obligations_of_papers(session: Session, today: date) -> list[tuple[Obligation, Standing]]:
    """Those of papers that have not ended and that somebody owes still."""
    of = select(Obligation).where(
        col(Obligation.document) != "", col(Obligation.ended_at).is_(None)
    )
    found = {one.id: one for one in session.exec(of.order_by(col(Obligation.id)))}
    standings = _standings(session, today, col(Assignment.obligation_id).in_(found))
    return [
        (one, standings[id_])
        for id_, one in found.items()
        if id_ is not None and id_ in standings and standings[id_].days
    ]


def _standings(session: Session, today: date, which: ColumnElement[bool]) -> dict[int, Standing]:
    one, done = rows_of(Assignment).c, settled()
    rows = session.execute(
        select_rows(
            one.obligation_id,
            one.last_day,
            one.due_on,
            done,
            func.count(),
            func.count(one.unit_id.distinct()),
        )
        .join(Unit, col(Unit.id) == one.unit_id)
        .where(which, lasting(), or_(done, lasts(today)))
        .group_by(one.obligation_id, one.last_day, one.due_on, done)
    )
    by_id: dict[int, list[tuple[date, date, bool, int, int]]] = {}
    for id_, last_day, due_on, is_done, count, units in rows:
        by_id.setdefault(id_, []).append((last_day, due_on, bool(is_done), count, units))
    return {id_: _standing(mine, today) for id_, mine in by_id.items()}


def _standing(rows: Sequence[tuple[date, date, bool, int, int]], today: date) -> Standing:
    owed = [row for row in rows if not row[2]]
    days = sorted({day for day, *_ in owed})
    return Standing(
        open=sum(count for day, _, _, count, _ in owed if day >= today),
        late=sum(count for day, _, _, count, _ in owed if day < today),
        done=sum(count for _, _, is_done, count, _ in rows if is_done),
        next_day=next((day for day in days if day >= today), None),
        days=tuple(days),
        due=tuple(sorted({due for _, due, *_ in owed})),
        ahead=sum(count for day, due, _, count, _ in owed if day == due >= today),
        units=max((units for *_, units in owed), default=0),
    )


_NOTHING = Standing(0, 0, 0, None, (), (), 0, 0)


def obligations_owed(
    session: Session, today: date, offset: int, limit: int
) -> list[tuple[Obligation, date, int]]:
    """Those that somebody owes still, with the next last day (else the latest) and how many units.

    Those with a policy of their own come first, then the nearest.
    """
    coming = func.min(case((col(Assignment.last_day) >= today, col(Assignment.last_day))))
    nearest = func.coalesce(coming, func.max(col(Assignment.last_day)))
    own = case((cast(col(Obligation.policy), Text) == "{}", 1), else_=0)
    of = (
        select_rows(col(Obligation.id), nearest, func.count(col(Assignment.unit_id).distinct()))
        .join(Assignment, col(Assignment.obligation_id) == col(Obligation.id))
        .join(Unit, col(Unit.id) == col(Assignment.unit_id))
        .where(lasting(), ~settled(), lasts(today))
        .group_by(col(Obligation.id))
        .order_by(own, nearest, col(Obligation.id))
    )
    rows = session.execute(of.offset(offset).limit(limit)).all()
    found = {one.id: one for one in _by_id(session, [row[0] for row in rows])}
    return [(found[id_], day, units) for id_, day, units in rows]


def _by_id(session: Session, ids: Collection[int]) -> list[Obligation]:
    return list(session.exec(select(Obligation).where(col(Obligation.id).in_(ids))))


def set_policy(
    session: Session, obligation_id: int, policy: Mapping[str, JsonValue], today: date
) -> None:
    """Reminders of an obligation follow another policy from today on; {}: the office's own."""
    of = update(Obligation).where(col(Obligation.id) == obligation_id)
    session.execute(of.values(policy=dict(policy)))
    # What the policy would have told on days that are over was not missed: nobody had asked for it.
    seen = case(
        (col(Assignment.looked_on) < today - _DAY, today - _DAY), else_=col(Assignment.looked_on)
    )
    theirs = update(Assignment).where(col(Assignment.obligation_id) == obligation_id, lasting())
    session.execute(theirs.values(next_on=today, looked_on=seen))


def set_receivers(session: Session, obligation_id: int, recipient: str, confirmer: str) -> None:
    """To whom it is reported, and which body confirms it."""
    of = update(Obligation).where(col(Obligation.id) == obligation_id)
    session.execute(of.values(recipient=recipient, confirmer=confirmer))


def dismissed(session: Session) -> frozenset[tuple[int, str]]:
    """Changes that were put aside, by obligation and what was proposed."""
    return frozenset(
        (one.obligation_id, one.fingerprint) for one in session.exec(select(DismissedChange))
    )


def dismiss(session: Session, obligation_id: int, fingerprint: str, by: str, at: datetime) -> None:
    """A change is put aside."""
    row = insert_into(session, DismissedChange).values(
        obligation_id=obligation_id, fingerprint=fingerprint, by=by, at=at
    )
    session.execute(row.on_conflict_do_nothing())


def end_obligation(session: Session, obligation_id: int, by: str, at: datetime) -> int:
    """Nobody owes it any more, and it comes back no more; returns how many were owed."""
    of = update(Obligation).where(col(Obligation.id) == obligation_id)
    session.execute(of.values(ended_at=at))
    return end_assignments(session, unsettled(session, obligation_id), by, at)


def unsettled(session: Session, obligation_id: int) -> list[int]:
    """The assignments of it that are owed still."""
    of = select(Assignment.id).where(
        col(Assignment.obligation_id) == obligation_id, lasting(), ~settled()
    )
    return [id_ for id_ in session.exec(of) if id_ is not None]


def units_of(session: Session, assignment_ids: Collection[int]) -> list[int]:
    """The units of assignments, each once."""
    of = select(Assignment.unit_id).where(col(Assignment.id).in_(assignment_ids))
    return sorted(set(session.exec(of)))


def owed_twice(session: Session, obligation_id: int, other_id: int) -> list[int]:
    """The assignments of the first, owed still, of units that owe the other or have done it."""
    others = select(Assignment.unit_id).where(col(Assignment.obligation_id) == other_id, lasting())
    of = select(Assignment.id).where(
        col(Assignment.id).in_(unsettled(session, obligation_id)),
        col(Assignment.unit_id).in_(others),
    )
    return [id_ for id_ in session.exec(of) if id_ is not None]


def move_obligation(session: Session, obligation_id: int, day: date, today: date) -> None:
    """What is owed still is owed by another day; a later one that was granted stays.

    Of a unit that owes it for that day already, nothing is moved.
    """
    other = aliased(Assignment)
    there = exists().where(
        col(other.obligation_id) == obligation_id,
        col(other.unit_id) == col(Assignment.unit_id),
        col(other.due_on) == day,
    )
    granted = and_(
        col(Assignment.last_day) > col(Assignment.due_on), col(Assignment.last_day) > day
    )
    moved = update(Assignment).where(
        col(Assignment.id).in_(unsettled(session, obligation_id)), ~there
    )
    values = {
        "due_on": day,
        "last_day": case((granted, col(Assignment.last_day)), else_=day),
        "next_on": today,
        "looked_on": today,  # reminders follow from tomorrow on
    }
    session.execute(moved.values(values).execution_options(synchronize_session=False))


def drop_days(
    session: Session, obligation_id: int, kept: Collection[date], by: str, at: datetime, today: date
) -> None:
    """What is owed from today on by other days is owed no more."""
    of = select(Assignment.id).where(
        col(Assignment.id).in_(unsettled(session, obligation_id)),
        col(Assignment.due_on) >= today,
        col(Assignment.due_on).not_in(kept),
    )
    end_assignments(session, [id_ for id_ in session.exec(of) if id_ is not None], by, at)


def unsent_reminders(session: Session, obligation_id: int) -> tuple[int, int]:
    """Assignments of it of which people are reminded still, and reminders that wait to be told."""
    mine = col(Assignment.obligation_id) == obligation_id
    coming = select(func.count()).where(mine, lasting(), col(Assignment.next_on).is_not(None))
    waiting = (
        select(func.count())
        .select_from(Reminder)
        .join(Assignment, col(Assignment.id) == col(Reminder.assignment_id))
        .where(mine, col(Reminder.state).in_(("waiting", "draft")))
    )
    return session.exec(coming.select_from(Assignment)).one(), session.exec(waiting).one()
