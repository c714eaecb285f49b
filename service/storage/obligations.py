"""What the office has put on units, as a whole: its policy, its days, its end."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import JsonValue
from sqlalchemy import String as Text
from sqlalchemy import case, cast, func, or_, update
from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select

from service.storage.assignments import lasting, settled
from service.storage.bindings import lasts
from service.storage.duty_tables import Assignment, Obligation
from service.storage.unit_tables import Unit

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far units are with an obligation, and the day that is next."""

    open: int  #: not settled, not late
    late: int
    done: int
    next_day: date | None  #: the nearest last day from today on that somebody owes
    days: tuple[date, ...]  #: all last days that somebody owes, in order


def get_obligation(session: Session, obligation_id: int) -> Obligation | None:
    """By id."""
    return session.get(Obligation, obligation_id)


def standing_of(session: Session, obligation_id: int, today: date) -> Standing:
    """Counts of what lasts, of units that go on."""
    done = settled()
    days = session.execute(
        select_rows(col(Assignment.last_day), done, func.count())
        .join(Unit, col(Unit.id) == col(Assignment.unit_id))
        .where(col(Assignment.obligation_id) == obligation_id, lasting(), or_(done, lasts(today)))
        .group_by(col(Assignment.last_day), done)
    ).all()
    owed = sorted(day for day, is_done, _ in days if not is_done)
    return Standing(
        open=sum(count for day, is_done, count in days if not is_done and day >= today),
        late=sum(count for day, is_done, count in days if not is_done and day < today),
        done=sum(count for _, is_done, count in days if is_done),
        next_day=next((day for day in owed if day >= today), None),
        days=tuple(owed),
    )


def obligations_owed(
    session: Session, today: date, offset: int, limit: int
) -> list[tuple[Obligation, date, int]]:
    """Those that somebody owes still, with the next last day (else the latest) and how many units.

    Those with a policy of their own come first, then the nearest.
    """
    coming = func.min(case((col(Assignment.last_day) >= today, col(Assignment.last_day))))
    nearest = func.coalesce(coming, func.max(col(Assignment.last_day)))
    own = case((cast(col(Obligation.policy), Text) == "{}", 1), else_=0)
    of = (
        select_rows(col(Obligation.id), nearest, func.count(col(Assignment.unit_id).distinct()))
        .join(Assignment, col(Assignment.obligation_id) == col(Obligation.id))
        .join(Unit, col(Unit.id) == col(Assignment.unit_id))
        .where(lasting(), ~settled(), lasts(today))
        .group_by(col(Obligation.id))
        .order_by(own, nearest, col(Obligation.id))
    )
    rows = session.execute(of.offset(offset).limit(limit)).all()
    found = {one.id: one for one in _by_id(session, [row[0] for row in rows])}
    return [(found[id_], day, units) for id_, day, units in rows]


def _by_id(session: Session, ids: Collection[int]) -> list[Obligation]:
    return list(session.exec(select(Obligation).where(col(Obligation.id).in_(ids))))


def set_policy(
    session: Session, obligation_id: int, policy: Mapping[str, JsonValue], today: date
) -> None:
    """Reminders of an obligation follow another policy from today on; {}: the office's own."""
    of = update(Obligation).where(col(Obligation.id) == obligation_id)
    session.execute(of.values(policy=dict(policy)))
    # What the policy would have told on days that are over was not missed: nobody had asked for it.
    seen = case(
        (col(Assignment.looked_on) < today - _DAY, today - _DAY), else_=col(Assignment.looked_on)
    )
    theirs = update(Assignment).where(col(Assignment.obligation_id) == obligation_id, lasting())
    session.execute(theirs.values(next_on=today, looked_on=seen))


def set_receivers(session: Session, obligation_id: int, recipient: str, confirmer: str) -> None:
    """To whom it is reported, and which body confirms it."""
    of = update(Obligation).where(col(Obligation.id) == obligation_id)
    session.execute(of.values(recipient=recipient, confirmer=confirmer))
