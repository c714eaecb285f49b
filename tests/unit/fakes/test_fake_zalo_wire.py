"""The client of the fakes reads every kind of answer, keeps connections and notices dead ones."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.fakes.zalo_wire import Wire

KEPT = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@contextmanager
def answering(*answers: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that gives these answers, each on whatever connection asks, b"" hangs up."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        waiting = list(answers)

        def serve() -> None:
            while waiting:
                connection, _ = server.accept()
                heard.append(b"new")
                with connection:
                    while waiting and (asked := connection.recv(65536)):
                        heard.append(asked)
                        answer = waiting.pop(0)
                        connection.sendall(answer)
                        if b"close" in answer or not answer or b"length" not in answer:
                            break

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/a?b=1", heard
        thread.join(5)


def posted(url: str, times: int = 1) -> list[int]:
    """The statuses of so many posts with one client."""

    async def post() -> list[int]:
        wire = Wire()
        try:
            return [await wire.post(url, "ạ".encode(), {"X-A": "1"}) for _ in range(times)]
        finally:
            await wire.close()

    return asyncio.run(post())


def test_what_is_sent() -> None:
    with answering(KEPT) as (url, heard):
        assert posted(url) == [200]
    host = url.split("/")[2].encode()
    assert heard[1] == (
        b"POST /a?b=1 HTTP/1.1\r\nHost: " + host + b"\r\nContent-Length: 3\r\nX-A: 1\r\n\r\n"
        b"\xe1\xba\xa1"
    )


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (KEPT, 200),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + KEPT, 200),
        (b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n", 204),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\nuntil the end", 502),
        (b"HTTP/1.1 500 X\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 500),
    ],
)
def test_kinds_of_answers(answer: bytes, status: int) -> None:
    with answering(answer) as (url, _):
        assert posted(url) == [status]


def test_a_connection_is_used_again_unless_it_is_closed() -> None:
    with answering(KEPT, KEPT) as (url, heard):
        assert posted(url, 2) == [200, 200]
    assert heard.count(b"new") == 1
    closing = KEPT.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with answering(closing, KEPT) as (url, heard):
        assert posted(url, 2) == [200, 200]
    assert heard.count(b"new") == 2


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200", b"garbage\r\n\r\n"])
def test_no_answer_is_an_error(answer: bytes) -> None:
    with answering(answer) as (url, _), pytest.raises((EOFError, OSError, ValueError)):
        posted(url)


@pytest.mark.parametrize("url", ["", "ftp://a", "http://", "http://127.0.0.1:1/", "http://[/"])
def test_a_bad_address_is_an_error(url: str) -> None:
    with pytest.raises((OSError, ValueError)):
        posted(url)
