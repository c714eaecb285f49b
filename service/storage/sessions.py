"""Keep who is signed in at the desk; the only SQL about it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlmodel import Session, col, select

from service.storage.people_tables import AdminSession, AdminUser

IDLE = timedelta(minutes=30)  #: without a request
LONGEST = timedelta(hours=12)  #: since signing in
#: A page that loads does not write each time that somebody has been here.
_NOTED = timedelta(minutes=1)


def open_session(session: Session, admin_id: int, at: datetime) -> str:
    """A new session; returns what its cookie holds, of which only the hash is stored."""
    token = secrets.token_hex(32)
    row = AdminSession(hash=_hash(token), admin_id=admin_id, created_at=at, last_seen_at=at)
    session.add(row)
    session.flush()
    return token


def signed_in(session: Session, token: str, at: datetime) -> AdminUser | None:
    """Whose session it is; None when it is unknown or over, or the account is disabled."""
    found = session.exec(
        select(AdminSession, AdminUser)
        .join(AdminUser, col(AdminUser.id) == col(AdminSession.admin_id))
        .where(col(AdminSession.hash) == _hash(token))
        .where(col(AdminSession.created_at) > at - LONGEST)
        .where(col(AdminSession.last_seen_at) > at - IDLE)
        .where(col(AdminUser.disabled_at).is_(None))
    ).first()
    if found is None:
        return None
    row, admin = found
    if at - row.last_seen_at >= _NOTED:
        row.last_seen_at = at
        session.add(row)
    return admin


def end_session(session: Session, token: str) -> None:
    """Sign this browser out."""
    session.exec(delete(AdminSession).where(col(AdminSession.hash) == _hash(token)))


def end_sessions(session: Session, admin_id: int) -> None:
    """Sign this person out everywhere."""
    session.exec(delete(AdminSession).where(col(AdminSession.admin_id) == admin_id))


def drop_ended_sessions(session: Session, at: datetime) -> None:
    """Forget what is over."""
    ended = or_(
        col(AdminSession.created_at) <= at - LONGEST, col(AdminSession.last_seen_at) <= at - IDLE
    )
    session.exec(delete(AdminSession).where(ended))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
