"""All channels of the running product at once, each with one person in front of it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import httpx
import yaml

from service.settings import Settings
from service.storage.engine import open_engine
from tests.browser.product import ROOT, running
from tests.fakes import zalo, zalo_bot
from tests.fakes.other_bot_api import other_bot_api
from tests.fakes.telegram.limits import Limits
from tests.fakes.telegram.running import running_fake_telegram
from tests.fakes.told import of_office, of_telegram
from tests.fakes.zalo_bot import FakeZaloBot
from tests.fakes.zalo_office import FakeZalo
from tests.fakes.zalo_state import Attachment
from tests.integration.offices import House
from tests.integration.talkers import (
    OnConsole,
    OnOther,
    OnTelegram,
    OnWeb,
    OnZalo,
    OnZaloBot,
    Talker,
    play,
)
from tests.ports import free_port
from tests.sendable import PICTURES, sendable
from tests.transcripts import straight

#: What every channel must carry.
TURNS = yaml.safe_load((ROOT / "tests/conversations/channels/transcript.yaml").read_text("utf-8"))
#: What a person begins with.
START = {"says": "/start", "hears": ["trợ lý tự động"]}
#: The forms, each straight through over every channel.
FORMS = straight()
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
#: A Telegram that takes messages to one chat as fast as they come, for long transcripts.
PATIENT = Limits(per_chat=None)


class _console:
    """`troly chat` as a process of its own, read by a thread."""

    def __init__(self, data: Path) -> None:
        self._data, self._lines = data, list[str]()

    def __enter__(self) -> OnConsole:
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
        return OnConsole(self._process, self._data, lambda: "".join(self._lines))

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
        called, base, files = enter(running_fake_telegram(limits=PATIENT))
        polled, polled_base, polled_files = enter(running_fake_telegram(limits=PATIENT))
        oa = enter(zalo.served(FakeZalo()))
        bot = enter(zalo_bot.served(FakeZaloBot()))
        for file in map(sendable, PICTURES):
            oa.zalo.attachments[file.name] = Attachment(file.name, file.content, file.media_type)
        hosts = f"{oa.url.removeprefix('http://')},{bot.url.removeprefix('http://')}"
        data = _made(home / "called")
        address = enter(
            running(
                data,
                port,
                public_url=f"http://127.0.0.1:{port}",
                person_rate_limit="1000",
                **of_telegram(called.token, base, files),
                telegram_mode="webhook",
                telegram_secret=SECRET,
                telegram_per_chat_seconds="0",
                **{**of_office(oa), "zalo_attachment_hosts": hosts},
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
                **of_telegram(polled.token, polled_base, polled_files),
                telegram_per_chat_seconds="0",
            )
        )
        yield {
            "telegram webhook": OnTelegram(called),
            "telegram polling": OnTelegram(polled),
            "zalo oa": OnZalo(oa),
            "zalo bot": OnZaloBot(bot, f"{oa.url}/attachments"),
            "web": OnWeb(enter(httpx.Client(base_url=address, timeout=30))),
            "console": enter(_console(_made(home / "console"))),
        }


def somebody_new(talker: Talker) -> Talker:
    """A person on the same channel who has never written."""
    new = uuid4().int
    match talker:
        case OnTelegram():
            return replace(talker, user=new % 10**9)
        case OnZalo():
            return replace(talker, user=str(4 * 10**18 + new % 10**18))
        case OnZaloBot():
            return replace(talker, user=f"zb{new % 10**9}")
        case OnWeb():
            talker.client.cookies.clear()
            return OnWeb(talker.client)
        case _:  # who sits at the machine is always the same: they have themselves forgotten
            play(_FORGETS, talker)
            return talker


_FORGETS = (
    {"says": "xóa dữ liệu", "hears": ["xác nhận xóa"]},
    {"says": "xác nhận xóa", "hears": ["Đã xóa dữ liệu"]},
)


@contextmanager
def house_of(home: Path, channel: str) -> Iterator[House]:
    """Whoever works at the product that a channel of `everybody` belongs to."""
    folder = {"telegram polling": "polled", "console": "console"}.get(channel, "called")
    settings = Settings(_env_file=None, env="test", data_dir=home / folder)  # type: ignore[call-arg]
    engine = open_engine(settings.storage_url)
    try:
        yield House(settings, _STORED.get(channel, channel.split()[0]), lambda: engine)
    finally:
        engine.dispose()


#: What a channel is called in the database.
_STORED = {"zalo oa": "zalo_oa", "zalo bot": "zalo_bot"}


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
            **of_telegram("99:other", address, address.replace("/bot", "/file/bot")),
            telegram_per_chat_seconds="0",
        ),
    ):
        yield OnOther(server)
