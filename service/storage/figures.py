"""Count questions by day as they are kept; the only SQL about those counts.

A day is one of Việt Nam. The counts stay when the questions themselves are gone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Insert, func, select
from sqlalchemy import Table as Rows
from sqlmodel import Session

from service.clock import VIETNAM
from service.storage.figure_tables import AskedClause, AskedDay
from service.storage.upserts import dialect_of, inserting, rows_of

#: Milliseconds by which times are told apart: each a quarter more than the one before.
AT_MOST: tuple[int, ...] = tuple(
    step * 10**zeros for zeros in range(4) for step in (10, 12, 15, 20, 25, 30, 40, 50, 60, 80)
)
_LONGEST_ADDRESS = 200

#: A clause: document and address.
Cited = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many questions there were, by what became of them."""

    answered: int = 0
    asked_back: int = 0
    silent: int = 0

    @property
    def asked(self) -> int:
        """All of them."""
        return self.answered + self.asked_back + self.silent


def at_most(milliseconds: float) -> int:
    """The first of AT_MOST that is no less; the last for whatever takes longer."""
    return AT_MOST[min(bisect_left(AT_MOST, milliseconds), len(AT_MOST) - 1)]


def clauses_of(citations: Iterable[object]) -> list[Cited]:
    """The clauses that an answer cites, each once, in one order.

    In one order, so that two processes that count the same clauses never wait for each other.
    """
    found = (one for one in citations if isinstance(one, Mapping))
    pairs = ((str(one.get("document", "")), str(one.get("address", ""))) for one in found)
    return sorted({(id_, address[:_LONGEST_ADDRESS]) for id_, address in pairs if id_})


def day_of(at: datetime) -> date:
    """On which day of Việt Nam an instant lies."""
    return at.astimezone(VIETNAM).date()


def count_question(
    session: Session,
    at: datetime,
    channel: str,
    kind: str,
    milliseconds: float,
    citations: Iterable[object],
) -> None:
    """Count one question more; in the transaction that keeps it."""
    day, dialect = day_of(at), dialect_of(session)
    row = {"day": day, "channel": channel, "kind": kind, "at_most": at_most(milliseconds)}
    session.execute(_adding(dialect, AskedDay), {**row, "count": 1, "milliseconds": milliseconds})
    cited = clauses_of(citations)
    if cited:
        rows = [{"day": day, "document": d, "address": a, "count": 1} for d, a in cited]
        session.execute(_adding(dialect, AskedClause), rows)


@cache
def _adding(dialect: str, table: type[AskedDay] | type[AskedClause]) -> Insert:
    """Put a row in, or add its numbers to those of the row that is there."""
    rows = rows_of(table)
    insert = inserting(dialect, rows)
    keys = [column.name for column in rows.primary_key]
    sums = {c.name: c + insert.excluded[c.name] for c in rows.columns if c.name not in keys}
    return insert.on_conflict_do_update(index_elements=keys, set_=sums)


def week_of(session: Session, today: date) -> Counted:
    """What was asked on the last seven days, `today` included."""
    kinds = _sums(session, _DAYS, today - timedelta(days=6), today, "kind")
    return counted(dict(kinds))


def counted(kinds: Mapping[str, int]) -> Counted:
    """By the kinds that answers have."""
    return Counted(*(kinds.get(kind, 0) for kind in ("answer", "clarify", "silent")))


def by_day(session: Session, first: date, last: date) -> list[tuple[date, str, int]]:
    """Day, kind and how many, of the days that have any."""
    return _sums(session, _DAYS, first, last, "day", "kind")


def by_channel(session: Session, first: date, last: date) -> list[tuple[str, str, int]]:
    """Channel, kind and how many."""
    return _sums(session, _DAYS, first, last, "channel", "kind")


def by_time(session: Session, first: date, last: date) -> list[tuple[date, int, int]]:
    """Day, one of AT_MOST and how many took no longer than that, but longer than the one before."""
    return _sums(session, _DAYS, first, last, "day", "at_most")


def most_cited(session: Session, first: date, last: date, limit: int) -> list[tuple[Cited, int]]:
    """The clauses that answers have cited most often."""
    found = _sums(session, _CLAUSES, first, last, "document", "address", most=limit)
    return [((document, address), count) for document, address, count in found]


def first_day(session: Session) -> date | None:
    """Since when anything was counted."""
    earliest: date | None = session.execute(select(func.min(_DAYS.c.day))).scalar_one()
    return earliest


_DAYS, _CLAUSES = rows_of(AskedDay), rows_of(AskedClause)


def _sums(
    session: Session, rows: Rows, first: date, last: date, *by: str, most: int | None = None
) -> list[Any]:
    """The counts from `first` to `last`, both included, added up by some columns.

    `most`: so many at most, the greatest first; otherwise in the order of those columns.
    """
    groups = [rows.c[name] for name in by]
    count = func.sum(rows.c["count"])
    sums = select(*groups, count).where(rows.c.day.between(first, last)).group_by(*groups)
    sums = sums.order_by(*groups) if most is None else sums.order_by(count.desc(), *groups)
    return [(*row[:-1], int(row[-1])) for row in session.execute(sums.limit(most))]
