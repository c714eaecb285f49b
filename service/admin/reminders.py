"""*Tin nhắc*: what was told on a day and what became of it, what is to come, heads to be told."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from bot.owed import day_in_words
from service import clock
from service.admin.access import visitor_of
from service.admin.draft_forms import DraftFault, read_day
from service.admin.drawing import back, draw
from service.admin.reminder_views import drafts, lines, named, not_reached, sent
from service.admin.words import words
from service.asking import Desk
from service.duties.outlook import coming_days
from service.routes.desk import desk_of
from service.spending import dong, is_nearly, spent
from service.storage.audit import record
from service.storage.engine import transaction
from service.storage.reminders import heads_to_tell, tell_heads
from service.storage.told import (
    count_left_out,
    count_messages,
    count_unreached,
    count_waiting,
    drafts_to_heads,
    messages_on,
    units_named,
    unreached,
)

_HERE = "/admin/reminders"
_PER_PAGE = 50
_DAYS = 14  #: to come, in the table
_FARTHEST = 400  #: days to come that may be opened
_EARLIEST = date(2000, 1, 1)
_DAY = timedelta(days=1)
_STATES = ("told", "open", "unclear", "unreached", "dropped")

Show = Literal["all", "told", "open", "unclear", "unreached", "dropped"]

router = APIRouter()


@router.get(_HERE)
def page(
    request: Request,
    day: str = "",
    show: Show = "all",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Today, another day that is over, or one to come."""
    desk = desk_of(request)
    today, error = clock.today(desk.settings), ""
    try:
        shown = read_day(day) or today
    except DraftFault:
        shown, error = today, words()["reminders"]["bad_day"]
    shown = min(max(shown, _EARLIEST), today + _FARTHEST * _DAY)
    values = _past(desk, shown, show, page, is_today=shown == today) if shown <= today else {}
    if shown >= today:
        values |= _coming(desk, shown, today, page)
    return draw(
        request,
        "admin_reminders.html",
        "reminders",
        status=422 if error else 200,
        error=error,
        day=day_in_words(shown),
        typed=day if error else f"{shown:%d/%m/%Y}",
        earlier=_address(shown - _DAY),
        later=_address(shown + _DAY) if shown < today + _FARTHEST * _DAY else "",
        is_today=shown == today,
        over=shown <= today,
        **values,
    )


@router.get(f"{_HERE}/unreached")
def unreached_page(
    request: Request,
    month: Annotated[str, Query(max_length=20)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Who was not reached in a month; `month`: "2026-11"."""
    desk = desk_of(request)
    today = clock.today(desk.settings)
    try:
        first = datetime.strptime(month, "%Y-%m").date()  # noqa: DTZ007 - a month, no instant
    except ValueError:
        first = today
    first = min(max(first, _EARLIEST), today).replace(day=1)
    following = (first + 31 * _DAY).replace(day=1)
    with transaction(desk.engine) as session:
        count = count_unreached(session, first, following - _DAY)
        start = (page - 1) * _PER_PAGE
        found = unreached(session, first, following - _DAY, offset=start, limit=_PER_PAGE + 1)
    here = f"{_HERE}/unreached?month={first:%Y-%m}&page="
    pager = _pager(here, page, more=len(found) > _PER_PAGE)
    return draw(
        request,
        "admin_unreached.html",
        "reminders",
        month=f"{first:%m/%Y}",
        count=count,
        messages=not_reached(found[:_PER_PAGE]),
        earlier=f"{_HERE}/unreached?month={first - _DAY:%Y-%m}",
        later=f"{_HERE}/unreached?month={following:%Y-%m}" if following <= today else "",
        newer=pager["newer"],
        older=pager["older"],
    )


@router.post(f"{_HERE}/heads")
def heads(request: Request) -> Response:
    """Heads are told what is late: it waits until somebody here says so."""
    desk = desk_of(request)
    who, at = visitor_of(request).actor, clock.now(desk.settings)
    with transaction(desk.engine) as session:
        told = tell_heads(session)
        if told:
            record(session, who, "heads_told", "assignments", at, {"reminders": told})
    return back(_HERE, "heads_told" if told else "already")


def _past(desk: Desk, day: date, show: Show, number: int, *, is_today: bool) -> dict[str, object]:
    """What was told, a page of it, with how many there are of each."""
    states = _STATES if show == "all" else (show,)
    with transaction(desk.engine) as session:
        counts = count_messages(session, day)
        found = messages_on(session, day, states, (number - 1) * _PER_PAGE, _PER_PAGE + 1)
        left_out, waiting = count_left_out(session, day), count_waiting(session)
    path = f"{_address(day)}&show={show}&page="
    return {
        "show": show,
        "counts": {"all": sum(counts.values()), **counts},
        "messages": [sent(one) for one in found[:_PER_PAGE]],
        "left_out": left_out,
        "waiting": waiting if is_today else 0,
        "address": _address(day),
        **_pager(path, number, more=len(found) > _PER_PAGE),
    }


def _coming(desk: Desk, day: date, today: date, number: int) -> dict[str, object]:
    """Today: the days to come, and heads who wait; another day: its duties."""
    at, settings = clock.now(desk.settings), desk.settings
    with transaction(desk.engine) as session:
        if day > today:
            until = (day - today).days
            found = [one for one in coming_days(session, settings, at, until) if one.day == day]
            start = (number - 1) * _PER_PAGE
            duties = found[0].duties[start : start + _PER_PAGE + 1] if found else ()
            names = units_named(session, named(duties))
            return {
                "duties": lines(duties[:_PER_PAGE], names),
                **_pager(f"{_address(day)}&page=", number, more=len(duties) > _PER_PAGE),
            }
        to_come = coming_days(session, settings, at, _DAYS)
        money = spent(session, at)
        waiting, listed = heads_to_tell(session), drafts_to_heads(session, _PER_PAGE + 1)
    said = words()["reminders"]
    return {
        "coming": [(one, day_in_words(one.day), _address(one.day)) for one in to_come],
        "coming_heading": said["coming_heading"].format(days=_DAYS),
        "spending": said["spent" if settings.spend_month else "nothing_paid"].format(
            spent=dong(money), cap=dong(settings.spend_month)
        ),
        "nearly": is_nearly(money, settings.spend_month),
        "heads": waiting,
        "drafts": drafts(listed[:_PER_PAGE]),
        "more_heads": said["heads_more"].format(count=_PER_PAGE) if len(listed) > _PER_PAGE else "",
    }


def _pager(path: str, number: int, *, more: bool) -> dict[str, str]:
    return {
        "newer": f"{path}{number - 1}" if number > 1 else "",
        "older": f"{path}{number + 1}" if more else "",
    }


def _address(day: date) -> str:
    return f"{_HERE}?day={day}"
