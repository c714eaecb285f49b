"""On which days whom a duty waits for is reminded of it: plain reckoning with dates.

`last_day`: the last day on which it may be done; "trước ngày 20/9" leaves the 19th. From the day
after it, it is late.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from service.duties.calendar import Calendar

_DAY = timedelta(days=1)
_AGAIN = 3 * _DAY  #: after something was returned when all reminders were over


@dataclass(frozen=True, slots=True)
class Policy:
    """When to remind, in calendar days."""

    before: tuple[int, ...] = (14, 7, 3, 1, 0)  #: before the last day; 0: on it
    late: tuple[int, ...] = (1, 3, 7)  #: after the first day on which it is late
    escalate: int | None = 3  #: of those after which the head is told, too; None: never
    announce: bool = False  #: whether the unit is told when the duty is put on it
    #: Whether heads are told without anybody asked first; None: as the settings say.
    heads: bool | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """One reminder of one duty."""

    day: date
    late: bool
    offset: int  #: days of the policy: until the last day, or since it became late


@lru_cache(maxsize=4096)  # many units owe the same by the same day
def schedule(last_day: date, policy: Policy, calendar: Calendar) -> tuple[Planned, ...]:
    """The days of all reminders, in order, each a working day.

    Before the deadline they move to earlier working days, after it to later ones; of those that
    fall on one day the one nearest to the deadline stays.
    """
    days: dict[date, Planned] = {}
    for offset in sorted(policy.before, reverse=True):
        day = calendar.on_or_before(last_day - offset * _DAY)
        days[day] = Planned(day, late=False, offset=offset)
    for offset in sorted(policy.late, reverse=True):
        day = calendar.on_or_after(last_day + (1 + offset) * _DAY)
        days[day] = Planned(day, late=True, offset=offset)
    return tuple(days[day] for day in sorted(days))


@lru_cache(maxsize=4096)
def of_heads(last_day: date, policy: Policy, calendar: Calendar) -> tuple[Planned, ...]:
    """What heads are told, by itself: on a day of an earlier count, too."""
    if policy.escalate is None:
        return ()
    late = tuple(count for count in policy.late if count >= policy.escalate)
    return schedule(last_day, replace(policy, before=(), late=late), calendar)


def put_off(
    planned: Iterable[Planned], until: date, last_day: date, calendar: Calendar
) -> tuple[Planned, ...]:
    """The same for whoever asked not to be reminded before `until`, but then.

    Nobody puts off beyond the last working day on which it may still be done.
    """
    late = until > last_day
    day = calendar.on_or_after(until)
    if not late and day > last_day:
        day = calendar.on_or_before(last_day)
    offset = max((day - last_day).days - 1, 0) if late else (last_day - day).days
    kept = {one.day: one for one in planned if one.day >= day}
    kept.setdefault(day, Planned(day, late, offset))
    return tuple(kept[each] for each in sorted(kept))


def after_return(
    planned: Sequence[Planned], returned: date, last_day: date, calendar: Calendar
) -> tuple[Planned, ...]:
    """The same with one more, where what was sent came back when all of them were over."""
    if any(one.day > returned for one in planned):
        return tuple(planned)
    day = calendar.on_or_after(returned + _AGAIN)
    return (*planned, Planned(day, day > last_day, abs((day - last_day).days)))


def falls_due(
    planned: Sequence[Planned], since: date, seen: date | None, today: date, last_day: date
) -> Planned | None:
    """What is to be told today: today's, or the last that was missed, if it still is of use.

    `since`: when the person learnt of the duty; `seen`: until when (inclusive) it was looked at.
    """
    open_ = [p for p in planned if since <= p.day <= today and (seen is None or p.day > seen)]
    if not open_ or (today > last_day and not open_[-1].late):
        return None
    return open_[-1]


def next_day(planned: Iterable[Planned], after: date) -> date | None:
    """The first day of a reminder later than `after`."""
    return min((one.day for one in planned if one.day > after), default=None)
