"""The web application over a fake assistant and a real database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from service.app import create_app
from service.live import LiveAssistant
from service.settings import Settings
from service.storage.engine import migrate, open_engine
from tests.delivering import Office, fast_settings
from tests.fakes.answers import FakeAnswers


@pytest.fixture
def answers() -> FakeAnswers:
    """Answers deadlines, refuses the rest."""
    return FakeAnswers()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with our tables and nothing in them, made once and copied for each test."""
    path = tmp_path_factory.mktemp("migrated") / "troly.sqlite3"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture
def sqlite(settings: Settings, migrated: Path) -> Iterator[Engine]:
    """The database of the settings."""
    engine = open_engine(settings.storage_url)
    shutil.copy(migrated, str(engine.url.database))
    yield engine
    engine.dispose()


@pytest.fixture
def client(settings: Settings, answers: FakeAnswers, sqlite: Engine) -> Iterator[TestClient]:
    """A browser or program that speaks to the application; errors come back as answers."""
    live = LiveAssistant(load=lambda: answers, stamp=lambda: 0)
    app = create_app(settings, live, sqlite)
    with TestClient(app, raise_server_exceptions=False) as speaking:
        yield speaking


@pytest.fixture
def anyio_backend() -> str:
    """What the asynchronous tests run on."""
    return "asyncio"


@pytest.fixture
def office(settings: Settings, sqlite: Engine, answers: FakeAnswers) -> Office:
    """What answers and sends, with the clock of the machine."""
    return Office(settings, sqlite, answers)


@pytest.fixture
def fast_office(tmp_path: Path, sqlite: Engine, answers: FakeAnswers) -> Office:
    """The same with a clock that runs so fast that no pause is long."""
    return Office(fast_settings(tmp_path), sqlite, answers)
