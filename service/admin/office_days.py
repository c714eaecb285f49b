"""*Lịch làm việc*: public holidays, and the days that the office adds of its own."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from bot.owed import day_in_words
from service import clock
from service.admin.access import visitor_of
from service.admin.draft_forms import DraftFault, read_day
from service.admin.drawing import back, draw
from service.admin.words import words
from service.duties.calendar import public_holidays
from service.routes.desk import desk_of
from service.shapes import clean
from service.storage.assignments import drop_office_day, look_again, office_days, set_office_day
from service.storage.audit import record
from service.storage.engine import transaction

_LONGEST = 200  #: characters of a note
_PAGE = "/admin/calendar"

Typed = Annotated[str, Form()]

router = APIRouter()


@router.get("/admin/calendar")
def page(request: Request) -> Response:
    """This year and the next."""
    return _page(request)


@router.post("/admin/calendar")
def add(request: Request, day: Typed = "", working: Typed = "", note: Typed = "") -> Response:
    """A day on which the office rests, or works; every reminder is reckoned anew."""
    desk, faults = desk_of(request), words()["calendar"]["faults"]
    who, at, today = visitor_of(request).actor, clock.now(desk.settings), clock.today(desk.settings)
    told = clean(note)
    try:
        meant = read_day(day)
    except DraftFault as wrong:
        return _page(request, str(wrong), day, told)
    if meant is None:
        return _page(request, faults["no_day"], day, told)
    if meant < today:
        return _page(request, faults["past"], day, told)
    if len(told) > _LONGEST:
        return _page(request, faults["long"].format(longest=_LONGEST), day, told)
    with transaction(desk.engine) as session:
        set_office_day(session, meant, told, working=working == "true")
        look_again(session, today)
        record(session, who, "office_day_set", f"day:{meant}", at)
    return back(_PAGE, "turned")


@router.post("/admin/calendar/{day}/drop")
def drop(request: Request, day: date) -> Response:
    """The day is as the public calendar has it."""
    desk = desk_of(request)
    who, at = visitor_of(request).actor, clock.now(desk.settings)
    with transaction(desk.engine) as session:
        dropped = drop_office_day(session, day)
        if dropped:
            look_again(session, clock.today(desk.settings))
            record(session, who, "office_day_dropped", f"day:{day}", at)
    return back(_PAGE, "turned" if dropped else "already")


def _page(request: Request, error: str = "", typed: str = "", note: str = "") -> Response:
    desk = desk_of(request)
    year = clock.today(desk.settings).year
    with transaction(desk.engine) as session:
        days = office_days(session)
    return draw(
        request,
        "admin_calendar.html",
        "calendar",
        status=422 if error else 200,
        days=[(one, day_in_words(one.day)) for one in days],
        years={
            each: [(day_in_words(day), name) for day, name in public_holidays(each).items()]
            for each in (year, year + 1)
        },
        typed=typed,
        note=note,
        longest=_LONGEST,
        error=error,
    )
