"""One unit: what is known of it, its names, its end, its people, an invitation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import segno
from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from markupsafe import Markup
from pydantic import JsonValue
from sqlmodel import Session

from bot.texts import say
from service import clock, offices
from service.admin.access import visitor_of
from service.admin.drawing import back, draw
from service.admin.unit_views import (
    check_plan,
    day_in_words,
    humans,
    plans_of,
    read_day,
    state_of,
    unit_named,
)
from service.admin.words import moment, words
from service.errors import UnitRefused
from service.routes.desk import RowId, desk_of, settings_of
from service.routes.pages import not_found
from service.settings import Settings
from service.storage import invitations, units
from service.storage.audit import record
from service.storage.bindings import bindings_of_unit
from service.storage.engine import transaction
from service.storage.reach import watch_reach
from service.storage.unit_tables import Unit

Typed = Annotated[str, Form()]

#: What was done, for the page and for the audit trail.
Done = tuple[str, dict[str, JsonValue]]

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Made:
    """An invitation just made: it is shown on this page and never again."""

    code: str
    text: str  #: what the person writes to the assistant
    link: str  #: "" where the assistant has no public address
    qr: Markup


@router.get("/admin/units/{unit_id}")
def unit_page(request: Request, unit_id: RowId) -> Response:
    """All that is known of it."""
    return _page(request, unit_id)


@router.post("/admin/units/{unit_id}")
def change(
    request: Request,
    unit_id: RowId,
    kind: Typed = "",
    parent: Typed = "",
    plan: Typed = "",
    contact: Typed = "",
    head: Typed = "",
) -> Response:
    """Other values of its fields."""
    fields = {"kind": kind, "plan": plan, "contact": contact, "head": head}

    def work(session: Session, unit: Unit, _at: datetime) -> Done:
        check_plan(desk_of(request).assistant.library, plan, unit.plan)
        above = unit_named(session, parent)
        parent_id = above.id if above else None
        changed = units.change_unit(session, unit, parent_id=parent_id, **fields)
        return ("unit_changed" if changed else "already"), dict.fromkeys(changed, "changed")

    return _do(request, unit_id, work, {"parent": parent, **fields})


@router.post("/admin/units/{unit_id}/rename")
def rename(
    request: Request, unit_id: RowId, new_name: Typed = "", renamed_on: Typed = ""
) -> Response:
    """Another name since a day."""
    today = clock.today(desk_of(request).settings)

    def work(session: Session, unit: Unit, _at: datetime) -> Done:
        since = read_day(renamed_on)
        units.rename_unit(session, unit, new_name, since, today)
        return "unit_renamed", {"since": since.isoformat()}

    return _do(request, unit_id, work, {"new_name": new_name, "renamed_on": renamed_on})


@router.post("/admin/units/{unit_id}/merge")
def merge(request: Request, unit_id: RowId, into: Typed = "", merged_on: Typed = "") -> Response:
    """It is part of another since a day; its people go along."""
    today = clock.today(desk_of(request).settings)

    def work(session: Session, unit: Unit, at: datetime) -> Done:
        since, successor = read_day(merged_on), unit_named(session, into)
        if successor is None:
            raise UnitRefused(say("units.no_name"))
        offices.merge(session, unit, successor, since, today, at)
        return "unit_merged", {"since": since.isoformat(), "into": successor.id}

    return _do(request, unit_id, work, {"into": into, "merged_on": merged_on})


@router.post("/admin/units/{unit_id}/close")
def close(request: Request, unit_id: RowId, closed_on: Typed = "") -> Response:
    """It is no more since a day."""
    today = clock.today(desk_of(request).settings)

    def work(session: Session, unit: Unit, at: datetime) -> Done:
        since = read_day(closed_on)
        units.close_unit(session, unit, since, today)
        watch_reach(session, [unit_id], at)
        return "unit_closed", {"since": since.isoformat()}

    return _do(request, unit_id, work, {"closed_on": closed_on})


@router.post("/admin/units/{unit_id}/reopen")
def reopen(request: Request, unit_id: RowId) -> Response:
    """It was closed by mistake."""

    def work(session: Session, unit: Unit, at: datetime) -> Done:
        if not units.reopen_unit(session, unit):
            return "already", {}
        watch_reach(session, [unit_id], at)
        return "unit_reopened", {}

    return _do(request, unit_id, work, {})


@router.post("/admin/units/{unit_id}/uninvite")
def withdraw_invitation(request: Request, unit_id: RowId, invitation: Typed = "") -> Response:
    """A code that nobody has used yet works no more."""

    def work(session: Session, _unit: Unit, at: datetime) -> Done:
        gone = invitations.withdraw_invitation(session, unit_id, invitation, at)
        return ("unit_uninvited" if gone else "already"), {}

    return _do(request, unit_id, work, {})


@router.post("/admin/units/{unit_id}/invite")
def make_invitation(
    request: Request, unit_id: RowId, head: bool = Form(False), shared: bool = Form(False)
) -> Response:
    """A code for one person, shown once."""
    desk, actor = desk_of(request), visitor_of(request).actor
    at, today = clock.now(desk.settings), clock.today(desk.settings)
    with transaction(desk.engine) as session:
        unit = units.get_unit(session, unit_id)
        if unit is None:
            return not_found(request)
        if not units.is_open(unit, today):
            return _page(request, unit_id, error=say("units.not_open"))
        code = invitations.invite(session, unit_id, at, head=head, shared=shared)
        terms: dict[str, JsonValue] = {"head": head, "shared": shared}
        record(session, actor, "unit_invited", f"unit:{unit_id}", at, terms)
    return _page(request, unit_id, made=_made(settings_of(request), code))


def _do(
    request: Request,
    unit_id: int,
    work: Callable[[Session, Unit, datetime], Done],
    typed: Mapping[str, str],
) -> Response:
    """Change the unit and write it down; a refusal leaves all as it was, and what was typed."""
    desk, actor = desk_of(request), visitor_of(request).actor
    at = clock.now(desk.settings)
    try:
        with transaction(desk.engine) as session:
            unit = units.get_unit(session, unit_id)
            if unit is None:
                return not_found(request)
            done, detail = work(session, unit, at)
            if done != "already":
                record(session, actor, done, f"unit:{unit_id}", at, detail)
    except UnitRefused as refusal:
        return _page(request, unit_id, error=str(refusal), typed=typed)
    return back(f"/admin/units/{unit_id}", done)


def _page(
    request: Request,
    unit_id: int,
    *,
    error: str = "",
    typed: Mapping[str, str] | None = None,
    made: Made | None = None,
) -> Response:
    desk = desk_of(request)
    today = clock.today(desk.settings)
    with transaction(desk.engine) as session:
        unit = units.get_unit(session, unit_id)
        if unit is None:
            return not_found(request)
        parent = units.get_unit(session, unit.parent_id) if unit.parent_id else None
        into = units.get_unit(session, unit.merged_into_id) if unit.merged_into_id else None
        former = [
            (each.name, day_in_words(each.until)) for each in units.names_of(session, unit_id)
        ]
        people = humans(bindings_of_unit(session, unit_id))
        open_ones = invitations.open_invitations(session, unit_id, clock.now(desk.settings))
    written = {
        "kind": unit.kind, "parent": parent.name if parent else "", "plan": unit.plan,
        "contact": unit.contact, "head": unit.head, "new_name": "", "into": "",
        "renamed_on": "", "merged_on": "", "closed_on": "",
    }  # fmt: skip
    return draw(
        request,
        "admin_unit.html",
        "units",
        status=422 if error else 200,
        unit=unit,
        is_open=units.is_open(unit, today),
        state=state_of(unit, into.name if into else "", today),
        former=former,
        people=people,
        invitations=[(one.id, one.head, one.shared, moment(one.until)) for one in open_ones],
        plans=plans_of(desk.assistant.library),
        error=error,
        typed={**written, **(typed or {})},
        made=made,
    )


def _made(settings: Settings, code: str) -> Made:
    text = words()["units"]["made_text"].format(code=code)
    if settings.public_url is None:
        return Made(code, text, "", Markup(""))
    link = f"{settings.public_url}/?moi={code}"
    picture = segno.make(link).svg_inline(scale=5, border=4, light="#fff")
    return Made(code, text, link, Markup(picture))
