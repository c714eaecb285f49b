"""Duties as the terminal shows them: one card each, dates and repetition in words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from textwrap import fill

from rich.text import Text

from knowledge import citations
from knowledge.documents import When
from service.commands.screen import out
from service.duty_reviews import ListedDuty, State
from service.routes.page_views import day_in_words

STATES: dict[State, str] = {
    "reviewed": "đã rà soát",
    "waiting": "chờ rà soát",
    "rejected": "loại",
}
_COLOURS: dict[State, str] = {"reviewed": "green", "waiting": "yellow", "rejected": "red"}
_NOT_STATED = "không ghi"
_NAMES = 12  #: columns that the longest name of a field and its colon take
_IN = " " * 3
_AT = _IN + " " * _NAMES
_UNITS = {"DAILY": "ngày", "WEEKLY": "tuần", "MONTHLY": "tháng", "YEARLY": "năm"}
_WEEKDAYS = {
    "MO": "thứ Hai",
    "TU": "thứ Ba",
    "WE": "thứ Tư",
    "TH": "thứ Năm",
    "FR": "thứ Sáu",
    "SA": "thứ Bảy",
    "SU": "Chủ nhật",
}


def show_duties(duties: Sequence[ListedDuty]) -> None:
    """All cards, paper by paper."""
    console = out()
    for _id, group in groupby(duties, key=lambda listed: listed.document.id):
        listed = list(group)
        document = listed[0].document
        title = f"\n{document.short_title} ({document.id}): {len(listed)} nhiệm vụ"
        console.print(title, style="bold", markup=False)
        for each in listed:
            show_duty(each)


def show_duty(listed: ListedDuty, *, quote: bool = False) -> None:
    """One card; with its `quote` for whoever has to decide."""
    console, duty = out(), listed.duty
    place = citations.in_words(listed.document, duty.address)
    head = Text(f"\n{listed.number}. {place} [{duty.address}] – ")
    console.print(head.append(STATES[listed.state], style=_COLOURS[listed.state]))
    rows = {
        "Việc": duty.duty,
        "Chủ trì": "; ".join(duty.leads) or _NOT_STATED,
        "Phối hợp": "; ".join(duty.coordinates) or _NOT_STATED,
        "Khi nào": when_in_words(duty.when),
        "Gửi về": duty.recipient or _NOT_STATED,
        "Qua": duty.via or _NOT_STATED,
    }
    if quote:
        rows["Nguyên văn"] = f"“{duty.quote}”"
    for name, value in rows.items():
        if quote or value != _NOT_STATED:
            console.print(_lines(name, value, console.width), markup=False)


def _lines(name: str, value: str, width: int) -> str:
    """A field under its name, later lines set in as far as the first."""
    text = f"{name + ':':<{_NAMES}}{value}"
    return fill(text, width, initial_indent=_IN, subsequent_indent=_AT, break_on_hyphens=False)


def brief(listed: ListedDuty) -> str:
    """A duty on one line, to say what became of it."""
    text = listed.duty.duty
    short = text if len(text) <= 80 else text[:80].rsplit(" ", 1)[0] + "…"
    return f"{listed.number}. [{listed.duty.address}] {short}"


def when_in_words(when: When) -> str:
    """ "trước ngày 20/9/2023 → đến hết 19/9/2023": as printed, then as it was understood."""
    understood = [part for part in (_period(when), _repetition(when.recurrence)) if part]
    printed = when.text or _NOT_STATED
    return f"{printed} → {', '.join(understood)}" if understood else printed


def _period(when: When) -> str:
    first = f"từ {day_in_words(when.start)}" if when.start else ""
    last = f"đến hết {day_in_words(when.end)}" if when.end else ""
    return f"{first} {last}".strip()


def _repetition(rule: str | None) -> str:
    """An RRULE of ours (see knowledge/recurrences.py) in words."""
    if rule is None:
        return ""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    unit, count = _UNITS[parts["FREQ"]], parts.get("INTERVAL", "1")
    days = [_WEEKDAYS[each] for each in parts.get("BYDAY", "").split(",") if each]
    said = ["hằng " + unit if count == "1" else f"{count} {unit} một lần", *days]
    if "BYMONTHDAY" in parts:
        said.append(f"ngày {parts['BYMONTHDAY']}")
    if "BYMONTH" in parts:
        said.append(f"tháng {parts['BYMONTH'].replace(',', ', ')}")
    return f"lặp lại {', '.join(said)}"
