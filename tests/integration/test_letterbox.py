"""What calls bring is kept in their order; what cannot be kept keeps nothing else out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event
from sqlmodel import col, select

from bot.messages import Incoming
from service.delivery.receiving import Brought, Letterbox
from service.storage.delivery_tables import InboundEvent
from service.storage.engine import transaction
from tests.builders import an_incoming

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


def brought(*keys: str, text: str = "tin") -> Brought:
    return Brought("fake", [an_incoming(text, key) for key in keys], NOW)


def kept(engine: Engine) -> list[str]:
    """The keys of what is kept, in the order of acceptance."""
    with transaction(engine) as session:
        return list(session.exec(select(InboundEvent.event_id).order_by(col(InboundEvent.id))))


@contextmanager
def commits(engine: Engine) -> Iterator[list[object]]:
    """One entry for each transaction that was committed."""
    seen: list[object] = []

    def note(connection: object) -> None:
        seen.append(connection)

    event.listen(engine, "commit", note)
    yield seen
    event.remove(engine, "commit", note)


def test_what_comes_meanwhile_is_kept_together_and_in_order(sqlite: Engine) -> None:
    async def calls() -> None:
        letterbox = Letterbox(sqlite)
        await asyncio.gather(*(letterbox.keep(brought(f"e{n}")) for n in range(50)))

    with commits(sqlite) as seen:
        asyncio.run(calls())
    assert kept(sqlite) == [f"e{n}" for n in range(50)]
    assert len(seen) == 1


def test_more_than_fits_into_one_transaction_is_kept_too(sqlite: Engine) -> None:
    async def calls() -> None:
        letterbox = Letterbox(sqlite)
        await asyncio.gather(*(letterbox.keep(brought(f"e{n}")) for n in range(200)))

    asyncio.run(calls())
    assert kept(sqlite) == [f"e{n}" for n in range(200)]


def test_an_event_that_cannot_be_kept_keeps_nothing_else_out(
    sqlite: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    import service.delivery.receiving as receiving

    accept = receiving.accept

    def refusing(session: object, incoming: Incoming, *args: object, **named: object) -> object:
        if incoming.text == "hỏng":
            raise RuntimeError("refused by the database")
        return accept(session, incoming, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(receiving, "accept", refusing)

    async def calls() -> list[object]:
        letterbox = Letterbox(sqlite)
        texts = ("tin", "hỏng", "tin")
        wanted = (letterbox.keep(brought(f"e{n}", text=t)) for n, t in enumerate(texts))
        return list(await asyncio.gather(*wanted, return_exceptions=True))

    first, second, third = asyncio.run(calls())
    assert first is None
    assert third is None
    assert isinstance(second, RuntimeError)
    assert kept(sqlite) == ["e0", "e2"]


def test_a_caller_who_has_gone_keeps_nobody_waiting(sqlite: Engine) -> None:
    async def calls() -> None:
        letterbox = Letterbox(sqlite)
        gone = asyncio.create_task(letterbox.keep(brought("e0")))
        await asyncio.sleep(0)
        gone.cancel()
        await letterbox.keep(brought("e1"))
        await letterbox.keep(brought("e2"))

    asyncio.run(calls())
    assert kept(sqlite) == ["e0", "e1", "e2"]
