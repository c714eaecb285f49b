"""Which papers a person may read: everybody's, and those of whoever acts for a unit."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from knowledge.readers import OFFICERS, PUBLIC, Readers
from service.live import LiveAssistant
from service.storage.bindings import bindings_of
from service.storage.units import with_merged


def readers_of(session: Session, person_id: int, today: date) -> Readers:
    """The audiences that a person belongs to on that day.

    Whoever was confirmed for an open unit reads what is for officers, and what is for this unit or
    for one that became part of it. Who waits, or acts no more, reads what everybody does.
    """
    confirmed = [one for one in bindings_of(session, person_id, today) if one.confirmed]
    if not confirmed:
        return PUBLIC
    units = {id_ for one in confirmed for id_ in with_merged(session, one.unit_id)}
    return OFFICERS | {f"units:{id_}" for id_ in units}


def reading_now(session: Session, assistant: LiveAssistant, person_id: int, today: date) -> Readers:
    """The same; PUBLIC where no paper is there that only they may read."""
    readers = readers_of(session, person_id, today)
    if readers == PUBLIC or assistant.library_for(readers) == assistant.library_for(PUBLIC):
        return PUBLIC
    return readers
