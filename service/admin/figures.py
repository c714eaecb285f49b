"""*Số liệu*: how many questions came, what became of them, how quickly; from counts by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from service import clock
from service.admin.begun import begin_export
from service.admin.charts import Chart, stacked
from service.admin.drawing import draw
from service.admin.figure_views import (
    PERIODS,
    USUAL,
    Size,
    Step,
    Times,
    counted_by,
    read_steps,
)
from service.admin.questions import clause_link
from service.admin.words import words
from service.report_figures import percent, thousands
from service.routes.desk import desk_of
from service.routes.page_views import Link
from service.storage.engine import transaction
from service.storage.figures import (
    AT_MOST,
    Counted,
    Spans,
    by_channel,
    counted,
    most_cited,
)

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
def figures_page(request: Request, period: str = USUAL) -> Response:
    """The counts of a period: by step, by channel, by clause."""
    period = period if period in PERIODS else USUAL
    desk = desk_of(request)
    size = PERIODS[period].size
    with transaction(desk.engine) as session:
        steps, all_ = read_steps(session, PERIODS[period], clock.today(desk.settings))
        some = counted_by(PERIODS[period], all_.first, all_.last)
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


@router.post("/admin/figures/export")
def export(request: Request, period: Annotated[str, Form()] = USUAL) -> Response:
    """The same by day, for a spreadsheet; made in the background."""
    return begin_export(request, "figures", {"period": period if period in PERIODS else USUAL})


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
