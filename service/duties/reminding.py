"""Every day's reminders: planned once, gathered into one message for each person, and sent.

Two steps, each of which may be repeated or broken off at any moment by any number of processes: a
row is written for each (assignment, person, day); then the rows of one person become one message,
in the transaction that marks them as told. What becomes of it is followed in following.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
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
from service.storage.duty_tables import Reminder
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
    today = at.astimezone(clock.VIETNAM).date()
    with transaction(engine) as session:
        calendar = calendar_of(session)
        by_day = _is_time(settings, calendar, at)
        follow(session, settings, at, by_day=by_day)
    if not by_day:
        return
    plan_day(engine, settings, today)
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


def plan_day(engine: Engine, settings: Settings, today: date) -> int:
    """Write all reminders of a day without telling anybody; returns how many."""
    with transaction(engine) as session:
        calendar = calendar_of(session)
    written = 0
    while (done := _plan(engine, settings, calendar, today))[0]:
        written += done[1]
    return written


def _is_time(settings: Settings, calendar: Calendar, at: datetime) -> bool:
    local = at.astimezone(clock.VIETNAM)
    begins = time.fromisoformat(settings.remind_at)
    return calendar.is_working(local.date()) and begins <= local.time() < _NIGHT


# --- planning ------------------------------------------------------------------------------------


def _plan(engine: Engine, settings: Settings, calendar: Calendar, today: date) -> tuple[int, int]:
    """Write the reminders of some assignments: how many were looked at, and reminders made."""
    default = default_policy(settings)
    with transaction(engine) as session:
        found = falling(session, today, _ASSIGNMENTS)
        people = responsible(session, {one.unit_id for one in found})
        waits = put_offs(session, [one.id for one in found])
        later: dict[int, list[Planned]] = {}
        for (of, _), until in waits.items():
            later.setdefault(of, []).append(Planned(until, late=False, offset=0))
        rows: list[dict[str, object]] = []
        seen: dict[date | None, list[int]] = {}
        for one in found:
            policy = policy_of(one.policy, default)
            planned = schedule(one.last_day, policy, calendar)
            if not one.quiet:
                unit = people.get(one.unit_id, [])
                rows += _rows(one, policy, planned, unit, waits, calendar, today, settings)
            next_on = next_day([*planned, *later.get(one.id, ())], today)
            seen.setdefault(next_on, []).append(one.id)
        keep_reminders(session, rows)
        for next_on, ids in seen.items():
            looked_at(session, ids, today, next_on)
        return len(found), len(rows)


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
    officers = [p for p in people if not p.head] or list(people)
    if policy.announce and one.looked_on is None:
        announced = Planned(today, late=False, offset=(one.last_day - today).days)
        planned = (*(p for p in planned if p.day > today), announced)
        planned = tuple(sorted(planned, key=lambda p: p.day))
    for person in officers:
        mine = tuple(planned)
        until = waits.get((one.id, person.person_id))
        if until is not None:
            mine = put_off(mine, until, one.last_day, calendar)
        due = _due(one, mine, person, today)
        if due:
            yield _row(one, person, due, today, "late" if due.late else "before", "waiting")
    for person in (p for p in people if p.head and p not in officers):
        due = _due(one, _of_heads(one.last_day, policy, calendar), person, today)
        if due:
            state = "waiting" if settings.remind_heads else "draft"
            yield _row(one, person, due, today, "head", state)


def _of_heads(last_day: date, policy: Policy, calendar: Calendar) -> tuple[Planned, ...]:
    """What heads are told, by itself: on a day of an earlier count, too."""
    if policy.escalate is None:
        return ()
    late = tuple(count for count in policy.late if count >= policy.escalate)
    return schedule(last_day, replace(policy, before=(), late=late), calendar)


def _due(
    one: Falling, planned: Sequence[Planned], person: Responsible, today: date
) -> Planned | None:
    # Whoever came later is not reminded of what was told before they came.
    since = max(one.since, person.since.astimezone(clock.VIETNAM).date())
    return falls_due(planned, since, one.looked_on, today, one.last_day)


def _row(
    one: Falling, person: Responsible, due: Planned, today: date, kind: str, state: str
) -> dict[str, object]:
    return {
        "assignment_id": one.id,
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
            waiting = take_waiting(session, person_id, today)
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
        owed_duty(owed, calendar, r.planned_on if r.planned_on < today else None)
        for r, owed in waiting
    ]
    reply = told(duties, today)
    if for_head:
        reply = told(duties, today, say("remind.head"))
    begin_notice(session, settings, [r for r, _ in waiting], reply, at, today)


def _id(value: int | None) -> int:
    assert value is not None, "rows that were read have an id"
    return value
