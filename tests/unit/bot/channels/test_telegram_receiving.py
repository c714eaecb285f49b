"""The door and the poller of Telegram."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from hypothesis import given

from bot.channels.base import Admitted, ChannelDown, DeliveryError, Refused, TryLater
from bot.channels.telegram import Telegram
from bot.channels.telegram_receiving import TelegramDoor, TelegramPoller
from bot.channels.telegram_updates import BotAccount
from tests.builders import NOON
from tests.unit.bot.channels.hostile_json import json_with
from tests.unit.bot.channels.wires import Answer, Wire, ok, refused, run

SECRET = "bi-mat_cua-webhook"
ME = ok({"id": 777, "is_bot": True, "first_name": "Trợ lý", "username": "troly_bot"})


def an_update(number: int, text: str = "Hạn nộp?") -> dict[str, Any]:
    person = {"id": 5, "is_bot": False, "first_name": "An"}
    chat = {"id": 5, "type": "private"}
    message = {"message_id": number, "date": 1, "chat": chat, "from": person, "text": text}
    return {"update_id": number, "message": message}


# --- the door -----------------------------------------------------------------------------------


def admit(body: Any, shown: str | None = SECRET, secret: str | None = SECRET) -> Admitted:
    headers = {} if shown is None else {"x-telegram-bot-api-secret-token": shown}
    door = TelegramDoor(secret, lambda: BotAccount(777, "troly_bot"))
    return door.admit(headers, json.dumps(body).encode(), body, NOON)


def test_an_update_with_the_secret_comes_in() -> None:
    (incoming,) = admit(an_update(3)).events
    assert (incoming.event_id, incoming.text) == ("3", "Hạn nộp?")


@pytest.mark.parametrize(
    ("shown", "secret"),
    [
        ("", SECRET),
        (None, SECRET),
        ("bi-mat", SECRET),
        (SECRET.upper(), SECRET),
        ("mật", SECRET),
        # Where no secret is set, nobody comes in, not even with none.
        (None, None),
        ("", ""),
        ("x", None),
    ],
)
def test_whatever_has_not_the_secret_stays_out(shown: str | None, secret: str | None) -> None:
    with pytest.raises(Refused) as raised:
        admit(an_update(3), shown, secret)
    assert raised.value.status == 403


@pytest.mark.parametrize("body", [None, [], "x", 3, True])
def test_a_body_that_is_no_object_is_malformed(body: Any) -> None:
    with pytest.raises(Refused) as raised:
        admit(body)
    assert raised.value.status == 400


def test_the_secret_is_looked_at_first() -> None:
    with pytest.raises(Refused) as raised:
        admit([], shown="wrong")
    assert raised.value.status == 403


def test_an_object_that_is_no_update_is_nothing() -> None:
    assert admit({}).events == ()


@given(json_with(("update_id", "message", "chat", "from", "id", "text")))
def test_nothing_breaks_the_door(body: Any) -> None:
    try:
        admit(body)
    except Refused as refusal:
        assert refusal.status == 400  # noqa: PT017


# --- the poller ---------------------------------------------------------------------------------


def with_poller(wire: Wire, work: Callable[[TelegramPoller], Awaitable[object]]) -> Any:
    async def inner() -> object:
        channel = Telegram("777:abc", transport=wire.transport)
        try:
            return await work(TelegramPoller(channel, pause=0.001))
        finally:
            await channel.close()

    return run(inner())


def polled(*answers: Answer, cursor: str | None = None) -> tuple[Wire, list[Any]]:
    """Prepare, then poll once for each answer."""
    waiting = list(answers)
    wire = Wire({"getMe": ME, "getUpdates": lambda: waiting.pop(0)})

    async def work(poller: TelegramPoller) -> list[Any]:
        assert await poller.poll(cursor) == ((), cursor)
        return [await poller.poll(cursor) for _ in answers]

    return wire, with_poller(wire, work)


def test_polling_begins_by_asking_our_name_and_leaving_the_webhook() -> None:
    wire, _ = polled()
    assert wire.methods() == ["getMe", "deleteWebhook"]


def test_updates_and_where_to_go_on() -> None:
    wire, [(events, cursor)] = polled(ok([an_update(7), an_update(8)]), cursor="7")
    assert [event.event_id for event in events] == ["7", "8"]
    assert cursor == "9"
    assert wire.form() == {
        "offset": "7",
        "timeout": "25",
        "limit": "100",
        "allowed_updates": ["message", "callback_query", "my_chat_member"],
    }


def test_the_first_poll_asks_for_everything() -> None:
    wire, _ = polled(ok([]))
    assert "offset" not in wire.form()


def test_where_nothing_came_the_cursor_stays() -> None:
    _, [told] = polled(ok([]), cursor="7")
    assert told == ((), "7")


def test_one_bad_update_does_not_stop_the_others() -> None:
    """The library would refuse the whole answer: of its objects, each field must be there."""
    bad = [{"update_id": 8, "message": {"chat": "x"}}, {"message": {}}, "x", None]
    _, [(events, cursor)] = polled(ok([an_update(7), *bad, an_update(9)]))
    assert [event.event for event in events] == ["text", "ignored", "text"]
    assert cursor == "10"


def test_the_cursor_follows_telegram_back() -> None:
    """After a week without updates Telegram may begin at any number."""
    _, [(_, cursor)] = polled(ok([an_update(12)]), cursor="9000")
    assert cursor == "13"


@pytest.mark.parametrize("answer", [ok({}), ok(None), ok("x"), ok([[]])])
def test_an_answer_without_updates(answer: Answer) -> None:
    _, [told] = polled(answer, cursor="7")
    assert told == ((), "7")


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (refused(401, "Unauthorized"), ChannelDown, "Unauthorized"),
        (refused(409, "Conflict: terminated by other getUpdates request"), TryLater, "conflict:"),
        (refused(500), TryLater, "network"),
        (httpx.ReadTimeout("slow"), TryLater, "network"),
        (httpx.ConnectTimeout("black hole"), TryLater, "network"),
        (httpx.Response(200, text="hello"), TryLater, "network"),
    ],
)
def test_a_poll_that_fails(answer: Answer, error: type[DeliveryError], code: str) -> None:
    with pytest.raises(error) as raised:
        polled(answer)
    assert raised.value.code.startswith(code)


def test_after_a_conflict_the_webhook_is_taken_away_again() -> None:
    answers: list[Answer] = [refused(409, "Conflict: webhook is active"), ok([an_update(1)])]
    wire = Wire({"getMe": ME, "getUpdates": lambda: answers.pop(0)})

    async def work(poller: TelegramPoller) -> Any:
        await poller.poll(None)
        with pytest.raises(TryLater):
            await poller.poll(None)
        await poller.poll(None)
        return await poller.poll(None)

    assert with_poller(wire, work)[1] == "2"
    assert wire.methods() == [
        *("getMe", "deleteWebhook", "getUpdates"),
        *("deleteWebhook", "getUpdates"),
    ]


def test_a_webhook_that_cannot_be_left_does_no_harm() -> None:
    wire = Wire({"getMe": ME, "deleteWebhook": refused(404), "getUpdates": ok([an_update(1)])})

    async def work(poller: TelegramPoller) -> Any:
        await poller.poll(None)
        return await poller.poll(None)

    assert with_poller(wire, work)[1] == "2"
