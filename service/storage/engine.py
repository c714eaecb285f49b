"""Open the database, bring its tables up to date, and hand out one transaction at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, create_engine

_MIGRATIONS = Path(__file__).parent / "migrations"
#: Any number will do as long as nothing else in the database takes the same advisory lock.
_MIGRATION_LOCK = 407_2022


def open_engine(url: str) -> Engine:
    """A pool of connections to `url` (SQLAlchemy's form); the folder of SQLite is made.

    Parameters are hidden: the text of an error is logged, and they are what people wrote.
    """
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": 10}, hide_parameters=True)
        if engine.url.database not in (None, "", ":memory:"):
            Path(str(engine.url.database)).parent.mkdir(parents=True, exist_ok=True)
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    return create_engine(
        url, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True
    )


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    # WAL lets pages be read while an answer is being written; NORMAL is safe with WAL. What is
    # deleted is overwritten: otherwise its bytes lie in the file until their page is needed.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """One session, one transaction: committed at the end, rolled back on any error."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


def empty_log(engine: Engine) -> None:
    """Have SQLite's log hold nothing of what was overwritten; others are waited for a while.

    Where they take too long it is emptied the next time.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def migration_config(connection: Connection | None = None) -> Config:
    """Alembic's settings without a file; `connection` is the one that the migrations use."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the tables to `revision` ("head", "base" or an id); two processes take turns."""
    with engine.connect() as connection, _turn(connection):
        config = migration_config(connection)
        if _is_downgrade(connection, revision):
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)


def is_current(engine: Engine) -> bool:
    """Whether the tables are those of this program."""
    head = ScriptDirectory.from_config(migration_config()).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


@contextmanager
def _turn(connection: Connection) -> Iterator[None]:
    """One migrating process at a time, all steps or none."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
        yield
        connection.commit()
        return
    # A batch migration copies tables: foreign keys would delete what points at them.
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    # Python's driver opens no transaction before CREATE TABLE: half a migration would stay.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        yield
        connection.commit()
    finally:
        connection.rollback()
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def _is_downgrade(connection: Connection, revision: str) -> bool:
    if revision == "head":
        return False
    current = MigrationContext.configure(connection).get_current_revision()
    if revision == "base" or current is None:
        return revision == "base" and current is not None
    script = ScriptDirectory.from_config(migration_config())
    older = {step.revision for step in script.iterate_revisions(current, "base")}
    return revision in older and revision != current
