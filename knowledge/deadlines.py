"""When something is due: "trước ngày 20/9/2023", "quý III năm 2022", "06 tháng và năm"."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

from knowledge.calendar_words import SPAN, Stretch, find_stretches
from knowledge.documents import When, WhenKind
from knowledge.recurrences import find_recurrence
from knowledge.vietnamese import collapse, compose

_HOUR = r"(?P<hour>(?:lúc\s+)?\d{1,2}\s*(?:giờ|h|g)\s*\d{0,2}(?:\s*phút)?,?\s*)"
_A_TIME = r"(?=ngày|tháng|quý|năm|\d{1,2}\s*[/.-])"
_BEFORE = re.compile(
    rf"\b(?:xong\s+)?trước\s+(?:thời hạn\s+)?{_HOUR}?(?:(?:của|vào)\s+)?{_A_TIME}", re.IGNORECASE
)
_BY = re.compile(
    r"\b(?:(?:chậm|muộn|trễ) nhất(?:\s+(?:là|đến|vào|trong|hết|cuối))*|đến hết|đến|hết|không quá|"
    rf"hạn cuối(?: là)?|hạn chót(?: là)?)\s*:?\s*{_HOUR}?{_A_TIME}"
    r"|\b(?:thời hạn(?: là)?|(?:hoàn thành|hòan thành)(?:\s+(?:vào|trong))?)\s*:?\s*"
    r"(?=ngày|\d{1,2}\s*[/.-])",
    re.IGNORECASE,
)
# "trong thời hạn 05 ngày làm việc kể từ ngày …", "sau 10 ngày kể từ khi …".
_OFFSET = re.compile(
    r"(?:(?:chậm nhất|không quá)\s+(?:là\s+|trong\s+|sau\s+)*|trong\s+|"
    r"(?:trong\s+)?(?:thời hạn|vòng|thời gian)\s+(?:là\s+|không quá\s+|tối đa\s+)*|sau\s+|"
    r"trước\s+)"
    r"(\d{1,3})\s*(?:\([^)]*\)\s*)?(ngày làm việc|ngày|tuần|tháng|giờ)(?!\s*\d)"
    r"(?:,?\s*(?:(?:kể|tính)\s+)?(?:từ|sau(?: khi)?|trước(?: khi)?|khi)\b"
    r"[^.;,]*?(?=\s+(?:qua|về|gửi)\b|[.;,)]|$))?",
    re.IGNORECASE,
)
_COUNT_FIRST = re.compile(
    r"\d{1,3}\s*(?:\([^)]*\)\s*)?(?:ngày làm việc|ngày|tuần|tháng|giờ)\s+"
    r"(?:sau|trước(?= khi)|(?:kể|tính)\s+từ|từ khi|trước hội nghị)",
    re.IGNORECASE,
)
_NEAR = 120  #: letters within which a time and the year it shares with the next one stand
_COUNTED_FROM = re.compile(
    r"(?:kể|tính) từ|sau|thời hạn|vòng|ngày làm việc|\d.*\btrước\b", re.IGNORECASE
)
_SAME_MONTH = re.compile(
    r"\btừ\s+(?:ngày\s+)?(?P<day>\d{1,2})\s*(?:đến|tới|-|–)\s*(?:hết\s+)?(?=ngày\s+\d|\d{1,2}/)",
    re.IGNORECASE,
)
_CONTINUOUS = re.compile(r"\b(?:thường xuyên|liên tục)\b", re.IGNORECASE)
_INSTRUCTION = re.compile(
    r"\b(?:theo|khi có|ngay khi có|sau khi có)\s+(?:sự\s+|văn bản\s+)?(?:hướng dẫn|chỉ đạo|"
    r"yêu cầu|đề nghị|kế hoạch|quy định|"
    r"phân công|lịch|chương trình|thông báo|tiến độ)\b",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"\b(?:ngay\s+)?(?:từ\s+|sau\s+|trước\s+)?khi\s+\w|\bđột xuất\b|\bngay sau\b", re.IGNORECASE
)
STARTS_AT = re.compile(
    r"\b(?:bắt đầu\s+)?(?:từ|kể từ)\s+(?=(?:ngày|tháng|quý|năm|\d))", re.IGNORECASE
)
_PERIOD = re.compile(r"\bgiai đoạn\b|\btừ\b|[-–]|\bđến\b|\bcác năm\b", re.IGNORECASE)


def read_when(text: str, *, year: int | None = None, deadline: bool = False) -> When:
    """What a line or cell for the time says; `year` completes dates printed without one.

    `deadline`: the line is headed "Hạn hoàn thành", so a day alone is the last one.
    """
    printed = collapse(compose(text)).strip(" .;")
    if not printed:
        return When()
    found = (
        _recurring(printed)
        or same_month(printed, year)
        or due(printed, year)
        or offset(printed)
        or _counted(printed)
        or _vague(printed, year)
        or _stretch(printed, year)
    )
    if found and found.kind == "day" and deadline:
        found = When(printed, "by", None, found.end)
    return replace(found, text=printed) if found else When(printed)


def _recurring(text: str) -> When | None:
    found = find_recurrence(text, in_sentence=False)
    if found is None:
        return None
    bounds = [s for s in find_stretches(text, None) if s.year]
    first = bounds[0].first if bounds else None
    last = bounds[-1].last if len(bounds) > 1 else None
    return When(text, "recurring", first, last, recurrence=found.rule)


def due(text: str, year: int | None) -> When | None:
    """ "trước ngày …", "chậm nhất …": the last day on which something may be done."""
    for match in _BEFORE.finditer(text):
        stretch = stretch_at(text, match.end(), year)
        if stretch is None:
            continue
        printed = text[match.start() : stretch.end]
        if match["hour"] and stretch.last:  # before an hour of the day: that day still counts
            return When(printed, "before", None, stretch.last, stretch.last)
        before = stretch.first
        return When(printed, "before", None, before and before - timedelta(days=1), before)
    for match in _BY.finditer(text):
        stretch = stretch_at(text, match.end(), year)
        if stretch and not STARTS_AT.search(text[: match.start()]):
            return When(text[match.start() : stretch.end], "by", None, stretch.last)
    return None


def offset(text: str) -> When | None:
    """ "trong 05 ngày làm việc kể từ ngày nhận được …"."""
    match = _OFFSET.search(text)
    if not match:
        return None
    return When(match[0].strip(" ,"), "offset") if _COUNTED_FROM.search(match[0]) else None


def _counted(text: str) -> When | None:
    """ "02 ngày làm việc sau khi …": a cell need not print "trong"."""
    counted = _COUNT_FIRST.match(text)
    return When(text, "offset") if counted else None


def same_month(text: str, year: int | None) -> When | None:
    """ "từ ngày 01 đến ngày 15 tháng 7 năm 2025": the month is printed once."""
    match = _SAME_MONTH.search(text)
    last = stretch_at(text, match.end(), year) if match else None
    if not match or not last or last.kind != "day" or not last.first:
        return None
    day = int(match["day"])
    first = last.first.replace(day=day) if 0 < day <= last.first.day else None
    return When(text[match.start() : last.end], "period", first, last.last)


def _vague(text: str, year: int | None) -> When | None:
    """ "Thường xuyên", "khi xây dựng …", "theo hướng dẫn …", unless a time comes first."""
    lead = SPAN.match(text)
    if lead and not _CONTINUOUS.search(text):
        return None
    if _CONTINUOUS.search(text):
        if _EVENT.search(text):
            return When(text, "event")
        match = STARTS_AT.search(text)
        spans = find_stretches(text, year)
        first = stretch_at(text, match.end(), year) if match else spans[0] if spans else None
        last = spans[-1].last if len(spans) > 1 or (spans and not match) else None
        return When(text, "continuous", first.first if first else None, last)
    if find_stretches(text, None):
        return None
    if _INSTRUCTION.search(text):
        return When(text, "instruction")
    return When(text, "event") if _EVENT.search(text) else None


def _stretch(text: str, year: int | None) -> When | None:
    spans = find_stretches(text, year)
    if not spans:
        return None
    if len(spans) > 1 and _is_period(text, spans):
        return When(text, "period", spans[0].first, spans[-1].last)
    start = STARTS_AT.search(text)
    if start and len(spans) == 1:
        steady = start[0].lower().startswith("bắt đầu")
        return When(text, "continuous" if steady else "period", spans[0].first, None)
    return span_when(spans[0], text)


def _is_period(text: str, spans: list[Stretch]) -> bool:
    between = text[spans[0].end : spans[1].start]
    return bool(_PERIOD.search(between)) or between.strip(" ") in (",", "và", ", và")


def span_when(stretch: Stretch, text: str) -> When:
    """A stretch as the time of a task."""
    kinds: dict[str, WhenKind] = {
        "day": "day",
        "month": "month",
        "quarter": "quarter",
        "year": "year",
        "period": "period",
    }
    return When(text, kinds[stretch.kind], stretch.first, stretch.last)


def stretch_at(text: str, at: int, year: int | None) -> Stretch | None:
    """The stretch that begins at `at`, or right after "ngày", "cuối"."""
    near = text[at : at + _NEAR]
    skipped = re.compile(r"(?:cuối|đầu|hết|ngày)?\s*", re.IGNORECASE).match(near)
    places = (0, skipped.end() if skipped else 0)
    found = next((s for s in find_stretches(near, year) if s.start in places), None)
    return replace(found, start=found.start + at, end=found.end + at) if found else None


def add_working_days(day: date, count: int, holidays: Collection[date] = ()) -> date:
    """The `count`-th working day after `day`: no Saturdays, Sundays or `holidays`."""
    while count > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in holidays:
            count -= 1
    return day
