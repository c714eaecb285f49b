"""What comes back: "trước ngày 30/11 hằng năm", "06 tháng và năm", "thứ Hai hằng tuần"."""

from __future__ import annotations

import re
from dataclasses import dataclass

_EVERY = r"(?:hằng|hàng|mỗi)"
# "06 tháng và năm", "3 tháng, 6 tháng, 01 năm"; not "6 tháng và năm 2024".
_MONTHS_AND_YEAR = re.compile(
    r"\b(?<![\d/])((?:(?:0?[1-9]|1[01])(?:\s+tháng)?\s*(?:,|và)\s*)*(?:0?[1-9]|1[01]))\s+tháng"
    r"(?:\s+đầu năm)?\s*(?:,|và|,\s*và|hoặc|/)\s*(?:cả\s+|báo cáo\s+|hằng\s+|"
    r"hàng\s+)?"
    r"(?:một\s+|01\s+)?năm\b(?!\s*\d)",
    re.IGNORECASE,
)
_DAY = r"ngày\s+(\d{1,2})\s*(?:/|-|tháng)\s*(\d{1,2})(?!\s*(?:[/\d-]|năm \d))"
# "6 tháng trước ngày 15/6, năm trước ngày 15/12", whatever stands between.
_HALVES_DATED = re.compile(
    rf"\b0?6\s+tháng\b[^.;]{{0,40}}?{_DAY}[^.;\d]{{0,60}}?\bnăm\b[^.;\d]{{0,40}}?{_DAY}",
    re.IGNORECASE,
)
_QUARTER_END = re.compile(
    r"ngày\s+(\d{1,2})\s+(?:của\s+)?tháng\s+cuối\s+(?:cùng\s+)?(?:của\s+)?"
    r"(?:mỗi\s+|hằng\s+|hàng\s+)?quý",
    re.IGNORECASE,
)
_YEARLY_DAY = re.compile(
    rf"(?:ngày\s+(\d{{1,2}})\s*(?:/|tháng)\s*(\d{{1,2}})\s*(?:\([^)]*\)\s*)?(?:,|và)\s*"
    rf"(?:trước\s+)?)?"
    rf"(?:ngày\s+)?(?<![\d/])(\d{{1,2}})\s*(?:/|-|tháng)\s*(\d{{1,2}})\s*,?\s*(?:\([^)]*\)\s*)?"
    rf"(?:{_EVERY}|của mỗi)\s+năm",
    re.IGNORECASE,
)
_EVERY_YEAR_DAY = re.compile(
    rf"\b(?:{_EVERY}|định kỳ(?: {_EVERY})?)\s+năm\b[^.;\d]{{0,60}}?{_DAY}", re.IGNORECASE
)
_YEARLY_MONTH = re.compile(
    rf"((?:tháng\s+\d{{1,2}}\s*(?:,|"
    rf"và)\s*)*tháng\s+\d{{1,2}})\s*,?\s*{_EVERY}\s+năm",
    re.IGNORECASE,
)
_MONTHLY_DAY = re.compile(
    rf"ngày\s+(\d{{1,2}})\s*(?:của\s+)?(?:{_EVERY}\s+tháng|tháng\s+(?:sau|kế tiếp|liền kề))",
    re.IGNORECASE,
)
_EVERY_MONTH_DAY = re.compile(
    rf"\b(?:{_EVERY}|"
    rf"định kỳ(?: {_EVERY})?)\s+tháng\b[^.;\d]{{0,90}}?ngày\s+(\d{{1,2}})(?!\s*[/\d]|\s*tháng)",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    rf"(thứ\s+(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)\s+{_EVERY}\s+tuần", re.IGNORECASE
)
_ONCE_IN = re.compile(
    r"(?P<count>\d{1,2}|hai|ba|bốn|sáu)\s+(?P<unit>tuần|tháng|năm)\s*(?:/\s*|(?:một|1|01)\s+)lần",
    re.IGNORECASE,
)
_PLAIN_EVERY = re.compile(
    rf"(?:{_EVERY}|định kỳ(?:\s+{_EVERY})?)\s+(ngày|tuần|tháng|quý|năm|0?6 tháng)\b", re.IGNORECASE
)
# In a sentence "ngân sách hằng năm" is no deadline: only "định kỳ" and shorter periods are.
_SURE_EVERY = re.compile(
    rf"(?:định kỳ(?:\s+{_EVERY})?)\s+(ngày|tuần|tháng|quý|năm|0?6 tháng)\b", re.IGNORECASE
)
_OFTEN = re.compile(
    r"(?<!kế hoạch )(?<!giao ban )(?<!cuộc họp )\b(?:hằng|hàng)\s+(tuần|tháng|quý)\b"
    r"(?! vào| trước| của)|\bmỗi\s+(tuần|tháng|quý|năm)\s+(?:một|1|01)\s+lần",
    re.IGNORECASE,
)
# "ít nhất 01 lần/quý", "02 số/tháng", "mỗi tuần 02 buổi": how often, but not on which days.
_TIMES = r"(?:lần|lượt|số|kỳ|buổi|tin|bài|cuộc|phiên|phóng sự|chuyên mục|chương trình|đợt|ngày)"
_RATE = re.compile(
    rf"(?P<bound>(?:ít nhất|tối thiểu|không quá|không dưới|từ)\s+)?(?P<count>\d{{1,3}}|một|hai|ba)"
    rf"(?:\s*[-–]\s*\d{{1,3}})?\s+{_TIMES}(?:[\s,/]+(?:tin|bài|truyền hình|phát thanh))*"
    r"\s*(?:/|(?:trong |trên )?(?:mỗi|một)\s)\s*(?:0?1\s+|một\s+)?"
    r"(?P<unit>tuần|tháng|quý|năm)\b(?!\s*\d)"
    r"|\b(?:mỗi|hằng|hàng)\s+(?P<each>tuần|tháng|quý|năm),?\s+(?P<least>(?:có\s+)?"
    rf"(?:ít nhất|tối thiểu)\s+)?(?P<often>\d{{1,3}}|một|hai|ba)\s+{_TIMES}\b",
    re.IGNORECASE,
)
_RULES = {
    "ngày": "FREQ=DAILY",
    "tuần": "FREQ=WEEKLY",
    "tháng": "FREQ=MONTHLY",
    "quý": "FREQ=MONTHLY;INTERVAL=3",
    "năm": "FREQ=YEARLY",
}
_HALVES = "FREQ=YEARLY;BYMONTH=6,12"
_DAYS = {"hai": "MO", "ba": "TU", "tư": "WE", "năm": "TH", "sáu": "FR", "bảy": "SA"}
_COUNTS = {"hai": 2, "ba": 3, "bốn": 4, "sáu": 6}
_UNITS = {"tuần": "WEEKLY", "tháng": "MONTHLY", "năm": "YEARLY"}


