"""The fake Zalo Bot Platform: one update at a time, text and photos only, quotas without a hint."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.fakes.zalo_bot import TOKEN
from tests.unit.fakes.zalo_setup import AN, BINH, NOON, Bot, a_bot, a_client

GROUP = "nhom-1"


@pytest.fixture
def bot() -> Iterator[Bot]:
    with a_bot() as bot:
        yield bot


def test_the_bot_about_itself(bot: Bot) -> None:
    me = bot.call("getMe")["result"]
    assert me.keys() == {"id", "account_name", "account_type", "can_join_groups"}


def test_a_wrong_token_or_method(bot: Bot) -> None:
    wrong = bot.http.post("/bot1:x/getMe").json()
    assert wrong == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert bot.error("editMessageText") == 404
    assert bot.http.post("/bot12345689%3Aabc-xyz/getMe").json()["ok"]


def test_one_update_is_one_object_and_gone_when_answered(bot: Bot) -> None:
    first = bot.fake.says(AN, "xin chào")
    bot.fake.says(AN, "hạn nộp?")
    update = bot.poll()
    assert update == {
        "event_name": "message.text.received",
        "message": {
            "message_id": first,
            "date": int(NOON * 1000),
            "from": {"id": AN, "display_name": "Người dùng 0003", "is_bot": False},
            "chat": {"id": AN, "chat_type": "PRIVATE"},
            "text": "xin chào",
        },
    }
    assert bot.poll()["message"]["text"] == "hạn nộp?"
    assert bot.poll() == {"ok": False, "error_code": 408, "description": "Request timeout"}
    assert bot.fake.counters()["refused"] == 0  # nothing to fetch is no refusal


def test_polling_waits_for_what_comes(bot: Bot) -> None:
    timer = threading.Timer(0.1, lambda: bot.fake.says(AN, "đây"))
    timer.start()
    assert bot.poll(timeout=5)["message"]["text"] == "đây"
    timer.join()


def test_polling_ends_after_its_timeout(bot: Bot) -> None:
    started = time.monotonic()
    assert bot.poll(timeout=0.1)["error_code"] == 408
    assert time.monotonic() - started >= 0.1
    assert bot.error("getUpdates", timeout="x") == 400


def test_a_poll_that_nobody_waits_for_swallows_nothing(bot: Bot) -> None:
    def give_up() -> None:
        with a_client(bot.fake.url) as http, pytest.raises(httpx.ReadTimeout):
            http.get(f"/bot{TOKEN}/getUpdates", timeout=httpx.Timeout(5, read=0.2))

    client = threading.Thread(target=give_up)
    client.start()
    bot.fake.wait_for(lambda: bot.fake.bot.polling)
    client.join()
    bot.fake.wait_for(lambda: not bot.fake.bot.polling)
    bot.fake.says(AN, "không mất")
    assert bot.poll(timeout=1)["message"]["text"] == "không mất"


def test_what_was_answered_to_a_dead_client_is_lost(bot: Bot) -> None:
    """There is no acknowledgement: this is the platform's known weakness."""
    bot.fake.says(AN, "mất")
    bot.fake.fault("drop_after", "getUpdates")
    with pytest.raises(httpx.RemoteProtocolError):
        bot.poll()
    assert bot.poll()["error_code"] == 408


@pytest.mark.parametrize(
    ("act", "kind", "fields"),
    [
        ("sends_photo", "image", {"photo", "caption"}),
        ("sends_sticker", "sticker", {"sticker", "url"}),
        ("sends_voice", "voice", {"voice_url"}),
        ("sends_file", "unsupported", set()),
    ],
)
def test_other_kinds(bot: Bot, act: str, kind: str, fields: set[str]) -> None:
    getattr(bot.fake, act)(AN)
    update = bot.poll()
    assert update["event_name"] == f"message.{kind}.received"
    assert update["message"].keys() == {"message_id", "date", "from", "chat"} | fields


def test_the_name_of_the_photo_is_left_open(bot: Bot) -> None:
    bot.fake.rules(photo_field="photo_url")
    bot.fake.sends_photo(AN, "https://a.vn/a.jpg", "Chú thích")
    message = bot.poll()["message"]
    assert (message["photo_url"], message["caption"]) == ("https://a.vn/a.jpg", "Chú thích")


