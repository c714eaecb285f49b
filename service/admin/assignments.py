"""*Việc đã giao*: what units owe, put on them here; what is late, and heads to be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response
from pydantic import JsonValue

from bot.answers import shorten
from bot.owed import day_in_words
from service import clock
from service.admin.access import visitor_of
from service.admin.assigning import (
    LONGEST,
    AssignFault,
    Typed,
    checked,
    choices,
    due_of,
    duty_of,
    kinds_of,
    request_of,
    units_of,
)
from service.admin.drawing import back, draw
from service.admin.putting_on import duty_page, rule_typed
from service.duties.assigning import assign, assign_request, days_of
from service.duties.changes import changes
from service.errors import AssignmentRefused
from service.organisations import organisations_of
from service.routes.desk import RowId, desk_of
from service.storage.assignments import Owed, assignments_of, count_assignments, end_assignments
from service.storage.audit import record
from service.storage.engine import transaction
from service.storage.reminders import heads_to_tell
from service.storage.unit_tables import Unit
from service.storage.units import open_units

_PER_PAGE = 50
_TITLE = 200  #: characters of a duty in the list

Show = Literal["open", "late", "done"]
Text = Annotated[str, Form()]

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Line:
    """One assignment, ready to draw."""

    id: int
    obligation_id: int
    unit_id: int
    unit: str
    title: str
    source: str
    recipient: str
    confirmer: str
    last_day: str
    own_date: bool


def typed(
    duty: Text = "",
    title: Text = "",
    source: Text = "",
    recipient: Text = "",
    to: Text = "",
    unit: Text = "",
    due: Text = "",
    announce: Text = "",
    confirmer: Text = "",
    stated: Text = "",
    repeat: Text = "",
    repeat_day: Text = "",
    repeat_month: Text = "",
) -> Typed:
    """The fields of either form."""
    return Typed(
        *(duty, title, source, recipient, to, unit, due, announce),
        *(confirmer, stated, repeat, repeat_day, repeat_month),
    )


Fields = Annotated[Typed, Depends(typed)]


@router.get("/admin/assignments")
def page(
    request: Request,
    show: Show = "open",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    paper: str = "",
) -> Response:
    """What is owed, the nearest first, and the forms to put more on units: duties of `paper`."""
    return _page(request, show, page, paper=paper)


@router.post("/admin/assignments")
def put_on(request: Request, fields: Fields) -> Response:
    """A duty of a paper, or a request of the office's own."""
    desk = desk_of(request)
    who, at, today = visitor_of(request).actor, clock.now(desk.settings), clock.today(desk.settings)
    try:
        fields = checked(fields)
        due, names = due_of(fields), organisations_of(desk.settings)
        policy: dict[str, JsonValue] = {"announce": True} if fields.announce else {}
        with transaction(desk.engine) as session:
            units = open_units(session, today)
            if fields.duty:
                listed = duty_of(session, desk.assistant.library, fields)
                days = days_of(listed, today, due=due, rule=rule_typed(fields))
                ids = _ids(units_of(fields, units, listed.duty.leads, names))
                named = (fields.recipient, fields.confirmer) if fields.stated else (None, None)
                assign(
                    *(session, listed, days, ids, who, at),
                    since=today,
                    policy=policy,
                    recipient=named[0],
                    confirmer=named[1],
                )
            else:
                asked = request_of(fields, due, today)
                assign_request(session, asked, _ids(units_of(fields, units, (), names)), who, at)
    except (AssignFault, AssignmentRefused) as wrong:
        if fields.stated:
            return duty_page(request, fields, str(wrong))
        return _page(request, "open", 1, fields, str(wrong))
    return back("/admin/assignments", "assigned")


@router.post("/admin/assignments/{assignment_id}/end")
def end(request: Request, assignment_id: RowId) -> Response:
    """The unit owes it no more."""
    desk = desk_of(request)
    who, at = visitor_of(request).actor, clock.now(desk.settings)
    with transaction(desk.engine) as session:
        ended = end_assignments(session, [assignment_id], who, at)
        if ended:
            record(session, who, "assignment_ended", f"assignment:{assignment_id}", at)
    return back("/admin/assignments", "turned" if ended else "already")


def _ids(units: Sequence[Unit]) -> list[int]:
    return [one.id for one in units if one.id is not None]


def _line(owed: Owed) -> Line:
    one, of = owed.assignment, owed.obligation
    return Line(
        id=one.id or 0,
        obligation_id=one.obligation_id,
        unit_id=one.unit_id,
        unit=owed.unit.name,
        title=shorten(of.title, _TITLE),
        source=of.source,
        recipient=of.recipient,
        confirmer=of.confirmer,
        last_day=day_in_words(one.last_day),
        own_date=owed.own_date,
    )


def _page(
    request: Request,
    show: Show,
    number: int,
    fields: Typed | None = None,
    error: str = "",
    *,
    paper: str = "",
) -> Response:
    desk = desk_of(request)
    today = clock.today(desk.settings)
    with transaction(desk.engine) as session:
        found = assignments_of(session, show, today, (number - 1) * _PER_PAGE, _PER_PAGE + 1)
        counts = count_assignments(session, today)
        waiting = heads_to_tell(session)
        units = open_units(session, today)
        chosen = choices(session, desk.assistant.library, paper)
        changed = len(changes(session, desk.assistant.library, today))
    path = f"/admin/assignments?show={show}&page="
    return draw(
        request,
        "admin_assignments.html",
        "assignments",
        status=422 if error else 200,
        show=show,
        counts=counts,
        lines=[_line(one) for one in found[:_PER_PAGE]],
        heads=waiting,
        changed=changed,
        choices=chosen,
        kinds=kinds_of(units),
        fields=fields or Typed(),
        longest=LONGEST,
        error=error,
        newer=f"{path}{number - 1}" if number > 1 else "",
        older=f"{path}{number + 1}" if len(found) > _PER_PAGE else "",
    )
