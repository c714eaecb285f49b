"""All channels of the running product at once, each with one person in front of it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import yaml

from tests.browser.product import ROOT, free_port, running
from tests.fakes import zalo, zalo_bot
from tests.fakes.other_bot_api import other_bot_api
from tests.fakes.telegram.running import running_fake_telegram
from tests.fakes.zalo_bot import FakeZaloBot
from tests.fakes.zalo_office import FakeZalo
from tests.fakes.zalo_state import Attachment
from tests.integration.talkers import (
    PICTURE,
    OnConsole,
    OnOther,
    OnTelegram,
    OnWeb,
    OnZalo,
    OnZaloBot,
    Talker,
)

#: What every channel must carry.
TURNS = yaml.safe_load((ROOT / "tests/conversations/channels/transcript.yaml").read_text("utf-8"))
#: The forms, each over every channel.
FORMS = {
    file.stem: yaml.safe_load(file.read_text("utf-8"))
    for file in sorted((ROOT / "tests/conversations/forms").glob("*.yaml"))
}
CHANNELS = ("telegram webhook", "telegram polling", "zalo oa", "zalo bot", "web", "console")
HOSTILE = "<b>đậm</b> & _x_ [a](javascript:1) {{7*7}} %s \\ ' \" -- \u202e 👩‍👩‍👧"
#: What any Bot API server must be able to carry.
OTHER_TURNS = (
    {"says": "/start", "hears": ["trợ lý tự động"]},
    {"says": "kinh phi lay tu dau", "hears": ["văn bản nào"]},
    {"taps": "Kế hoạch năm 2024 của Sở KH&CN Hưng Yên", "hears": ["Mục II.5"]},
    {"says": HOSTILE, "hears": ["nằm ngoài"]},
)
SECRET = "a-secret-of-the-webhooks"


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


@contextmanager
def everybody(home: Path) -> Iterator[dict[str, Talker]]:
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
        data = _made(home / "called")
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
        other = _made(home / "polled")
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
            "console": enter(_console(_made(home / "console"))),
        }


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


@contextmanager
def in_front_of_another_server(data: Path) -> Iterator[OnOther]:
    """The product polling a Bot API server that knows four methods and no more."""
    with (
        other_bot_api() as (server, address),
        running(
            data,
            telegram_token="99:other",
            telegram_base_url=address,
            telegram_file_url=address.replace("/bot", "/file/bot"),
            telegram_per_chat_seconds="0",
        ),
    ):
        yield OnOther(server)
