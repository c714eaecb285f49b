"""What is past its time goes, also in an office that runs no worker."""

from __future__ import annotations

import asyncio
import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.standing import Conversation, KeptFile
from knowledge.library import Library
from service.delivery.files import record, store
from service.housekeeping import tidied, tidy
from service.settings import Settings
from service.storage import hand_offs
from service.storage.engine import migrate, transaction
from service.storage.outbox import enqueue
from service.storage.people import account_for, load_conversation, save_conversation
from service.storage.submissions import SentFile
from tests.builders import NOON, a_submission, an_incoming
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


def test_files_that_nobody_s_row_names_go_after_a_while(sqlite: Engine, settings: Settings) -> None:
    def kept(content: bytes, days: int) -> Path:
        file = settings.received_dir / store(settings.received_dir, content)
        written = (datetime.now(UTC) - timedelta(days=days)).timestamp()
        os.utime(file, (written, written))
        return file

    old, young, again = kept(b"old", 31), kept(b"young", 29), kept(b"again", 31)
    sent, enclosed = kept(b"sent", 31), kept(b"enclosed", 31)
    (settings.received_dir / ".half").write_bytes(b"ha")
    with transaction(sqlite) as session:
        account = account_for(session, an_incoming(), NOON)
        record(session, account.person_id, KeptFile("a.pdf", 4, sha256=sent.name), NOON)
        enclosure = {"name": "b.pdf", "media_type": "", "sha256": enclosed.name}
        enqueue(session, "fake", "chat", "", datetime.now(UTC), enclosure=enclosure)
    store(settings.received_dir, b"again")
    assert tidy(sqlite, settings)
    assert not old.exists()
    assert all(file.exists() for file in (young, again, sent, enclosed))


def test_bytes_go_with_the_last_row_that_names_them(
    sqlite: Engine, settings: Settings, clock: Clock
) -> None:
    def kept(content: bytes, *, lately: bool = False) -> Path:
        file = settings.received_dir / store(settings.received_dir, content)
        written = (datetime.now(UTC) - timedelta(days=0 if lately else 2)).timestamp()
        os.utime(file, (written, written))
        return file

    old, again, sent = kept(b"old"), kept(b"again", lately=True), kept(b"sent")
    with transaction(sqlite) as session:
        account = account_for(session, an_incoming(), clock.now)
        for file in (old, again, sent):
            record(session, account.person_id, KeptFile("a.pdf", 4, sha256=file.name), clock.now)
        a_submission(session, files=[SentFile(sent.name, "a.pdf", "", 4)], at=clock.now)
    clock.forward(timedelta(days=2))
    assert tidy(sqlite, settings.model_copy(update={"keep_files_days": 1}))
    assert not old.exists()
    assert again.exists()  # somebody is sending it again
    assert sent.exists()


def test_the_web_server_does_it_by_itself(sqlite: Engine, settings: Settings, clock: Clock) -> None:
    talk(sqlite, "person:1")
    clock.forward(timedelta(days=91))

    async def served() -> None:
        async with tidied(sqlite, settings, lambda: Library(()), first=0):
            while is_kept(sqlite, "person:1"):
                await asyncio.sleep(0)

    asyncio.run(served())


def test_talks_with_officers_are_minded_and_forgotten(
    sqlite: Engine, settings: Settings, clock: Clock
) -> None:
    with transaction(sqlite) as session:
        account = account_for(session, an_incoming(), NOON)
        id_ = hand_offs.open_hand_off(session, account.id or 0, NOON) or 0
        hand_offs.take(session, id_, None, NOON, NOON + timedelta(minutes=30))

    async def served() -> None:
        async with tidied(sqlite, settings, lambda: Library(()), first=0, again=0):
            while ended() is None:
                await asyncio.sleep(0)

    def ended() -> datetime | None:
        with transaction(sqlite) as session:
            found = hand_offs.find_hand_off(session, id_)
            return found.ended_at if found else None

    clock.forward(timedelta(minutes=30))
    asyncio.run(served())
    assert ended() == clock.now
    clock.forward(timedelta(days=settings.keep_hand_offs_days))
    tidy(sqlite, settings)
    with transaction(sqlite) as session:
        assert hand_offs.find_hand_off(session, id_) is None


def test_a_database_that_is_away_is_looked_for_again(
    sqlite: Engine, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    migrate(sqlite, "base")  # its tables are gone

    async def served() -> None:
        async with tidied(sqlite, settings, lambda: Library(()), first=0, again=0):
            while len(caplog.records) < 2:
                await asyncio.sleep(0)

    with caplog.at_level(logging.ERROR):
        asyncio.run(served())
    assert "housekeeping failed: OperationalError" in caplog.text
