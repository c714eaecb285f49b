"""A request for another day that the office accepts moves the day."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from bot.owed import LATER
from service.duties.assigning import FARTHEST
from service.storage.assignments import get_owed, move_day
from service.storage.form_tables import Submission


def grant(session: Session, sent: Submission, today: date) -> date | None:
    """Move the day of what it is about; the new last day, None when it asks for no later one."""
    if sent.assignment_id is None or sent.answers.get("outcome") != LATER:
        return None
    owed, day = get_owed(session, sent.assignment_id), str(sent.answers.get("expected_on", ""))
    if owed is None or not day or date.fromisoformat(day) <= owed.assignment.last_day:
        return None
    later = date.fromisoformat(day)
    if later > today + FARTHEST:
        return None
    move_day(session, sent.assignment_id, later, today)
    return later
