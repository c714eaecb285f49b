"""The duties of a paper put right by hand: changed, added, taken out, ticked as right."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, timedelta

from knowledge.correcting import contains
from knowledge.deadlines import read_when
from knowledge.documents import Clause, Duty, When, WhenKind
from knowledge.errors import CorrectionRefused
from knowledge.structure import Structure
from knowledge.vietnamese import collapse

#: "20/9/2026", "ngày 20 tháng 9": whoever types this means a day.
_DAY_LIKE = re.compile(r"\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{2,4}|\d{1,2}\s+tháng\s+\d{1,2}")
_NUMBERS = re.compile(r"\b(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})\b")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")  #: as browsers write a day
_ONE_DAY: frozenset[WhenKind] = frozenset(("day", "before", "by"))


def change_duty(text: str, before: Structure, number: int, duty: Duty) -> Structure:
    """Another duty in the place of the one with that number (from 0)."""
    clauses, duties = before
    clause = _check(text, clauses, duty)
    _known(duties, number)
    if duty.when.text != duties[number].when.text:
        duty = mark_time(duty, clause)
    return clauses, (*duties[:number], duty, *duties[number + 1 :])


def add_duty(text: str, before: Structure, duty: Duty) -> tuple[Structure, int]:
    """One more, after those of the clauses up to its own; and its number."""
    clauses, duties = before
    duty = mark_time(duty, _check(text, clauses, duty))
    order = {clause.address: at for at, clause in enumerate(clauses)}
    mine = order[duty.address]
    number = sum(order[each.address] <= mine for each in duties)
    return (clauses, (*duties[:number], duty, *duties[number:])), number


def drop_duty(before: Structure, number: int) -> Structure:
    """Without it."""
    clauses, duties = before
    _known(duties, number)
    return clauses, (*duties[:number], *duties[number + 1 :])


def tick_duties(before: Structure, numbers: Collection[int], *, right: bool = True) -> Structure:
    """A person says of these duties that they are right, or takes it back."""
    clauses, duties = before
    for number in numbers:
        _known(duties, number)
    return clauses, tuple(
        replace(duty, reviewed=right) if at in numbers else duty for at, duty in enumerate(duties)
    )


def when_said(typed: str, before: When, year: int | None) -> When:
    """When a duty is due, as a person types it: "20/9/2026", "trước ngày 20/9/2026", "quý III".

    What is typed as it stood before keeps its days. Raises CorrectionRefused("day") for a day that
    is not in the calendar.
    """
    printed = collapse(typed)
    if not printed:
        return When()
    if iso := _ISO.fullmatch(printed):
        printed = f"{int(iso[3])}/{int(iso[2])}/{iso[1]}"
    if printed == collapse(before.text or ""):
        return before
    when = read_when(printed, year=year, deadline=True)
    known = when.start or when.end or when.before or when.recurrence
    if not known and _DAY_LIKE.search(printed):
        raise CorrectionRefused("day")
    return replace(when, text=printed)


def with_days(when: When, first: date | None, last: date | None) -> When:
    """The time with days that a person has set because the words do not say them."""
    if (first, last) == (when.start, when.end):
        return when
    if first and last and first > last:
        raise CorrectionRefused("order")
    kind = when.kind
    if kind in ("none", "instruction", "event", "offset") or (kind in _ONE_DAY and first):
        kind = "period" if first and first != last else "day" if first else "by"
    if kind == "by" and not last:
        kind = "none"
    before = last + timedelta(days=1) if kind == "before" and last else None
    return replace(when, kind=kind, start=first, end=last, before=before)


def mark_time(duty: Duty, clause: Clause) -> Duty:
    """Whether its time is that of the clause, or one that a person has put there."""
    said = collapse(duty.when.text or "")
    where = collapse(f"{clause.heading} {clause.text} {duty.quote}")
    days = set(_days(said))
    printed = said.lower() in where.lower() or (days and days <= set(_days(where)))
    return replace(duty, when=replace(duty.when, by_hand=not printed))


def _days(text: str) -> Iterator[tuple[int, ...]]:
    """Every day that is written in numbers: "04/01/2026" and "4.1.2026" are the same."""
    for found in _NUMBERS.finditer(text):
        yield tuple(map(int, found.groups()))


def _check(text: str, clauses: tuple[Clause, ...], duty: Duty) -> Clause:
    clause = next((each for each in clauses if each.address == duty.address), None)
    if clause is None:
        raise CorrectionRefused("no_clause")
    if not duty.duty:
        raise CorrectionRefused("no_task")
    if not contains(text, clause, duty.quote):
        raise CorrectionRefused("quote")
    return clause


def _known(duties: tuple[Duty, ...], number: int) -> None:
    if not 0 <= number < len(duties):
        raise CorrectionRefused("no_duty")
