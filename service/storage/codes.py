"""Keep codes that may be used once (or so many times); the only SQL about them."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import JsonValue
from sqlalchemy import ColumnElement, delete, func, update
from sqlmodel import Session, col, select

from service.storage.people_tables import OneTimeCode

Purpose = Literal["move", "invite", "desk", "test", "unit", "mail", "ticket", "spare"]

#: Letters and digits that nobody mistakes for each other when they are read out or copied.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_SHORT = re.compile(rf"([{ALPHABET}]{{4}})[\s-]?([{ALPHABET}]{{4}})")
_SPARE = 16  #: letters of a code that works for years: too many to be guessed from its hash


def long_code() -> str:
    """A code for a link: 256 random bits."""
    return secrets.token_urlsafe(32)


def short_code() -> str:
    """A code for a person to type: "K7QM-2XRD"; never a word, nor a number such as years."""
    letters = ""
    while letters.isalpha() or letters.isdecimal() or not letters:
        letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def read_short_code(text: str) -> str:
    """What a person typed as it was printed; "" when it is no such code."""
    found = _SHORT.fullmatch(text.strip().upper())
    return f"{found[1]}-{found[2]}" if found else ""


def spare_code() -> str:
    """A code for a person to write down and type years later: "K7QM-2XRD-9PTW-H4VN"."""
    return _in_fours("".join(secrets.choice(ALPHABET) for _ in range(_SPARE)))


def read_spare_code(text: str) -> str:
    """What a person typed as it was printed; "" when it is no such code."""
    letters = re.sub(r"[\s-]", "", text).upper()
    return _in_fours(letters) if re.fullmatch(rf"[{ALPHABET}]{{{_SPARE}}}", letters) else ""


def _in_fours(letters: str) -> str:
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def keep_code(
    session: Session,
    purpose: Purpose,
    code: str,
    expires_at: datetime,
    *,
    uses: int = 1,
    admin_id: int | None = None,
    person_id: int | None = None,
    unit_id: int | None = None,
    terms: Mapping[str, JsonValue] | None = None,
) -> None:
    """Let `code` be used; only its hash is stored."""
    row = OneTimeCode(
        hash=_hash(code),
        purpose=purpose,
        person_id=person_id,
        admin_id=admin_id,
        unit_id=unit_id,
        terms=dict(terms or {}),
        uses_left=uses,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()


def renew_code(
    session: Session,
    purpose: Purpose,
    code: str,
    expires_at: datetime,
    person_id: int,
    terms: Mapping[str, JsonValue] | None = None,
) -> None:
    """Let `code` be used by whoever has it from this person; their older ones count no more."""
    withdraw_personal_codes(session, person_id, purpose)
    keep_code(session, purpose, code, expires_at, person_id=person_id, terms=terms)


def withdraw_personal_codes(session: Session, person_id: int, purpose: Purpose) -> None:
    """What this person was given for `purpose` counts no more."""
    session.exec(
        delete(OneTimeCode)
        .where(col(OneTimeCode.person_id) == person_id)
        .where(col(OneTimeCode.purpose) == purpose)
    )


def addresses_asked(session: Session, person_id: int) -> list[str]:
    """Where letters with a code went that this person has not given back yet."""
    mine = select(OneTimeCode.terms).where(
        col(OneTimeCode.person_id) == person_id, col(OneTimeCode.purpose) == "mail"
    )
    return [str(terms["address"]) for terms in session.exec(mine)]


def find_code(session: Session, purpose: Purpose, code: str, at: datetime) -> OneTimeCode | None:
    """The code while it may be used; looking does not use it."""
    row = session.get(OneTimeCode, _hash(code))
    if row is None or row.purpose != purpose or row.uses_left < 1 or row.expires_at <= at:
        return None
    return row


def use_code(session: Session, purpose: Purpose, code: str, at: datetime) -> OneTimeCode | None:
    """Use it once; None when it is unknown, used up or too old. Of two at once one succeeds."""
    used = session.exec(
        update(OneTimeCode)
        .where(col(OneTimeCode.hash) == _hash(code))
        .where(col(OneTimeCode.purpose) == purpose)
        .where(col(OneTimeCode.uses_left) > 0)
        .where(col(OneTimeCode.expires_at) > at)
        .values(uses_left=OneTimeCode.uses_left - 1)
    )
    if used.rowcount == 0:
        return None
    return session.get(OneTimeCode, _hash(code), populate_existing=True)


def can_open_desk(session: Session, at: datetime) -> bool:
    """Whether somebody holds a link to the desk that still works."""
    waiting = select(OneTimeCode.hash).where(
        col(OneTimeCode.purpose) == "desk",
        col(OneTimeCode.uses_left) > 0,
        col(OneTimeCode.expires_at) > at,
    )
    return session.exec(waiting).first() is not None


def open_unit_codes(session: Session, unit_id: int, at: datetime) -> list[OneTimeCode]:
    """Codes that bind a person to this unit and still work, those that end first in front."""
    waiting = select(OneTimeCode).where(*_opens_unit(unit_id, at))
    return list(session.exec(waiting.order_by(col(OneTimeCode.expires_at), col(OneTimeCode.hash))))


def withdraw_unit_code(session: Session, unit_id: int, hash_: str, at: datetime) -> bool:
    """The code that has this hash works no more; False when it did not. Of two at once one may."""
    one = col(OneTimeCode.hash) == hash_
    gone = session.exec(delete(OneTimeCode).where(one, *_opens_unit(unit_id, at)))
    return gone.rowcount == 1


def _opens_unit(unit_id: int, at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(OneTimeCode.purpose) == "unit",
        col(OneTimeCode.unit_id) == unit_id,
        col(OneTimeCode.uses_left) > 0,
        col(OneTimeCode.expires_at) > at,
    )


def count_codes(session: Session, admin_id: int, purpose: Purpose, at: datetime) -> int:
    """How many codes of this person at the desk may still be used."""
    waiting = select(func.count()).select_from(OneTimeCode)
    return session.exec(
        waiting.where(
            col(OneTimeCode.admin_id) == admin_id,
            col(OneTimeCode.purpose) == purpose,
            col(OneTimeCode.uses_left) > 0,
            col(OneTimeCode.expires_at) > at,
        )
    ).one()


def withdraw_codes(session: Session, admin_id: int, purpose: Purpose) -> None:
    """What this person at the desk was given for `purpose` counts no more."""
    session.exec(
        delete(OneTimeCode)
        .where(col(OneTimeCode.admin_id) == admin_id)
        .where(col(OneTimeCode.purpose) == purpose)
    )


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
