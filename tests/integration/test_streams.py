"""Open streams: woken by what their visitor was told, and all of them at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection

from sqlalchemy import Engine

from service.delivery import streams
from service.delivery.streams import News, Streams
from service.storage.delivery_tables import OutboundMessage
from service.storage.engine import transaction
from service.storage.outbox import enqueue
from tests.builders import NOON

Told = Collection[str] | None


def looks(*found: Told) -> Callable[[], Awaitable[Told]]:
    """What each look finds; nothing after the last."""
    left = list(found)

    async def look() -> Told:
        return left.pop(0) if left else ()

    return look


def test_a_bell_rings_for_its_visitor_only() -> None:
    async def listen() -> tuple[bool, bool]:
        open_streams = Streams(looks({"an"}), every=0)
        with open_streams.open("an") as an, open_streams.open("binh") as binh:
            return await open_streams.rings(an, 5), await open_streams.rings(binh, 0.01)

    assert asyncio.run(listen()) == (True, False)


def test_at_the_end_every_bell_rings_and_no_stream_is_taken() -> None:
    async def listen() -> tuple[bool, bool, bool]:
        open_streams = Streams(looks(), every=0)
        with open_streams.open("an") as an:
            before = open_streams.full
            open_streams.close()
            return before, await open_streams.rings(an, 5), open_streams.full

    assert asyncio.run(listen()) == (False, True, True)


def test_nobody_looks_where_nobody_listens() -> None:
    looked: list[int] = []

    async def look() -> Told:
        looked.append(1)
        return ()

    async def listen() -> None:
        open_streams = Streams(look, every=0)
        await asyncio.sleep(0)
        assert looked == []
        with open_streams.open("an"):
            await asyncio.sleep(0)
        assert len(looked) == 1
        for _ in range(5):
            await asyncio.sleep(0)
        assert len(looked) <= 2

    asyncio.run(listen())


def test_a_process_takes_so_many_streams_and_no_more() -> None:
    async def listen() -> bool:
        open_streams = Streams(looks(), every=0)
        bells = [open_streams.open(str(n)) for n in range(streams.LARGEST)]
        for bell in bells:
            bell.__enter__()
        full = open_streams.full
        for bell in bells:
            bell.__exit__(None, None, None)
        return full and not open_streams.full

    assert asyncio.run(listen())


class Seconds:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def tell(engine: Engine, chat: str, channel: str = "web", id_: int | None = None) -> None:
    """Write one message, under an id that was given out earlier if need be."""
    with transaction(engine) as session:
        written = enqueue(session, channel, chat, "Nhắc việc", NOON, sent=True)
        if id_ is not None:
            session.get_one(OutboundMessage, written).id = id_


def test_a_look_finds_whom_the_channel_told_something_once(sqlite: Engine) -> None:
    tell(sqlite, "sooner")
    clock = Seconds()
    news = News(sqlite, "web", clock)
    assert news() is None  # perhaps anybody: what was written before is not known
    clock.now = 1
    assert news() == set()
    tell(sqlite, "an")
    tell(sqlite, "binh", channel="telegram")
    assert news() == {"an"}
    assert news() == set()


def test_a_look_finds_what_was_written_under_an_earlier_id(sqlite: Engine) -> None:
    clock = Seconds()
    news = News(sqlite, "web", clock)
    assert news() is None
    tell(sqlite, "an", id_=20)
    assert news() == {"an"}
    tell(sqlite, "binh", id_=15)
    clock.now = 1
    assert news() == {"binh"}


def test_after_a_pause_everybody_looks_anew(sqlite: Engine) -> None:
    clock = Seconds()
    news = News(sqlite, "web", clock)
    news()
    clock.now = 3600
    tell(sqlite, "an")
    assert news() is None
