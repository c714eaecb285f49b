"""The workers of `troly serve`: as many as were set, replaced when they die, gone when it ends."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
_PATIENCE = 90.0  #: seconds; a machine that is busy may take long, and no test waits for it


@pytest.fixture
def server(tmp_path: Path) -> Iterator[psutil.Process]:
    """A server with a channel that leads nowhere."""
    settings = {
        "TROLY_DATA_DIR": str(tmp_path / "data"),
        "TROLY_TELEGRAM_TOKEN": "407:test",
        "TROLY_TELEGRAM_BASE_URL": "http://127.0.0.1:9/bot",
        "TROLY_WORKERS": "2",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "service.cli", "serve", "--port", str(free_port())],
        env={**os.environ, "PYTHONPATH": str(ROOT), **settings},
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    seen = psutil.Process(process.pid)
    try:
        yield seen
    finally:
        left = seen.children() if seen.is_running() else []
        process.kill()
        process.wait()
        for worker in left:
            worker.kill()


def workers_of(server: psutil.Process, known: set[int]) -> list[psutil.Process]:
    """Its workers, as soon as there are two, apart from those that are `known`."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        found = [child for child in server.children() if child.pid not in known]
        if len(found) == 2 and all(_works(child) for child in found):
            return found
        time.sleep(0.05)
    raise AssertionError("two workers never came")


def _works(process: psutil.Process) -> bool:
    try:
        return "worker" in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def gone(processes: list[psutil.Process]) -> bool:
    """Whether all have ended, after a while."""
    return not psutil.wait_procs(processes, timeout=_PATIENCE)[1]


def test_a_worker_that_dies_is_replaced_and_all_end_with_the_server(server: psutil.Process) -> None:
    first, second = workers_of(server, known=set())
    first.kill()
    assert gone([first])
    replaced = workers_of(server, known={first.pid})
    assert second in replaced

    server.terminate()
    assert gone(replaced)


def test_workers_end_when_their_server_is_killed(server: psutil.Process) -> None:
    workers = workers_of(server, known=set())
    server.kill()
    assert gone(workers)
