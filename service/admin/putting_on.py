"""One duty of a paper, about to be put on units: what the paper says, and what the office adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from bot.owed import day_in_words
from service import clock
from service.admin.assigning import LONGEST, AssignFault, Typed, duty_of, fault, kinds_of
from service.admin.drawing import back, draw
from service.admin.repeats import CHOICES, rule_of
from service.duties.assigning import days_of, meant_units, recipient_of, source_of
from service.duty_reviews import ListedDuty
from service.errors import AssignmentRefused
from service.organisations import organisations_of
from service.routes.desk import desk_of
from service.shapes import clean
from service.storage.assignments import find_obligations
from service.storage.engine import transaction
from service.storage.units import all_units, is_open

_DAYS = 4  #: of what comes back, that are named

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Stated:
    """What the paper says of a duty, ready to draw; "" where it says nothing."""

    duty: str
    source: str
    leads: str
    when: str
    days: str  #: the last days that follow from it
    refused: str  #: why no day follows from it
    meant: int  #: units that it names


@router.get("/admin/assignments/new")
def page(request: Request, duty: str = "") -> Response:
    """The form for one duty, with what the paper says in it."""
    return duty_page(request, Typed(duty=duty))


def duty_page(request: Request, fields: Typed, error: str = "") -> Response:
    """The form, as it is first shown or as it was typed."""
    desk = desk_of(request)
    today = clock.today(desk.settings)
    with transaction(desk.engine) as session:
        try:
            listed = duty_of(session, desk.assistant.library, fields)
        except AssignFault:
            return back("/admin/assignments", "no_duty")
        units = [one for one in all_units(session) if is_open(one, today)]
        meant = len(meant_units(listed.duty.leads, units, organisations_of(desk.settings)))
        shown = fields if fields.stated else _prefilled(session, fields, listed)
    return draw(
        request,
        "admin_new_assignment.html",
        "assignments",
        status=422 if error else 200,
        stated=_stated(listed, today, meant),
        kinds=kinds_of(units),
        fields=shown,
        repeats=CHOICES,
        longest=LONGEST,
        error=error,
    )


def rule_typed(typed: Typed) -> str | None:
    """The rule that was chosen; None for none; raises AssignFault."""
    if not typed.repeat:
        return None
    if typed.due:
        raise fault("both")
    if typed.repeat not in CHOICES:
        raise fault("repeat")
    day, month = (_number(text) for text in (typed.repeat_day, typed.repeat_month))
    try:
        return rule_of(typed.repeat, day or 0, month)
    except ValueError as wrong:
        raise fault(f"repeat_{wrong}") from None


def _number(text: str) -> int | None:
    typed = clean(text)
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 2 else None


def _prefilled(session: Session, fields: Typed, listed: ListedDuty) -> Typed:
    """With what the office has written down for the same duty, else what the paper says."""
    there = find_obligations(session, *listed.key)
    duty = listed.duty
    return replace(
        fields,
        to="named" if duty.leads else "",
        recipient=there[0].recipient if there else recipient_of(duty),
        confirmer=there[0].confirmer if there else "",
    )


def _stated(listed: ListedDuty, today: date, meant: int) -> Stated:
    duty = listed.duty
    days, refused = "", ""
    try:
        days = _in_words(days_of(listed, today, due=None, rule=None).last_days)
    except AssignmentRefused as why:
        refused = str(why)
    return Stated(
        duty=duty.duty,
        source=source_of(listed),
        leads="; ".join(duty.leads),
        when=duty.when.text or "",
        days=days,
        refused=refused,
        meant=meant,
    )


def _in_words(days: Sequence[date]) -> str:
    more = "…" if len(days) > _DAYS else ""
    return "; ".join(day_in_words(day) for day in days[:_DAYS]) + more
