"""*Đơn vị*: the list, a new unit, many from a table and to a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, UploadFile
from fastapi.responses import Response
from sqlmodel import Session

from service import clock
from service.admin.access import visitor_of
from service.admin.begun import begin_export, begin_import
from service.admin.drawing import back, draw
from service.admin.unit_views import (
    FIELDS,
    UnitRow,
    check_plan,
    has_words,
    plans_of,
    unit_named,
    unit_rows,
)
from service.admin.words import words
from service.asking import Desk
from service.errors import UnitRefused
from service.routes.desk import desk_of
from service.shapes import clean
from service.storage.audit import record
from service.storage.bindings import count_acting
from service.storage.engine import transaction
from service.storage.reach import unreachable_units
from service.storage.units import add_unit, all_units, known_names
from service.units_reading import LARGEST

IMPORT = "/admin/units/import"  #: where a table comes in
_HERE = "/admin/units"
_PER_PAGE = 50
_LONGEST_WORDS = 100
_EMPTY = dict.fromkeys(("name", *FIELDS), "")

Typed = Annotated[str, Form()]

router = APIRouter()


@router.get("/admin/units")
def units_page(
    request: Request, q: str = "", page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> Response:
    """Every unit, or those with some words in their names."""
    return _page(request, wanted=clean(q)[:_LONGEST_WORDS], page=page)


@router.post("/admin/units")
def add(
    request: Request,
    name: Typed = "",
    kind: Typed = "",
    parent: Typed = "",
    plan: Typed = "",
    contact: Typed = "",
    head: Typed = "",
) -> Response:
    """A new unit."""
    desk, actor = desk_of(request), visitor_of(request).actor
    at = clock.now(desk.settings)
    fields = {"kind": kind, "plan": plan, "contact": contact, "head": head}
    try:
        check_plan(desk.assistant.library, plan)
        with transaction(desk.engine) as session:
            above = unit_named(session, parent)
            unit = add_unit(session, name, at, parent_id=above.id if above else None, **fields)
            record(session, actor, "unit_added", f"unit:{unit.id}", at)
    except UnitRefused as refusal:
        return _page(request, error=str(refusal), typed={"name": name, "parent": parent, **fields})
    return back(f"{_HERE}/{unit.id}", "unit_added")


@router.post("/admin/units/export")
def export(request: Request) -> Response:
    """All units as a table; made in the background."""
    return begin_export(request, "units")


@router.post("/admin/units/import")
def take_table(request: Request, file: UploadFile | None = None) -> Response:
    """Units from a table, read in the background: its job's page says what became of them."""
    content = file.file.read(LARGEST + 1) if file else b""
    if file is None or not content:
        return _page(request, error=words()["units"]["no_file"])
    if len(content) > LARGEST:
        return _page(request, error=words()["units"]["reasons"]["too_large"])
    return begin_import(request, "units", content, file.filename or "")


def _page(
    request: Request,
    *,
    wanted: str = "",
    page: int = 1,
    error: str = "",
    typed: Mapping[str, str] | None = None,
) -> Response:
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        former = _former(session)
        rows = [
            row
            for row in _rows(session, desk)
            if has_words(wanted, row.name, row.kind, *former.get(row.id, ()))
        ]
    start = (page - 1) * _PER_PAGE
    return draw(
        request,
        "admin_units.html",
        "units",
        status=422 if error else 200,
        units=rows[start : start + _PER_PAGE],
        total=len(rows),
        wanted=wanted,
        newer=_address(wanted, page - 1) if page > 1 else "",
        older=_address(wanted, page + 1) if len(rows) > start + _PER_PAGE else "",
        plans=plans_of(desk.assistant.library),
        error=error,
        typed={**_EMPTY, **(typed or {})},
    )


def _rows(session: Session, desk: Desk) -> list[UnitRow]:
    today = clock.today(desk.settings)
    lost = [unit.id or 0 for unit in unreachable_units(session, today)]
    people = count_acting(session)
    return unit_rows(all_units(session), desk.assistant.library, people, lost, today)


def _former(session: Session) -> dict[int, list[str]]:
    """The names that each unit had before."""
    found: dict[int, list[str]] = {}
    for name, unit_id in known_names(session).before.items():
        found.setdefault(unit_id, []).append(name)
    return found


def _address(wanted: str, page: int) -> str:
    return f"{_HERE}?" + urlencode({**({"q": wanted} if wanted else {}), "page": page})
