"""The running product on a free port of this machine, with a data folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
_PATIENCE = 180  #: seconds until the index is built and the server answers


@contextmanager
def running(data: Path, port: int = 0, **settings: str) -> Iterator[str]:
    """`troly serve` over an empty data folder; gives its address, stops it at the end.

    `settings`: by the names of the variables, without "TROLY_", in small letters.
    """
    port = port or free_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TROLY_")}
    environment |= {"TROLY_DATA_DIR": str(data), "TROLY_ENV": "test", "OMP_NUM_THREADS": "1"}
    environment |= {f"TROLY_{name.upper()}": value for name, value in settings.items()}
    environment["PYTHONPATH"] = str(ROOT)
    command = [sys.executable, "-m", "service.cli", "serve"]
    with (data / "server.log").open("w") as log:
        server = subprocess.Popen(
            [*command, "--port", str(port)],
            cwd=data,  # not where a developer's .env lies
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, server, data / "server.log")
            yield address
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError(f"server ended ({server.returncode}):\n{log.read_text()[-3000:]}")
        try:
            with urllib.request.urlopen(f"{address}/documents", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise TimeoutError(f"no answer from {address}:\n{log.read_text()[-3000:]}")
