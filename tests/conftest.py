"""What tests share: an environment without our variables, and a real PostgreSQL from a wheel."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine

from service.settings import Settings
from service.storage.engine import empty_log, migrate, open_engine
from tests.builders import some_settings
from tests.postgresql import empty_database, running_postgresql

_READERS = ("tesseract", "soffice", "libreoffice")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Shows the figures that tests have recorded, in whichever process they ran."""
    for reports in list(terminalreporter.stats.values()):
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == "figures" and report.when == "call":
                    terminalreporter.write_line(str(value))


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a developer has exported must not change a test."""
    for name in [name for name in os.environ if name.startswith("TROLY_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session", autouse=True)
def _no_readers_from_outside(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nor must programs that read scans and old files, where a machine happens to have them."""
    folders = os.environ["PATH"].split(os.pathsep)
    for number, folder in enumerate(folders):
        if any(os.path.exists(os.path.join(folder, name)) for name in _READERS):
            others = tmp_path_factory.mktemp("path")
            for program in os.scandir(folder):
                if program.name not in _READERS:
                    (others / program.name).symlink_to(program.path)
            folders[number] = str(others)
    os.environ["PATH"] = os.pathsep.join(folders)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with an empty data folder."""
    return some_settings(tmp_path)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a server of our own; skipped, saying why, only where it cannot start."""
    with ExitStack() as stack:
        try:
            uri = stack.enter_context(running_postgresql())
        except Exception as error:  # whatever keeps a foreign server from starting
            pytest.skip(f"PostgreSQL DID NOT START, storage is tested on SQLite only: {error!r}")
        yield uri


@pytest.fixture
def postgresql_url(postgresql: str) -> Iterator[str]:
    """An empty database of the server, dropped afterwards."""
    with empty_database(postgresql) as url:
        yield url


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of SQLite with our tables, made once: a copy is faster than all migrations again."""
    file = tmp_path_factory.mktemp("migrated") / "troly.sqlite3"
    engine = open_engine(f"sqlite:///{file}")
    migrate(engine)
    empty_log(engine)
    engine.dispose()
    return file


@pytest.fixture(scope="session")
def _migrated_postgresql(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with our tables, made once: rows go faster than tables come."""
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute("CREATE DATABASE migrated")
    url = postgresql.replace("/postgres?", "/migrated?")
    settings = some_settings(tmp_path_factory.mktemp("postgresql"), database_url=url)
    engine = open_engine(settings.storage_url)
    migrate(engine)
    engine.dispose()
    return url


@pytest.fixture
def migrated_postgresql_url(_migrated_postgresql: str) -> str:
    """A database with our tables and no rows, its numbers from one again."""
    with psycopg.connect(_migrated_postgresql) as connection:
        connection.execute(_EMPTY)
    return _migrated_postgresql


#: Whoever a test before left connected is sent away, or its locks would be waited for.
_EMPTY = """
DO $$ DECLARE name text; BEGIN
  PERFORM pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend';
  SET LOCAL session_replication_role = replica; -- in any order, whatever points at whatever
  FOR name IN SELECT tablename FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
  LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
  PERFORM setval(format('%I', sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE schemaname = 'public';
END $$
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def storage_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database, once of each kind: empty, but with our tables where a test has an `engine`."""
    ready = "engine" in request.fixturenames
    if request.param == "sqlite":
        settings = some_settings(tmp_path)
        if ready:
            settings.data_dir.mkdir(parents=True)
            shutil.copy(request.getfixturevalue("migrated"), settings.data_dir / "troly.sqlite3")
        return settings.storage_url
    url: str = request.getfixturevalue("migrated_postgresql_url" if ready else "postgresql_url")
    return some_settings(tmp_path, database_url=url).storage_url


@pytest.fixture
def empty_engine(storage_url: str) -> Iterator[Engine]:
    """A database without tables, once of each kind."""
    engine = open_engine(storage_url)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(storage_url: str) -> Iterator[Engine]:
    """A database with our tables, once of each kind; as after migrating, somebody is connected."""
    engine = open_engine(storage_url)
    engine.connect().close()
    yield engine
    engine.dispose()
