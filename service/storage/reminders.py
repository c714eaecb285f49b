"""Who is reminded of what and when; the only SQL about reminders."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from pydantic import JsonValue
from sqlalchemy import (
    delete,
    exists,
    func,
    literal,
    or_,
    update,
)
from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from service.clock import VIETNAM
from service.storage.assignments import Owed, lasting, owed_of, settled
from service.storage.bindings import acts, lasts
from service.storage.consents import withdrew
from service.storage.duty_tables import (
    Assignment,
    Obligation,
    PutOff,
    Reminder,
)
from service.storage.form_tables import Submission
from service.storage.numbers import among
from service.storage.numbers import rows as rows_of_numbers
from service.storage.people_tables import Person
from service.storage.unit_tables import Binding, Unit
from service.storage.units import is_open
from service.storage.upserts import dialect_of, inserting, rows_of

_ASSIGNMENT, _BINDING = rows_of(Assignment), rows_of(Binding)
_DRAFT = col(Reminder.state) == "draft"


class Falling(NamedTuple):
    """An assignment with a reminder to be looked at."""

    id: int
    obligation_id: int
    unit_id: int
    last_day: date
    since: date
    looked_on: date | None
    quiet: bool  #: settled, or of a unit that is no more


class Responsible(NamedTuple):
    """Somebody who acts for a unit and may be written to."""

    person_id: int
    head: bool
    since: date  #: since when they act for it


class Due(NamedTuple):
    """One reminder to be written."""

    assignment_id: int
    person_id: int
    planned_on: date
    kind: str
    state: str


def is_falling(session: Session, today: date) -> bool:
    """Whether any assignment is to be looked at, also one that another process looks at."""
    return session.exec(_next(today).limit(1)).first() is not None


def falling(session: Session, today: date, limit: int) -> list[Falling]:
    """At most `limit` assignments to be looked at, which nobody else looks at meanwhile."""
    # SQLite locks nothing by reading: a write that changes nothing does.
    session.execute(update(_ASSIGNMENT).where(_ASSIGNMENT.c.id < 0).values(next_on=None))
    # Of the bare table: there may be a hundred thousand of them.
    of = _ASSIGNMENT.c
    rows = session.execute(
        select_rows(of.id, of.obligation_id, of.unit_id, of.last_day, of.since, of.looked_on)
        .add_columns(or_(settled(), ~lasts(today)))
        .join(Unit, col(Unit.id) == of.unit_id)
        .where(lasting(), of.next_on <= today)
        .order_by(of.next_on, of.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=_ASSIGNMENT)
    )
    return [Falling._make(row) for row in rows]


def policies(
    session: Session, obligation_ids: Collection[int]
) -> dict[int, Mapping[str, JsonValue]]:
    """What was set for each of these."""
    of = select(Obligation.id, Obligation.policy).where(col(Obligation.id).in_(obligation_ids))
    return {id_: policy for id_, policy in session.exec(of) if id_ is not None}


def responsible(session: Session, unit_ids: Collection[int]) -> dict[int, list[Responsible]]:
    """Who acts for each of these units, without those who do not agree to be written to."""
    found: dict[int, list[Responsible]] = {}
    rows = session.execute(
        select_rows(_BINDING.c.unit_id, _BINDING.c.person_id, _BINDING.c.head)
        .add_columns(_BINDING.c.confirmed_at)
        .where(
            among(session, _BINDING.c.unit_id, unit_ids),
            acts(),
            ~withdrew(col(Binding.person_id), "register"),
        )
        .order_by(_BINDING.c.id)
    )
    for unit_id, person_id, head, since in rows:
        one = Responsible(person_id, head, since.astimezone(VIETNAM).date())
        found.setdefault(unit_id, []).append(one)
    return found


def officers_of(people: Sequence[Responsible]) -> Sequence[Responsible]:
    """Those of a unit who are reminded: its officers; where there are none, its heads."""
    return [one for one in people if not one.head] or people


def put_offs(session: Session, assignment_ids: Collection[int]) -> dict[tuple[int, int], date]:
    """Until when people asked not to be reminded, by assignment and person."""
    of = select(PutOff).where(among(session, PutOff.assignment_id, assignment_ids))
    return {(one.assignment_id, one.person_id): one.until for one in session.exec(of)}


def returned_on(session: Session, assignment_ids: Collection[int]) -> dict[int, date]:
    """When what was last sent for these came back: returned by the office, or taken back."""
    of = select(Submission.assignment_id, Submission.decided_at, Submission.updated_at).where(
        among(session, Submission.assignment_id, assignment_ids),
        col(Submission.state).in_(("returned", "withdrawn")),
    )
    latest: dict[int, date] = {}
    for id_, decided_at, updated_at in session.exec(of):
        day = (decided_at or updated_at).astimezone(VIETNAM).date()
        if id_ is not None:
            latest[id_] = max(day, latest.get(id_, day))
    return latest


def keep_reminders(session: Session, day: date, dues: Iterable[Due]) -> None:
    """Write reminders of a day; one of the same assignment, person and day stays as it is."""
    alike: dict[tuple[date, str, str], list[tuple[int, int]]] = {}
    for one in dues:
        of = (one.planned_on, one.kind, one.state)
        alike.setdefault(of, []).append((one.assignment_id, one.person_id))
    for (planned_on, kind, state), pairs in alike.items():
        numbers = rows_of_numbers(session, pairs, 2).subquery()
        assignment, person = numbers.c
        told = map(literal, (day, planned_on, kind, state))
        # SQLite takes ON CONFLICT behind a select only where that has a condition.
        of_all = select_rows(assignment, person, *told).where(assignment > 0)
        written = inserting(dialect_of(session), rows_of(Reminder)).from_select(
            ["assignment_id", "person_id", "day", "planned_on", "kind", "state"], of_all
        )
        session.execute(written.on_conflict_do_nothing())


def looked_at(
    session: Session, ids: Collection[int], looked_on: date, next_on: date | None
) -> None:
    """Assignments were looked at; their next day."""
    of = among(session, _ASSIGNMENT.c.id, ids)
    session.execute(update(_ASSIGNMENT).where(of).values(looked_on=looked_on, next_on=next_on))


def look_back(session: Session, today: date) -> None:
    """The clock was ahead of today: what was looked at then is looked at anew.

    Each counts as looked at on the day of its last reminder; those of days to come that nobody
    was told are planned again.
    """
    ahead = col(Reminder.day) > today
    session.execute(delete(Reminder).where(ahead, col(Reminder.state).in_(("waiting", "draft"))))
    told = (col(Reminder.assignment_id) == _ASSIGNMENT.c.id, col(Reminder.day) <= today)
    last = select(func.max(Reminder.day)).where(*told).correlate(_ASSIGNMENT)
    session.execute(
        update(_ASSIGNMENT)
        .where(_ASSIGNMENT.c.ended_at.is_(None), _ASSIGNMENT.c.looked_on > today)
        .values(next_on=today, looked_on=last.scalar_subquery())
    )


def people_to_tell(session: Session, limit: int) -> list[int]:
    """At most `limit` people with reminders that wait to be told, whom nobody else tells now."""
    waiting = exists().where(
        col(Reminder.person_id) == col(Person.id), col(Reminder.state) == "waiting"
    )
    people = select(Person.id).where(waiting).order_by(col(Person.id)).limit(limit)
    locked = people.with_for_update(skip_locked=True, key_share=True, of=Person)
    return [id_ for id_ in session.exec(locked) if id_ is not None]


def take_waiting(
    session: Session, people: Collection[int], today: date
) -> dict[int, list[tuple[Reminder, Owed]]]:
    """The reminders of these that wait, marked as told by whoever takes them: one does.

    What is of no use any more is marked as dropped and left out.
    """
    taken = session.execute(
        update(Reminder)
        .where(col(Reminder.person_id).in_(people), col(Reminder.state) == "waiting")
        .values(state="told")
        .returning(col(Reminder.id))
        .execution_options(synchronize_session=False)
    )
    ids = [row[0] for row in taken]
    reminders = list(
        session.exec(
            select(Reminder)
            .where(col(Reminder.id).in_(ids))
            .execution_options(populate_existing=True)
        )
    )
    kept: dict[int, list[tuple[Reminder, Owed]]] = {}
    for each in _still(session, reminders, today):
        kept.setdefault(each[0].person_id, []).append(each)
    stay = {one.id for mine in kept.values() for one, _ in mine}
    for one in reminders:
        if one.id not in stay:
            one.state = "dropped"
            session.add(one)
    session.flush()
    return kept


def told_by(session: Session, notice_id: int, today: date) -> list[tuple[Reminder, Owed]]:
    """What a notice tells and is still to be told."""
    of = select(Reminder).where(col(Reminder.notice_id) == notice_id)
    return _still(session, list(session.exec(of)), today)


def wait_again(session: Session, notice_id: int) -> None:
    """What a notice was to tell waits again."""
    of = update(Reminder).where(col(Reminder.notice_id) == notice_id)
    session.execute(of.values(state="waiting", notice_id=None))


def _still(
    session: Session, reminders: Sequence[Reminder], today: date
) -> list[tuple[Reminder, Owed]]:
    """Those that are of use today, of each person the nearest first.

    Not: what is settled or ended, of a unit that is no more or for which the person acts no more,
    what was to be told before a day that is over, and of one assignment all but the latest of
    the person.
    """
    owed = owed_of(session, {one.assignment_id for one in reminders})
    acting = responsible(session, {one.assignment.unit_id for one in owed.values()})
    in_order = sorted(reminders, key=lambda one: one.day)
    latest = {(one.person_id, one.assignment_id): one.id for one in in_order}
    kept = []
    for one in reminders:
        about = owed[one.assignment_id]
        over = one.kind == "before" and about.assignment.last_day < today
        gone = (
            about.settled or about.assignment.ended_at is not None or not is_open(about.unit, today)
        )
        unit = acting.get(about.assignment.unit_id, ())
        acts_on = any(each.person_id == one.person_id for each in unit)
        if not over and not gone and acts_on and latest[one.person_id, one.assignment_id] == one.id:
            kept.append((one, about))
    return sorted(kept, key=lambda each: (each[1].assignment.last_day, each[0].assignment_id))


def heads_to_tell(session: Session) -> int:
    """How many reminders to heads wait for somebody at the desk; settled ones do not count."""
    drafts = (
        select(func.count())
        .select_from(Reminder)
        .join(Assignment, col(Assignment.id) == col(Reminder.assignment_id))
    )
    return session.exec(drafts.where(_DRAFT, lasting(), ~settled())).one()


def tell_heads(session: Session) -> int:
    """They are told with the next look, once for each duty; returns how many reminders."""
    newest = (
        select(func.max(Reminder.id))
        .where(_DRAFT)
        .group_by(col(Reminder.assignment_id), col(Reminder.person_id))
    )
    told = update(Reminder).where(col(Reminder.id).in_(newest)).values(state="waiting")
    count = len(session.execute(told.returning(col(Reminder.id))).all())
    session.execute(update(Reminder).where(_DRAFT).values(state="dropped"))
    return count


def _next(today: date) -> SelectOfScalar[Any]:
    return select(Assignment.id).where(lasting(), col(Assignment.next_on) <= today)
