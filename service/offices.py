"""Decide who acts for a unit: changed, written down, told to the person; at the desk or in a chat.

Each function returns None, and changes nothing, where there is nothing to decide any more.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session

from bot.texts import say
from service import clock
from service.delivery.telling import tell_person
from service.storage import bindings
from service.storage.assignments import settle_nearest
from service.storage.audit import record
from service.storage.reach import watch_reach
from service.storage.submissions import give_back, release
from service.storage.submissions_left import Personal
from service.storage.unit_tables import Binding, Unit
from service.storage.units import get_unit, merge_units, with_merged


def confirm(session: Session, binding_id: int, by: str, at: datetime) -> Binding | None:
    """The person acts for the unit from now on; `by`: as the audit trail names people."""
    binding = bindings.confirm(session, binding_id, by, at)
    if binding is not None:
        _note(session, binding, "binding_confirmed", by, at)
        _release(session, binding, at)
        text = say("units.confirmed", unit=_name(session, binding))
        tell_person(session, binding.person_id, text, at)
    return binding


def refuse(
    session: Session, binding_id: int, by: str, at: datetime, *, contact: str
) -> Binding | None:
    """The person who waits does not act for the unit, or is not its head; `contact`: where to
    object."""
    binding = bindings.refuse(session, binding_id, at)
    if binding is not None:
        _note(session, binding, "binding_refused", by, at)
        why = say("units.returned", unit=_name(session, binding))
        give_back(session, binding.person_id, binding.unit_id, why, by, at)
        told = "units.head_refused" if bindings.is_confirmed(binding) else "units.refused"
        text = say(told, unit=_name(session, binding), contact=contact)
        tell_person(session, binding.person_id, text, at)
    return binding


def revoke(
    session: Session, binding_id: int, by: str, at: datetime, *, contact: str
) -> Binding | None:
    """The person acts for the unit no more."""
    binding = bindings.revoke(session, binding_id, at)
    if binding is not None:
        _note(session, binding, "binding_revoked", by, at)
        text = say("units.revoked", unit=_name(session, binding), contact=contact)
        tell_person(session, binding.person_id, text, at)
    return binding


def hand_over(
    session: Session,
    binding_id: int,
    successor_id: int,
    by: str,
    at: datetime,
    *,
    contact: str,
    personal: Personal,
) -> int | None:
    """Another person of the unit goes on with its undecided submissions; how many there were.

    `personal`: which answers of a form are not theirs to see.
    """
    moved = bindings.hand_over(session, binding_id, successor_id, at, personal)
    first, second = (bindings.get_binding(session, id_) for id_ in (binding_id, successor_id))
    if moved is None or first is None or second is None:
        return None
    _note(session, first, "binding_handed_over", by, at)
    unit = _name(session, first)
    text = say("units.handed_over", unit=unit, contact=contact)
    tell_person(session, first.person_id, text, at)
    text = say("units.taken_over", unit=unit, count=moved)
    tell_person(session, second.person_id, text, at)
    return moved


def merge(
    session: Session, unit: Unit, successor: Unit, since: date, today: date, at: datetime
) -> None:
    """A unit is part of another since that day, with its people; raises UnitRefused.

    What waited for somebody who acts for the other already counts now.
    """
    merge_units(session, unit, successor, since, today, at)
    assert unit.id is not None, "stored units have an id"
    assert successor.id is not None, "stored units have an id"
    for one in bindings.bindings_of_unit(session, successor.id):
        if bindings.is_confirmed(one.binding):
            _release(session, one.binding, at)
    watch_reach(session, [unit.id, successor.id], at)


def _release(session: Session, binding: Binding, at: datetime) -> None:
    """What waited for this person to act for the unit counts now, and what they had sent for
    units that became part of it."""
    released = release(session, binding.person_id, with_merged(session, binding.unit_id), at)
    for sent in released:
        settle_nearest(session, sent, at.astimezone(clock.VIETNAM).date())


def _note(session: Session, binding: Binding, action: str, by: str, at: datetime) -> None:
    record(session, by, action, f"binding:{binding.id}", at, {"unit": binding.unit_id})
    watch_reach(session, [binding.unit_id], at)


def _name(session: Session, binding: Binding) -> str:
    unit = get_unit(session, binding.unit_id)
    assert unit is not None, "a binding goes with its unit"
    return unit.name
