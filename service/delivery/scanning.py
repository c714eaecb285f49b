"""Ask an antivirus daemon (clamd) about a file, by its INSTREAM command."""

from __future__ import annotations

import socket
import struct
import time

_SECONDS = 10.0  #: for everything
_PIECE = 1 << 16
_LONGEST_ANSWER = 4096


class ScannerAway(Exception):
    """The daemon did not answer, or did not look at the whole file; says how, without content."""


def has_virus(address: str, content: bytes, seconds: float = _SECONDS) -> bool:
    """Whether the daemon at `address` ("host:port", "unix:/path") finds one; raises ScannerAway."""
    deadline = time.monotonic() + seconds
    try:
        with _connected(address, deadline) as line:
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), _PIECE):
                piece = content[start : start + _PIECE]
                _limit(line, deadline)
                line.sendall(struct.pack("!L", len(piece)) + piece)
            line.sendall(struct.pack("!L", 0))
            answer = _answer(line, deadline)
    except (OSError, ValueError) as error:
        raise ScannerAway(type(error).__name__) from None
    if answer.endswith(b" FOUND"):
        return True
    if answer != b"stream: OK":  # the file is longer than the daemon takes, or it is in trouble
        raise ScannerAway("answer")
    return False


def is_there(address: str, seconds: float = _SECONDS) -> bool:
    """Whether a daemon at `address` answers PING."""
    deadline = time.monotonic() + seconds
    try:
        with _connected(address, deadline) as line:
            line.sendall(b"zPING\0")
            return _answer(line, deadline) == b"PONG"
    except (OSError, ValueError):
        return False


def _connected(address: str, deadline: float) -> socket.socket:
    if address.startswith("unix:"):
        line = socket.socket(socket.AF_UNIX)
        try:
            _limit(line, deadline)
            line.connect(address.removeprefix("unix:"))
        except OSError:
            line.close()
            raise
        return line
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), deadline - time.monotonic())


def _answer(line: socket.socket, deadline: float) -> bytes:
    """Up to the zero that ends it, or until the daemon hangs up."""
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
        _limit(line, deadline)
        piece = line.recv(_LONGEST_ANSWER)
        if not piece:
            break
        answer += piece
    return answer.rstrip(b"\0\n")


def _limit(line: socket.socket, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    line.settimeout(left)
