"""What all tables share: one catalogue of names, and how an instant is kept."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Column, MetaData
from sqlmodel import SQLModel, UTCDateTime

#: Fixed names, so that a migration can name what it changes on both engines.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: Until when a row is held that nobody holds: past by every clock, a test's too.
UNHELD = datetime(1970, 1, 1, tzinfo=UTC)


class Table(SQLModel):
    """What all tables share: one catalogue of names."""

    metadata = MetaData(naming_convention=NAMING)


def instant(*, nullable: bool = False, index: bool = False) -> Column[datetime]:
    """A column of one instant, UTC."""
    return Column(UTCDateTime(), nullable=nullable, index=index)
