"""What is past its time goes, also in an office that runs no worker."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from bot.conversation import Conversation
from service.housekeeping import tidied, tidy
from service.settings import Settings
from service.storage.engine import migrate, transaction
from service.storage.people import load_conversation, save_conversation
from tests.builders import NOON
from tests.desk import Clock


def talk(engine: Engine, key: str) -> None:
    """A conversation that was last gone on with at noon."""
    with transaction(engine) as session:
        assert save_conversation(session, key, Conversation(more="a"), 0, NOON)


def is_kept(engine: Engine, key: str) -> bool:
    with transaction(engine) as session:
        return load_conversation(session, key)[1] > 0


def test_once_a_day_old_rows_go(sqlite: Engine, settings: Settings, clock: Clock) -> None:
    talk(sqlite, "person:1")
    clock.forward(timedelta(days=89))
    assert tidy(sqlite, settings)
    assert is_kept(sqlite, "person:1")
    clock.forward(timedelta(days=2))
    assert tidy(sqlite, settings)
    assert not is_kept(sqlite, "person:1")
    assert not tidy(sqlite, settings)  # it was done today


def test_the_web_server_does_it_by_itself(sqlite: Engine, settings: Settings, clock: Clock) -> None:
    talk(sqlite, "person:1")
    clock.forward(timedelta(days=91))

    async def served() -> None:
        async with tidied(sqlite, settings, first=0):
            while is_kept(sqlite, "person:1"):
                await asyncio.sleep(0)

    asyncio.run(served())


def test_a_database_that_is_away_is_looked_for_again(
    sqlite: Engine, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    migrate(sqlite, "base")  # its tables are gone

    async def served() -> None:
        async with tidied(sqlite, settings, first=0, again=0):
            while len(caplog.records) < 2:
                await asyncio.sleep(0)

    with caplog.at_level(logging.ERROR):
        asyncio.run(served())
    assert "housekeeping failed: OperationalError" in caplog.text
