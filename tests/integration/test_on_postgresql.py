"""The running product over PostgreSQL: the transcript, hostile bytes, an erasure, a restart."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import yaml

from bot.texts import say
from service.storage.engine import open_engine, transaction
from service.storage.people import find_account
from tests.browser.product import ROOT, running
from tests.builders import some_settings
from tests.fakes.telegram.running import running_fake_telegram
from tests.integration.all_channels import PATIENT
from tests.integration.talkers import PATIENCE, OnTelegram, OnWeb, play
from tests.sendable import PICTURE

TURNS = yaml.safe_load((ROOT / "tests/conversations/channels/transcript.yaml").read_text("utf-8"))

pytestmark = pytest.mark.timeout(300)


def test_everything_works_as_on_sqlite(tmp_path: Path, postgresql_url: str) -> None:
    given = {"database_url": postgresql_url, "person_rate_limit": "1000"}
    with running_fake_telegram(limits=PATIENT) as (telegram, base, files):
        given |= {
            "telegram_token": telegram.token,
            "telegram_base_url": base,
            "telegram_file_url": files,
            "telegram_per_chat_seconds": "0",
        }
        talker = OnTelegram(telegram)
        with running(tmp_path, **given) as address:
            play(TURNS, talker)
            with httpx.Client(base_url=address, timeout=PATIENCE) as client:
                play(TURNS, OnWeb(client))
                _takes_what_postgresql_refuses(client)
        with running(tmp_path, **given):  # another process finds what the first has left
            play(ERASED, talker)
    assert not (tmp_path / "troly.sqlite3").exists()
    engine = open_engine(some_settings(tmp_path, database_url=postgresql_url).storage_url)
    with transaction(engine) as session:
        assert find_account(session, "telegram", str(talker.user)) is None
    engine.dispose()


ERASED = [
    {"says": "soan tin gui nhom", "hears": ["THÔNG TIN TRA CỨU"]},
    {"says": "xoa du lieu", "hears": ["Xác nhận xóa"]},
    {"taps": "Xác nhận xóa", "hears": [say("chat.erased")]},
]


def _takes_what_postgresql_refuses(client: httpx.Client) -> None:
    """A zero, halves of letters, numbers without end: nothing of it may be an error."""
    for text in ("hạn\0 nộp?", "hạn \ud83d nộp?", "😀" * 900):
        answer = client.post(
            "/chat/messages",
            content=f'{{"id": "{uuid4()}", "text": "{_escaped(text)}"}}',
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code == 200, answer.text
    sent = {"file": ("a\0b.png", PICTURE, "image/png\0; \x01")}
    answer = client.post(f"/chat/files?id={uuid4()}", files=sent, headers={"X-Troly": "1"})
    assert answer.status_code in (200, 400, 422), answer.text
    assert client.get(f"/chat/updates?after={2**31 - 1}").status_code == 200
    for after in (2**31, 2**53, 2**64):
        assert client.get(f"/chat/updates?after={after}").status_code == 422
    event = {"Last-Event-ID": str(2**64)}
    with client.stream("GET", "/chat/events", headers=event) as stream:
        assert stream.status_code == 200
        assert next(stream.iter_lines()) == "retry: 5000"


def _escaped(text: str) -> str:
    return "".join(c if " " <= c < "\x7f" else _units(c) for c in text)


def _units(character: str) -> str:
    raw = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{raw[i : i + 2].hex()}" for i in range(0, len(raw), 2))
