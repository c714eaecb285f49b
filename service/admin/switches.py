"""Turn one of the two switches and write down who did it, at the desk or by a command."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from service.storage.audit import record
from service.storage.switches import SwitchName, is_on, turn


def change(session: Session, name: SwitchName, on: bool, by: str, at: datetime) -> bool:
    """False when it was so already: nothing is written then."""
    if is_on(session, name) == on:
        return False
    turn(session, name, on, at)
    record(session, by, "switch_turned", f"switch:{name}", at, {"on": on})
    return True
