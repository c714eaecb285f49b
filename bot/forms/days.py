"""A day as people write it: "20/9", "20 tháng 9 năm 2026", "hôm qua", "thứ sáu tuần sau"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from knowledge.vietnamese import collapse, fold

_RELATIVE = {
    "hom nay": 0, "nay": 0, "bua nay": 0, "today": 0,
    "hom qua": -1, "bua qua": -1, "qua": -1, "hom kia": -2, "hom truoc": -1,
    "mai": 1, "ngay mai": 1, "hom sau": 1, "ngay kia": 2, "mot": 2,
}  # fmt: skip
_WEEKDAYS = {
    "thu hai": 0, "thu 2": 0, "t2": 0, "thu ba": 1, "thu 3": 1, "t3": 1, "thu tu": 2, "thu 4": 2,
    "t4": 2, "thu nam": 3, "thu 5": 3, "t5": 3, "thu sau": 4, "thu 6": 4, "t6": 4, "thu bay": 5,
    "thu 7": 5, "t7": 5, "chu nhat": 6, "cn": 6,
}  # fmt: skip
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)
_FIGURES = re.compile(
    r"(?P<day>\d{1,2})\s*[/.\-]\s*(?P<month>\d{1,2})(?:\s*(?:[/.\-]|nam)\s*(?P<year>\d{4}|\d{2}))?",
    re.ASCII,
)
_SPACED = re.compile(r"(?P<day>\d{1,2})\s+(?P<month>\d{1,2})\s+(?P<year>\d{4})", re.ASCII)
_WORDS = re.compile(
    r"(?P<day>\d{1,2})\s*thang\s*(?P<month>\d{1,2})(?:\s*(?:nam|[/,.-])?\s*(?P<year>\d{4}))?",
    re.ASCII,
)
_LAST = re.compile(
    r"(?:cuoi|het)\s+thang\s+(?P<month>\d{1,2})(?:\s*(?:nam|/)?\s*(?P<year>\d{4}))?",
    re.ASCII,
)
_WEEKDAY = re.compile(r"(?P<name>.+?)(?:\s+(?P<week>tuan (?:nay|sau|toi|truoc|roi|qua)))?")
_BEFORE = re.compile(r"(?:(?:vao|tu|den|truoc|da|khoang|hom|sang|chieu|toi|ngay|mung|mong)\s+)+")
_AFTER = re.compile(r"(?:\s+(?:a|ah|nhe|nha|roi|thoi))+$")
_THAT_YEAR = re.compile(r"\bnam (nay|ngoai|truoc|sau|toi)$")
_YEARS = {"nay": 0, "ngoai": -1, "truoc": -1, "sau": 1, "toi": 1}
#: "Ngày 20 tháng chín"; "sau" is left out, which is six, and next.
_NAMED_MONTH = re.compile(
    r"\bthang (?P<name>muoi mot|muoi hai|muoi|hai|ba|tu|nam|bay|tam|chin)(?= nam \d|$)"
)
_MONTHS = {
    "hai": 2, "ba": 3, "tu": 4, "nam": 5, "bay": 7, "tam": 8, "chin": 9, "muoi": 10,
    "muoi mot": 11, "muoi hai": 12,
}  # fmt: skip
_WEEKS = {"nay": 0, "sau": 7, "toi": 7, "truoc": -7, "roi": -7, "qua": -7}
_CENTURY = 2000
_FIRST, _LAST_YEAR = 1945, 2100  #: a year before or after is a slip


def read_day(text: str, today: date, *, ahead: bool = False) -> date | None:
    """The day that `text` is; None when it is none, or not one day.

    Where the year is left out it is the nearest such day: not after today, or not before it when
    the day lies `ahead`.
    """
    said = _AFTER.sub("", collapse(fold(text)).strip(" .,;!")).strip(" .,;!")
    said = _THAT_YEAR.sub(lambda found: f"nam {today.year + _YEARS[found[1]]}", said)
    said = _NAMED_MONTH.sub(lambda found: f"thang {_MONTHS[found['name']]}", said)
    for words in (said, _BEFORE.sub("", said, count=1)):
        for day in _readings(words, today, ahead):
            return day
    return None


def _readings(said: str, today: date, ahead: bool) -> Iterator[date]:
    if said in _RELATIVE:
        yield today + timedelta(days=_RELATIVE[said])
    yield from _weekday(said, today, ahead)
    for pattern in (_ISO, _FIGURES, _SPACED, _WORDS):
        found = pattern.fullmatch(said)
        if found:
            yield from _day(int(found["day"]), found, today, ahead)
    if said in ("cuoi thang", "cuoi thang nay", "het thang", "het thang nay"):
        yield from _made(today.year, today.month, None)
    if said in ("cuoi nam", "het nam", f"cuoi nam {today.year}", f"het nam {today.year}"):
        yield date(today.year, 12, 31)
    found = _LAST.fullmatch(said)
    if found:
        yield from _day(None, found, today, ahead)


def _weekday(said: str, today: date, ahead: bool) -> Iterator[date]:
    found = _WEEKDAY.fullmatch(said)
    if not found or found["name"] not in _WEEKDAYS:
        return
    day = today + timedelta(days=_WEEKDAYS[found["name"]] - today.weekday())
    if found["week"]:
        day += timedelta(days=_WEEKS[found["week"].split()[-1]])
    elif ahead and day < today:
        day += timedelta(days=7)
    elif not ahead and day > today:
        day -= timedelta(days=7)
    yield day


def _day(day: int | None, found: re.Match[str], today: date, ahead: bool) -> Iterator[date]:
    """`day` None is the last of the month."""
    month, told = int(found["month"]), found["year"]
    if told:
        year = int(told) + (_CENTURY if len(told) == len("26") else 0)
        yield from _made(year, month, day)
        return
    years = range(today.year - 4, today.year + 5)  # a 29 February may be that far
    days = [made for year in years for made in _made(year, month, day)]
    fitting = [d for d in days if (d >= today if ahead else d <= today)]
    if fitting:
        yield min(fitting) if ahead else max(fitting)


def _made(year: int, month: int, day: int | None) -> Iterator[date]:
    if not _FIRST <= year <= _LAST_YEAR:
        return
    try:
        if day is not None:
            yield date(year, month, day)
        else:
            yield date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    except ValueError:
        return
