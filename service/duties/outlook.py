"""What will be told on the days to come, as things stand: by the same schedule, written nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from service.clock import VIETNAM
from service.duties.calendar import Calendar
from service.duties.policies import default_policy, policy_of
from service.duties.reminding import NIGHT
from service.duties.schedule import Policy, falls_due, of_heads, put_off, schedule
from service.duties.wording import calendar_of
from service.settings import Settings
from service.storage.duty_tables import Obligation
from service.storage.reminders import Responsible, officers_of, responsible
from service.storage.told import Ahead, ahead, obligations_of, waits

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Coming:
    """One duty of one last day that units are to be told of on a day."""

    obligation: Obligation
    last_day: date
    units: tuple[int, ...]
    untold: int  #: of these units: nobody acts for them
    heads: int  #: of these units: the head is told, too


@dataclass(frozen=True, slots=True)
class ComingDay:
    """A working day on which somebody is to be told."""

    day: date
    duties: tuple[Coming, ...]  #: the nearest last day first

    @property
    def units(self) -> int:
        """How many there are, each counted once."""
        return len({unit for one in self.duties for unit in one.units})

    @property
    def reminders(self) -> int:
        """How many duties of units."""
        return sum(len(one.units) for one in self.duties)

    @property
    def heads(self) -> int:
        """How many times a head is told, too."""
        return sum(one.heads for one in self.duties)

    @property
    def untold(self) -> int:
        """How many reminders nobody gets."""
        return sum(one.untold for one in self.duties)


def coming_days(
    session: Session, settings: Settings, at: datetime, days: int
) -> tuple[ComingDay, ...]:
    """From the next planning on, today included where it is to come, so many calendar days."""
    local, calendar = at.astimezone(VIETNAM), calendar_of(session)
    first = calendar.on_or_after(local.date() + (_DAY if local.time() >= NIGHT else timedelta()))
    last = local.date() + days * _DAY
    found = ahead(session, local.date(), last)
    of = obligations_of(session, sorted({one.obligation_id for one in found}))
    default = default_policy(settings)
    policies = {id_: policy_of(one.policy, default) for id_, one in of.items()}
    people = responsible(session, {one.unit_id for one in found})
    headed = {unit for unit, all_ in people.items() if _has_head(all_)}
    asked = waits(session, local.date())
    told: dict[tuple[date, int, date], list[int]] = {}
    alike: dict[tuple[object, ...], set[date]] = {}  #: many units owe the same by the same day
    for one in found:
        policy = policies[one.obligation_id]
        if one.id in asked:
            mine = officers_of(people.get(one.unit_id, ()))
            days_told = _days(one, policy, mine, asked[one.id], calendar, first, last)
        else:
            key = (one.obligation_id, one.last_day, one.since, one.looked_on, one.next_on)
            if key not in alike:
                alike[key] = _days(one, policy, (), {}, calendar, first, last)
            days_told = alike[key]
        for day in days_told:
            told.setdefault((day, one.obligation_id, one.last_day), []).append(one.unit_id)
    by_day: dict[date, list[Coming]] = {}
    for (day, id_, last_day), units in sorted(told.items(), key=lambda each: each[0][::2]):
        on = {p.day for p in of_heads(last_day, policies[id_], calendar)}
        heads = sum(unit in headed for unit in units) if day in on else 0
        untold = sum(unit not in people for unit in units)
        by_day.setdefault(day, []).append(Coming(of[id_], last_day, tuple(units), untold, heads))
    return tuple(ComingDay(day, tuple(by_day[day])) for day in sorted(by_day))


def _days(
    one: Ahead,
    policy: Policy,
    officers: Sequence[Responsible],
    asked: Mapping[int, date],
    calendar: Calendar,
    first: date,
    last: date,
) -> set[date]:
    """On which days in between anybody is told of one assignment."""
    planned = schedule(one.last_day, policy, calendar)
    found: set[date] = set()
    every = [asked.get(person.person_id) for person in officers] or [None]
    for until in dict.fromkeys(every):
        mine = planned if until is None else put_off(planned, until, one.last_day, calendar)
        found |= {p.day for p in mine if first < p.day <= last}
        if one.next_on <= first and falls_due(mine, one.since, one.looked_on, first, one.last_day):
            found.add(first)
    if policy.announce and one.looked_on is None:
        found.add(first)
    return found


def _has_head(people: Sequence[Responsible]) -> bool:
    """Whether the head is somebody beside those who are reminded."""
    return any(each.head for each in people) and not all(each.head for each in people)
