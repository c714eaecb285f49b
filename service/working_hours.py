"""When officers work: hours of the day, on working days of the office's calendar.

Everything is reckoned in Việt Nam's time, whatever the zone of the instants that are given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from service.clock import VIETNAM
from service.duties.calendar import PUBLIC, Calendar

_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a working day, from `begins` until just before `ends`."""

    begins: time
    ends: time

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}–{self.ends:%H:%M}"


def read_hours(text: str) -> tuple[Span, ...]:
    """The spans of "07:30-11:30,13:30-17:00", one after the other.

    Raises ValueError when there is none, one is no time, or one does not lie behind the other.
    """
    spans = tuple(_span(part) for part in text.split(","))
    edges = [edge for span in spans for edge in (span.begins, span.ends)]
    if any(later <= earlier for earlier, later in pairwise(edges)):
        raise ValueError(f"not one after the other: {text!r}")
    return spans


def _span(text: str) -> Span:
    found = _SPAN.fullmatch("".join(text.split()))
    if found is None:
        raise ValueError(f"no span of a day: {text!r}")
    hour, minute, until_hour, until_minute = map(int, found.groups())
    return Span(time(hour, minute), time(until_hour, until_minute))


def is_working(hours: tuple[Span, ...], at: datetime, calendar: Calendar = PUBLIC) -> bool:
    """Whether somebody is at work at that instant."""
    return any(begins <= at < ends for begins, ends in _spans_of(hours, _day(at), calendar))


def working_minutes_between(
    hours: tuple[Span, ...], start: datetime, end: datetime, calendar: Calendar = PUBLIC
) -> float:
    """How many minutes of work lie between two instants; 0 where `end` is not later."""
    worked = timedelta(0)
    day = _day(start)
    while day <= _day(end):
        for begins, ends in _spans_of(hours, day, calendar):
            worked += max(min(end, ends) - max(start, begins), timedelta(0))
        day += _DAY
    return worked / _MINUTE


def next_opening(hours: tuple[Span, ...], at: datetime, calendar: Calendar = PUBLIC) -> datetime:
    """`at` itself during work; otherwise when work next begins, in Việt Nam's time."""
    day = _day(at)
    while True:  # no holiday lasts for ever
        for begins, ends in _spans_of(hours, day, calendar):
            if at < ends:
                return max(begins, at).astimezone(VIETNAM)
        day += _DAY


def _day(at: datetime) -> date:
    return at.astimezone(VIETNAM).date()


def _spans_of(
    hours: tuple[Span, ...], day: date, calendar: Calendar
) -> Iterator[tuple[datetime, datetime]]:
    """The spans of that day as instants; none on a day off."""
    for span in hours if calendar.is_working(day) else ():
        yield (
            datetime.combine(day, span.begins, VIETNAM),
            datetime.combine(day, span.ends, VIETNAM),
        )
