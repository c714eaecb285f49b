"""Every day's reminders: planned once, gathered into one message for each person, and sent.

Two steps, each of which may be repeated or broken off at any moment by any number of processes: a
row is written for each (assignment, person, day); then the rows of one person become one message,
in the transaction that marks them as told. What becomes of it is followed in following.py.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from importlib.metadata import version
from time import monotonic, sleep

from sqlalchemy import Engine
from sqlmodel import Session

from service import clock
from service.duties.calendar import Calendar
from service.duties.following import begin_notices, follow, recall
from service.duties.policies import default_policy, policy_of
from service.duties.schedule import (
    Planned,
    Policy,
    falls_due,
    next_day,
    of_heads,
    put_off,
    schedule,
)
from service.duties.wording import calendar_of
from service.settings import Settings
from service.storage.assignments import look_again
from service.storage.channel_states import is_new
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
from service.storage.retention import RECKONED

log = logging.getLogger(__name__)

NIGHT = time(20)  #: from then on nobody is disturbed
_ASSIGNMENTS, _PEOPLE = 2_000, 25  #: of one transaction: those who write meanwhile wait for it
_LOOK = 10.0  #: seconds of telling until the worker does its other work, and goes on
#: Times as long as a transaction takes pass until the next: others send what was told meanwhile.
_BREATH = 2


def remind(engine: Engine, settings: Settings) -> None:
    """Plan and send what is due; nothing at night and on days off, cheap while nothing is due."""
    at = clock.now(settings)
    today = at.astimezone(clock.VIETNAM).date()
    hold_back(engine, settings)
    with transaction(engine) as session:
        calendar = calendar_of(session)
        by_day = _is_time(settings, calendar, at)
        follow(session, settings, calendar, at, by_day=by_day)
    if not by_day:
        return
    plan_day(engine, settings, today)
    with transaction(engine) as session:
        if is_falling(session, today):  # another process is at it: a digest holds all of a day
            return
    began = now = monotonic()
    while _tell(engine, settings, calendar, at, today) and now - began < _LOOK:
        sleep(_BREATH * (monotonic() - now))
        now = monotonic()


def hold_back(engine: Engine, settings: Settings) -> None:
    """What of the day still waits to be sent when its hours are over waits for another."""
    local = clock.now(settings).astimezone(clock.VIETNAM)
    recall(engine, local.date() + timedelta(days=local.time() >= NIGHT))


def reckon_anew(session: Session, settings: Settings, at: datetime) -> None:
    """When the settings or the public calendar have changed, every day of a reminder has, too."""
    rules = f"{settings.remind_before}/{settings.remind_late}/{version('holidays')}"
    if is_new(session, RECKONED, hashlib.sha256(rules.encode()).hexdigest()[:16], at):
        look_again(session, at.astimezone(clock.VIETNAM).date())


def plan_day(engine: Engine, settings: Settings, today: date) -> int:
    """Write all reminders of a day without telling anybody; returns how many."""
    with transaction(engine) as session:
        if not is_falling(session, today):
            return 0  # as nearly always; then nothing is locked
        calendar = calendar_of(session)
    written = 0
    while (done := _plan(engine, settings, calendar, today))[0]:
        written += done[1]
    return written


def _is_time(settings: Settings, calendar: Calendar, at: datetime) -> bool:
    local = at.astimezone(clock.VIETNAM)
    begins = time.fromisoformat(settings.remind_at)
    return calendar.is_working(local.date()) and begins <= local.time() < NIGHT


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
            try:
                policy = policy_of(one.policy, default)
                planned = schedule(one.last_day, policy, calendar)
            except (ValueError, OverflowError) as error:  # one of them must not stop all others
                log.error("assignment %s is not reminded of: %s", one.id, type(error).__name__)
                seen.setdefault(None, []).append(one.id)
                continue
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
        announced = Planned(today, today > one.last_day, abs((one.last_day - today).days))
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
        due = _due(one, of_heads(one.last_day, policy, calendar), person, today)
        if due:
            alone = settings.remind_heads if policy.heads is None else policy.heads
            yield _row(one, person, due, today, "head", "waiting" if alone else "draft")


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
    """One message to each of some people; whether more may wait."""
    with transaction(engine) as session:
        people = people_to_tell(session, _PEOPLE)
        waiting = take_waiting(session, people, today) if people else {}
        for for_head in (False, True):
            mine = {
                person: [each for each in theirs if (each[0].kind == "head") is for_head]
                for person, theirs in waiting.items()
            }
            notices = {person: told for person, told in mine.items() if told}
            begin_notices(session, settings, calendar, notices, at, today)
        return len(people) == _PEOPLE
