"""What it would cost to tell everybody of one duty, by the ways that are open now."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from service.duties.routes import routes
from service.settings import Settings
from service.spending import estimate
from service.storage.obligations import units_of, unsettled
from service.storage.people import accounts_of
from service.storage.reminders import officers_of, responsible


def round_cost(session: Session, settings: Settings, obligation_id: int, at: datetime) -> int:
    """One reminder to each officer of all units that owe it, by the best way of each, in đồng."""
    people = responsible(session, units_of(session, unsettled(session, obligation_id)))
    officers = [each.person_id for unit in people.values() for each in officers_of(unit)]
    accounts = accounts_of(session, officers)
    ways = (routes(settings, accounts.get(person, ()), (), at) for person in officers)
    return estimate(settings, [open_[0].name for open_ in ways if open_])
