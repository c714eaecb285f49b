"""What is to be told on a day, written down: one row for each (assignment, person, day).

It may be repeated or broken off at any moment by any number of processes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import Engine
from sqlmodel import Session

from service import clock
from service.duties.calendar import Calendar
from service.duties.policies import default_policy, policy_of, tells_heads
from service.duties.schedule import (
    Planned,
    Policy,
    after_return,
    falls_due,
    next_day,
    of_heads,
    put_off,
    schedule,
)
from service.duties.wording import calendar_of
from service.settings import Settings
from service.storage.channel_states import is_new, last_slot
from service.storage.engine import transaction
from service.storage.reminders import (
    Due,
    Falling,
    Responsible,
    falling,
    is_falling,
    keep_reminders,
    look_back,
    looked_at,
    officers_of,
    policies,
    put_offs,
    responsible,
    returned_on,
)
from service.storage.retention import LOOKED

log = logging.getLogger(__name__)

_ASSIGNMENTS = 2_000  #: of one transaction: those who write meanwhile wait for it


def plan_day(engine: Engine, settings: Settings, today: date) -> int:
    """Write all reminders of a day without telling anybody; returns how many."""
    with transaction(engine) as session:
        _note_day(session, settings, today)
        if not is_falling(session, today):
            return 0  # as nearly always; then nothing is locked
        calendar = calendar_of(session)
    written, people = 0, dict[int, Sequence[Responsible]]()
    while (done := _plan(engine, settings, calendar, people, today))[0]:
        written += done[1]
    return written


def _note_day(session: Session, settings: Settings, today: date) -> None:
    """What was looked at while the clock was ahead would else wait until that day has come."""
    last, now = last_slot(session, LOOKED), today.isoformat()
    if last == now:
        return
    if last is not None and last > now:
        look_back(session, today)
    is_new(session, LOOKED, now, clock.now(settings))


def _plan(
    engine: Engine,
    settings: Settings,
    calendar: Calendar,
    people: dict[int, Sequence[Responsible]],
    today: date,
) -> tuple[int, int]:
    """Write the reminders of some assignments: how many were looked at, and reminders made.

    `people`: who acts for each unit, as it was found the first time; telling asks once more.
    """
    with transaction(engine) as session:
        found = falling(session, today, _ASSIGNMENTS)
        ids = [one.id for one in found]
        if new := {one.unit_id for one in found} - people.keys():
            acting = responsible(session, new)
            people.update((unit_id, acting.get(unit_id, ())) for unit_id in new)
        waits, returned = put_offs(session, ids), returned_on(session, ids)
        later: dict[int, list[Planned]] = {}
        for (of, _), until in waits.items():
            later.setdefault(of, []).append(Planned(until, late=False, offset=0))
        plans = _Plans(
            default_policy(settings),
            policies(session, {one.obligation_id for one in found}),
            calendar,
            today,
        )
        dues: list[Due] = []
        seen: dict[date | None, list[int]] = {}
        for one in found:
            plan = plans.of(one)
            if plan is None:  # one of them must not stop all others
                seen.setdefault(None, []).append(one.id)
                continue
            policy, planned, next_on = plan
            if one.id in returned:
                planned = after_return(planned, returned[one.id], one.last_day, calendar)
            if not one.quiet:
                unit = people.get(one.unit_id, ())
                dues += _dues(one, policy, planned, unit, waits, calendar, today, settings)
            if one.id in later or one.id in returned:
                next_on = next_day([*planned, *later.get(one.id, ())], today)
            seen.setdefault(next_on, []).append(one.id)
        keep_reminders(session, today, dues)
        for next_on, of_day in seen.items():
            looked_at(session, of_day, today, next_on)
        return len(found), len(dues)


#: The days of one duty, and the first of them that is still to come.
_Plan = tuple[Policy, tuple[Planned, ...], date | None]


class _Plans:
    """Reckoned once for all that owe the same by the same day."""

    def __init__(
        self,
        default: Policy,
        told: Mapping[int, Mapping[str, object]],
        calendar: Calendar,
        today: date,
    ) -> None:
        """`told`: what was set for each obligation."""
        self._default, self._told, self._calendar, self._today = default, told, calendar, today
        self._known: dict[tuple[int, date], _Plan | None] = {}

    def of(self, one: Falling) -> _Plan | None:
        """None for one that cannot be reckoned."""
        key = (one.obligation_id, one.last_day)
        if key not in self._known:
            self._known[key] = self._reckoned(one)
        return self._known[key]

    def _reckoned(self, one: Falling) -> _Plan | None:
        try:
            policy = policy_of(self._told[one.obligation_id], self._default)
            planned = schedule(one.last_day, policy, self._calendar)
        except (ValueError, OverflowError) as error:
            log.error("assignment %s is not reminded of: %s", one.id, type(error).__name__)
            return None
        return policy, planned, next_day(planned, self._today)


def _dues(
    one: Falling,
    policy: Policy,
    planned: Sequence[Planned],
    people: Sequence[Responsible],
    waits: Mapping[tuple[int, int], date],
    calendar: Calendar,
    today: date,
    settings: Settings,
) -> Iterator[Due]:
    """The reminders of one assignment that are to be told today."""
    officers = officers_of(people)
    if policy.announce and one.looked_on is None:
        announced = Planned(today, today > one.last_day, abs((one.last_day - today).days))
        planned = (*(p for p in planned if p.day > today), announced)
        planned = tuple(sorted(planned, key=lambda p: p.day))
    for person in officers:
        mine = planned
        until = waits.get((one.id, person.person_id))
        if until is not None:
            mine = put_off(mine, until, one.last_day, calendar)
        due = _due(one, mine, person, today)
        if due:
            kind = "late" if due.late else "before"
            yield Due(one.id, person.person_id, due.day, kind, "waiting")
    if officers is people:
        return
    for person in people:
        of = of_heads(one.last_day, policy, calendar) if person.head else ()
        due = _due(one, of, person, today)
        if due:
            state = "waiting" if tells_heads(policy, settings) else "draft"
            yield Due(one.id, person.person_id, due.day, "head", state)


def _due(
    one: Falling, planned: Sequence[Planned], person: Responsible, today: date
) -> Planned | None:
    # Whoever came later is not reminded of what was told before they came.
    since = max(one.since, person.since)
    return falls_due(planned, since, one.looked_on, today, one.last_day)
