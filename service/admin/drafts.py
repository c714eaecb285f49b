"""*Lấy góp ý*: draft policies that people may comment on, and how people get to them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import segno
from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response
from markupsafe import Markup

from service import clock
from service.admin.access import visitor_of
from service.admin.draft_forms import (
    LONGEST,
    DraftFault,
    Entered,
    entered,
    in_words,
    read_draft,
)
from service.admin.drawing import back, draw
from service.routes.desk import RowId, desk_of, settings_of
from service.routes.pages import not_found
from service.settings import Settings
from service.storage.audit import record
from service.storage.engine import transaction
from service.storage.form_tables import PolicyDraft
from service.storage.policy_drafts import (
    add_draft,
    change_draft,
    close_draft,
    count_comments,
    ended_drafts,
    get_draft,
    is_open,
    open_drafts,
    reopen_draft,
)

_PER_PAGE = 20  #: of those that have ended
_SCALE = 5  #: pixels of the smallest square of a QR

Typed = Annotated[str, Form()]

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Shown:
    """One draft, ready to draw."""

    id: int
    title: str
    lead: str
    until: str  #: "" when no last day has been named
    open: bool
    comments: int


def typed(
    title: Typed = "",
    lead: Typed = "",
    summary: Typed = "",
    link: Typed = "",
    closes_on: Typed = "",
) -> Entered:
    """The fields of the form."""
    return Entered(title, lead, summary, link, closes_on)


Fields = Annotated[Entered, Depends(typed)]


@router.get("/admin/drafts")
def drafts_page(request: Request, page: Annotated[int, Query(ge=1, le=100_000)] = 1) -> Response:
    """Those that are open, those that have ended, and the form to add one."""
    return _list(request, page=page)


@router.post("/admin/drafts")
def add(request: Request, fields: Fields) -> Response:
    """One more that people may comment on."""
    desk = desk_of(request)
    try:
        drafted = read_draft(fields, clock.today(desk.settings))
    except DraftFault as fault:
        return _list(request, fields, str(fault))
    actor, at = visitor_of(request).actor, clock.now(desk.settings)
    with transaction(desk.engine) as session:
        number = add_draft(session, drafted, at).id
        record(session, actor, "draft_added", f"draft:{number}", at)
    return back(f"/admin/drafts/{number}", "draft_added")


@router.get("/admin/drafts/{number}")
def draft_page(request: Request, number: RowId) -> Response:
    """One of them with its code, its link and its QR, and the form to change it."""
    return _one(request, number)


@router.post("/admin/drafts/{number}")
def change(request: Request, number: RowId, fields: Fields) -> Response:
    """Say something else of it."""
    desk = desk_of(request)
    actor, at = visitor_of(request).actor, clock.now(desk.settings)
    try:
        with transaction(desk.engine) as session:
            draft = get_draft(session, number)
            if draft is None:
                return not_found(request)
            drafted = read_draft(fields, clock.today(desk.settings), draft.closes_on)
            if change_draft(session, draft, drafted):
                record(session, actor, "draft_changed", f"draft:{number}", at)
    except DraftFault as fault:
        return _one(request, number, fields, str(fault))
    return _done(number, "turned")


@router.post("/admin/drafts/{number}/close")
def close(request: Request, number: RowId) -> Response:
    """No more comments."""
    return _turn(request, number, opened=False)


@router.post("/admin/drafts/{number}/open")
def reopen(request: Request, number: RowId) -> Response:
    """Comments again, until its last day."""
    return _turn(request, number, opened=True)


@router.get("/admin/drafts/{number}/qr.png")
def picture(request: Request, number: RowId) -> Response:
    """The QR of its link, to be printed."""
    settings = settings_of(request)
    with transaction(desk_of(request).engine) as session:
        known = get_draft(session, number) is not None
    if not known or not settings.public_url:
        return not_found(request)
    drawn = io.BytesIO()
    segno.make(_link(settings, number), error="m").save(drawn, kind="png", scale=4 * _SCALE)
    headers = {"Content-Disposition": f'attachment; filename="gopy-{number}.png"'}
    return Response(drawn.getvalue(), media_type="image/png", headers=headers)


def _turn(request: Request, number: int, *, opened: bool) -> Response:
    desk = desk_of(request)
    actor, at = visitor_of(request).actor, clock.now(desk.settings)
    with transaction(desk.engine) as session:
        draft = get_draft(session, number)
        if draft is None:
            return not_found(request)
        turned = reopen_draft(session, draft) if opened else close_draft(session, draft, at)
        if turned:
            action = "draft_reopened" if opened else "draft_closed"
            record(session, actor, action, f"draft:{number}", at)
    return _done(number, "turned" if turned else "already")


def _done(number: int, done: str) -> Response:
    return back(f"/admin/drafts/{number}", done)


def _list(
    request: Request, fields: Entered | None = None, error: str = "", *, page: int = 1
) -> Response:
    desk = desk_of(request)
    today, offset = clock.today(desk.settings), (page - 1) * _PER_PAGE
    with transaction(desk.engine) as session:
        opened, counts = open_drafts(session, today), count_comments(session)
        ended = ended_drafts(session, today, offset, _PER_PAGE + 1)
    return draw(
        request,
        "admin_drafts.html",
        "drafts",
        status=422 if error else 200,
        opened=[_shown(draft, counts, today) for draft in opened],
        ended=[_shown(draft, counts, today) for draft in ended[:_PER_PAGE]],
        fields=fields or Entered(),
        longest=LONGEST,
        error=error,
        newer=f"/admin/drafts?page={page - 1}" if page > 1 else "",
        older=f"/admin/drafts?page={page + 1}" if len(ended) > _PER_PAGE else "",
    )


def _one(request: Request, number: int, fields: Entered | None = None, error: str = "") -> Response:
    desk = desk_of(request)
    settings, today = settings_of(request), clock.today(desk.settings)
    with transaction(desk.engine) as session:
        draft, counts = get_draft(session, number), count_comments(session)
    if draft is None:
        return not_found(request)
    link = _link(settings, number) if settings.public_url else ""
    return draw(
        request,
        "admin_draft.html",
        "drafts",
        status=422 if error else 200,
        draft=draft,
        shown=_shown(draft, counts, today),
        link=link,
        qr=_drawn(link) if link else "",
        fields=fields or entered(draft),
        longest=LONGEST,
        error=error,
    )


def _shown(draft: PolicyDraft, counts: dict[int, int], today: date) -> Shown:
    number = draft.id or 0
    return Shown(
        id=number,
        title=draft.title,
        lead=draft.lead,
        until=in_words(draft.closes_on) if draft.closes_on else "",
        open=is_open(draft, today),
        comments=counts.get(number, 0),
    )


def _link(settings: Settings, number: int) -> str:
    return f"{settings.public_url}/?gopy={number}"


def _drawn(link: str) -> Markup:
    """The QR as a part of the page: plain shapes, no style that the page's policy forbids."""
    svg = segno.make(link, error="m").svg_inline(scale=_SCALE, svgclass="qr", light="#fff")
    return Markup(svg)
