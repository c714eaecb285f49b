"""Serves an ASGI application over real HTTP on this machine, in a thread of its own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

_PATIENCE = 20.0  #: seconds to start and to stop


def config(app: Any) -> uvicorn.Config:
    """How every fake is served: quietly, lifespan and HTTP only."""
    return uvicorn.Config(
        app,
        interface="asgi3",
        lifespan="on",
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )


def listening(port: int = 0) -> socket.socket:
    """A socket on loopback; port 0 takes a free one."""
    # Named as TCP, or asyncio leaves its delay on: 40 ms before the body of every answer.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


@contextmanager
def serving(
    app: Any, port: int = 0, before_stop: Callable[[], object] = lambda: None
) -> Iterator[str]:
    """The address of `app` while it is served; `before_stop` ends what would keep a client."""
    listener = listening(port)
    server = uvicorn.Server(config(app))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        _wait_until_started(server, thread)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        before_stop()
        server.should_exit = True
        thread.join(_PATIENCE)
        listener.close()
        if thread.is_alive():
            raise RuntimeError("the server did not stop")


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    until = time.monotonic() + _PATIENCE
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until:
            raise RuntimeError("the server did not start")
        time.sleep(0.005)
