"""How calls are written down, whom the bot may write to, and the smaller methods."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.fakes.calling import SOMEBODY, Telegram

BUTTON = {"text": "Đúng", "callback_data": "v1:dung"}


def under(*buttons: object) -> dict[str, object]:
    return {"inline_keyboard": [list(buttons)]}


@pytest.mark.parametrize("way", ["query", "form", "multipart", "json", "get"])
def test_a_call_may_be_written_in_every_form(telegram: Telegram, way: str) -> None:
    fields = {"chat_id": str(SOMEBODY), "text": "Chào", "reply_markup": json.dumps(under(BUTTON))}
    url, client = f"{telegram.base_url}{telegram.fake.token}/SendMessage", telegram.client
    answer = {
        "query": lambda: client.post(url, params=fields),
        "form": lambda: client.post(url, data=fields),
        "multipart": lambda: client.post(url, files={k: (None, v) for k, v in fields.items()}),
        "json": lambda: client.post(url, json=fields | {"reply_markup": under(BUTTON)}),
        "get": lambda: client.get(url, params=fields),
    }[way]()
    assert answer.json()["result"]["text"] == "Chào"
    assert answer.json()["result"]["reply_markup"] == under(BUTTON)


def test_the_token_must_be_right(telegram: Telegram) -> None:
    answer = telegram.client.post(f"{telegram.base_url}407:khac/getMe")
    assert answer.status_code == 401
    assert answer.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}


def test_the_colon_of_the_token_may_be_escaped(telegram: Telegram) -> None:
    token = telegram.fake.token.replace(":", "%3A")
    assert telegram.client.get(f"{telegram.base_url}{token}/getMe").status_code == 200


def test_an_unknown_method_is_not_found(telegram: Telegram) -> None:
    assert telegram.refused("sendEverything") == (404, "Not Found: method not found")
    assert telegram.client.get(f"{telegram.address}/x").status_code == 404


@pytest.mark.parametrize("method", ["logOut", "close", "setMyDescription", "setMyName"])
def test_some_methods_are_only_tolerated(telegram: Telegram, method: str) -> None:
    assert telegram.call(method) is True


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'{"text": "\\ud800"}', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"text=%FF", "application/x-www-form-urlencoded"),
        (b"x", "multipart/form-data; boundary=y"),
        (b"x", "multipart/form-data"),
    ],
)
def test_what_cannot_be_read_is_a_bad_request(telegram: Telegram, body: bytes, kind: str) -> None:
    url = f"{telegram.base_url}{telegram.fake.token}/sendMessage"
    answer = telegram.client.post(url, content=body, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["error_code"]) == (400, 400)


# Chats


@pytest.mark.parametrize(
    ("chat", "why"),
    [("", "chat_id is empty"), ("8", "chat not found"), ("@ai", "chat not found")],
)
def test_a_chat_must_be_known(telegram: Telegram, chat: str, why: str) -> None:
    for method in ("sendMessage", "getChat", "sendChatAction"):
        more = {"text": "a"} if method == "sendMessage" else {}
        assert telegram.refused(method, chat_id=chat, **more) == (400, f"Bad Request: {why}")


def test_who_blocked_the_bot_hears_nothing(telegram: Telegram) -> None:
    telegram.fake.blocks(SOMEBODY)
    assert telegram.says("a") == (403, "Forbidden: bot was blocked by the user")
    telegram.fake.unblocks(SOMEBODY)
    telegram.call("sendMessage", chat_id=SOMEBODY, text="a")
    telegram.fake.deactivates(SOMEBODY)
    assert telegram.says("a") == (403, "Forbidden: user is deactivated")


@pytest.mark.parametrize(("chat", "kind"), [(-5, "group"), (-1_000_000_000_005, "supergroup")])
def test_a_group_can_throw_the_bot_out(telegram: Telegram, chat: int, kind: str) -> None:
    telegram.fake.adds_bot(SOMEBODY, chat, "Tổ công tác")
    assert telegram.call("getChat", chat_id=chat)["title"] == "Tổ công tác"
    telegram.fake.removes_bot(SOMEBODY, chat)
    assert telegram.says("a", user=chat) == (
        403,
        f"Forbidden: bot was kicked from the {kind} chat",
    )


def test_the_bot_can_leave_a_group(telegram: Telegram) -> None:
    telegram.fake.adds_bot(SOMEBODY, -5)
    assert telegram.call("leaveChat", chat_id=-5) is True
    assert telegram.says("a", user=-5) == (403, "Forbidden: bot is not a member of the group chat")
    assert telegram.refused("leaveChat", chat_id=SOMEBODY)[0] == 400


def test_a_group_that_moved_says_where_to(telegram: Telegram) -> None:
    telegram.fake.adds_bot(SOMEBODY, -5)
    new = telegram.fake.migrates(-5)
    answer = telegram.post("sendMessage", chat_id=-5, text="a")
    assert answer.status_code == 400
    assert answer.json()["parameters"] == {"migrate_to_chat_id": new}
    assert telegram.call("sendMessage", chat_id=new, text="a")["chat"]["type"] == "supergroup"


# Smaller methods


def test_a_chat_action_is_a_known_one(telegram: Telegram) -> None:
    assert telegram.call("sendChatAction", chat_id=SOMEBODY, action="typing") is True
    assert telegram.refused("sendChatAction", chat_id=SOMEBODY, action="thinking") == (
        400,
        "Bad Request: wrong parameter action in request",
    )


def test_commands_are_kept_per_scope_and_language(telegram: Telegram) -> None:
    everywhere = [{"command": "hoi", "description": "Hỏi về văn bản"}]
    groups = [{"command": "giup", "description": "Cách hỏi"}]
    scope = {"type": "all_group_chats"}
    telegram.call("setMyCommands", commands=everywhere)
    telegram.call("setMyCommands", commands=groups, scope=scope, language_code="vi")
    assert telegram.call("getMyCommands") == everywhere
    assert telegram.call("getMyCommands", scope=scope, language_code="vi") == groups
    assert telegram.fake.menu("all_group_chats", "vi") == groups
    telegram.call("deleteMyCommands")
    assert telegram.call("getMyCommands") == []


@pytest.mark.parametrize(
    ("commands", "more", "why"),
    [
        ([{"command": "Hỏi", "description": "a"}], {}, "BOT_COMMAND_INVALID"),
        ([{"command": "h" * 33, "description": "a"}], {}, "BOT_COMMAND_INVALID"),
        ([{"command": "hoi", "description": ""}], {}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "hoi", "description": "a" * 257}], {}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "hoi", "description": "a"}] * 101, {}, "BOT_COMMANDS_TOO_MUCH"),
        (["hoi"], {}, "can't parse commands: expected an Array of Objects"),
        (
            [],
            {"scope": {"type": "ai"}},
            "can't parse BotCommandScope: unsupported type specified",
        ),
        ([], {"language_code": "vie"}, "BOT_COMMANDS_LANGUAGE_CODE_INVALID"),
    ],
)
def test_commands_that_are_refused(
    telegram: Telegram, commands: list[Any], more: dict[str, Any], why: str
) -> None:
    assert telegram.refused("setMyCommands", commands=commands, **more) == (
        400,
        f"Bad Request: {why}",
    )


def test_a_number_must_be_one(telegram: Telegram) -> None:
    assert telegram.refused("getUpdates", offset="một") == (
        400,
        'Bad Request: field "offset" must be a Number',
    )


def test_the_bot_knows_who_it_is(telegram: Telegram) -> None:
    me = telegram.call("getMe")
    assert (me["id"], me["is_bot"], me["username"]) == (407, True, "troly_thu_bot")
    assert me["can_read_all_group_messages"] is True
