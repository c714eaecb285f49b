"""`troly serve` keeps a worker beside itself: started, restarted when it dies, ended with it."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

log = logging.getLogger(__name__)

_PAUSE = 2.0  #: seconds before a worker that has died is started again
_PATIENCE = 15.0  #: seconds that a worker may take to finish what it has begun


@contextmanager
def a_worker(wanted: bool) -> Iterator[None]:
    """A worker process for as long as the block lasts; none when it is not `wanted`."""
    if not wanted:
        yield
        return
    ending = threading.Event()
    minding = threading.Thread(target=_mind, args=(ending,), daemon=True)
    minding.start()
    try:
        yield
    finally:
        ending.set()
        minding.join(_PATIENCE + _PAUSE)


def _mind(ending: threading.Event) -> None:
    while not ending.is_set():
        process = subprocess.Popen(
            [sys.executable, "-m", "service.cli", "worker", "--child"],
            stdin=subprocess.PIPE,  # closed with this process, however it ends
        )
        while process.poll() is None and not ending.wait(0.2):
            continue
        if not ending.is_set():
            log.error("the worker ended (%s); a new one is started", process.returncode)
            ending.wait(_PAUSE)
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
