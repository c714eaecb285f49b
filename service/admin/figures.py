"""*Số liệu*: how many questions came, what became of them, how quickly; from counts by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from service import clock
from service.admin.charts import Chart, stacked
from service.admin.drawing import draw
from service.admin.figure_views import PERIODS, Period, Size, Step, Times, days_of, steps_of, whole
from service.admin.questions import clause_link
from service.admin.words import words
from service.report_figures import percent, thousands
from service.routes.desk import desk_of
from service.routes.page_views import Link
from service.spreadsheets import as_csv
from service.storage.engine import transaction
from service.storage.figures import (
    AT_MOST,
    Counted,
    Spans,
    by_channel,
    by_day,
    by_time,
    counted,
    most_cited,
)

_USUAL = "month"
_CLAUSES = 10  #: that are listed

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Row:
    """The counts of a step, a channel or all, in words."""

    name: str
    asked: str
    answered: str
    asked_back: str
    silent: str
    share: str  #: of those asked that were answered
    half: str
    nearly_all: str


@dataclass(frozen=True, slots=True)
class CitedRow:
    """A clause with how often it was cited, and how long its bar is (100: the longest)."""

    clause: Link
    count: str
    length: float


@router.get("/admin/figures")
def figures_page(request: Request, period: str = _USUAL) -> Response:
    """The counts of a period: by step, by channel, by clause."""
    period = period if period in PERIODS else _USUAL
    desk = desk_of(request)
    size = PERIODS[period].size
    with transaction(desk.engine) as session:
        steps, all_ = _read(session, PERIODS[period], clock.today(desk.settings))
        some = _counted_by(PERIODS[period], all_.first, all_.last)
        channels = _channels(session, some)
        cited = most_cited(session, some, _CLAUSES)
    most = max((count for _, count in cited), default=1)
    library = desk.assistant.library
    return draw(
        request,
        "admin_figures.html",
        "figures",
        period=period,
        size=size,
        periods=PERIODS,
        export="/admin/figures.csv?" + urlencode({"period": period}),
        all=_row(all_.counted, _span(all_, "week"), all_.times),
        any=all_.counted.asked > 0,
        steps=[_row(step.counted, _span(step, size), step.times) for step in steps],
        asked=_asked_chart(steps, size),
        times=_times_chart(steps, size),
        channels=channels,
        cited=[
            CitedRow(
                clause_link({"document": document, "address": address}, library),
                thousands(count),
                round(100 * count / most, 1),
            )
            for (document, address), count in cited
        ],
    )


@router.get("/admin/figures.csv")
def export(request: Request, period: str = _USUAL) -> Response:
    """The same by day, for a spreadsheet."""
    desk = desk_of(request)
    today = clock.today(desk.settings)
    with transaction(desk.engine) as session:
        _, all_ = _read(session, PERIODS.get(period, PERIODS[_USUAL]), today)
        days, _ = _read(session, Period("day", (today - all_.first).days + 1), today)
    headers = {"Content-Disposition": f'attachment; filename="so-lieu-{today.isoformat()}.csv"'}
    return Response(as_csv(_table(days)), media_type="text/csv", headers=headers)


def _read(session: Session, period: Period, today: date) -> tuple[list[Step], Step]:
    """The steps of a period, and all of them as one."""
    spans = days_of(period, today)
    some = _counted_by(period, spans[0][0], spans[-1][1])
    times = by_time(session, some)
    steps = steps_of(spans, by_day(session, some), times)
    return steps, whole(steps, times)


def _counted_by(period: Period, first: date, last: date) -> Spans:
    """Months are counted as such: nothing of them is read by days."""
    return ("month" if period.size == "month" else "day", first, last)


def _channels(session: Session, some: Spans) -> list[Row]:
    """The channels by which anything came, the busiest first."""
    found: dict[str, dict[str, int]] = {}
    for channel, kind, count in by_channel(session, some):
        found.setdefault(channel, {})[kind] = count
    each = [(channel, counted(kinds)) for channel, kinds in found.items()]
    names = words()["channel_names"]
    return [
        _row(counts, names.get(channel, channel))
        for channel, counts in sorted(each, key=lambda one: -one[1].asked)
    ]


def _row(counts: Counted, name: str, times: Times | None = None) -> Row:
    return Row(
        name=name,
        asked=thousands(counts.asked),
        answered=thousands(counts.answered),
        asked_back=thousands(counts.asked_back),
        silent=thousands(counts.silent),
        share=percent(counts.answered, counts.asked),
        half=_took(times.half if times else None),
        nearly_all=_took(times.nearly_all if times else None),
    )


def _took(milliseconds: int | None) -> str:
    if milliseconds is None:
        return "–"
    if milliseconds == AT_MOST[-1]:
        return str(words()["figures"]["longer"].format(than=thousands(AT_MOST[-2])))
    return f"{thousands(milliseconds)} ms"


def _span(step: Step, size: Size) -> str:
    """ "21/11", "15/11–21/11", "11/2026"."""
    if size == "month":
        return f"{step.first.month}/{step.first.year}"
    last = f"{step.last.day}/{step.last.month}"
    return last if size == "day" else f"{step.first.day}/{step.first.month}–{last}"


def _asked_chart(steps: Sequence[Step], size: Size) -> Chart:
    kinds = words()["questions"]["kinds"]
    columns = []
    for step in steps:
        counts = step.counted
        parts = (("answer", counts.answered), ("clarify", counts.asked_back),
                 ("silent", counts.silent))  # fmt: skip
        told = ", ".join(f"{kinds[name]}: {thousands(count)}" for name, count in parts)
        columns.append((f"{_span(step, size)}. {told}", parts))
    return stacked(columns)


def _times_chart(steps: Sequence[Step], size: Size) -> Chart:
    said = words()["figures"]
    columns = []
    for step in steps:
        half, nearly_all = step.times.half or 0, step.times.nearly_all or 0
        told = f"{said['half']}: {_took(step.times.half)}, {said['nearly_all']}: "
        told = f"{_span(step, size)}. {told}{_took(step.times.nearly_all)}"
        columns.append((told, (("half", half), ("nearly_all", nearly_all - half))))
    return stacked(columns)


def _table(days: Sequence[Step]) -> Iterator[Sequence[str]]:
    said = words()["figures"]["columns"]
    yield [
        said[name] for name in ("day", "asked", "answered", "asked_back", "silent", "half", "all")
    ]
    for day in days:
        counts, times = day.counted, day.times
        numbers = (counts.asked, counts.answered, counts.asked_back, counts.silent,
                   times.half, times.nearly_all)  # fmt: skip
        yield [day.last.isoformat(), *("" if n is None else str(n) for n in numbers)]
