"""Signing in and out: every wrong way takes as long and says the same."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from service import clock
from service.admin.accounts import read_name
from service.admin.passwords import hash_password, is_outdated, matches
from service.admin.words import moment, words
from service.asking import Desk
from service.storage.admins import TRIES, forget_failures, set_password_hash, take_try
from service.storage.alerts import raise_alert
from service.storage.audit import record
from service.storage.engine import transaction
from service.storage.people_tables import AdminUser
from service.storage.sessions import drop_ended_sessions, end_session, open_session


def sign_in(desk: Desk, typed: str, password: str, old_token: str) -> str | None:
    """What the cookie of the new session holds; None when it was not to be.

    Whoever has a session already gets another one: a cookie that somebody else has put into the
    browser never becomes a signed-in one.
    """
    admin = prove(desk, typed, password)
    if admin is None or admin.id is None:
        return None
    at = clock.now(desk.settings)
    with transaction(desk.engine) as session:
        end_session(session, old_token)
        drop_ended_sessions(session, at)
        record(session, f"admin:{admin.id}", "signed_in", f"admin:{admin.id}", at)
        return open_session(session, admin.id, at)


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
            _tell_if_locked(session, admin, at)
            return None
        current = session.get(AdminUser, admin.id)
        if current is None or current.password_hash != admin.password_hash:
            return None  # it was changed meanwhile
        forget_failures(session, current)
        if is_outdated(str(current.password_hash)):
            set_password_hash(session, current, hash_password(password))
        return current


def _tell_if_locked(session: Session, admin: AdminUser, at: datetime) -> None:
    if admin.locked_until is None or admin.locked_until <= at:
        return
    who, until = f"admin:{admin.id}", moment(admin.locked_until)
    detail = words()["locked_detail"].format(name=admin.name, count=TRIES, until=until)
    raise_alert(session, "sign_in_locked", who, detail, at)
    record(session, "sign_in", "sign_in_locked", who, at, {"tries": admin.failed})
