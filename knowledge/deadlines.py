"""When something is due: "trước ngày 20/9/2023", "quý III năm 2022", "06 tháng và năm"."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

from knowledge.calendar_words import SPAN, Stretch, find_stretches
from knowledge.documents import When, WhenKind
from knowledge.vietnamese import collapse, compose

_EVERY = r"(?:hằng|hàng|mỗi)"
_BEFORE = re.compile(
    r"\b(?:xong\s+)?trước\s+(?:thời hạn\s+)?(?:(?P<hour>\d{1,2}\s*(?:giờ|h)"
    r"\s*\d{0,2}(?:\s*phút)?,?\s*)?(?=ngày|tháng|quý|năm|\d{1,2}\s*[/.-]))",
    re.IGNORECASE,
)
_BY = re.compile(
    r"\b(?:(?:chậm|muộn|trễ) nhất(?:\s+(?:là|đến|vào|trong|hết|cuối))*|đến hết|đến|hết|không quá|"
    r"hạn cuối(?: là)?|"
    r"thời hạn(?: là)?|hoàn thành(?:\s+(?:vào|trong))?)\s*:?\s*(?=(?:ngày|tháng|quý|năm|"
    r"\d{1,2}\s*[/.-]))",
    re.IGNORECASE,
)
# "trong thời hạn 05 ngày làm việc kể từ ngày …", "sau 10 ngày kể từ khi …".
_OFFSET = re.compile(
    r"(?:(?:chậm nhất|không quá)\s+(?:là\s+|trong\s+|sau\s+)?|(?:trong\s+)?(?:thời hạn|vòng|"
    r"thời gian)\s+(?:là\s+|không quá\s+)?|sau\s+|trước\s+)"
    r"(\d{1,3})\s*(?:\([^)]*\)\s*)?(ngày làm việc|ngày|tuần|tháng|giờ)(?!\s*\d)"
    r"(?:,?\s*(?:(?:kể|tính)\s+)?(?:từ|sau khi|trước khi|khi)\b[^.;]*)?",
    re.IGNORECASE,
)
_HALF_AND_YEAR = re.compile(
    r"\b0?6\s+tháng(?:\s+đầu năm)?\s*(?:,|và|,\s*và|hoặc|/)\s*(?:cả\s+)?(?:một\s+|"
    r"01\s+)?năm\b(?!\s*\d)",
    re.IGNORECASE,
)
_QUARTER_END = re.compile(
    r"ngày\s+(\d{1,2})\s+(?:của\s+)?tháng\s+cuối\s+(?:của\s+)?(?:mỗi\s+|hằng\s+|hàng\s+)?quý",
    re.IGNORECASE,
)
_YEARLY_DAY = re.compile(
    rf"(?:ngày\s+(\d{{1,2}})/(\d{{1,2}})\s*(?:,|và)\s*(?:trước\s+)?)?"
    rf"ngày\s+(\d{{1,2}})\s*(?:/|-|tháng)\s*(\d{{1,2}})\s*,?\s*(?:{_EVERY}|của mỗi)\s+năm",
    re.IGNORECASE,
)
_YEARLY_MONTH = re.compile(
    rf"((?:tháng\s+\d{{1,2}}\s*(?:,|và)\s*)*tháng\s+\d{{1,2}})\s*,?\s*{_EVERY}\s+năm", re.IGNORECASE
)
_MONTHLY_DAY = re.compile(rf"ngày\s+(\d{{1,2}})\s*(?:của\s+)?{_EVERY}\s+tháng", re.IGNORECASE)
_WEEKDAY = re.compile(
    rf"(thứ\s+(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)\s+{_EVERY}\s+tuần", re.IGNORECASE
)
_PLAIN_EVERY = re.compile(
    rf"(?:{_EVERY}|định kỳ(?:\s+{_EVERY})?)\s+(ngày|tuần|tháng|quý|năm|0?6 tháng)|"
    rf"0?6 tháng (?:một|1|01) lần",
    re.IGNORECASE,
)
_RULES = {
    "ngày": "FREQ=DAILY",
    "tuần": "FREQ=WEEKLY",
    "tháng": "FREQ=MONTHLY",
    "quý": "FREQ=YEARLY;BYMONTH=3,6,9,12",
    "năm": "FREQ=YEARLY",
}
_HALVES = "FREQ=YEARLY;BYMONTH=6,12"
_DAYS = {"hai": "MO", "ba": "TU", "tư": "WE", "năm": "TH", "sáu": "FR", "bảy": "SA"}
_CONTINUOUS = re.compile(r"\b(?:thường xuyên|liên tục)\b", re.IGNORECASE)
# "Thực hiện … thường xuyên": the task is; "ngân sách thường xuyên" is money.
_STEADY = re.compile(
    r"(?:\W*(?:tổ chức|thực hiện|duy trì|cập nhật|đăng tải|triển khai|rà soát|theo dõi|kiểm tra)"
    r"\b[^.;,]{0,90}?)??"
    r"(?<!chi )(?<!ngân sách )\b(thường xuyên)\b(?!,? (?:và )?(?:nguồn|ngân sách))",
    re.IGNORECASE,
)
_INSTRUCTION = re.compile(
    r"\b(?:theo|khi có|ngay khi có|sau khi có)\s+(?:sự\s+|văn bản\s+)?(?:hướng dẫn|chỉ đạo|"
    r"yêu cầu|đề nghị|kế hoạch|quy định|"
    r"phân công|lịch|chương trình|thông báo)\b",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"\b(?:ngay\s+)?(?:từ\s+|sau\s+|trước\s+)?khi\s+\w|\bđột xuất\b|\bngay sau\b", re.IGNORECASE
)
_START = re.compile(r"\b(?:bắt đầu\s+)?(?:từ|kể từ)\s+(?=(?:ngày|tháng|quý|năm|\d))", re.IGNORECASE)
_PERIOD = re.compile(r"\bgiai đoạn\b|\btừ\b|[-–]|\bđến\b|\bcác năm\b", re.IGNORECASE)


def read_when(text: str, *, year: int | None = None) -> When:
    """What a line or cell for the time says; `year` completes dates printed without one."""
    printed = collapse(compose(text)).strip(" .;")
    if not printed:
        return When()
    found = (
        _recurring(printed, year)
        or _due(printed, year)
        or _offset(printed)
        or _vague(printed, year)
        or _stretch(printed, year)
    )
    return replace(found, text=printed) if found else When(printed)


def find_when(sentence: str, *, year: int | None = None) -> When:
    """The time that a sentence sets for its task; dates of papers it cites are left alone."""
    text = collapse(compose(sentence))
    found = _recurring(text, year, certain=True) or _due(text, year) or _offset(text)
    if found:
        return found
    inside = re.search(r"\b(?:trong|vào)\s+(?=(?:tháng|quý)\s+\w)", text, re.IGNORECASE)
    if inside:
        stretch = _first_at(text, inside.end(), year)
        if stretch:
            return _span_when(stretch, text[inside.start() : stretch.end])
    steady = _STEADY.match(text)
    if steady:
        return When(steady[1], "continuous")
    sudden = re.search(r"\bđột xuất khi có yêu cầu\b|\bkhi có yêu cầu\b", text, re.IGNORECASE)
    if sudden:
        return When(sudden[0], "instruction")
    return When()


def _recurring(text: str, year: int | None, *, certain: bool = False) -> When | None:
    rule, match = _rule(text, certain)
    if match is None:
        return None
    start = text.rfind("trước ", 0, match.start())
    lead = text[start : match.start()].strip() if start >= 0 else ""
    begin = start if lead in ("trước", "trước ngày") else match.start()
    if certain:
        return When(text[begin : match.end()], "recurring", recurrence=rule)
    bounds = [s for s in find_stretches(text, None) if s.year]
    first = bounds[0].first if bounds else None
    last = bounds[-1].last if len(bounds) > 1 else None
    return When(text, "recurring", first, last, recurrence=rule)


def _rule(text: str, certain: bool) -> tuple[str, re.Match[str] | None]:
    if match := _HALF_AND_YEAR.search(text):
        return _HALVES, match
    if match := _QUARTER_END.search(text):
        return f"FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY={int(match[1])}", match
    if match := _YEARLY_DAY.search(text):
        both = match[1] is not None and int(match[1]) == int(match[3])
        month = f"{int(match[2])},{int(match[4])}" if both else f"{int(match[4])}"
        return f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={int(match[3])}", match
    if match := _YEARLY_MONTH.search(text):
        months = sorted({int(month) for month in re.findall(r"\d+", match[1])})
        return f"FREQ=YEARLY;BYMONTH={','.join(map(str, months))}", match
    if match := _MONTHLY_DAY.search(text):
        return f"FREQ=MONTHLY;BYMONTHDAY={int(match[1])}", match
    if match := _WEEKDAY.search(text):
        return f"FREQ=WEEKLY;BYDAY={_weekday(match[1])}", match
    # "ngân sách hằng năm" is no deadline: in a sentence only "Hằng năm, …" and "định kỳ …" are.
    match = _PLAIN_EVERY.match(text) if certain else _PLAIN_EVERY.search(text)
    if certain and not match:
        match = re.search(
            _PLAIN_EVERY.pattern.replace(f"(?:{_EVERY}|", "(?:", 1), text, re.IGNORECASE
        )
    if match:
        return _RULES.get((match[1] or "").lower(), _HALVES), match
    return "", None


def _weekday(name: str) -> str:
    last = name.lower().split()[-1]
    return _DAYS.get(last) or ("SU" if last == "nhật" else list(_DAYS.values())[int(last) - 2])


def _due(text: str, year: int | None) -> When | None:
    for match in _BEFORE.finditer(text):
        stretch = _first_at(text, match.end(), year)
        if stretch is None:
            continue
        printed = text[match.start() : stretch.end]
        if match["hour"] and stretch.last:  # before an hour of the day: that day still counts
            return When(printed, "before", None, stretch.last)
        before = stretch.first
        return When(printed, "before", None, before and before - timedelta(days=1), before)
    for match in _BY.finditer(text):
        stretch = _first_at(text, match.end(), year)
        if stretch and not _START.search(text[: match.start()]):
            return When(text[match.start() : stretch.end], "by", None, stretch.last)
    return None


def _offset(text: str) -> When | None:
    match = _OFFSET.search(text)
    if not match:
        return None
    words = match[0].lower()
    if (
        "kể từ" in words
        or "tính từ" in words
        or "sau" in words
        or "thời hạn" in words
        or "vòng" in words
    ):
        return When(match[0].strip(" ,"), "offset")
    return None


def _vague(text: str, year: int | None) -> When | None:
    """ "Thường xuyên", "khi xây dựng …", "theo hướng dẫn …", unless a time comes first."""
    lead = SPAN.match(text)
    if lead and not _CONTINUOUS.search(text):
        return None
    if _CONTINUOUS.search(text):
        if _EVENT.search(text):
            return When(text, "event")
        match = _START.search(text)
        spans = find_stretches(text, year)
        first = _first_at(text, match.end(), year) if match else spans[0] if spans else None
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
    start = _START.search(text)
    if start and len(spans) == 1:
        return When(text, "period", spans[0].first, None)
    return _span_when(spans[0], text)


def _is_period(text: str, spans: list[Stretch]) -> bool:
    between = text[spans[0].end : spans[1].start]
    return bool(_PERIOD.search(between)) or between.strip(" ") in (",", "và", ", và")


def _span_when(stretch: Stretch, text: str) -> When:
    kinds: dict[str, WhenKind] = {
        "day": "day",
        "month": "month",
        "quarter": "quarter",
        "year": "year",
        "period": "period",
    }
    return When(text, kinds[stretch.kind], stretch.first, stretch.last)


def _first_at(text: str, at: int, year: int | None) -> Stretch | None:
    """The stretch that begins at `at`, or right after "ngày", "cuối"."""
    skipped = re.compile(r"(?:cuối|đầu|hết|ngày)?\s*", re.IGNORECASE).match(text, at)
    places = (at, skipped.end() if skipped else at)
    return next((s for s in find_stretches(text, year) if s.start in places), None)


def add_working_days(day: date, count: int, holidays: Collection[date] = ()) -> date:
    """The `count`-th working day after `day`: no Saturdays, Sundays or `holidays`."""
    while count > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in holidays:
            count -= 1
    return day
