"""*Tài khoản*: who works at the desk, with what role; added by a link, disabled by a button."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from service import clock
from service.admin import accounts, second_steps
from service.admin.access import visitor_of
from service.admin.drawing import back, draw
from service.admin.words import moment, words
from service.errors import AccountRefused
from service.routes.desk import RowId, desk_of
from service.routes.pages import not_found
from service.storage.admins import ROLES, all_admins, get_admin
from service.storage.engine import transaction
from service.storage.people_tables import AdminUser
from service.storage.second_steps import who_has_step

Typed = Annotated[str, Form()]

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Account:
    """One account, ready to draw."""

    id: int | None
    name: str
    role: str
    state: str
    disabled: bool
    second_step: bool = False


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link just made: it is shown on this page and never again."""

    name: str
    address: str


@router.get("/admin/accounts")
def accounts_page(request: Request) -> Response:
    """Everybody, and the form to add somebody."""
    return _page(request)


@router.post("/admin/accounts")
def add(request: Request, name: Typed = "", role: Typed = "") -> Response:
    """A new account with its link."""
    desk = desk_of(request)
    at, actor = clock.now(desk.settings), visitor_of(request).actor
    try:
        with transaction(desk.engine) as session:
            code = accounts.add_account(session, name, role, actor, at)
    except AccountRefused as refusal:
        return _page(request, error=str(refusal), typed=name, chosen=role)
    return _page(request, _link(request, accounts.read_name(name), code))


@router.post("/admin/accounts/{admin_id}/link")
def link(request: Request, admin_id: RowId) -> Response:
    """Another link: a forgotten password, or an account that is opened again."""
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        admin = get_admin(session, admin_id)
        if admin is None:
            return not_found(request)
        actor, at = visitor_of(request).actor, clock.now(desk.settings)
        code = accounts.new_link(session, admin, actor, at)
    return _page(request, _link(request, admin.name, code))


@router.post("/admin/accounts/{admin_id}/disable")
def disable(request: Request, admin_id: RowId) -> Response:
    """Nobody signs in with it any more."""
    desk = desk_of(request)
    try:
        with transaction(desk.engine) as session:
            admin = get_admin(session, admin_id)
            if admin is None:
                return not_found(request)
            actor, at = visitor_of(request).actor, clock.now(desk.settings)
            changed = accounts.disable(session, admin, actor, at)
    except AccountRefused as refusal:
        return _page(request, error=str(refusal))
    return back("/admin/accounts", "disabled" if changed else "already")


@router.post("/admin/accounts/{admin_id}/second-step-off")
def second_step_off(request: Request, admin_id: RowId) -> Response:
    """For somebody who has lost the phone; one's own is turned off with the password."""
    visitor, desk = visitor_of(request), desk_of(request)
    if admin_id == visitor.admin_id:
        return _page(request, error=str(accounts.refusal("own_step")))
    with transaction(desk.engine) as session:
        if get_admin(session, admin_id) is None:
            return not_found(request)
        at = clock.now(desk.settings)
        changed = second_steps.turn_off(session, admin_id, visitor.actor, at)
    return back("/admin/accounts", "step_off_for" if changed else "already")


def _page(
    request: Request,
    made: NewLink | None = None,
    *,
    error: str = "",
    typed: str = "",
    chosen: str = "viewer",
) -> Response:
    desk = desk_of(request)
    at = clock.now(desk.settings)
    with transaction(desk.engine) as session:
        coded = who_has_step(session)
        everybody = [account(admin, at, admin.id in coded) for admin in all_admins(session)]
    return draw(
        request,
        "admin_accounts.html",
        "accounts",
        status=422 if error else 200,
        everybody=everybody,
        roles=ROLES,
        made=made,
        error=error,
        typed=typed,
        chosen=chosen,
    )


def account(admin: AdminUser, at: datetime, second_step: bool) -> Account:
    """An account with its state in words."""
    states = words()["accounts"]["states"]
    if admin.disabled_at is not None:
        state = states["disabled"]
    elif admin.password_hash is None:
        state = states["waiting"]
    elif admin.locked_until is not None and admin.locked_until > at:
        state = f"{states['locked']} {moment(admin.locked_until)}"
    else:
        state = states["active"]
    if second_step:
        state = f"{state}; {states['second_step']}"
    disabled = admin.disabled_at is not None
    return Account(admin.id, admin.name, admin.role, state, disabled, second_step)


def _link(request: Request, name: str, code: str) -> NewLink:
    here = f"{request.url.scheme}://{request.url.netloc}"
    return NewLink(name, here + accounts.link_path(code))
