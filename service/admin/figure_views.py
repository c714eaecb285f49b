"""What the page of figures shows: a period in steps, each with its counts and times."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from dateutil.relativedelta import relativedelta
from sqlmodel import Session

from service.admin.words import words
from service.storage.figures import AT_MOST, Counted, Spans, by_day, by_time, counted

Size = Literal["day", "week", "month"]
_DAY = timedelta(days=1)
_HALF, _NEARLY_ALL = 0.5, 0.95


@dataclass(frozen=True, slots=True)
class Period:
    """So many steps of one size, the last of them with today."""

    size: Size
    steps: int


#: By their names in the address.
PERIODS: Mapping[str, Period] = {
    "week": Period("day", 7),
    "month": Period("day", 30),
    "quarter": Period("week", 13),
    "year": Period("month", 12),
}
USUAL = "month"


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds that half of the answers took at most, and 19 of 20; None: there were none."""

    half: int | None
    nearly_all: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """A day, a week or a month."""

    first: date
    last: date
    counted: Counted
    times: Times


def read_steps(session: Session, period: Period, today: date) -> tuple[list[Step], Step]:
    """The steps of a period, and all of them as one."""
    spans = days_of(period, today)
    some = counted_by(period, spans[0][0], spans[-1][1])
    times = by_time(session, some)
    steps = steps_of(spans, by_day(session, some), times)
    return steps, whole(steps, times)


def counted_by(period: Period, first: date, last: date) -> Spans:
    """Months are counted as such: nothing of them is read by days."""
    return ("month" if period.size == "month" else "day", first, last)


def each_day(session: Session, name: str, today: date) -> list[Step]:
    """The same period by days, for a table."""
    _, all_ = read_steps(session, PERIODS.get(name, PERIODS[USUAL]), today)
    days, _ = read_steps(session, Period("day", (today - all_.first).days + 1), today)
    return days


def table(days: Sequence[Step]) -> Iterator[Sequence[str]]:
    """The days for a spreadsheet."""
    said = words()["figures"]["columns"]
    yield [
        said[name] for name in ("day", "asked", "answered", "asked_back", "silent", "half", "all")
    ]
    for day in days:
        counts, times = day.counted, day.times
        numbers = (counts.asked, counts.answered, counts.asked_back, counts.silent,
                   times.half, times.nearly_all)  # fmt: skip
        yield [day.last.isoformat(), *("" if n is None else str(n) for n in numbers)]


def days_of(period: Period, today: date) -> list[tuple[date, date]]:
    """The first and last day of each step; nothing lies after today."""
    if period.size == "month":
        this = today.replace(day=1)
        firsts = [this - relativedelta(months=back) for back in range(period.steps)][::-1]
        return [(day, min(day + relativedelta(months=1) - _DAY, today)) for day in firsts]
    days = 7 if period.size == "week" else 1
    lasts = [today - days * back * _DAY for back in range(period.steps)][::-1]
    return [(last - (days - 1) * _DAY, last) for last in lasts]


def steps_of(
    spans: Sequence[tuple[date, date]],
    kinds: Iterable[tuple[date, str, int]],
    times: Iterable[tuple[date, int, int]],
) -> list[Step]:
    """Counts gathered into their steps; no day lies before the first.

    `kinds`: day, kind, how many; `times`: day, milliseconds at most, how many.
    """
    of_kind: dict[date, Counter[str]] = {first: Counter() for first, _ in spans}
    of_time: dict[date, Counter[int]] = {first: Counter() for first, _ in spans}
    firsts = [first for first, _ in spans]
    for day, kind, count in kinds:
        of_kind[firsts[bisect_right(firsts, day) - 1]][kind] += count
    for day, at_most, count in times:
        of_time[firsts[bisect_right(firsts, day) - 1]][at_most] += count
    return [
        Step(first, last, counted(of_kind[first]), times_of(of_time[first]))
        for first, last in spans
    ]


def whole(steps: Sequence[Step], times: Iterable[tuple[date, int, int]]) -> Step:
    """All steps as one."""
    together: Counter[int] = Counter()
    for _, at_most, count in times:
        together[at_most] += count
    each = [step.counted for step in steps]
    sums = Counted(
        sum(one.answered for one in each),
        sum(one.asked_back for one in each),
        sum(one.silent for one in each),
    )
    return Step(steps[0].first, steps[-1].last, sums, times_of(together))


def times_of(counts: Mapping[int, int]) -> Times:
    """From how many answers took at most so long, but longer than the step before."""
    return Times(_within(counts, _HALF), _within(counts, _NEARLY_ALL))


def _within(counts: Mapping[int, int], share: float) -> int | None:
    """The first of AT_MOST within which that share of the answers came."""
    wanted, so_far = share * sum(counts.values()), 0
    for at_most in AT_MOST:
        so_far += counts.get(at_most, 0)
        if so_far and so_far >= wanted:
            return at_most
    return None
