"""What a parser turned hostile would try, run inside the child of the sandbox."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path


def echo(data: bytes, argument: str) -> bytes:
    """Answer with what came in."""
    print("a stray line of a library")  # noqa: T201 - it must not reach the answer
    return data + argument.encode()


def surroundings(data: bytes, argument: str) -> bytes:
    """What the child can see of the service."""
    heavy = {"torch", "fastapi", "sqlmodel", "docx", "lxml"} & sys.modules.keys()
    return f"{sorted(os.environ)} {os.getcwd()} {sorted(heavy)}".encode()


def sleep(data: bytes, argument: str) -> bytes:
    """Wait for ever."""
    time.sleep(3600)
    return data


def spin(data: bytes, argument: str) -> bytes:
    """Use the processor for ever."""
    while True:
        pass


def grow(data: bytes, argument: str) -> bytes:
    """Take all memory."""
    return b"x" * (8 << 30)


def crash(data: bytes, argument: str) -> bytes:
    """End as a broken library ends."""
    os.abort()


def fail(data: bytes, argument: str) -> bytes:
    """Raise what nobody expects."""
    raise RuntimeError(argument)


def flood(data: bytes, argument: str) -> bytes:
    """Answer without end."""
    return b"x" * (64 << 20)


def write(data: bytes, argument: str) -> bytes:
    """Try to leave bytes on the disk at the path given."""
    try:
        Path(argument).write_bytes(b"x")
    except OSError as error:
        return str(error.errno).encode()
    return b"written"


def fork_away(data: bytes, argument: str) -> bytes:
    """Try to leave a process behind (an administrator may start one; it is killed)."""
    try:
        left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
    except OSError:
        return b"0"
    return str(left.pid).encode()


def hold_files(data: bytes, argument: str) -> bytes:
    """Open as many files as possible."""
    held: list[socket.socket] = []
    try:
        while len(held) < 10_000:
            held.append(socket.socket())
    except OSError:
        pass
    return str(len(held)).encode()
