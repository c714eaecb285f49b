"""Working days: Monday to Friday without the holidays of Việt Nam, and what the office adds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase

_DAY = timedelta(days=1)
_SATURDAY = 5  #: as `date.weekday` counts


@dataclass(frozen=True, slots=True)
class Calendar:
    """The public calendar with the days that an office adds of its own."""

    closed: frozenset[date] = frozenset()  #: the office does not work
    makeup: frozenset[date] = frozenset()  #: it works although others rest

    def is_working(self, day: date) -> bool:
        """Whether somebody is at work: what the office says of a day counts first."""
        if day in self.closed:
            return False
        return day in self.makeup or _is_public_working(day)

    def on_or_before(self, day: date) -> date:
        """The day itself, or the last working day before it."""
        while not self.is_working(day):
            day -= _DAY
        return day

    def on_or_after(self, day: date) -> date:
        """The day itself, or the next working day."""
        while not self.is_working(day):
            day += _DAY
        return day


#: The calendar of an office that has added nothing.
PUBLIC = Calendar()


@cache
def _is_public_working(day: date) -> bool:
    known = _known()
    # Asked for a day first, since that makes the library read the year.
    return day not in known and (day.weekday() < _SATURDAY or day in known.weekend_workdays)


@cache
def _known() -> HolidayBase:
    # Loaded when it is first asked for: most commands never do, and it takes a while.
    import holidays

    return holidays.country_holidays("VN")


def public_holidays(year: int) -> dict[date, str]:
    """The public holidays of a year with their Vietnamese names, in order."""
    import holidays

    return dict(sorted(holidays.country_holidays("VN", years=year, language="vi").items()))
