"""Questions counted by day, the clauses that answers cite, and the words that find a question.

What is there already is counted here, with the words and steps of the program that goes on with it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from service.storage.asked_words import words_of
from service.storage.figures import at_most, clauses_of, day_of

revision = "0014"
down_revision = "0013"

_AT_ONCE = 1_000  #: questions, or rows that are written


def upgrade() -> None:
    """Make the tables and fill them from the questions that are kept."""
    days = op.create_table(
        "asked_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("at_most", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("day", "channel", "kind", "at_most", name="pk_asked_day"),
    )
    clauses = op.create_table(
        "asked_clause",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "document", "address", name="pk_asked_clause"),
    )
    words = op.create_table(
        "asked_word",
        sa.Column("word", sa.String(length=24), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", "question_id", name="pk_asked_word"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_asked_question_kind_id", "asked_question", ["kind", "id"])
    _fill(days, clauses, words)


def downgrade() -> None:
    """Drop them; the questions stay."""
    op.drop_index("ix_asked_question_kind_id", "asked_question")
    for table in ("asked_word", "asked_clause", "asked_day"):
        op.drop_table(table)


def _fill(days: sa.Table, clauses: sa.Table, words: sa.Table) -> None:
    by_day: Counter[tuple[date, str, str, int]] = Counter()
    taken: defaultdict[tuple[date, str, str, int], float] = defaultdict(float)
    cited: Counter[tuple[date, str, str]] = Counter()
    for some in _questions():
        for row in some:
            at: datetime = row.asked_at
            day = day_of(at if at.tzinfo else at.replace(tzinfo=UTC))  # SQLite keeps no zone
            key = (day, row.channel, row.kind, at_most(row.milliseconds))
            by_day[key] += 1
            taken[key] += row.milliseconds
            cited.update((day, *clause) for clause in clauses_of(row.citations))
        found = ((word, row.id) for row in some for word in words_of(row.question))
        _write(words, [{"word": word, "question_id": id_} for word, id_ in found])
    _write(days, [
        {"day": key[0], "channel": key[1], "kind": key[2], "at_most": key[3], "count": count,
         "milliseconds": taken[key]}
        for key, count in by_day.items()
    ])  # fmt: skip
    _write(clauses, [
        {"day": key[0], "document": key[1], "address": key[2], "count": count}
        for key, count in cited.items()
    ])  # fmt: skip


def _questions() -> Iterator[Sequence[sa.Row[Any]]]:
    """All that are kept, in the order in which they came, some at a time."""
    kept = sa.table(
        "asked_question",
        sa.column("id", sa.Integer()),
        sa.column("asked_at", sa.DateTime(timezone=True)),
        sa.column("channel", sa.String()),
        sa.column("question", sa.Text()),
        sa.column("kind", sa.String()),
        sa.column("citations", sa.JSON()),
        sa.column("milliseconds", sa.Float()),
    )
    last = 0
    while True:
        later = sa.select(kept).where(kept.c.id > last).order_by(kept.c.id).limit(_AT_ONCE)
        some = op.get_bind().execute(later).all()
        if not some:
            return
        yield some
        last = some[-1].id


def _write(table: sa.Table, rows: Sequence[Mapping[str, object]]) -> None:
    for start in range(0, len(rows), _AT_ONCE):
        op.get_bind().execute(sa.insert(table), list(rows[start : start + _AT_ONCE]))
