"""The sender of webhooks: keeps its connections, and says what went wrong."""

from __future__ import annotations

import asyncio
import socket

import pytest

from tests.fakes.posting import NoAnswer, Poster
from tests.unit.fakes.calling import Receiver


def posted(url: str, bodies: list[bytes], timeout: float = 20) -> list[int]:
    async def run() -> list[int]:
        poster = Poster(url, {"Content-Type": "application/json"})
        try:
            return [await poster.post(body, timeout) for body in bodies]
        finally:
            await poster.close()

    return asyncio.run(run())


def test_bodies_arrive_one_after_another(receiver: Receiver) -> None:
    receiver.answers = lambda update: 200 if update["a"] else 500
    bodies = ['{"a": 1, "b": "Điều"}'.encode(), b'{"a": 0}', b'{"a": 2}']
    assert posted(receiver.url, bodies) == [200, 500, 200]
    assert [update["a"] for update in receiver.got] == [1, 0, 2]
    assert receiver.got[0]["b"] == "Điều"


def test_nobody_there() -> None:
    with pytest.raises(NoAnswer):
        posted("http://127.0.0.1:9/", [b"{}"])


HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"


@pytest.mark.parametrize("said", [b"", b"hello\r\n\r\n", HALF])
def test_whoever_hangs_up_gave_no_answer(said: bytes) -> None:
    async def run() -> None:
        async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(said)
            writer.close()

        async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            with pytest.raises(NoAnswer):
                await Poster(f"http://127.0.0.1:{port}/", {}).post(b"{}", 20)

    asyncio.run(run())


def test_silence_is_a_time_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(TimeoutError):
        posted(f"http://127.0.0.1:{listener.getsockname()[1]}/", [b"{}"], timeout=0.1)
