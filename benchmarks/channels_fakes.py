"""The fakes of the platforms as processes of their own, and what the product must know of them."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from tests.browser.product import ROOT
from tests.fakes.telegram.running import RemoteTelegram, fake_telegram_process
from tests.fakes.told import of_telegram, of_zalo

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TelegramFake:
    """A Telegram in a process of its own."""

    remote: RemoteTelegram
    settings: Mapping[str, str]  #: what `troly` must be told


@contextmanager
def telegram(token: str = "407:prove") -> Iterator[TelegramFake]:
    """Start one; it ends with the block."""
    with fake_telegram_process(token=token) as (remote, base, files):
        yield TelegramFake(remote, of_telegram(token, base, files))


class RemoteZalo:
    """The control of a fake Zalo in another process: its verbs, by keyword."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        """`told`: the first line of the fake's output."""
        self.url, self.pair = str(told["url"]), told
        self._client = httpx.Client(base_url=self.url, trust_env=False, timeout=60)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """One verb of the control."""

        def ask(**arguments: Any) -> Any:
            answer = self._client.post(f"/_control/{name}", json=arguments)
            body = answer.json()
            if answer.is_error:
                raise ValueError(body["error"])
            return body["result"]

        return ask

    def close(self) -> None:
        """Hang up."""
        self._client.close()


@dataclass(frozen=True, slots=True)
class ZaloFake:
    """A Zalo with one OA in a process of its own."""

    remote: RemoteZalo
    settings: Mapping[str, str]
    app_id: str
    oa_secret: str  #: signs webhooks

    def hosts(self, name: str, content: bytes) -> Mapping[str, str]:
        """Keep a file as if somebody had sent it; what an event tells of it."""
        told: Mapping[str, str] = self.remote.hosts(
            name=name, content=base64.b64encode(content).decode()
        )
        return told


@contextmanager
def zalo() -> Iterator[ZaloFake]:
    """Start one; it ends with the block."""
    app, secret, oa_secret = "1000000000000000407", "app-secret", "oa-secret"
    command = [
        *(sys.executable, "-m", "tests.fakes.zalo", "--port", "0"),
        *("--app-id", app, "--secret", secret, "--oa-secret", oa_secret),
    ]
    with running(command) as first:
        remote = RemoteZalo(json.loads(first))
        refresh = str(remote.pair["refresh_token"])
        settings = of_zalo(remote.url, app, secret, oa_secret, refresh)
        try:
            yield ZaloFake(remote, settings, app, oa_secret)
        finally:
            remote.close()


@contextmanager
def running(command: list[str]) -> Iterator[str]:
    """A process from its first line of output, which is given, to the end of the block."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout as said:
        try:
            first = said.readline()
            if not first:
                raise RuntimeError(f"did not start: {' '.join(command)}")
            yield first
        finally:
            process.terminate()
            process.wait(20)


def wait_until(what: Callable[[], T], seconds: float, every: float = 0.5) -> T:
    """What it gives as soon as that is true of anything, or its last word when time is over."""
    until = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < until:
        time.sleep(every)
    return found
