"""A clamd of the tests: takes INSTREAM over TCP or a socket file and answers as it is told."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

VIRUS = b"a virus of the tests"


@dataclass
class FakeClamd:
    """What it was sent, and where it listens."""

    address: str
    received: list[bytes] = field(default_factory=list)


@contextmanager
def clamd(socket_file: Path | None = None, answer: bytes | None = None) -> Iterator[FakeClamd]:
    """A daemon that finds VIRUS; `answer`: what it says instead, b"" hangs up without a word."""
    if socket_file:
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(str(socket_file))
        fake = FakeClamd(f"unix:{socket_file}")
    else:
        listening = socket.create_server(("127.0.0.1", 0))
        fake = FakeClamd(f"127.0.0.1:{listening.getsockname()[1]}")
    listening.listen()
    stopping = threading.Event()

    def serve() -> None:
        while True:
            line, _ = listening.accept()
            with line:
                if stopping.is_set():
                    return
                line.settimeout(10)
                with line.makefile("rb") as stream:
                    if stream.peek(6)[:6] == b"zPING\0":  # type: ignore[attr-defined]
                        line.sendall((b"PONG" if answer is None else answer) + b"\0")
                        continue
                    fake.received.append(_read(stream))
                found = b"stream: Test-File FOUND" if VIRUS in fake.received[-1] else b"stream: OK"
                said = found if answer is None else answer
                line.sendall(said + b"\0" if said else b"")

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield fake
    finally:
        stopping.set()
        with socket.socket(listening.family) as last:
            last.connect(listening.getsockname())
        thread.join()
        listening.close()


def _read(stream: object) -> bytes:
    assert stream.read(10) == b"zINSTREAM\0"  # type: ignore[attr-defined]
    content = b""
    while length := struct.unpack("!L", stream.read(4))[0]:  # type: ignore[attr-defined]
        content += stream.read(length)  # type: ignore[attr-defined]
    return content
