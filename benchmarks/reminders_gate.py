"""A door between the product and a fake that can be shut: then nobody is at the address."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

_PIECE = 1 << 16


class Gate:
    """Hands connections on to an address, while it is open."""

    def __init__(self, url: str) -> None:
        """`url`: of the fake, "http://host:port"."""
        there = urlsplit(url)
        self._there = (there.hostname or "", there.port or 0)
        self._lock, self._through = threading.Lock(), set[socket.socket]()
        self._listening = self._bound(0)
        self._port = int(self._listening.getsockname()[1])
        self.url = f"http://127.0.0.1:{self._port}"

    def open(self) -> None:
        """Somebody is there again."""
        self._listening = self._bound(self._port)

    def shut(self) -> None:
        """Whoever calls is refused; what was open is cut."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # wakes whoever waits for a call
        self._listening.close()
        with self._lock:
            for one in self._through:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def _bound(self, port: int) -> socket.socket:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen(128)
        threading.Thread(target=self._take, args=(listening,), daemon=True).start()
        return listening

    def _take(self, listening: socket.socket) -> None:
        with suppress(OSError):  # it was shut
            while True:
                caller, _ = listening.accept()
                try:
                    called = socket.create_connection(self._there)
                except OSError:
                    caller.close()
                    continue
                with self._lock:
                    self._through |= {caller, called}
                for ends in ((caller, called), (called, caller)):
                    threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, giver: socket.socket, taker: socket.socket) -> None:
        with suppress(OSError):
            while piece := giver.recv(_PIECE):
                taker.sendall(piece)
        with suppress(OSError):
            taker.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._through.discard(giver)
        giver.close()


@contextmanager
def gate(url: str) -> Iterator[Gate]:
    """Open until the end of the block."""
    it = Gate(url)
    try:
        yield it
    finally:
        it.shut()