def test_a_group_has_an_id_of_its_own(bot: Bot) -> None:
    bot.fake.says(AN, "@bot hạn nộp?", group=GROUP)
    message = bot.poll()["message"]
    assert message["chat"] == {"id": GROUP, "chat_type": "GROUP"}
    assert message["from"]["id"] == AN
    assert bot.error("sendMessage", chat_id=GROUP, text="a") == 0
    assert bot.error("sendMessage", chat_id=AN, text="a") == 400  # never wrote in private
    assert [line.text for line in bot.fake.log(GROUP)] == ["@bot hạn nộp?", "a"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, 0),
        ({"text": "ạ" * 2000}, 0),
        ({"text": "ạ" * 2001}, 400),
        ({"text": ""}, 400),
        ({"text": 5}, 400),
        ({"text": None}, 400),
        ({"chat_id": BINH}, 400),  # cannot write first
        ({"chat_id": None}, 400),
        ({"parse_mode": "html"}, 0),
        ({"parse_mode": "MarkdownV2"}, 400),
    ],
)
def test_messages(bot: Bot, changes: dict[str, Any], code: int) -> None:
    bot.fake.says(AN, "xin chào")
    assert bot.error("sendMessage", **{"chat_id": AN, "text": "chào", **changes}) == code
    assert len(bot.fake.sent(AN)) == (code == 0)
    assert bot.fake.counters()["refused"] == (code != 0)


def test_a_message_has_an_id_and_a_date(bot: Bot) -> None:
    bot.fake.says(AN, "xin chào")
    result = bot.call("sendMessage", chat_id=AN, text="chào")["result"]
    assert result == {"message_id": bot.fake.sent(AN)[0].id, "date": int(NOON * 1000)}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, 0),
        ({"caption": "a" * 2000}, 0),
        ({"caption": "a" * 2001}, 400),
        ({"photo": "a.jpg"}, 400),
        ({"photo": None}, 400),
        ({"photo": "http://["}, 400),
    ],
)
def test_photos_are_addresses(bot: Bot, changes: dict[str, Any], code: int) -> None:
    bot.fake.says(AN, "xin chào")
    photo = {"chat_id": AN, "photo": "https://a.vn/a.jpg", **changes}
    assert bot.error("sendPhoto", **photo) == code


def test_chat_actions(bot: Bot) -> None:
    bot.fake.says(AN, "xin chào")
    assert bot.error("sendChatAction", chat_id=AN, action="typing") == 0
    assert bot.error("sendChatAction", chat_id=AN, action="dancing") == 400
    assert bot.fake.actions() == [(AN, "typing")]


@pytest.mark.parametrize("how", ["form", "query", "multipart"])
def test_parameters_may_come_in_other_ways(bot: Bot, how: str) -> None:
    bot.fake.says(AN, "xin chào")
    path, given = f"/bot{TOKEN}/sendMessage", {"chat_id": AN, "text": "chào ạ"}
    if how == "form":
        answer = bot.http.post(path, data=given)
    elif how == "query":
        answer = bot.http.get(path, params=given)
    else:
        answer = bot.http.post(path, files={k: (None, v) for k, v in given.items()})
    assert answer.json()["ok"]
    assert bot.fake.sent(AN)[0].text == "chào ạ"


@pytest.mark.parametrize("content", [b"x", b"[]", b"\xff", b"[" * 100_000])
def test_a_bad_body(bot: Bot, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = bot.http.post(f"/bot{TOKEN}/sendMessage", content=content, headers=headers)
    assert (answer.status_code, answer.json()["error_code"]) == (200, 400)


def test_errors_may_be_the_status_too(bot: Bot) -> None:
    bot.fake.rules(errors_as_status=True)
    assert bot.call("sendMessage", status=400, chat_id=AN, text="a")["error_code"] == 400
    assert bot.call("getUpdates", status=408, timeout=0)["error_code"] == 408


def test_too_much_is_refused_without_saying_for_how_long(bot: Bot) -> None:
    bot.fake.rules(per_minute=2)
    bot.fake.says(AN, "xin chào")
    send = [bot.error("sendMessage", chat_id=AN, text="a") for _ in "123"]
    assert send == [0, 0, 429]
    answer = bot.http.post(f"/bot{TOKEN}/sendMessage", json={"chat_id": AN, "text": "a"})
    assert answer.json()["description"] == "Quota exceeded"
    assert "retry-after" not in answer.headers
    bot.fake.advance(60)
    assert bot.error("sendMessage", chat_id=AN, text="a") == 0
    assert bot.fake.counters()["most sent in a minute"] == 2
