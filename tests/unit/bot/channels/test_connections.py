"""Connections that stay cheap, downloads that stay small, addresses that lead nowhere inside."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.channels.base import Rejected, TooLarge, TryLater
from bot.channels.connections import Lanes, download
from tests.unit.bot.channels.wires import Answer, Wire, run, streamed

PUBLIC = "203.113.131.1"


def fetch(
    address: str = "https://zdn.vn/x", answer: Answer | None = None, largest: int = 10
) -> tuple[bytes, httpx.Request]:
    wire = Wire(default=lambda: answer or streamed(b"abc"))

    async def work() -> bytes:
        async with httpx.AsyncClient(transport=wire.transport) as client:
            return await download(client, client.build_request("GET", address), largest)

    return run(work()), wire.asked[0]


# --- how much of it -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (streamed(b"x" * 6, b"x" * 6), TooLarge),
        (streamed(b"", content_length="11"), TooLarge),
        (streamed(b"", status=302, location="http://127.0.0.1/"), Rejected),
        (streamed(b"", status=404), Rejected),
        (streamed(b"", status=429), TryLater),
        (streamed(b"", status=503), TryLater),
        (httpx.ReadTimeout("slow"), TryLater),
        (httpx.ConnectError("refused"), TryLater),
    ],
)
def test_a_file_that_is_not_taken(answer: Answer, error: type[Exception]) -> None:
    with pytest.raises(error):
        fetch("https://zdn.vn/x", answer)


def test_a_file_that_never_ends_is_given_up() -> None:
    async def dripping() -> AsyncIterator[bytes]:
        while True:
            yield b"."
            await asyncio.sleep(0.001)

    async def work() -> bytes:
        wire = Wire(default=lambda: httpx.Response(200, content=dripping()))
        async with httpx.AsyncClient(transport=wire.transport) as client:
            request = client.build_request("GET", "https://zdn.vn/x")
            return await download(client, request, 1 << 30, seconds=0.01)

    with pytest.raises(TryLater):
        run(work())


def test_a_file_that_just_fits() -> None:
    assert fetch("https://zdn.vn/x", streamed(b"x" * 10))[0] == b"x" * 10


def test_a_packed_file_is_not_unpacked() -> None:
    got, asked = fetch("https://zdn.vn/x", streamed(b"packed", content_encoding="gzip"))
    assert asked.headers["accept-encoding"] == "identity"
    assert got == b"packed"


# --- connections --------------------------------------------------------------------------------


def test_a_lane_is_nobody_elses_while_it_is_used() -> None:
    made = iter(range(10))
    lanes = Lanes(lambda: next(made))
    with lanes.one() as first, lanes.one() as second:
        assert {first, second} == {0, 1}
    with lanes.one() as again:
        assert again in (0, 1)
    assert lanes.all == [0, 1]


def test_a_lane_is_free_again_after_an_error() -> None:
    lanes = Lanes(object)
    for _ in range(3):
        with pytest.raises(ValueError, match="x"), lanes.one():
            raise ValueError("x")
    assert len(lanes.all) == 1


@pytest.mark.parametrize("name", ["httpx", "httpcore", "telegram.request", "telegram.Bot"])
def test_what_knows_the_token_keeps_quiet(name: str) -> None:
    assert not logging.getLogger(name).isEnabledFor(logging.INFO)


def test_no_request_looks_for_a_package_that_is_not_there() -> None:
    """Whether sniffio is installed or not, importing it must not search the disk."""
    code = "import bot.channels.connections, sys; print('sniffio' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "True"
