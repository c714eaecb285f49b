"""A request for another day that the office accepts moves the day."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from service.storage.assignments import move_day
from service.storage.form_tables import Submission

_ASKS = "lui-han"


def grant(session: Session, sent: Submission, today: date) -> date | None:
    """Move the day of what it is about; the new last day, None when it asks for none."""
    if sent.assignment_id is None or sent.answers.get("outcome") != _ASKS:
        return None
    day = date.fromisoformat(str(sent.answers["expected_on"]))
    move_day(session, sent.assignment_id, day, today)
    return day
