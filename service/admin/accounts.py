"""Accounts of the desk: made with a one-time link, given a password by it, disabled."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlmodel import Session

from service.admin.passwords import fault
from service.admin.words import words
from service.errors import AccountRefused
from service.storage import admins
from service.storage.admins import ROLES
from service.storage.audit import record
from service.storage.codes import (
    can_open_desk,
    find_code,
    keep_code,
    long_code,
    use_code,
    withdraw_codes,
)
from service.storage.people_tables import AdminUser
from service.storage.sessions import end_sessions

LINK_VALID = timedelta(hours=24)
FIRST_OWNER = "admin"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


def read_name(typed: str) -> str:
    """A name to sign in with, as it is stored: names do not differ by capitals."""
    return typed.strip().lower()


def named(session: Session, typed: str) -> AdminUser:
    """The account of that name; raises AccountRefused."""
    admin = admins.find_admin(session, read_name(typed))
    if admin is None:
        raise refusal("unknown_name", name=read_name(typed))
    return admin


def add_account(session: Session, typed: str, role: str, by: str, at: datetime) -> str:
    """A new account; returns the code of its link. Raises AccountRefused."""
    name = read_name(typed)
    if not _NAME.fullmatch(name):
        raise refusal("name_form")
    if role not in ROLES:
        raise refusal("role")
    admin = admins.add_admin(session, name, role, at)
    if admin is None:
        raise refusal("name_taken", name=name)
    record(session, by, "account_added", f"admin:{admin.id}", at, {"role": role})
    return _give_link(session, admin, at)


def new_link(session: Session, admin: AdminUser, by: str, at: datetime) -> str:
    """Another link, instead of those before it; it opens a locked or disabled account again."""
    admins.forget_failures(session, admin)
    admins.set_disabled(session, admin, None)
    record(session, by, "link_made", f"admin:{admin.id}", at)
    return _give_link(session, admin, at)


def disable(session: Session, admin: AdminUser, by: str, at: datetime) -> bool:
    """Nobody signs in as `admin` any more; False when it was so. Raises AccountRefused."""
    assert admin.id is not None
    if admin.disabled_at is not None:
        return False
    if admin.role == "owner" and admins.count_owners(session) == 1:
        raise refusal("last_owner")
    admins.set_disabled(session, admin, at)
    end_sessions(session, admin.id)
    withdraw_codes(session, admin.id, "desk")
    withdraw_codes(session, admin.id, "test")
    withdraw_codes(session, admin.id, "ticket")
    record(session, by, "account_disabled", f"admin:{admin.id}", at)
    return True


def holder(session: Session, code: str, at: datetime) -> AdminUser | None:
    """Whose link it is, while it works."""
    row = find_code(session, "desk", code, at)
    return session.get(AdminUser, row.admin_id) if row else None


def check_new_password(name: str, password: str, again: str) -> None:
    """Raises AccountRefused when `name` may not have it."""
    if password != again:
        raise refusal("differ")
    wrong = fault(name, password)
    if wrong:
        raise refusal(wrong)


def set_password_by_link(session: Session, code: str, password_hash: str, at: datetime) -> bool:
    """Use the link; False when it works no more."""
    row = use_code(session, "desk", code, at)
    admin = session.get(AdminUser, row.admin_id) if row else None
    if admin is None:
        return False
    set_password(session, admin, password_hash, at)
    return True


def set_password(session: Session, admin: AdminUser, password_hash: str, at: datetime) -> None:
    """A password chosen by the person; whoever is signed in as that person is no more."""
    assert admin.id is not None
    admins.set_password_hash(session, admin, password_hash)
    admins.forget_failures(session, admin)
    end_sessions(session, admin.id)
    withdraw_codes(session, admin.id, "desk")
    withdraw_codes(session, admin.id, "ticket")
    record(session, f"admin:{admin.id}", "password_set", f"admin:{admin.id}", at)


def first_link(session: Session, at: datetime) -> str | None:
    """The code to print at a start: while nobody has a password nor a link to choose one."""
    everybody = admins.all_admins(session)
    if not everybody:
        owner = admins.add_admin(session, FIRST_OWNER, "owner", at)
        if owner is None:  # another process has just made it
            return None
        record(session, "start", "account_added", f"admin:{owner.id}", at, {"role": "owner"})
        return _give_link(session, owner, at)
    if any(admin.password_hash for admin in everybody) or can_open_desk(session, at):
        return None
    owners = [a for a in everybody if a.role == "owner" and a.disabled_at is None]
    return new_link(session, owners[0], "start", at) if owners else None


def link_path(code: str) -> str:
    """Where the link leads. The code is no part of the path: paths are logged when things fail."""
    return f"/admin/link?code={code}"


def refusal(key: str, **values: str) -> AccountRefused:
    """Why something about an account is not done, in words."""
    return AccountRefused(words()["refused"][key].format(**values))


def _give_link(session: Session, admin: AdminUser, at: datetime) -> str:
    assert admin.id is not None
    withdraw_codes(session, admin.id, "desk")
    code = long_code()
    keep_code(session, "desk", code, at + LINK_VALID, admin_id=admin.id)
    return code
