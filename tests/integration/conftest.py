"""The web application over a fake assistant and a real database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from service.admin import passwords
from service.app import create_app
from service.live import LiveAssistant
from service.settings import Settings
from service.storage.engine import open_engine
from tests.builders import some_settings
from tests.delivering import Office, fast_settings
from tests.desk import CheapHasher, Clock, Officer, signed_in
from tests.fakes.answers import FakeAnswers


@pytest.fixture
def answers() -> FakeAnswers:
    """Answers deadlines, refuses the rest."""
    return FakeAnswers()


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


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    """It is noon until the test says otherwise."""
    return Clock(tmp_path / "clock.json")


@pytest.fixture
def settings(tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """Settings with an empty data folder; with the clock of the test where it has one."""
    if "clock" in request.fixturenames:
        return some_settings(tmp_path, clock=request.getfixturevalue("clock").file)
    return some_settings(tmp_path)


@pytest.fixture
def hasher(monkeypatch: pytest.MonkeyPatch) -> Iterator[CheapHasher]:
    """Argon2 without the cost that makes it slow to guess, and slow to test."""
    cheap = CheapHasher()
    monkeypatch.setattr(passwords, "_hasher", cheap)
    passwords._nobodys.cache_clear()
    yield cheap
    passwords._nobodys.cache_clear()


@pytest.fixture
def owner(client: TestClient, sqlite: Engine, settings: Settings, clock: Clock) -> Officer:
    """An owner of the desk who is signed in."""
    return signed_in(client, sqlite, settings, at=clock.now)
