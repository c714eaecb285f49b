"""Invite a person to act for a unit, by a code that is used once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from service.storage.bindings import ask, open_unit
from service.storage.codes import (
    find_code,
    keep_code,
    open_unit_codes,
    read_short_code,
    short_code,
    use_code,
    withdraw_unit_code,
)
from service.storage.unit_tables import Binding

VALID = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a code stands for while it may be used."""

    unit_id: int
    name: str
    head: bool
    shared: bool


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation that waits to be used; its code is known to the person invited only."""

    id: str  #: what it is withdrawn by
    head: bool
    shared: bool
    until: datetime


def invite(
    session: Session,
    unit_id: int,
    at: datetime,
    valid: timedelta = VALID,
    *,
    head: bool = False,
    shared: bool = False,
) -> str:
    """A code that binds one person to the unit, once somebody has confirmed them."""
    code = short_code()
    terms = {"head": head, "shared": shared}
    keep_code(session, "unit", code, at + valid, unit_id=unit_id, terms=terms)
    return code


def find_invitation(session: Session, typed: str, at: datetime) -> Invitation | None:
    """What the code is for; looking does not use it. None: unknown, used, too old, or closed."""
    row = find_code(session, "unit", read_short_code(typed), at)
    if row is None or row.unit_id is None:
        return None
    unit = open_unit(session, row.unit_id, at)
    if unit is None:
        return None
    head, shared = row.terms.get("head") is True, row.terms.get("shared") is True
    return Invitation(row.unit_id, unit.name, head, shared)


def open_invitations(session: Session, unit_id: int, at: datetime) -> list[OpenInvitation]:
    """Those to the unit that nobody has used and that still work, by their end."""
    return [
        OpenInvitation(
            row.hash,
            row.terms.get("head") is True,
            row.terms.get("shared") is True,
            row.expires_at,
        )
        for row in open_unit_codes(session, unit_id, at)
    ]


def withdraw_invitation(session: Session, unit_id: int, id_: str, at: datetime) -> bool:
    """It works no more; False when it was used, withdrawn or too old, or another unit's."""
    return withdraw_unit_code(session, unit_id, id_, at)


def redeem(
    session: Session, typed: str, person_id: int, name: str, post: str, at: datetime
) -> Binding | None:
    """Use the code up and ask by its terms; None when it works no more. Of two one succeeds."""
    found = find_invitation(session, typed, at)
    if found is None or use_code(session, "unit", read_short_code(typed), at) is None:
        return None
    terms = {"head": found.head, "shared": found.shared}
    return ask(session, person_id, found.unit_id, name, post, at, **terms)
