"""Migrations go up and down on both engines and end at the very tables that the code names."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import OperationalError

from service.storage.engine import is_current, migrate, migration_config, open_engine
from service.storage.tables import Table

REVISIONS = [
    step.revision for step in ScriptDirectory.from_config(migration_config()).walk_revisions()
][::-1]


def tables(engine: Engine) -> set[str]:
    """The tables there are, Alembic's own aside."""
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_the_tables_are_those_of_the_code(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_every_step_goes_up_and_down(empty_engine: Engine) -> None:
    for revision in REVISIONS:
        migrate(empty_engine, revision)
    assert is_current(empty_engine)
    for revision in REVISIONS[-2::-1]:
        migrate(empty_engine, revision)
    migrate(empty_engine, "base")
    assert tables(empty_engine) == set()
    assert not is_current(empty_engine)
    migrate(empty_engine)
    assert tables(empty_engine) == set(Table.metadata.tables)


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    migrate(engine)
    assert is_current(engine)


def test_processes_that_start_together_take_turns(storage_url: str) -> None:
    engines = [open_engine(storage_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, engines))
    assert all(map(is_current, engines))
    for engine in engines:
        engine.dispose()


def test_every_constraint_has_a_name_that_a_migration_can_use(engine: Engine) -> None:
    inspector = inspect(engine)
    # SQLite writes such a key into its column: there is no constraint to name.
    numbered = {name for name, t in Table.metadata.tables.items() if t.kwargs} if (
        engine.dialect.name == "sqlite"
    ) else set()  # fmt: skip
    for table in tables(engine):
        named = [
            *([] if table in numbered else [inspector.get_pk_constraint(table)]),
            *inspector.get_unique_constraints(table),
            *inspector.get_foreign_keys(table),
        ]
        assert all(constraint["name"] for constraint in named), table


def test_a_step_that_fails_leaves_nothing_behind(empty_engine: Engine) -> None:
    with empty_engine.begin() as connection:
        # The second table of the first step is already there: the step fails half way.
        connection.execute(text("CREATE TABLE added_document (id INTEGER)"))
    with pytest.raises(Exception, match="added_document"):
        migrate(empty_engine)
    assert tables(empty_engine) == {"added_document"}


def test_sqlite_waits_for_a_writer_and_keeps_foreign_keys(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("sqlite")
    engine = open_engine(f"sqlite:///{folder / 'a.sqlite3'}")
    migrate(engine)
    with engine.connect() as connection:
        told = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "busy_timeout", "foreign_keys")
        ]
    assert told == ["wal", 10_000, 1]
    engine.dispose()


def test_a_database_that_cannot_be_reached_is_an_error() -> None:
    engine = open_engine("sqlite:////proc/nowhere.sqlite3")
    with pytest.raises(OperationalError):
        migrate(engine)
    engine.dispose()
