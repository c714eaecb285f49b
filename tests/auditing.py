"""Watches one request: whatever it changed must have been written down, once.

Papers that are handed in together are each a change of its own, with a row for each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event, text

_WRITES = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
_AUDIT, _PAPERS = "audit_entry", "candidate"
#: What a request may change without a row of its own: who is here, and wrong passwords.
_UNSAID = {"admin_session", "admin_user", _AUDIT}


@dataclass
class Seen:
    """What was written while somebody watched."""

    tables: set[str] = field(default_factory=set)
    rows: int = 0  #: of the audit trail
    papers: int = 0  #: that were handed in


@contextmanager
def watched(engine: Engine) -> Iterator[Seen]:
    """Collects the tables in which rows were added, changed or deleted."""
    seen, before = Seen(), _entries(engine)

    def note(_connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        found = _WRITES.match(statement)
        # What an INSERT returns is not counted before it is fetched; one that may do nothing is
        # a change only where it was counted.
        sure = found and found[1].upper() == "INSERT INTO" and "ON CONFLICT" not in statement
        if found and (sure or cursor.rowcount):
            seen.tables.add(found[2])
            seen.papers += sure and found[2] == _PAPERS

    event.listen(engine, "after_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "after_cursor_execute", note)
        seen.rows = _entries(engine) - before


def _entries(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {_AUDIT}")).scalar_one())


def fault(path: str, seen: Seen) -> str:
    """What is wrong with what was written down of a request; "" where nothing is."""
    changed = sorted(seen.tables - _UNSAID)
    if changed and not seen.rows:
        return f"{path} changed {', '.join(changed)} and wrote nothing down"
    if seen.papers > 1:
        told = f"{path} took in {seen.papers} papers and wrote {seen.rows} rows"
        return told if seen.rows != seen.papers else ""
    return f"{path} wrote {seen.rows} rows for one change" if seen.rows > 1 else ""
