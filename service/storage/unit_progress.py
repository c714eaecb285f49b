"""How far all units are with each duty; with assignments.py the only SQL that lists assignments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from sqlalchemy import Integer, and_, cast, func, tuple_
from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select

from knowledge.vietnamese import fold
from service.storage.assignments import lasting, settled
from service.storage.bindings import lasts
from service.storage.duty_tables import Assignment, Obligation
from service.storage.unit_tables import Unit

_NUMBER = re.compile(r"(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Progress:
    """One duty by one day."""

    obligation: Obligation
    due_on: date
    total: int
    done: int
    units: Sequence[tuple[str, date]] = ()  #: names with their last days, the earliest first

    @property
    def left(self) -> int:
        """Units that have not settled it."""
        return self.total - self.done

    @property
    def key(self) -> tuple[int, date]:
        """What it is known by."""
        return self.obligation.id or 0, self.due_on


def units_by_duty(
    session: Session, which: Literal["open", "late", "done"], today: date
) -> list[Progress]:
    """The duties with the units that have not settled them, of these the late ones, or the rest.

    Of what comes back only the next time counts, besides those that are over. The nearest first;
    a duty without any such unit is left out.
    """
    done = which == "done"
    found = [one for one in _counted(session, today) if (one.done if done else one.left)]
    units = _names(session, [one.key for one in found], which, today)
    return [replace(one, units=units[one.key]) for one in found if one.key in units]


def _counted(session: Session, today: date) -> list[Progress]:
    done = func.sum(cast(settled(), Integer))
    rows = session.execute(
        select_rows(col(Assignment.obligation_id), col(Assignment.due_on), func.count(), done)
        .join(Unit, col(Unit.id) == col(Assignment.unit_id))
        .where(lasting(), lasts(today))
        .group_by(col(Assignment.obligation_id), col(Assignment.due_on))
        .order_by(col(Assignment.due_on), col(Assignment.obligation_id))
    ).all()
    ids = {row[0] for row in rows}
    of = select(Obligation).where(col(Obligation.id).in_(ids))
    obligations = {one.id: one for one in session.exec(of)}
    ahead: set[int] = set()
    found = []
    for id_, due_on, total, count in rows:
        if due_on >= today and id_ in ahead:
            continue
        if due_on >= today:
            ahead.add(id_)
        found.append(Progress(obligations[id_], due_on, total, int(count)))
    return found


def _names(
    session: Session, keys: Sequence[tuple[int, date]], which: str, today: date
) -> dict[tuple[int, date], list[tuple[str, date]]]:
    """By obligation and day: the units that are `which`."""
    key = col(Assignment.obligation_id), col(Assignment.due_on)
    late = col(Assignment.last_day) < today
    of = {"open": ~settled(), "late": and_(~settled(), late), "done": settled()}
    rows = session.execute(
        select_rows(*key, col(Unit.name), col(Assignment.last_day))
        .join(Unit, col(Unit.id) == col(Assignment.unit_id))
        .where(tuple_(*key).in_(keys), lasting(), lasts(today), of[which])
    )
    found: dict[tuple[int, date], list[tuple[str, date]]] = {}
    for id_, due_on, name, last_day in sorted(rows, key=lambda row: (row[3], _place(row[2]))):
        found.setdefault((id_, due_on), []).append((name, last_day))
    return found


def _place(name: str) -> list[str | int]:
    """As people look for it: each engine has an order of its own, and none puts 2 before 10."""
    return [int(one) if one.isdecimal() else one for one in _NUMBER.split(fold(name))]
