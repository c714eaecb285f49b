"""Days, months, quarters, half-years and years as administrative Vietnamese writes them."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from knowledge.reading.labels import roman_value

_Q = r"(?:III|IV|II|I|[1-4])\b"

#: One moment or stretch. The alternatives are tried in this order at each place of the text.
SPAN = re.compile(
    r"(?P<day>(?:ngày\s+)?(?<![\d/])(?P<d>\d{1,2})\s*[/.-]\s*(?P<dm>\d{1,2})"
    r"\s*[/.-]\s*(?P<dy>(?:19|20)\d{2})(?![\d/]))"
    r"|(?P<long>ngày\s+(?P<ld>\d{1,2})\s*tháng\s+(?P<lm>\d{1,2})(?:\s*(?:năm|/)\s*(?P<ly>(?:19|"
    r"20)\d{2}))?)"
    r"|(?P<short>ngày\s+(?P<sd>\d{1,2})\s*[/.-]\s*(?P<sm>\d{1,2})(?![\d/.]*\d))"
    r"|(?P<half>0?(?P<hn>[369])\s+tháng\s+(?P<hw>đầu|cuối)\s+năm(?:\s+(?P<hy>(?:19|20)\d{2}))?)"
    r"|(?P<month>tháng\s+(?P<m>1[0-2]|0?[1-9])(?!\d)(?:\s*(?:/|-|,?\s*năm)\s*(?P<my>(?:19|20)"
    r"\d{2}))?)"
    r"|(?P<quarter>quý\s+(?P<q>"
    + _Q
    + r"(?:\s*(?:,|và|-|–)\s*"
    + _Q
    + r")*)(?:\s*(?:/|-|,?\s*năm)\s*(?P<qy>(?:19|20)\d{2}))?)"
    r"|(?P<year>(?:năm\s+)?(?<![\d/.])(?P<y>(?:19|20)\d{2})(?![\d/]))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of days; None where the year is not known."""

    kind: str  #: "day", "month", "quarter", "year" or "period"
    first: date | None
    last: date | None
    year: int | None  #: as printed
    start: int
    end: int
    month: int | None = None
    day: int | None = None


def read_stretch(match: re.Match[str], year: int | None) -> Stretch | None:
    """The stretch behind a match of SPAN, or None for a date that does not exist."""
    try:
        return _read(match, year)
    except ValueError:
        return None


def _read(match: re.Match[str], year: int | None) -> Stretch:
    group = match.groupdict()
    for prefix, kind in (("d", "day"), ("l", "long"), ("s", "short")):
        if group[kind]:
            day = int(group["d" if prefix == "d" else prefix + "d"])
            month = int(group["dm" if prefix == "d" else prefix + "m"])
            printed = group["dy"] if prefix == "d" else group["ly"] if prefix == "l" else None
            return _day(match, day, month, int(printed) if printed else None, year)
    if group["half"]:
        months = int(group["hn"])
        span = (1, months) if group["hw"].lower() == "đầu" else (13 - months, 12)
        return _months(match, "period", span, group["hy"], year)
    if group["month"]:
        month = int(group["m"])
        return _months(match, "month", (month, month), group["my"], year)
    if group["quarter"]:
        signs = re.findall(r"[IV]+|\d", group["q"].upper())
        numbers = [int(sign) if sign.isdigit() else roman_value(sign) for sign in signs]
        kind = "quarter" if len(numbers) == 1 else "period"
        span = (3 * numbers[0] - 2, 3 * numbers[-1])
        return _months(match, kind, span, group["qy"], year)
    return _months(match, "year", (1, 12), group["y"], year)


def _day(
    match: re.Match[str], day: int, month: int, printed: int | None, year: int | None
) -> Stretch:
    known = printed or year
    when = date(known, month, day) if known else None
    if when is None:
        date(2024, month, day)  # refuses the 31st of a short month
    return Stretch("day", when, when, printed, *match.span(), month, day)


def _months(
    match: re.Match[str], kind: str, span: tuple[int, int], printed: str | None, year: int | None
) -> Stretch:
    known = int(printed) if printed else year
    first = date(known, span[0], 1) if known else None
    last = date(known, span[1], monthrange(known, span[1])[1]) if known else None
    return Stretch(kind, first, last, int(printed) if printed else None, *match.span(), span[1])


def find_stretches(text: str, year: int | None) -> list[Stretch]:
    """Every stretch named in `text`, in order; `year` is used where none is printed.

    "từ tháng 5 đến tháng 10/2023" and "quý I, quý II năm 2023" print one year for both.
    """
    found = [s for m in SPAN.finditer(text) if (s := read_stretch(m, None))]
    out: list[Stretch] = []
    for i, stretch in enumerate(found):
        if stretch.first is not None:
            out.append(stretch)
            continue
        later = next((s.year for s in found[i + 1 : i + 2] if s.year), None)
        match = SPAN.match(text, stretch.start)
        again = read_stretch(match, later or year) if match else None
        out.append(again or stretch)
    return out
