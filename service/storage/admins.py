"""Keep who works at the desk; the only SQL about them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import ColumnElement, func, or_, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlmodel import Session, col, select

from service.storage.codes import read_short_code, use_code
from service.storage.people_tables import AdminUser, ChannelAccount, OneTimeCode

Role = Literal["owner", "editor", "receiver", "viewer"]
ROLES: tuple[Role, ...] = get_args(Role)

TRIES = 5  #: wrong passwords until the account is locked
_FIRST_LOCK = timedelta(minutes=15)
_LONGEST_LOCK = timedelta(
    hours=4
)  #: whoever guesses for days must not keep the owner out for weeks
_JOINED = timedelta(days=365)  #: how long a person at the desk keeps an account to test with


def add_admin(session: Session, name: str, role: Role, at: datetime) -> AdminUser | None:
    """A new account without a password; None when the name is taken."""
    insert = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_postgresql
    statement = insert(AdminUser).values(name=name, role=role, created_at=at, failed=0)
    # Two processes that start together both make the first owner: the unique name decides.
    added = session.exec(statement.on_conflict_do_nothing().returning(col(AdminUser.id))).first()
    return None if added is None else session.get(AdminUser, added[0])


def find_admin(session: Session, name: str) -> AdminUser | None:
    """By the name to sign in with."""
    return session.exec(select(AdminUser).where(col(AdminUser.name) == name)).first()


def get_admin(session: Session, admin_id: int) -> AdminUser | None:
    """By id."""
    return session.get(AdminUser, admin_id)


def all_admins(session: Session) -> list[AdminUser]:
    """Everybody, in the order in which they came."""
    return list(session.exec(select(AdminUser).order_by(col(AdminUser.id))))


def names_of_admins(session: Session) -> dict[str, str]:
    """The name behind each actor of the audit trail: "admin:3" → "lan"."""
    return {f"admin:{admin.id}": admin.name for admin in all_admins(session)}


def count_owners(session: Session) -> int:
    """How many owners may sign in."""
    owners = select(func.count()).select_from(AdminUser)
    enabled = owners.where(col(AdminUser.role) == "owner", col(AdminUser.disabled_at).is_(None))
    return session.exec(enabled).one()


def take_try(session: Session, name: str, at: datetime) -> AdminUser | None:
    """The account to compare a password with; None when nobody may sign in as `name` now.

    The try is counted before the comparison, so that many at once cannot pass the limit; the last
    one allowed locks the account, which the right password opens again.
    """
    counted = session.exec(
        update(AdminUser)
        .where(col(AdminUser.name) == name)
        .where(col(AdminUser.disabled_at).is_(None))
        .where(col(AdminUser.password_hash).is_not(None))
        .where(or_(col(AdminUser.locked_until).is_(None), col(AdminUser.locked_until) <= at))
        .values(failed=AdminUser.failed + 1)
        .returning(col(AdminUser.id))
    ).first()
    if counted is None:
        return None
    admin = session.get(AdminUser, counted[0], populate_existing=True)
    assert admin is not None
    if admin.failed % TRIES == 0:
        admin.locked_until = at + lock_time(admin.failed // TRIES)
        session.add(admin)
    return admin


def lock_time(times: int) -> timedelta:
    """How long the account is locked for the n-th time: 15 minutes, 30, 60 …"""
    return min(_FIRST_LOCK * (1 << min(times - 1, 10)), _LONGEST_LOCK)


def forget_failures(session: Session, admin: AdminUser) -> None:
    """The right password was given, or a new link: no try counts, nothing is locked."""
    admin.failed, admin.locked_until = 0, None
    session.add(admin)


def give_back_try(session: Session, counted: AdminUser) -> None:
    """The password was right but is not all that is asked for: this try counts no more.

    Those before it do: whoever knows the password must not guess codes without end.
    """
    locked_by_it = counted.failed % TRIES == 0
    this = update(AdminUser).where(col(AdminUser.id) == counted.id, col(AdminUser.failed) > 0)
    session.exec(this.values(failed=AdminUser.failed - 1))
    if locked_by_it:
        session.exec(this.values(locked_until=None))


def set_password_hash(session: Session, admin: AdminUser, password_hash: str) -> None:
    """The password from now on."""
    admin.password_hash = password_hash
    session.add(admin)


def set_disabled(session: Session, admin: AdminUser, at: datetime | None) -> None:
    """Nobody may sign in as `admin` since `at`; None: they may again."""
    admin.disabled_at = at
    session.add(admin)


def join_person(session: Session, text: str, person_id: int, at: datetime) -> bool:
    """A message that is the code of a person at the desk: test messages may go to its sender.

    False when `text` is no such code, or one that is used or too old.
    """
    code = read_short_code(text)
    row = use_code(session, "test", code, at) if code else None
    if row is None:
        return False
    row.person_id, row.expires_at = person_id, at + _JOINED
    session.add(row)
    return True


def own_accounts(session: Session, admin_id: int, at: datetime) -> dict[str, ChannelAccount]:
    """By channel: the account that last wrote, of whoever used a code of this person."""
    joined = (
        select(OneTimeCode.person_id)
        .where(col(OneTimeCode.admin_id) == admin_id)
        .where(*_joined(at))
    )
    accounts = (
        select(ChannelAccount)
        .where(col(ChannelAccount.person_id).in_(joined))
        .where(col(ChannelAccount.unreachable).is_(None))
        .where(col(ChannelAccount.chat) != "")
        .order_by(col(ChannelAccount.last_seen_at))
    )
    return {account.channel: account for account in session.exec(accounts)}


def roles_of_person(session: Session, person_id: int, at: datetime) -> frozenset[str]:
    """What somebody who writes in a chat may do at the desk: the roles that they joined it with.

    Of an account that is disabled nothing is left.
    """
    joined = (
        select(AdminUser.role)
        .join(OneTimeCode, col(OneTimeCode.admin_id) == col(AdminUser.id))
        .where(col(OneTimeCode.person_id) == person_id)
        .where(*_joined(at))
        .where(col(AdminUser.disabled_at).is_(None))
    )
    return frozenset(session.exec(joined))


def _joined(at: datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions that a code has been used and still joins an account to the desk."""
    return (
        col(OneTimeCode.purpose) == "test",
        col(OneTimeCode.uses_left) == 0,
        col(OneTimeCode.expires_at) > at,
    )
