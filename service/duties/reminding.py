"""Every day's reminders: planned once, gathered into one message for each person, and sent.

Two steps, each of which may be repeated or broken off at any moment by any number of processes: a
row is written for each (assignment, person, day); then the rows of one person become one message,
in the transaction that marks them as told. What becomes of it is followed in following.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time

from sqlalchemy import Engine
from sqlmodel import Session

from bot.owed import OwedDuty, told
from bot.texts import say
from service import clock
from service.duties.calendar import Calendar
from service.duties.following import begin_notice, follow
from service.duties.policies import default_policy, policy_of
from service.duties.schedule import (
    Planned,
    Policy,
    falls_due,
    next_day,
    put_off,
    schedule,
)
from service.settings import Settings
from service.storage.assignments import Owed, office_days
from service.storage.duty_tables import Assignment, Reminder
from service.storage.engine import transaction
from service.storage.reminders import (
    Falling,
    Responsible,
    falling,
    is_falling,
    keep_reminders,
    looked_at,
    people_to_tell,
    put_offs,
    responsible,
    take_waiting,
)

_NIGHT = time(20)  #: from then on nobody is disturbed
_ASSIGNMENTS, _PEOPLE = 500, 50  #: of one transaction: those who write meanwhile wait for it


def remind(engine: Engine, settings: Settings) -> None:
    """Plan and send what is due; nothing at night and on days off, cheap while nothing is due."""
    at = clock.now(settings)
    with transaction(engine) as session:
        calendar = calendar_of(session)
        follow(session, settings, at)
    today = at.astimezone(clock.VIETNAM).date()
    if not _is_time(settings, calendar, at):
        return
    while _plan(engine, settings, calendar, today):
        pass
    with transaction(engine) as session:
        if is_falling(session, today):  # another process is at it: a digest holds all of a day
            return
    while _tell(engine, settings, calendar, at, today):
        pass


def calendar_of(session: Session) -> Calendar:
    """The public calendar with the office's days."""
    days = office_days(session)
    return Calendar(
        frozenset(one.day for one in days if not one.working),
        frozenset(one.day for one in days if one.working),
    )


def owed_duty(owed: Owed, calendar: Calendar, missed: date | None = None) -> OwedDuty:
    """An assignment as people are told of it."""
    one, of = owed.assignment, owed.obligation
    return OwedDuty(
        id=_id(one.id),
        unit=owed.unit.name,
        unit_id=_id(owed.unit.id),
        title=of.title,
        source=of.source,
        # A date that was moved is no longer the paper's.
        printed=of.printed if one.last_day == one.due_on else "",
        own_date=of.own_date or one.last_day != one.due_on,
        recipient=of.recipient,
        form=of.form,
        last_day=one.last_day,
        working_day=calendar.on_or_before(one.last_day),
        missed=missed,
    )


def _is_time(settings: Settings, calendar: Calendar, at: datetime) -> bool:
    local = at.astimezone(clock.VIETNAM)
    begins = time.fromisoformat(settings.remind_at)
    return calendar.is_working(local.date()) and begins <= local.time() < _NIGHT


# --- planning ------------------------------------------------------------------------------------


def _plan(engine: Engine, settings: Settings, calendar: Calendar, today: date) -> bool:
    """Write the reminders of some assignments; False when there were none to look at."""
    default = default_policy(settings)
    with transaction(engine) as session:
        found = falling(session, today, _ASSIGNMENTS)
        people = responsible(session, {one.assignment.unit_id for one in found})
        waits = put_offs(session, [_id(one.assignment.id) for one in found])
        rows: list[dict[str, object]] = []
        seen: list[dict[str, object]] = []
        for one in found:
            assignment, policy = one.assignment, policy_of(one.policy, default)
            planned = schedule(assignment.last_day, policy, calendar)
            if not one.quiet:
                unit = people.get(assignment.unit_id, [])
                rows += _rows(one, policy, planned, unit, waits, calendar, today, settings)
            mine = [until for (id_, _), until in waits.items() if id_ == assignment.id]
            days = [*planned, *(Planned(d, late=False, offset=0) for d in mine)]
            next_on = next_day(days, today)
            seen.append({"id": assignment.id, "looked_on": today, "next_on": next_on})
        keep_reminders(session, rows)
        looked_at(session, seen)
        return bool(found)


def _rows(
    one: Falling,
    policy: Policy,
    planned: Sequence[Planned],
    people: Sequence[Responsible],
    waits: dict[tuple[int, int], date],
    calendar: Calendar,
    today: date,
    settings: Settings,
) -> Iterator[dict[str, object]]:
    """The reminders of one assignment that are to be told today."""
    assignment = one.assignment
    officers = [p for p in people if not p.head] or list(people)
    if policy.announce and assignment.looked_on is None:
        announced = Planned(today, late=False, offset=(assignment.last_day - today).days)
        planned = (*(p for p in planned if p.day > today), announced)
        planned = tuple(sorted(planned, key=lambda p: p.day))
    for person in officers:
        mine = tuple(planned)
        until = waits.get((_id(assignment.id), person.person_id))
        if until is not None:
            mine = put_off(mine, until, assignment.last_day, calendar)
        due = _due(assignment, mine, person, today)
        if due:
            yield _row(assignment, person, due, today, "late" if due.late else "before", "waiting")
    heads = [p for p in people if p.head and p not in officers]
    for person in heads if policy.escalate is not None else ():
        mine = tuple(p for p in planned if p.late and p.offset >= (policy.escalate or 0))
        due = _due(assignment, mine, person, today)
        if due:
            state = "waiting" if settings.remind_heads else "draft"
            yield _row(assignment, person, due, today, "head", state)


def _due(
    assignment: Assignment, planned: Sequence[Planned], person: Responsible, today: date
) -> Planned | None:
    # Whoever came later is not reminded of what was told before they came.
    since = max(assignment.since, person.since.astimezone(clock.VIETNAM).date())
    return falls_due(planned, since, assignment.looked_on, today, assignment.last_day)


def _row(
    assignment: Assignment, person: Responsible, due: Planned, today: date, kind: str, state: str
) -> dict[str, object]:
    return {
        "assignment_id": assignment.id,
        "person_id": person.person_id,
        "day": today,
        "planned_on": due.day,
        "kind": kind,
        "state": state,
    }


# --- telling -------------------------------------------------------------------------------------


def _tell(
    engine: Engine, settings: Settings, calendar: Calendar, at: datetime, today: date
) -> bool:
    """One message to each of some people; False when nobody waits."""
    with transaction(engine) as session:
        people = people_to_tell(session, _PEOPLE)
        for person_id in people:
            waiting = take_waiting(session, person_id)
            for for_head in (False, True):
                mine = [each for each in waiting if (each[0].kind == "head") is for_head]
                if mine:
                    _write(session, settings, calendar, at, today, mine, for_head=for_head)
        return bool(people)


def _write(
    session: Session,
    settings: Settings,
    calendar: Calendar,
    at: datetime,
    today: date,
    waiting: Sequence[tuple[Reminder, Owed]],
    *,
    for_head: bool,
) -> None:
    duties = [
        owed_duty(owed, calendar, r.planned_on if r.planned_on < r.day else None)
        for r, owed in waiting
    ]
    reply = told(duties, today)
    if for_head:
        reply = told(duties, today, say("remind.head"))
    begin_notice(session, settings, [r for r, _ in waiting], reply, at, today)


def _id(value: int | None) -> int:
    assert value is not None, "rows that were read have an id"
    return value
