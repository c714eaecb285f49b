"""Settings that are changed while the service runs; the only SQL about them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlmodel import Session, select

from service.storage.people_tables import Switch
from service.storage.upserts import rows_of

#: `paused`: no automatic answers anywhere. `trial`: only for people who were invited.
SwitchName = Literal["paused", "trial"]


def is_on(session: Session, name: SwitchName) -> bool:
    """Whether it is on; one that was never turned is off."""
    row = session.get(Switch, name)
    return row is not None and row.on


def switches_on(session: Session) -> frozenset[str]:
    """All that are on, in one look."""
    return frozenset(session.execute(_ON).scalars())


_SWITCH = rows_of(Switch)
_ON = select(_SWITCH.c.name).where(_SWITCH.c.on)


def turn(session: Session, name: SwitchName, on: bool, at: datetime) -> None:
    """Turn it on or off."""
    session.merge(Switch(name=name, on=on, changed_at=at))
