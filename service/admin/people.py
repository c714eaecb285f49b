"""*Cán bộ đơn vị*: who waits to act for a unit, who does, and who does no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response
from sqlmodel import Session

from service import clock, offices
from service.admin.access import visitor_of
from service.admin.drawing import back, draw
from service.admin.unit_views import has_words, humans
from service.asking import contact_of
from service.personal_fields import personal_fields
from service.routes.desk import RowId, desk_of, settings_of
from service.shapes import clean
from service.storage.bindings import acting, waiting
from service.storage.engine import transaction

_HERE = "/admin/people"
_PER_PAGE = 50
_LONGEST_WORDS = 100

router = APIRouter()


@router.get("/admin/people")
def people_page(
    request: Request, q: str = "", page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> Response:
    """Those who wait, the longest first; then those who act for a unit."""
    wanted = clean(q)[:_LONGEST_WORDS]
    with transaction(desk_of(request).engine) as session:
        asking, confirmed = humans(waiting(session)), humans(acting(session))
    found = [each for each in confirmed if has_words(wanted, each.name, each.post, each.unit)]
    start = (page - 1) * _PER_PAGE
    return draw(
        request,
        "admin_people.html",
        "people",
        asking=asking,
        people=found[start : start + _PER_PAGE],
        wanted=wanted,
        newer=_address(wanted, page - 1) if page > 1 else "",
        older=_address(wanted, page + 1) if len(found) > start + _PER_PAGE else "",
    )


@router.post("/admin/people/{binding_id}/confirm")
def confirm(request: Request, binding_id: RowId) -> Response:
    """The person acts for the unit."""
    return _decide(
        request,
        "person_confirmed",
        lambda session, by, at, _contact: offices.confirm(session, binding_id, by, at),
    )


@router.post("/admin/people/{binding_id}/refuse")
def refuse(request: Request, binding_id: RowId) -> Response:
    """The person does not."""
    return _decide(
        request,
        "person_refused",
        lambda session, by, at, contact: offices.refuse(
            session, binding_id, by, at, contact=contact
        ),
    )


@router.post("/admin/people/{binding_id}/revoke")
def revoke(request: Request, binding_id: RowId) -> Response:
    """The person does no more."""
    return _decide(
        request,
        "person_revoked",
        lambda session, by, at, contact: offices.revoke(
            session, binding_id, by, at, contact=contact
        ),
    )


@router.post("/admin/people/{binding_id}/hand-over")
def hand_over(
    request: Request, binding_id: RowId, to: Annotated[int, Form(ge=0, lt=2**31)] = 0
) -> Response:
    """Another person of the unit goes on with what is undecided."""
    personal = personal_fields(desk_of(request).settings)
    return _decide(
        request,
        "person_handed_over",
        lambda session, by, at, contact: offices.hand_over(
            session, binding_id, to, by, at, contact=contact, personal=personal
        ),
    )


def _decide(
    request: Request,
    done: str,
    decide: Callable[[Session, str, datetime, str], object | None],
) -> Response:
    """`decide` is told who decides, when, and where the person may object."""
    desk = desk_of(request)
    actor, contact = visitor_of(request).actor, contact_of(settings_of(request))
    with transaction(desk.engine) as session:
        decided = decide(session, actor, clock.now(desk.settings), contact)
    return back(_HERE, "already" if decided is None else done)


def _address(wanted: str, page: int) -> str:
    return f"{_HERE}?" + urlencode({**({"q": wanted} if wanted else {}), "page": page})
