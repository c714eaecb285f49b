"""One transcript over every channel of the running product, in front of fakes of the platforms."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
import yaml

from tests.browser.product import ROOT, free_port, running
from tests.fakes import zalo, zalo_bot
from tests.fakes.telegram.running import running_fake_telegram
from tests.fakes.zalo_bot import FakeZaloBot
from tests.fakes.zalo_office import FakeZalo
from tests.fakes.zalo_state import Attachment
from tests.integration.talkers import (
    PICTURE,
    OnConsole,
    OnTelegram,
    OnWeb,
    OnZalo,
    OnZaloBot,
    Talker,
    play,
)

TURNS = yaml.safe_load((ROOT / "tests/conversations/channels/transcript.yaml").read_text("utf-8"))
SECRET = "a-secret-of-the-webhooks"

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Talker]]:
    """One product with all channels, Telegram called back; and a second one that polls it."""
    with ExitStack() as stack:
        enter = stack.enter_context
        port = free_port()
        called, base, files = enter(running_fake_telegram())
        polled, polled_base, polled_files = enter(running_fake_telegram())
        oa = enter(zalo.served(FakeZalo()))
        bot = enter(zalo_bot.served(FakeZaloBot()))
        oa.zalo.attachments["picture"] = Attachment("anh.png", PICTURE, "image/png")
        hosts = f"{oa.url.removeprefix('http://')},{bot.url.removeprefix('http://')}"
        data = tmp_path_factory.mktemp("called")
        address = enter(
            running(
                data,
                port,
                public_url=f"http://127.0.0.1:{port}",
                person_rate_limit="1000",
                telegram_token=called.token,
                telegram_base_url=base,
                telegram_file_url=files,
                telegram_mode="webhook",
                telegram_secret=SECRET,
                telegram_per_chat_seconds="0",
                zalo_app_id=oa.zalo.app_id,
                zalo_app_secret=oa.zalo.secret,
                zalo_oa_secret_key=oa.zalo.oa_secret,
                zalo_refresh_token=oa.mint()["refresh_token"],
                zalo_oauth_url=oa.url,
                zalo_openapi_url=oa.url,
                zalo_business_url=oa.url,
                zalo_attachment_hosts=hosts,
                zalo_bot_token=bot.bot.token,
                zalo_bot_base_url=bot.url,
            )
        )
        assert oa.register_webhook(f"{address}/webhooks/zalo")
        other = tmp_path_factory.mktemp("polled")
        enter(
            running(
                other,
                person_rate_limit="1000",
                telegram_token=polled.token,
                telegram_base_url=polled_base,
                telegram_file_url=polled_files,
                telegram_per_chat_seconds="0",
            )
        )
        yield {
            "telegram webhook": OnTelegram(called),
            "telegram polling": OnTelegram(polled),
            "zalo oa": OnZalo(oa),
            "zalo bot": OnZaloBot(bot, f"{oa.url}/attachments/picture/1"),
            "web": OnWeb(enter(httpx.Client(base_url=address, timeout=30))),
            "console": enter(_console(tmp_path_factory.mktemp("console"))),
        }


class _console:
    """`troly chat` as a process of its own, read by a thread."""

    def __init__(self, data: Path) -> None:
        self._data, self._lines = data, list[str]()

    def __enter__(self) -> OnConsole:
        (self._data / "anh.png").write_bytes(PICTURE)
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TROLY_")}
        environment |= {"TROLY_DATA_DIR": str(self._data), "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "service.cli", "chat"],
            cwd=self._data,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._reading = threading.Thread(target=self._read)
        self._reading.start()
        return OnConsole(self._process, str(self._data / "anh.png"), lambda: "".join(self._lines))

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as shown:
            self._lines.extend(shown)

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._reading.join()


CHANNELS = ("telegram webhook", "telegram polling", "zalo oa", "zalo bot", "web", "console")


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_transcript_passes(people: dict[str, Talker], channel: str) -> None:
    play(TURNS, people[channel])
