"""A change of a paper is followed: what was put on units is ended, or goes by what it says now."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session

from service.duties.assigning import Days, cut, recipient_of, source_of
from service.duties.changes import Change
from service.duty_reviews import ListedDuty
from service.errors import AssignmentRefused
from service.storage.assignments import end_assignments, find_obligations, put_on
from service.storage.audit import record
from service.storage.duty_tables import Obligation
from service.storage.obligations import (
    dismiss,
    drop_days,
    end_obligation,
    move_obligation,
    owed_twice,
    units_of,
    unsettled,
)


def accept(session: Session, change: Change, by: str, at: datetime, today: date) -> None:
    """Follow it; raises AssignmentRefused for what cannot be followed as it stands."""
    of, listed = change.obligation, change.listed
    assert of.id is not None, "rows that were read have an id"
    if change.refused:
        raise AssignmentRefused("as_stated")
    if change.kind != "changed" or listed is None:
        ended = end_obligation(session, of.id, by, at)
        record(session, by, "obligation_ended", f"obligation:{of.id}", at, {"count": ended})
        return
    others = [one.id for one in find_obligations(session, *listed.key) if one.id != of.id]
    if change.days is not None:
        _other_days(session, of, change.days, by, at, today)
    _repoint(session, of, listed)
    for other in others:  # the duty was put on units anew meanwhile: nobody owes it twice
        if other is not None:
            end_assignments(session, owed_twice(session, of.id, other), by, at)
    record(session, by, "obligation_followed", f"obligation:{of.id}", at)


def put_aside(session: Session, change: Change, by: str, at: datetime) -> None:
    """It is not followed, and not proposed again until the paper changes again."""
    of = change.obligation
    assert of.id is not None, "rows that were read have an id"
    dismiss(session, of.id, change.fingerprint, by, at)
    record(session, by, "change_dismissed", f"obligation:{of.id}", at)


def _other_days(
    session: Session, of: Obligation, days: Days, by: str, at: datetime, today: date
) -> None:
    assert of.id is not None, "rows that were read have an id"
    if of.rule or days.rule:
        units = units_of(session, unsettled(session, of.id))
        drop_days(session, of.id, days.last_days, by, at, today)
        for day in days.last_days:
            put_on(session, of.id, units, day, today)
    else:
        move_obligation(session, of.id, days.last_days[0], today)
    of.rule, of.before, of.until = days.rule, days.before, days.until


def _repoint(session: Session, of: Obligation, listed: ListedDuty) -> None:
    """It is the duty as the paper states it now; who owes it stays."""
    duty = listed.duty
    of.fingerprint, of.address = listed.key[1], duty.address
    of.title, of.source, of.leads = duty.duty, source_of(listed), "; ".join(duty.leads)
    of.recipient = recipient_of(duty) or of.recipient
    of.printed = "" if of.own_date else cut(duty.when.text or "")
    session.add(of)
    session.flush()
