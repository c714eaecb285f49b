"""Starts the fake: in a thread beside a test, or as a process of its own for long runs."""

from __future__ import annotations

import base64
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tests.fakes.http_server import serving
from tests.fakes.telegram.app import TelegramApp
from tests.fakes.telegram.control import FakeTelegram
from tests.fakes.telegram.state import TOKEN

ROOT = Path(__file__).parents[3]
T = TypeVar("T")


@contextmanager
def running_fake_telegram(
    fake: FakeTelegram | None = None, port: int = 0, **settings: Any
) -> Iterator[tuple[FakeTelegram, str, str]]:
    """The control and the two base addresses for a bot. The settings are those of `FakeTelegram`;
    a fake that ran before goes on where it stopped (a server that was restarted)."""
    fake = fake or FakeTelegram(**settings)
    with serving(TelegramApp(fake), port, lambda: fake.stop_waiting()) as address:
        yield fake, f"{address}/bot", f"{address}/file/bot"


class RemoteTelegram:
    """The control of a fake in another process: the methods of `FakeTelegram` that are open to
    it, by keyword; results are plain JSON."""

    def __init__(self, address: str) -> None:
        self._client = httpx.Client(base_url=address, trust_env=False, timeout=30)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """One method of the control."""

        def ask(**arguments: Any) -> Any:
            if isinstance(arguments.get("content"), bytes):
                arguments["content"] = base64.b64encode(arguments["content"]).decode("ascii")
            answer = self._client.post(f"/_control/{name}", json=arguments)
            body = answer.json()
            if answer.is_error:
                raise ValueError(body.get("error") or body.get("description"))
            return body["result"] if "result" in body else base64.b64decode(body["content"])

        return ask

    def wait_for(self, condition: Callable[[], T], timeout: float = 10.0) -> T:
        """What `condition` gives as soon as it is true of anything; asked again and again."""
        until = time.monotonic() + timeout
        while not (found := condition()):
            if time.monotonic() > until:
                raise TimeoutError(f"not within {timeout} s")
            time.sleep(0.02)
        return found

    def close(self) -> None:
        """Hang up."""
        self._client.close()


@contextmanager
def fake_telegram_process(
    port: int = 0, token: str = TOKEN
) -> Iterator[tuple[RemoteTelegram, str, str]]:
    """The same in a process of its own, so that it and what it measures do not share one."""
    command = [sys.executable, "-m", "tests.fakes.telegram", "--port", str(port), "--token", token]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if process.stdout is None:
        raise RuntimeError("a process without output")
    with process.stdout as said:
        address = said.readline().strip()
        remote = RemoteTelegram(address)
        try:
            if not address:
                raise RuntimeError(f"the fake did not start on port {port}")
            yield remote, f"{address}/bot", f"{address}/file/bot"
        finally:
            remote.close()
            process.terminate()
            process.wait(20)
