"""Who must hear what on which day, also when days are disturbed: no code of the product."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from benchmarks.reminders_people import Someone
from benchmarks.reminders_year import Cast, demanded


@dataclass(frozen=True, slots=True)
class Due:
    """Why a person hears something on a day."""

    last: date  #: last day of what is owed
    kind: str  #: before, late, head


#: Day and number of a person.
When = tuple[date, int]


@dataclass
class Demanded:
    """All that must arrive, in one message for each person and day."""

    messages: dict[When, Due]
    marked: set[When] = field(default_factory=set)  #: which say that they come late

    def put_off(
        self, day: date, until: date, people: Iterable[Someone], cast: Mapping[str, Cast]
    ) -> None:
        """What these were to hear on a day comes on a later one, if it still is of use then."""
        for one in people:
            due = self.messages.pop((day, one.number), None)
            if due is None:
                continue
            reported = cast[one.unit].reports[due.last]
            done = reported is not None and reported < until
            over = due.kind == "before" and until > due.last
            if not done and not over and (until, one.number) not in self.messages:
                self.messages[until, one.number] = due
                self.marked.add((until, one.number))

    def on(self, days: Collection[date], people: Iterable[Someone]) -> set[When]:
        """What these must hear on those days."""
        numbers = {one.number for one in people}
        return {when for when in self.messages if when[0] in days and when[1] in numbers}


def demanded_of(cast: Sequence[Cast], people: Sequence[Someone], until: date) -> Demanded:
    """What the policy demands of each person up to a day; on no day it is two things."""
    messages: dict[When, Due] = {}
    for (day, unit, last, kind), count in demanded(cast).items():
        if day > until:
            continue
        hear = [one for one in people if one.unit == unit and one.head is (kind == "head")]
        assert len(hear) == count, f"{unit}: {count} {kind}"
        for one in hear:
            assert (day, one.number) not in messages
            messages[day, one.number] = Due(last, kind)
    return Demanded(messages)
