"""`INSERT … ON CONFLICT` of the engine in use: both have it, each under a name of its own.

A statement over a class, put together anew for each message, costs several times what the database
does with it. Those that every message needs are therefore made once, over bare tables.
"""

from __future__ import annotations

from sqlalchemy import Table as Rows
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlmodel import Session

from service.storage.base import Table


def rows_of(table: type[Table]) -> Rows:
    """The bare table of a class."""
    return table.metadata.tables[str(table.__tablename__)]


def dialect_of(session: Session) -> str:
    """The engine in use: "sqlite" or "postgresql"."""
    return session.get_bind().dialect.name


def insert_into(session: Session, table: type[Table]) -> SqliteInsert | PostgresqlInsert:
    """An insert that can say what happens when the row is already there."""
    return inserting(dialect_of(session), table)


def inserting(dialect: str, table: type[Table] | Rows) -> SqliteInsert | PostgresqlInsert:
    """The same for a statement that is kept."""
    return insert_sqlite(table) if dialect == "sqlite" else insert_postgresql(table)