@dataclass(frozen=True, slots=True)
class Recurrence:
    """What comes back: an RRULE, None where no one rule says it, and where it is printed."""

    rule: str | None
    start: int
    end: int


def find_recurrence(text: str, *, in_sentence: bool) -> Recurrence | None:
    """The recurrence that a cell or, with more doubt, a sentence states."""
    for pattern, rule in _DATED:
        if match := pattern.search(text):
            return Recurrence(rule(match), *match.span())
    if match := _ONCE_IN.search(text):
        return Recurrence(_interval(match), *match.span())
    # "Hằng năm, …" opens a sentence; elsewhere it may be the budget that comes back.
    every = _PLAIN_EVERY.match(text) if in_sentence else _PLAIN_EVERY.search(text)
    every = every or _SURE_EVERY.search(text)
    rate = find_rate(text)
    if rate and (not in_sentence or (every and every.start() == rate.start)):
        return rate  # "mỗi tuần 02 buổi" is more than "mỗi tuần"
    return Recurrence(_RULES.get(every[1].lower(), _HALVES), *every.span()) if every else None


def find_rate(text: str) -> Recurrence | None:
    """ "ít nhất 01 lần/quý", "02 số/tháng"."""
    match = _RATE.search(text)
    return Recurrence(_rate(match), *match.span()) if match else None


def find_often(text: str) -> Recurrence | None:
    """ "cập nhật hằng tuần", where a sentence sets no date."""
    match = _OFTEN.search(text)
    return Recurrence(_RULES[(match[1] or match[2]).lower()], *match.span()) if match else None


def _same_day(months: list[int], days: list[int]) -> str | None:
    """No one RRULE says "15/6 and 20/12"."""
    if len(set(days)) > 1:
        return None
    return f"FREQ=YEARLY;BYMONTH={','.join(map(str, sorted(set(months))))};BYMONTHDAY={days[0]}"


def _two_days(match: re.Match[str]) -> str | None:
    days, months = match.groups()[::2], match.groups()[1::2]
    pairs = [(int(day), int(month)) for day, month in zip(days, months, strict=True) if day]
    return _same_day([month for _, month in pairs], [day for day, _ in pairs])


def _months(match: re.Match[str], *also: int) -> str:
    months = sorted({*map(int, re.findall(r"\d+", match[1])), *also})
    return f"FREQ=YEARLY;BYMONTH={','.join(map(str, months))}"


def _weekday(match: re.Match[str]) -> str:
    last = match[1].lower().split()[-1]
    day = _DAYS.get(last) or ("SU" if last == "nhật" else list(_DAYS.values())[int(last) - 2])
    return f"FREQ=WEEKLY;BYDAY={day}"


def _rate(match: re.Match[str]) -> str | None:
    """Once in a month is a rule; "at least once" and "twice" leave open when."""
    once = (match["count"] or match["often"]).lower() in ("1", "01", "một")
    sure = once and not match["bound"] and not match["least"]
    return _RULES[(match["unit"] or match["each"]).lower()] if sure else None


def _interval(match: re.Match[str]) -> str:
    count = _COUNTS.get(match["count"].lower()) or int(match["count"])
    rule = f"FREQ={_UNITS[match['unit'].lower()]}"
    return f"{rule};INTERVAL={count}" if count > 1 else rule


#: The first that fits counts.
_DATED = (
    (_HALVES_DATED, _two_days),
    (_MONTHS_AND_YEAR, lambda match: _months(match, 12)),
    (_QUARTER_END, lambda match: f"FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY={int(match[1])}"),
    (_YEARLY_DAY, _two_days),
    (_EVERY_YEAR_DAY, _two_days),
    (_YEARLY_MONTH, _months),
    (_MONTHLY_DAY, lambda match: f"FREQ=MONTHLY;BYMONTHDAY={int(match[1])}"),
    (_EVERY_MONTH_DAY, lambda match: f"FREQ=MONTHLY;BYMONTHDAY={int(match[1])}"),
    (_WEEKDAY, _weekday),
)
