"""The product as its operator runs it: processes over one data folder, killed and started again."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sqlalchemy import Engine

from service.settings import Settings
from service.storage.engine import open_engine
from tests.browser.product import ROOT
from tests.builders import some_settings
from tests.ports import free_port

#: For trying the proof out: a tenth of the events, pushes and minutes with 0.1.
SCALE = float(os.environ.get("TROLY_PROVE_SCALE", "1"))
_PATIENCE = 120.0  #: seconds until a process of the product is ready


def scaled(count: float, least: int = 1) -> int:
    """So many of something, or fewer when the proof is tried out."""
    return max(least, round(count * SCALE))


@dataclass
class Running:
    """One process of the product with its children, which are in its group."""

    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """`kill -9`, the children too."""
        self._signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """As an operator stops it."""
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(40)
        self.kill()  # nothing of it may live on

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def wait_ready(self, ready: str) -> None:
        """Until its address answers, or a line with these words is in its log."""
        until = time.monotonic() + _PATIENCE
        while not (_answers(ready) if ready.startswith("http") else ready in self.log.read_text()):
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"not ready:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.05)


@dataclass
class Product:
    """One installation: its data folder, its settings, whatever runs of it."""

    data: Path
    settings: dict[str, str]  #: by the names of the variables, without "TROLY_", in small letters
    port: int = field(default_factory=free_port)
    processes: list[Running] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    def serve(self, *options: str) -> Running:
        """`troly serve`, ready to answer."""
        running = self._start("serve", "--port", str(self.port), *options)
        running.wait_ready(f"{self.address}/readyz")
        return running

    def worker(self) -> Running:
        """`troly worker`, at work."""
        running = self._start("worker")
        running.wait_ready("Đang phục vụ")
        return running

    def run(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Another command of `troly`, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "service.cli", *arguments],
            cwd=self.data,
            env=self._environment(),
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )

    def _start(self, *arguments: str) -> Running:
        log = self.data / f"{arguments[0]}-{len(self.processes)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "service.cli", *arguments],
                cwd=self.data,  # not where a developer's .env lies
                env=self._environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes.append(Running(process, log))
        return self.processes[-1]

    def _environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("TROLY_")}
        given = {f"TROLY_{name.upper()}": value for name, value in self.settings.items()}
        ours = {"TROLY_DATA_DIR": str(self.data), "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
        return kept | ours | given

    @property
    def own_settings(self) -> Settings:
        """As it reads them itself, as far as its data folder and its database go."""
        url = self.settings.get("database_url")
        return some_settings(self.data, data_dir=self.data, database_url=url)

    @contextmanager
    def database(self) -> Iterator[Engine]:
        """Its database, opened beside it."""
        engine = open_engine(self.own_settings.storage_url)
        try:
            yield engine
        finally:
            engine.dispose()

    def complaints(self) -> Sequence[str]:
        """What it wrote of errors."""
        lines = [line for r in self.processes for line in r.log.read_text().splitlines()]
        return [line for line in lines if line.startswith(("ERROR", "Traceback", "CRITICAL"))]


@contextmanager
def installed(**settings: str) -> Iterator[Product]:
    """A fresh installation with its index built; whatever runs of it ends with the block."""
    with tempfile.TemporaryDirectory(prefix="troly-prove-") as home:
        data = Path(home) / "data"
        shutil.copytree(_prepared(), data)
        product = Product(data, settings)
        try:
            yield product
        finally:
            for running in product.processes:
                running.stop()


@cache
def _prepared() -> Path:
    """A data folder with index and tables, made once: building them is no part of any figure."""
    home = Path(tempfile.mkdtemp(prefix="troly-prove-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    (home / "data").mkdir()
    Product(home / "data", {}).serve("--no-worker").stop()
    return home / "data"


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False
