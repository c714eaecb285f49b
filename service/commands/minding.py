"""`troly serve` keeps workers beside itself: started, restarted when they die, ended with it."""

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
def workers(count: int) -> Iterator[None]:
    """So many worker processes for as long as the block lasts."""
    ending = threading.Event()
    minding = [threading.Thread(target=_mind, args=(ending,), daemon=True) for _ in range(count)]
    for thread in minding:
        thread.start()
    try:
        yield
    finally:
        ending.set()
        for thread in minding:
            thread.join(_PATIENCE + _PAUSE)


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
