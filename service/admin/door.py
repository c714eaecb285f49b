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
from service.admin.signing_in import prove, sign_in
from service.admin.words import words
from service.errors import AccountRefused
from service.guards import PerMinute
from service.routes.desk import desk_of
from service.storage.audit import record
from service.storage.engine import transaction
from service.storage.office import is_put_off
from service.storage.people_tables import AdminUser
from service.storage.sessions import end_session, signed_in

Typed = Annotated[str, Form()]

router = APIRouter()


@router.get("/admin/sign-in")
def sign_in_page(request: Request) -> Response:
    """The form."""
    return draw_outside(request, "admin_sign_in.html", name="", error="")


@router.post("/admin/sign-in")
def post_sign_in(request: Request, name: Typed = "", password: Typed = "") -> Response:
    """Sign in; what is wrong is said in one sentence, the same for everything."""
    if not _take_turn(request):
        return _sign_in_again(request, name, "too_many", 429)
    token = sign_in(desk_of(request), name, password, request.cookies.get(COOKIE, ""))
    if token is None:
        return _sign_in_again(request, name, "wrong", 401)
    response = RedirectResponse(_first_page(request, token), status_code=303)
    response.set_cookie(
        COOKIE,
        token,
        path="/admin",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
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
    if not _take_turn(request):
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
    return draw(request, "admin_password.html", "password", error="")


@router.post("/admin/password")
def post_password(
    request: Request, current: Typed = "", password: Typed = "", again: Typed = ""
) -> Response:
    """Change one's own password."""
    visitor, desk = visitor_of(request), desk_of(request)
    try:
        accounts.check_new_password(visitor.name, password, again)
    except AccountRefused as refusal:
        return draw(request, "admin_password.html", "password", error=str(refusal))
    if not _take_turn(request) or prove(desk, visitor.name, current) is None:
        wrong = words()["password"]["wrong"]
        return draw(request, "admin_password.html", "password", error=wrong)
    password_hash, at = hash_password(password), clock.now(desk.settings)
    with transaction(desk.engine) as session:
        admin = accounts.named(session, visitor.name)
        accounts.set_password(session, admin, password_hash, at)
    return _without_cookie(back("/admin/sign-in", "password_set"))


def _first_page(request: Request, token: str) -> str:
    """Who the office is, asked of an owner until it is said or put off; else what waits today."""
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        admin = signed_in(session, token, clock.now(desk.settings))
        asks = admin is not None and admin.role == "owner" and not is_put_off(session)
    return "/admin/office" if asks else "/admin"


def _take_turn(request: Request) -> bool:
    """Whether this address has tried passwords seldom enough."""
    tries: PerMinute = request.app.state.password_tries
    return tries.take(request.client.host if request.client else "")


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
