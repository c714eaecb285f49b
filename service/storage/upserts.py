"""`INSERT … ON CONFLICT` of the engine in use: both have it, each under a name of its own."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlmodel import Session

from service.storage.base import Table


def insert_into(session: Session, table: type[Table]) -> SqliteInsert | PostgresqlInsert:
    """An insert that can say what happens when the row is already there."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return insert_sqlite(table) if is_sqlite else insert_postgresql(table)
