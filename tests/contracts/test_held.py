"""What a dead process held is gone on with at once, and nothing of a living one is touched."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from service.delivery import processes
from service.delivery.processes import free_the_dead, is_dead, new_name
from service.storage.channel_states import lead
from service.storage.delivery_tables import RateSlot
from service.storage.engine import transaction
from service.storage.held import holders
from service.storage.inbox import accept, claim_events
from service.storage.outbox import claim_messages, enqueue, settle_lost
from service.storage.slots import lay_slots, take_slots
from tests.builders import NOON, an_incoming

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def dead() -> str:
    """The name of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return new_name().replace(f":{os.getpid()}:", f":{ended.pid}:")


def hold(engine: Engine, worker: str, real: datetime) -> None:
    """One of everything, for an hour."""
    with transaction(engine) as session:
        accept(session, an_incoming(event_id="1"), NOON, worker=worker, held_until=real + HOUR)
        enqueue(session, "telegram", "7", "chào", NOON)
        claim_messages(session, "telegram", worker, NOON, real, real + HOUR, 1)
        lay_slots(session, "telegram", 1, real - HOUR)
        assert take_slots(session, "telegram", 1, worker, real, real + HOUR)
        assert lead(session, "polling", worker, real, HOUR)
        assert holders(session, real) == {worker}


def test_what_the_dead_held_is_free_at_once(engine: Engine, dead: str) -> None:
    real = datetime.now(UTC)
    hold(engine, dead, real)
    free_the_dead(engine)
    after = datetime.now(UTC)
    with transaction(engine) as session:
        assert len(claim_events(session, "new", NOON, after, 5)) == 1
        assert settle_lost(session, "telegram", after, resend=True) == 1
        slot = session.get_one(RateSlot, ("telegram", 0))
        assert real < slot.free_at <= after + timedelta(seconds=1)
        assert lead(session, "polling", "new", after, HOUR)


def test_what_the_living_hold_stays(engine: Engine) -> None:
    real, mine = datetime.now(UTC), new_name()
    hold(engine, mine, real)
    free_the_dead(engine)
    with transaction(engine) as session:
        assert holders(session, real) == {mine}


def test_who_is_dead(dead: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_dead(dead)
    assert not is_dead(new_name())
    elsewhere = dead.replace(dead.partition(":")[0], "0123456789abcdef")
    for unknown in (elsewhere, "a", "web:x", "", dead.partition(":")[0]):
        assert not is_dead(unknown)
    assert len(new_name()) <= 60
    # Where it cannot be told which machine this is, a hold lapses by itself.
    monkeypatch.setattr(processes, "_where", lambda: "?host")
    assert not is_dead(dead.replace(dead.partition(":")[0], "?host"))
