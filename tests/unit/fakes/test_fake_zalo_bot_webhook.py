"""The fake Zalo Bot's webhook, faults and controls."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.zalo_bot import TOKEN
from tests.unit.fakes.zalo_setup import AN, Bot, Receiver, a_bot, a_client, a_receiver

SECRET = "bi-mat-tam-ky-tu"


@pytest.fixture
def bot() -> Iterator[Bot]:
    with a_bot() as bot:
        yield bot


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with a_receiver() as receiver:
        yield receiver


def test_an_error_on_demand(bot: Bot) -> None:
    bot.fake.fault("error", "sendMessage", code=429)
    assert bot.error("sendMessage", chat_id=AN, text="a") == 429
    bot.fake.fault("http500")
    assert bot.http.post(f"/bot{TOKEN}/getMe").status_code == 500
    assert bot.error("getMe") == 0


def test_a_webhook_gets_the_secret_and_ends_polling(bot: Bot, hook: Receiver) -> None:
    bot.fake.says(AN, "trước đó")
    assert bot.error("setWebhook", url=hook.url, secret_token=SECRET) == 0
    assert bot.call("getWebhookInfo")["result"]["url"] == hook.url
    assert bot.poll()["error_code"] == 400
    bot.fake.says(AN, "xin chào")
    bot.fake.settled()
    headers, body = hook.got[-1]
    assert headers["x-bot-api-secret-token"] == SECRET
    event = json.loads(body)
    assert event["ok"] is True
    assert event["result"]["event_name"] == "message.text.received"
    assert event["result"]["message"]["text"] == "xin chào"
    assert "xin chào".encode() in body
    bot.call("deleteWebhook")
    assert bot.call("getWebhookInfo")["result"]["url"] == ""
    assert bot.poll()["message"]["text"] == "trước đó"


def test_a_webhook_is_kept_though_its_check_fails(bot: Bot, hook: Receiver) -> None:
    hook.always = 403
    assert bot.error("setWebhook", url=hook.url, secret_token=SECRET) == 0
    bot.fake.settled()
    assert [body for _, body in hook.got] == [b"{}"]
    assert bot.fake.webhook()["url"] == hook.url


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"secret_token": "a" * 7}, 400),
        ({"secret_token": "a" * 8}, 0),
        ({"secret_token": "a" * 256}, 0),
        ({"secret_token": "a" * 257}, 400),
        ({"secret_token": None}, 400),
        ({"url": None}, 400),
        ({"url": "ftp://a.vn"}, 400),
    ],
)
def test_rules_for_webhooks(bot: Bot, changes: dict[str, Any], code: int) -> None:
    given = {"url": "http://127.0.0.1:9/x", "secret_token": SECRET, **changes}
    assert bot.error("setWebhook", **given) == code


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://troly.example.vn/webhooks/zalo-bot", 0),
        ("http://troly.example.vn/x", 400),
        ("https://localhost/x", 400),
        ("https://127.0.0.1/x", 400),
        ("https://10.1.2.3/x", 400),
        ("https://172.16.0.1/x", 400),
        ("https://172.32.0.1/x", 0),
        ("https://192.168.1.1/x", 400),
        ("https://[::1]/x", 400),
    ],
)
def test_outside_tests_a_webhook_is_public(bot: Bot, url: str, code: int) -> None:
    bot.fake.rules(local_addresses=False)
    bot.fake.bot.probe = lambda: None
    assert bot.error("setWebhook", url=url, secret_token=SECRET) == code


def test_choices_are_typed_as_the_last_message_offers_them(bot: Bot) -> None:
    bot.fake.says(AN, "hạn nộp?")
    with pytest.raises(LookupError):
        bot.fake.taps(AN, "Hải Phòng")
    bot.call("sendMessage", chat_id=AN, text="Chọn:\n1. Hải Phòng\n2. Hà Nội")
    bot.fake.taps(AN, "Hải Phòng")
    assert [line.text for line in bot.fake.log(AN)][-1] == "Hải Phòng"
    bot.call("sendMessage", chat_id=AN, text="Xong.")
    with pytest.raises(LookupError):
        bot.fake.taps(AN, "Hà Nội")


def test_controls_as_json(bot: Bot) -> None:
    bot.http.post("/_control/says", json={"user": AN, "text": "a"})
    assert bot.http.post("/_control/users").json()["result"] == [
        {"id": AN, "name": "Người dùng 0003"}
    ]
    assert bot.http.post("/_control/log", json={"chat": AN}).json()["result"][0]["text"] == "a"
    assert bot.http.post("/_control/about").json()["result"]["name"] == "Zalo Bot giả lập"
    assert "Anh/chị" in bot.http.get("/").text


def test_it_runs_alone() -> None:
    command = [sys.executable, "-m", "tests.fakes.zalo_bot", "--port", "0", "--token", "1:x"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        told = json.loads(process.stdout.readline())
        try:
            with a_client(told["url"]) as http:
                assert http.post("/bot1:x/getMe").json()["result"]["id"] == "1"
        finally:
            process.terminate()
