"""*Xác thực hai bước*: turned on by an app's code, off by the password; spare codes shown once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import segno
from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from markupsafe import Markup

from service import clock
from service.admin import second_steps
from service.admin.access import COOKIE, form_token, visitor_of
from service.admin.door import set_cookie, take_turn
from service.admin.drawing import back, draw
from service.admin.signing_in import prove, tell_if_locked
from service.admin.words import words
from service.routes.desk import desk_of
from service.storage.admins import forget_failures, take_try
from service.storage.engine import transaction
from service.storage.second_steps import is_step_on
from service.storage.sessions import end_sessions, open_session

Typed = Annotated[str, Form()]
_PAGE = "/admin/second-step"

router = APIRouter()


@router.get("/admin/second-step")
def second_step_page(request: Request) -> Response:
    """Off, waiting for the first code of an app, or on."""
    return _page(request)


@router.post("/admin/second-step/begin")
def begin(request: Request, current: Typed = "") -> Response:
    """Show the QR to whoever knows the password: a stolen session must not lock its owner out."""
    visitor, desk = visitor_of(request), desk_of(request)
    if not _knows_password(request, current):
        return _page(request, "password")
    with transaction(desk.engine) as session:
        begun = second_steps.begin(
            session, visitor.admin_id, visitor.actor, clock.now(desk.settings)
        )
    return back(_PAGE, "step_begun" if begun else "already")


@router.post("/admin/second-step/confirm")
def confirm(request: Request, code: Typed = "") -> Response:
    """On from now; every other browser of this person signs in again, with a code."""
    visitor, desk = visitor_of(request), desk_of(request)
    if not take_turn(request):
        return _page(request, "wrong_code")
    at = clock.now(desk.settings)
    with transaction(desk.engine) as session:
        admin = take_try(session, visitor.name, at)
        if admin is None:
            return _page(request, "wrong_code")
        codes = second_steps.confirm(session, desk.settings, admin, code, at)
        if codes is None:
            tell_if_locked(session, admin, at)
        else:
            forget_failures(session, admin)
            end_sessions(session, visitor.admin_id)
            token = open_session(session, visitor.admin_id, at)
    if codes is None:
        return _page(request, "wrong_code")
    request.state.visitor = replace(visitor, csrf=form_token(desk.settings, token))
    response = _page(request, codes=codes)
    set_cookie(request, response, COOKIE, token, "/admin")
    return response


@router.post("/admin/second-step/codes")
def new_codes(request: Request, current: Typed = "") -> Response:
    """Other spare codes, for whoever knows the password."""
    visitor, desk = visitor_of(request), desk_of(request)
    if not _knows_password(request, current):
        return _page(request, "password")
    with transaction(desk.engine) as session:
        if not is_step_on(session, visitor.admin_id):
            return back(_PAGE, "already")
        at = clock.now(desk.settings)
        codes = second_steps.new_spare_codes(session, visitor.admin_id, at)
    return _page(request, codes=codes)


@router.post("/admin/second-step/off")
def turn_off(request: Request, current: Typed = "") -> Response:
    """The password alone again, for whoever knows it."""
    visitor, desk = visitor_of(request), desk_of(request)
    if not _knows_password(request, current):
        return _page(request, "password")
    with transaction(desk.engine) as session:
        at = clock.now(desk.settings)
        changed = second_steps.turn_off(session, visitor.admin_id, visitor.actor, at)
    return back(_PAGE, "step_off" if changed else "already")


def _knows_password(request: Request, current: str) -> bool:
    visitor, desk = visitor_of(request), desk_of(request)
    return take_turn(request) and prove(desk, visitor.name, current) is not None


def _page(request: Request, wrong: str = "", codes: Sequence[str] = ()) -> Response:
    visitor, desk = visitor_of(request), desk_of(request)
    at, secret = clock.now(desk.settings), ""
    with transaction(desk.engine) as session:
        on = is_step_on(session, visitor.admin_id)
        row = second_steps.begun(session, visitor.admin_id, at)
        left = second_steps.count_spare_codes(session, visitor.admin_id, at)
        if row is not None:
            secret = second_steps.secret_of(desk.settings, row)
    return draw(
        request,
        "admin_second_step.html",
        "password",
        status=422 if wrong else 200,
        on=on,
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        qr=_drawn(second_steps.address_of(visitor.name, secret)) if secret else "",
        left=left,
        codes=codes,
        error=_wrong(wrong),
    )


def _wrong(which: str) -> str:
    if which == "password":
        return str(words()["password"]["wrong"])
    return str(words()["sign_in"][which]) if which else ""


def _drawn(address: str) -> Markup:
    """The QR as a part of the page: no address of its own that a log or a cache would keep."""
    return Markup(segno.make(address, error="m").svg_inline(scale=5, svgclass="qr", light="#fff"))
