"""Count questions by day and month as they are kept; the only SQL about those counts.

A day is one of Việt Nam. The counts stay when the questions themselves are gone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Literal

from dateutil.relativedelta import relativedelta
from sqlalchemy import Insert, and_, func, or_, select
from sqlalchemy import Table as Rows
from sqlmodel import Session

from service.clock import VIETNAM
from service.storage.figure_tables import AskedClause, AskedCount
from service.storage.upserts import dialect_of, inserting, rows_of

#: Milliseconds by which times are told apart: each a quarter more than the one before.
AT_MOST: tuple[int, ...] = tuple(
    step * 10**zeros for zeros in range(4) for step in (10, 12, 15, 20, 25, 30, 40, 50, 60, 80)
)
_LONGEST_ADDRESS = 200
_MONTH = relativedelta(months=1)

#: A clause: document and address.
Cited = tuple[str, str]
#: What is counted together.
Span = Literal["day", "month"]
#: Days, or months by their first days: from, to, both included.
Spans = tuple[Span, date, date]


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


def spans_of(at: datetime) -> tuple[tuple[Span, date], tuple[Span, date]]:
    """The day and the month of Việt Nam in which an instant lies, by their first days."""
    day = at.astimezone(VIETNAM).date()
    return ("day", day), ("month", day.replace(day=1))


def count_question(
    session: Session,
    at: datetime,
    channel: str,
    kind: str,
    milliseconds: float,
    citations: Iterable[object],
) -> None:
    """Count one question more; in the transaction that keeps it."""
    spans, dialect = spans_of(at), dialect_of(session)
    counts = {"channel": channel, "kind": kind, "at_most": at_most(milliseconds),
              "count": 1, "milliseconds": milliseconds}  # fmt: skip
    rows = [{"span": span, "day": day, **counts} for span, day in spans]
    session.execute(_adding(dialect, AskedCount), rows)
    cited = [{"document": d, "address": a, "count": 1} for d, a in clauses_of(citations)]
    if cited:
        rows = [{"span": span, "day": day, **clause} for span, day in spans for clause in cited]
        session.execute(_adding(dialect, AskedClause), rows)


@cache
def _adding(dialect: str, table: type[AskedCount] | type[AskedClause]) -> Insert:
    """Put a row in, or add its numbers to those of the row that is there."""
    rows = rows_of(table)
    insert = inserting(dialect, rows)
    keys = [column.name for column in rows.primary_key]
    sums = {c.name: c + insert.excluded[c.name] for c in rows.columns if c.name not in keys}
    return insert.on_conflict_do_update(index_elements=keys, set_=sums)


def week_of(session: Session, today: date) -> Counted:
    """What was asked on the last seven days, `today` included."""
    kinds = _sums(session, _COUNTS, ("day", today - timedelta(days=6), today), "kind")
    return counted(dict(kinds))


def counted(kinds: Mapping[str, int]) -> Counted:
    """By the kinds that answers have."""
    return Counted(*(kinds.get(kind, 0) for kind in ("answer", "clarify", "silent")))


def by_day(session: Session, some: Spans) -> list[tuple[date, str, int]]:
    """Day (or first day of the month), kind and how many, of those that have any."""
    return _sums(session, _COUNTS, some, "day", "kind")


def by_channel(session: Session, some: Spans) -> list[tuple[str, str, int]]:
    """Channel, kind and how many."""
    return _sums(session, _COUNTS, some, "channel", "kind")


def by_time(session: Session, some: Spans) -> list[tuple[date, int, int]]:
    """Day (or first of the month), one of AT_MOST and how many took no longer than that.

    Those that took no longer than the one before are not among them.
    """
    return _sums(session, _COUNTS, some, "day", "at_most")


def most_cited(session: Session, some: Spans, limit: int) -> list[tuple[Cited, int]]:
    """The clauses that answers have cited most often."""
    found = _sums(session, _CLAUSES, some, "document", "address", most=limit)
    return [((document, address), count) for document, address, count in found]


def _with_months(some: Spans) -> tuple[Spans, ...]:
    """The same days, those of whole months read by months: a third of the rows of a quarter."""
    span, first, last = some
    after = last + timedelta(days=1)
    begin, end = (first - timedelta(days=1)).replace(day=1) + _MONTH, after.replace(day=1)
    if span == "month" or begin >= end:
        return (some,)
    day = timedelta(days=1)
    return ("day", first, begin - day), ("month", begin, end - day), ("day", end, last)


_COUNTS, _CLAUSES = rows_of(AskedCount), rows_of(AskedClause)


def _sums(
    session: Session, rows: Rows, some: Spans, *by: str, most: int | None = None
) -> list[Any]:
    """The counts of those days or months added up by some columns.

    `most`: so many at most, the greatest first; otherwise in the order of those columns.
    """
    groups = [rows.c[name] for name in by]
    count = func.sum(rows.c["count"])
    parts = (some,) if most is None else _with_months(some)
    within = (
        and_(rows.c.span == span, rows.c.day.between(first, last)) for span, first, last in parts
    )
    sums = select(*groups, count).where(or_(*within)).group_by(*groups)
    sums = sums.order_by(*groups) if most is None else sums.order_by(count.desc(), *groups)
    return [(*row[:-1], int(row[-1])) for row in session.execute(sums.limit(most))]
