"""Whoever writes the message that is answered: who it is, and the units that they act for."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cached_property

from sqlalchemy import Engine
from sqlmodel import Session

from service import clock
from service.storage import bindings
from service.storage.engine import transaction
from service.storage.form_tables import Submission
from service.storage.units import with_merged


class Writer:
    """For one person, while one message is answered; what is read of them is read once."""

    def __init__(self, engine: Engine, person_id: int, at: datetime) -> None:
        self.person_id, self.at = person_id, at
        self.today = at.astimezone(clock.VIETNAM).date()
        self._engine = engine

    def reading(self) -> AbstractContextManager[Session]:
        """To look something up before anything is written."""
        return transaction(self._engine)

    @cached_property
    def offices(self) -> tuple[bindings.Office, ...]:
        """The units that the person acts for or asks to."""
        with self.reading() as session:
            return bindings.bindings_of(session, self.person_id, self.today)

    @property
    def headed(self) -> tuple[int, ...]:
        """The units that they were confirmed as the head of."""
        return tuple(one.unit_id for one in self.offices if one.head and one.confirmed)

    def chosen(self, answers: Mapping[str, str]) -> bindings.Office | None:
        """The unit for which a form is filled in."""
        unit = answers.get("unit", "")
        return next((one for one in self.offices if str(one.unit_id) == unit), None)

    def units(self, session: Session) -> frozenset[int]:
        """The units that they act for or ask to now, and those that became part of them."""
        return frozenset(
            id_ for office in self.offices for id_ in with_merged(session, office.unit_id)
        )

    def sent(self, session: Session, row: Submission) -> bool:
        """Whether they sent it, and still act for the unit for which it was sent."""
        if row.person_id != self.person_id:
            return False
        return row.unit_id is None or row.unit_id in self.units(session)
