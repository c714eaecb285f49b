"""In and out of the desk: sign-in, sign-out, the one-time link, one's own password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from service import clock
from service.admin import accounts
from service.admin.access import COOKIE, visitor_of
from service.admin.drawing import back, draw, draw_outside
from service.admin.passwords import hash_password
from service.admin.signing_in import (
    TICKET_VALID,
    Opened,
    holds_ticket,
    prove,
    sign_in,
    sign_in_by_code,
)
from service.admin.words import words
from service.errors import AccountRefused
from service.guards import PerMinute
from service.routes.desk import desk_of
from service.storage.audit import record
from service.storage.engine import transaction
from service.storage.office import is_put_off
from service.storage.people_tables import AdminUser
from service.storage.second_steps import is_step_on
from service.storage.sessions import end_session, signed_in

Typed = Annotated[str, Form()]
TICKET = "troly_desk_ticket"  #: the cookie between the password and the code

router = APIRouter()


@router.get("/admin/sign-in")
def sign_in_page(request: Request) -> Response:
    """The form."""
    return draw_outside(request, "admin_sign_in.html", name="", error="")


@router.post("/admin/sign-in")
def post_sign_in(request: Request, name: Typed = "", password: Typed = "") -> Response:
    """Sign in; what is wrong is said in one sentence, the same for everything."""
    if not take_turn(request):
        return _sign_in_again(request, name, "too_many", 429)
    came = sign_in(desk_of(request), name, password, request.cookies.get(COOKIE, ""))
    if came is None:
        return _sign_in_again(request, name, "wrong", 401)
    if isinstance(came, Opened):
        return _enter(request, came)
    response = RedirectResponse("/admin/sign-in/code", status_code=303)
    longest = int(TICKET_VALID.total_seconds())
    set_cookie(request, response, TICKET, came.ticket, "/admin/sign-in", longest)
    return response


@router.get("/admin/sign-in/code")
def code_page(request: Request) -> Response:
    """The form of the second step, for whoever has given a right password."""
    if not holds_ticket(desk_of(request), request.cookies.get(TICKET, "")):
        return back("/admin/sign-in", "ticket_gone")
    return draw_outside(request, "admin_code.html", error="")


@router.post("/admin/sign-in/code")
def post_code(request: Request, code: Typed = "") -> Response:
    """Sign in by a code of the app, or a spare one."""
    if not take_turn(request):
        return _code_again(request, "too_many", 429)
    desk, ticket = desk_of(request), request.cookies.get(TICKET, "")
    if not holds_ticket(desk, ticket):
        return back("/admin/sign-in", "ticket_gone")
    came = sign_in_by_code(desk, ticket, code, request.cookies.get(COOKIE, ""))
    if came is None:
        return _code_again(request, "wrong_code", 401)
    response = _enter(request, came)
    response.delete_cookie(TICKET, path="/admin/sign-in", httponly=True, samesite="strict")
    return response


@router.post("/admin/sign-out")
def sign_out(request: Request) -> Response:
    """End this session."""
    visitor, desk = visitor_of(request), desk_of(request)
    with transaction(desk.engine) as session:
        end_session(session, request.cookies.get(COOKIE, ""))
        record(session, visitor.actor, "signed_out", visitor.actor, clock.now(desk.settings))
    return _without_cookie(back("/admin/sign-in", "signed_out"))


@router.get("/admin/link")
def link_page(request: Request, code: str = "") -> Response:
    """The form behind a one-time link; looking at it does not use the link."""
    admin = _holder(request, code)
    return _choose(request, admin, code, "") if admin else _gone(request)


@router.post("/admin/link")
def post_link(
    request: Request, code: Typed = "", password: Typed = "", again: Typed = ""
) -> Response:
    """Choose the password; the link is used up by it."""
    if not take_turn(request):
        return _sign_in_again(request, "", "too_many", 429)
    admin, desk = _holder(request, code), desk_of(request)
    if admin is None:
        return _gone(request)
    try:
        accounts.check_new_password(admin.name, password, again)
    except AccountRefused as refusal:
        return _choose(request, admin, code, str(refusal))
    password_hash, at = hash_password(password), clock.now(desk.settings)
    with transaction(desk.engine) as session:
        if not accounts.set_password_by_link(session, code, password_hash, at):
            return _gone(request)
    return _without_cookie(back("/admin/sign-in", "password_set"))


@router.get("/admin/password")
def password_page(request: Request) -> Response:
    """The form for another password."""
    return _password(request)


@router.post("/admin/password")
def post_password(
    request: Request, current: Typed = "", password: Typed = "", again: Typed = ""
) -> Response:
    """Change one's own password."""
    visitor, desk = visitor_of(request), desk_of(request)
    try:
        accounts.check_new_password(visitor.name, password, again)
    except AccountRefused as refusal:
        return _password(request, str(refusal))
    if not take_turn(request) or prove(desk, visitor.name, current) is None:
        return _password(request, str(words()["password"]["wrong"]))
    password_hash, at = hash_password(password), clock.now(desk.settings)
    with transaction(desk.engine) as session:
        admin = accounts.named(session, visitor.name)
        accounts.set_password(session, admin, password_hash, at)
    return _without_cookie(back("/admin/sign-in", "password_set"))


def _password(request: Request, error: str = "") -> Response:
    with transaction(desk_of(request).engine) as session:
        on = is_step_on(session, visitor_of(request).admin_id)
    return draw(request, "admin_password.html", "password", error=error, on=on)


def _first_page(request: Request, token: str) -> str:
    """Who the office is, asked of an owner until it is said or put off; else what waits today."""
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        admin = signed_in(session, token, clock.now(desk.settings))
        asks = admin is not None and admin.role == "owner" and not is_put_off(session)
    return "/admin/office" if asks else "/admin"


def take_turn(request: Request) -> bool:
    """Whether this address has tried passwords seldom enough."""
    tries: PerMinute = request.app.state.password_tries
    return tries.take(request.client.host if request.client else "")


def _enter(request: Request, came: Opened) -> Response:
    """To the first page, with the cookie of the new session."""
    response: Response = RedirectResponse(_first_page(request, came.token), status_code=303)
    if came.spare:
        response = back("/admin/second-step", "spare_used")
    set_cookie(request, response, COOKIE, came.token, "/admin")
    return response


def set_cookie(
    request: Request,
    response: Response,
    name: str,
    value: str,
    path: str,
    seconds: int | None = None,
) -> None:
    """Out of the reach of scripts and of other sites; over TLS, never without it."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=path,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def _code_again(request: Request, why: str, status: int) -> Response:
    return draw_outside(request, "admin_code.html", status=status, error=words()["sign_in"][why])


def _holder(request: Request, code: str) -> AdminUser | None:
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        return accounts.holder(session, code, clock.now(desk.settings))


def _sign_in_again(request: Request, name: str, why: str, status: int) -> Response:
    error = words()["sign_in"][why]
    return draw_outside(request, "admin_sign_in.html", status=status, name=name, error=error)


def _choose(request: Request, admin: AdminUser, code: str, error: str) -> Response:
    return draw_outside(
        request,
        "admin_choose.html",
        status=422 if error else 200,
        name=admin.name,
        code=code,
        error=error,
    )


def _gone(request: Request) -> Response:
    return draw_outside(request, "admin_gone.html", status=404)


def _without_cookie(response: Response) -> Response:
    response.delete_cookie(COOKIE, path="/admin", httponly=True, samesite="strict")
    return response
