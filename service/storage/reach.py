"""Whether a unit still has somebody whom a message finds; an alert where it has nobody.

Whoever no longer agrees to be written to in matters of a unit is not found.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from bot.texts import say
from service.storage.alerts import open_alerts, raise_alert, settle_alert
from service.storage.bindings import acts, lasts, open_unit, reachable
from service.storage.consents import withdrew
from service.storage.unit_tables import Binding, Unit

_SOURCE = "unit:"  #: what an alert's source begins with when it is about a unit


def unreachable_units(session: Session, today: date) -> list[Unit]:
    """Open units that had somebody, and now nobody whom a message finds; by id."""
    # Of those who were erased nothing stays but the alert.
    sources = [alert.source for alert in open_alerts(session) if alert.kind == "unit_unreached"]
    alerted = col(Unit.id).in_([int(source.removeprefix(_SOURCE)) for source in sources])
    units = select(Unit).where(lasts(today), ~_is_reached, or_(_had_somebody, alerted))
    return list(session.exec(units.order_by(col(Unit.id))))


def watch_reach(session: Session, unit_ids: Iterable[int], at: datetime) -> None:
    """An alert for each of these units that had somebody and has nobody to be reached now.

    Settled where somebody can be reached, and for a unit that is no more.
    """
    for unit_id in unit_ids:
        source, unit = f"{_SOURCE}{unit_id}", open_unit(session, unit_id, at)
        if unit is None or _holds(session, unit_id, _is_reached):
            settle_alert(session, "unit_unreached", source, at)
        elif _holds(session, unit_id, _had_somebody):
            detail = say("units.unreached", unit=unit.name)
            raise_alert(session, "unit_unreached", source, detail, at)


def reached_heads(session: Session, unit_id: int) -> list[int]:
    """People who confirm others for the unit and whom a message finds."""
    heads = select(Binding.person_id).where(
        col(Binding.unit_id) == unit_id, col(Binding.head), acts(), reachable(), ~_unwilling
    )
    return list(session.exec(heads.order_by(col(Binding.id))))


_of_unit = select(Binding.id).where(col(Binding.unit_id) == col(Unit.id))
_unwilling = withdrew(col(Binding.person_id), "register")
_is_reached = _of_unit.where(acts(), reachable(), ~_unwilling).exists()
_had_somebody = _of_unit.where(col(Binding.confirmed_at).is_not(None)).exists()


def _holds(session: Session, unit_id: int, condition: ColumnElement[bool]) -> bool:
    return (
        session.exec(select(Unit.id).where(col(Unit.id) == unit_id, condition)).first() is not None
    )
