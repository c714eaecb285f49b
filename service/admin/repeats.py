"""What comes back, chosen simply at the desk: an RRULE of it, and one of ours in words."""

from __future__ import annotations

import re
from calendar import monthrange

from service.admin.words import words

#: Months of each choice; () for every month, None where the month is chosen, too.
_MONTHS: dict[str, tuple[int, ...] | None] = {
    "month": (),
    "quarter": (3, 6, 9, 12),
    "after_quarter": (1, 4, 7, 10),
    "half": (6, 12),
    "year": None,
}
CHOICES = tuple(_MONTHS)
_SHORTEST, _LONGEST = 28, 31  #: days of a month
_LEAP = 2024
_OURS = re.compile(r"FREQ=MONTHLY;(?:BYMONTH=([\d,]+);)?BYMONTHDAY=([\d,]+)(?:;BYSETPOS=-1)?")


def rule_of(choice: str, day: int, month: int | None) -> str:
    """The rule; the last day of a month that has no such day. Raises ValueError."""
    months = _MONTHS[choice]
    if months is None:
        if month is None or not 1 <= month <= 12:
            raise ValueError("month")
        months = (month,)
    longest = max((monthrange(_LEAP, each)[1] for each in months), default=_LONGEST)
    if not 1 <= day <= longest:
        raise ValueError("day")
    days = ",".join(map(str, range(min(day, _SHORTEST), day + 1)))
    last = ";BYSETPOS=-1" if day > _SHORTEST else ""
    within = f"BYMONTH={','.join(map(str, months))};" if months else ""
    return f"FREQ=MONTHLY;{within}BYMONTHDAY={days}{last}"


def rule_in_words(rule: str) -> str:
    """ "hằng tháng, ngày 25"; "" for a rule that was not chosen here."""
    found = _OURS.fullmatch(rule)
    if not found:
        return ""
    months = tuple(map(int, found[1].split(","))) if found[1] else ()
    day = found[2].rsplit(",", 1)[-1]
    said = words()["repeats"]["said"]
    choice = next((name for name, each in _MONTHS.items() if each == months), "year")
    return str(said[choice]).format(day=day, month=months[0] if months else "")
