"""Signing in and out: every wrong way takes as long and says the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import JsonValue
from sqlmodel import Session

from service import clock
from service.admin.accounts import read_name
from service.admin.passwords import hash_password, is_outdated, matches
from service.admin.second_steps import take_code
from service.admin.words import moment, words
from service.asking import Desk
from service.storage.admins import (
    TRIES,
    forget_failures,
    get_admin,
    give_back_try,
    set_password_hash,
    take_try,
)
from service.storage.alerts import raise_alert
from service.storage.audit import record
from service.storage.codes import find_code, keep_code, long_code, use_code, withdraw_codes
from service.storage.engine import transaction
from service.storage.people_tables import AdminUser
from service.storage.second_steps import is_step_on
from service.storage.sessions import drop_ended_sessions, end_session, open_session

#: How long a right password waits for its code.
TICKET_VALID = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody is signed in; `token` is what the cookie of the new session holds."""

    token: str = field(repr=False)
    spare: bool = False  #: a spare code was used up for it


@dataclass(frozen=True, slots=True)
class CodeNeeded:
    """The password was right; `ticket` says so while the code is being typed."""

    ticket: str = field(repr=False)


def sign_in(desk: Desk, typed: str, password: str, old_token: str) -> Opened | CodeNeeded | None:
    """What a right password opens; None when it was not to be.

    Whoever has a session already gets another one: a cookie that somebody else has put into the
    browser never becomes a signed-in one.
    """
    admin = prove(desk, typed, password)
    if admin is None or admin.id is None:
        return None
    at = clock.now(desk.settings)
    with transaction(desk.engine) as session:
        if not is_step_on(session, admin.id):
            return Opened(_open(session, admin.id, old_token, at, {}))
        ticket = long_code()
        withdraw_codes(session, admin.id, "ticket")
        keep_code(session, "ticket", ticket, at + TICKET_VALID, admin_id=admin.id)
        return CodeNeeded(ticket)


def holds_ticket(desk: Desk, ticket: str) -> bool:
    """Whether a right password was given in this browser just now."""
    with transaction(desk.engine) as session:
        return find_code(session, "ticket", ticket, clock.now(desk.settings)) is not None


def sign_in_by_code(desk: Desk, ticket: str, typed: str, old_token: str) -> Opened | None:
    """The second step; a wrong code counts like a wrong password, and uses up no ticket."""
    at = clock.now(desk.settings)
    with transaction(desk.engine) as session:
        row = find_code(session, "ticket", ticket, at)
        admin = get_admin(session, row.admin_id) if row and row.admin_id else None
        admin = take_try(session, admin.name, at) if admin else None
        if admin is None or admin.id is None:
            return None
        how = take_code(session, desk.settings, admin.id, typed, at)
        if how is None:
            tell_if_locked(session, admin, at)
            return None
        if use_code(session, "ticket", ticket, at) is None:  # the same form, sent twice at once
            return None
        forget_failures(session, admin)
        return Opened(_open(session, admin.id, old_token, at, {"code": how}), how == "spare")


def prove(desk: Desk, typed: str, password: str) -> AdminUser | None:
    """Who knows that password; None also for a name that is unknown, locked or disabled."""
    at = clock.now(desk.settings)
    with transaction(desk.engine) as session:
        admin = take_try(session, read_name(typed), at)
    right = matches(admin.password_hash if admin else None, password)
    if admin is None:
        return None
    with transaction(desk.engine) as session:
        if not right:
            tell_if_locked(session, admin, at)
            return None
        current = session.get(AdminUser, admin.id)
        if current is None or current.password_hash != admin.password_hash:
            return None  # it was changed meanwhile
        if admin.id is not None and is_step_on(session, admin.id):
            give_back_try(session, admin)
        else:
            forget_failures(session, current)
        if is_outdated(str(current.password_hash)):
            set_password_hash(session, current, hash_password(password))
        return current


def _open(
    session: Session, admin_id: int, old_token: str, at: datetime, detail: Mapping[str, JsonValue]
) -> str:
    end_session(session, old_token)
    drop_ended_sessions(session, at)
    record(session, f"admin:{admin_id}", "signed_in", f"admin:{admin_id}", at, detail)
    return open_session(session, admin_id, at)


def tell_if_locked(session: Session, admin: AdminUser, at: datetime) -> None:
    """Raise an alert when the try that was counted just now has locked the account."""
    if admin.locked_until is None or admin.locked_until <= at:
        return
    who, until = f"admin:{admin.id}", moment(admin.locked_until)
    detail = words()["locked_detail"].format(name=admin.name, count=TRIES, until=until)
    raise_alert(session, "sign_in_locked", who, detail, at)
    record(session, "sign_in", "sign_in_locked", who, at, {"tries": admin.failed})
