"""Keep the tokens by which other programs read and write; the only SQL about them.

Of a token only the hash is kept: 256 random bits need no salt, and whoever reads the table cannot
use what is in it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from sqlalchemy import update
from sqlmodel import Session, col, select

from knowledge.readers import OFFICERS, PUBLIC, Readers
from service.storage.api_tables import ApiToken

#: What a token may be used for.
Scope = Literal[
    "ask", "documents:read", "documents:write", "curated:read", "curated:write", "curated:approve"
]
SCOPES: tuple[Scope, ...] = get_args(Scope)
#: Whose papers and answers it shows: everybody's, or those for officers, too.
Reader = Literal["public", "officers"]
READERS: tuple[Reader, ...] = get_args(Reader)
_MARK = "troly_"  #: so that people, and programs that look for secrets, see what it is


@dataclass(frozen=True, slots=True)
class Holder:
    """A program that has shown its token."""

    id: int
    scopes: frozenset[str]
    readers: Readers

    @property
    def actor(self) -> str:
        """As the audit trail names it."""
        return f"token:{self.id}"


def make_token(
    session: Session,
    name: str,
    scopes: Collection[Scope],
    readers: Reader,
    expires_on: date | None,
    by: str,
    at: datetime,
) -> tuple[ApiToken, str]:
    """A new token; it is given back this once. `expires_on`: the first day without it."""
    token = _MARK + secrets.token_urlsafe(32)
    row = ApiToken(
        name=name,
        hash=_hash(token),
        scopes=[scope for scope in SCOPES if scope in scopes],
        readers=readers,
        made_by=by,
        made_at=at,
        expires_on=expires_on,
    )
    session.add(row)
    session.flush()
    return row, token


def holder_of(session: Session, token: str, today: date) -> Holder | None:
    """Who shows this token; None when it is unknown, expired or revoked. Notes the day."""
    hash_ = _hash(token)
    row = session.exec(select(ApiToken).where(col(ApiToken.hash) == hash_)).first()
    if row is None or not hmac.compare_digest(row.hash, hash_) or not is_open(row, today):
        return None
    if row.last_used_on != today:
        used = update(ApiToken).where(col(ApiToken.id) == row.id)
        session.execute(used.values(last_used_on=today))
    assert row.id is not None
    readers = OFFICERS if row.readers == "officers" else PUBLIC
    return Holder(row.id, frozenset(row.scopes), readers)


def is_open(row: ApiToken, today: date) -> bool:
    """Whether it may still be used."""
    return row.revoked_at is None and (row.expires_on is None or today < row.expires_on)


def all_tokens(session: Session) -> list[ApiToken]:
    """Every one there has been, the newest first."""
    return list(session.exec(select(ApiToken).order_by(col(ApiToken.id).desc())))


def revoke_token(session: Session, token_id: int, at: datetime) -> bool:
    """Nobody may use it any more; False when it is unknown or revoked already."""
    revoked = update(ApiToken).where(
        col(ApiToken.id) == token_id, col(ApiToken.revoked_at).is_(None)
    )
    return (
        session.execute(revoked.values(revoked_at=at).returning(col(ApiToken.id))).first()
        is not None
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
