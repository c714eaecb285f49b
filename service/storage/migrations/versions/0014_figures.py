"""Questions counted by day and month, their clauses and words; tokens of other programs.

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
from service.storage.figures import at_most, clauses_of, spans_of

revision = "0014"
down_revision = "0013"

_AT_ONCE = 1_000  #: questions, or rows that are written
_WORDS = 500_000  #: that are sorted before they are written


def upgrade() -> None:
    """Make the tables and fill them from the questions that are kept."""
    counts = op.create_table(
        "asked_count",
        sa.Column("span", sa.String(length=5), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("at_most", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("span", "day", "channel", "kind", "at_most", name="pk_asked_count"),
    )
    clauses = op.create_table(
        "asked_clause",
        sa.Column("span", sa.String(length=5), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("span", "day", "document", "address", name="pk_asked_clause"),
    )
    op.create_table(
        "asked_word",
        sa.Column("word", sa.String(length=24), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", "question_id", name="pk_asked_word"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_asked_question_kind_id", "asked_question", ["kind", "id"])
    _fill(counts, clauses)
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("readers", sa.String(length=10), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("hash", name="uq_api_token_hash"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Drop them; the questions stay."""
    op.drop_index("ix_asked_question_kind_id", "asked_question")
    for table in ("api_token", "asked_word", "asked_clause", "asked_count"):
        op.drop_table(table)


def _fill(counts: sa.Table, clauses: sa.Table) -> None:
    numbers: Counter[tuple[str, date, str, str, int]] = Counter()
    taken: defaultdict[tuple[str, date, str, str, int], float] = defaultdict(float)
    cited: Counter[tuple[str, date, str, str]] = Counter()
    found: list[tuple[str, int]] = []
    for row in _questions():
        at: datetime = row.asked_at
        # SQLite keeps no zone.
        for span, day in spans_of(at if at.tzinfo else at.replace(tzinfo=UTC)):
            key = (span, day, row.channel, row.kind, at_most(row.milliseconds))
            numbers[key] += 1
            taken[key] += row.milliseconds
            cited.update((span, day, *clause) for clause in clauses_of(row.citations))
        found += ((word, row.id) for word in words_of(row.question))
        if len(found) > _WORDS:
            _write_words(found)
            found.clear()
    _write_words(found)
    _write(counts, [
        {"span": key[0], "day": key[1], "channel": key[2], "kind": key[3], "at_most": key[4],
         "count": count, "milliseconds": taken[key]}
        for key, count in numbers.items()
    ])  # fmt: skip
    _write(clauses, [
        {"span": key[0], "day": key[1], "document": key[2], "address": key[3], "count": count}
        for key, count in cited.items()
    ])  # fmt: skip


def _write_words(found: list[tuple[str, int]]) -> None:
    """Many words of many questions: as the driver takes them, and in the order of their tree."""
    mark = "?" if op.get_bind().dialect.name == "sqlite" else "%s"
    statement = f"INSERT INTO asked_word (word, question_id) VALUES ({mark}, {mark})"
    if found:
        op.get_bind().exec_driver_sql(statement, sorted(found))


def _questions() -> Iterator[sa.Row[Any]]:
    """All that are kept, in the order in which they came."""
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
        yield from some
        last = some[-1].id


def _write(table: sa.Table, rows: Sequence[Mapping[str, object]]) -> None:
    for start in range(0, len(rows), _AT_ONCE):
        op.get_bind().execute(sa.insert(table), list(rows[start : start + _AT_ONCE]))
