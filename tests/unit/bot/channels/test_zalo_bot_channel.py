"""The Zalo Bot channel: its events, its door, its poller, and what it sends."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import (
    ChannelDown,
    DeliveryError,
    Refused,
    Rejected,
    TryLater,
    Unclear,
    Unreachable,
)
from bot.channels.zalo_bot import ZaloBot, ZaloBotDoor, ZaloBotPoller
from bot.channels.zalo_bot_events import read_event
from bot.messages import Attachment, Button, Enclosure, Incoming, Outgoing
from tests.builders import NOON
from tests.unit.bot.channels.hostile_json import json_with
from tests.unit.bot.channels.wires import Answer, Wire, ok, refused, run, streamed

SECRET = "bi-mat-cua-webhook"
TOKEN = "123:abc-xyz"
BASE = "https://bot-api.zaloplatforms.com"
HELLO = Outgoing("u1", "Hạn nộp: trước ngày 20/9.")
AN = {"id": "u1", "display_name": "An", "is_bot": False}
PHOTO = "https://photo.zdn.vn/1.jpg"


def an_event(kind: str = "text", chat: str = "PRIVATE", sender: Any = AN, **fields: Any) -> Any:
    message = {
        "message_id": "m1",
        "date": 1_790_000_000_000,
        "from": sender,
        "chat": {"id": "u1" if chat == "PRIVATE" else "g1", "chat_type": chat},
        **fields,
    }
    return {"event_name": f"message.{kind}.received", "message": message}


# --- reading ------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_text_in_either_shape(wrapped: bool) -> None:
    event = an_event(text="Hạn nộp?")
    assert read_event({"ok": True, "result": event} if wrapped else event) == Incoming(
        "zalo_bot", "m1", "text", "u1", "u1", text="Hạn nộp?", name="An"
    )


@pytest.mark.parametrize(
    ("kind", "fields", "event"),
    [
        ("sticker", {"sticker": "0a", "url": "https://x"}, "sticker"),
        ("voice", {"voice_url": "https://x"}, "voice"),
        ("unsupported", {}, "unknown"),
        ("image", {}, "unknown"),  # a photo without an address
        ("image", {"photo": 7}, "unknown"),
        ("invented", {"text": "x"}, "ignored"),
    ],
)
def test_kinds_of_events(kind: str, fields: dict[str, Any], event: str) -> None:
    assert read_event(an_event(kind, **fields)).event == event


@pytest.mark.parametrize("field", ["photo", "photo_url"])
def test_a_photo_under_either_name(field: str) -> None:
    told = read_event(an_event("image", caption="Góp ý", **{field: PHOTO}))
    assert (told.event, told.text) == ("file", "Góp ý")
    assert told.attachments == (Attachment("", PHOTO, media_type="image/jpeg"),)


@pytest.mark.parametrize(
    ("text", "addressed", "left"),
    [
        ("@bot.troly hạn nộp?", True, "hạn nộp?"),
        ("Cho hỏi @Bot Trợ lý, hạn nộp?", True, "Cho hỏi hạn nộp?"),
        ("hạn nộp?", False, "hạn nộp?"),
        ("@bot.troly2 hạn nộp?", False, "@bot.troly2 hạn nộp?"),
        ("an@bot.troly", False, "an@bot.troly"),
    ],
)
def test_in_a_group_only_what_names_us_is_for_us(text: str, addressed: bool, left: str) -> None:
    told = read_event(an_event(chat="GROUP", text=text), ("bot.troly", "Bot Trợ lý"))
    assert (told.group, told.addressed, told.text, told.chat) == (True, addressed, left, "g1")


@pytest.mark.parametrize("names", [(), ("",)])
def test_in_a_group_a_bot_without_a_name_is_silent(names: tuple[str, ...]) -> None:
    assert not read_event(an_event(chat="GROUP", text="@ @bot hạn?"), names).addressed


def test_other_bots_are_ignored() -> None:
    assert read_event(an_event(sender={**AN, "is_bot": True}, text="x")).event == "ignored"


def test_an_event_without_an_id_is_known_by_its_moment() -> None:
    told = read_event(an_event(text="x", message_id=None))
    assert told.event_id == "message.text.received:u1:1790000000000"
    assert read_event(an_event(text="x", message_id=None, date=None)).event_id == ""


KEYS = (
    *("ok", "result", "event_name", "message", "message_id", "date", "from", "chat", "id"),
    *("chat_type", "text", "photo", "caption", "display_name"),
)


@given(
    json_with(
        KEYS, ("message.text.received", "message.image.received", "GROUP", "u1", "@bot", True)
    )
)
def test_no_json_breaks_the_reading(body: Any) -> None:
    told = read_event(body, ("bot",))
    assert told.event == "ignored" or (told.chat and told.person and told.event_id)


# --- the door -----------------------------------------------------------------------------------


def with_channel(wire: Wire, work: Callable[[ZaloBot], Awaitable[Any]], **settings: Any) -> Any:
    async def resolve(host: str, port: int) -> list[str]:
        return ["203.113.131.1"]

    async def inner() -> Any:
        channel = ZaloBot(
            TOKEN,
            base_url=BASE,
            attachment_hosts=("zdn.vn",),
            transport=wire.transport,
            resolve=resolve,
            **settings,
        )
        try:
            return await work(channel)
        finally:
            await channel.close()

    return run(inner())


def admit(body: Any, shown: str | None = SECRET, secret: str | None = SECRET) -> list[Incoming]:
    async def work(channel: ZaloBot) -> list[Incoming]:
        headers = {} if shown is None else {"x-bot-api-secret-token": shown}
        raw = json.dumps(body).encode()
        return list(ZaloBotDoor(secret, channel).admit(headers, raw, body, NOON).events)

    result: list[Incoming] = with_channel(Wire(), work)
    return result


def test_the_door() -> None:
    (told,) = admit({"ok": True, "result": an_event(text="Hạn?")})
    assert told.text == "Hạn?"
    assert admit({}) == []


@pytest.mark.parametrize(
    ("body", "shown", "secret", "status"),
    [
        ({}, "wrong", SECRET, 403),
        ({}, None, SECRET, 403),
        ({}, "mật", SECRET, 403),
        ({}, None, None, 403),
        ({}, "", "", 403),
        ([], "wrong", SECRET, 403),
        ([], SECRET, SECRET, 400),
        (None, SECRET, SECRET, 400),
    ],
)
def test_who_stays_out(body: Any, shown: str | None, secret: str | None, status: int) -> None:
    with pytest.raises(Refused) as raised:
        admit(body, shown, secret)
    assert raised.value.status == status


# --- sending ------------------------------------------------------------------------------------


def send(message: Outgoing, answer: Answer) -> Any:
    return with_channel(Wire(default=lambda: answer), lambda channel: channel.send(message))


def test_a_text_goes_out() -> None:
    wire = Wire(default=lambda: ok({"message_id": "m9", "date": 1}))
    assert with_channel(wire, lambda channel: channel.send(HELLO)) == "m9"
    assert str(wire.asked[0].url) == f"{BASE}/bot{TOKEN}/sendMessage"
    assert wire.body() == {"chat_id": "u1", "text": HELLO.text}


@pytest.mark.parametrize(
    "message",
    [
        Outgoing("u1", "đ" * 2001),
        Outgoing("u1", "  "),
        Outgoing("u1", "", enclosure=Enclosure("ma.png", "image/png", b"\x89PNG")),
    ],
)
def test_what_it_cannot_do_it_says_without_asking(message: Outgoing) -> None:
    wire = Wire()
    with pytest.raises(Rejected):
        with_channel(wire, lambda channel: channel.send(message))
    assert wire.asked == []


def test_its_limits_say_so() -> None:
    async def work(channel: ZaloBot) -> Any:
        return channel.limits

    limits = with_channel(Wire(), work, per_second=3)
    assert (limits.text_length, limits.buttons, limits.upload_bytes) == (2000, 0, 0)
    assert (limits.resend, limits.per_second) == (False, 3)


def test_a_button_that_comes_all_the_same_is_left_out() -> None:
    wire = Wire(default=lambda: ok({"message_id": "m9"}))
    with_channel(wire, lambda channel: channel.send(Outgoing("u1", "?", (Button("A", "a"),))))
    assert wire.body() == {"chat_id": "u1", "text": "?"}


@pytest.mark.parametrize("as_status", [True, False])
@pytest.mark.parametrize(
    ("status", "description", "error"),
    [
        (400, "Bad request", Rejected),
        (400, "Chat not found", Unreachable),
        (401, "Unauthorized", ChannelDown),
        (403, "Forbidden", Unreachable),
        (404, "Not found", ChannelDown),
        (408, "Request timeout", Unclear),
        (413, "Too large", Rejected),
        (429, "Quota exceeded", TryLater),
        (500, "Internal error", Unclear),
    ],
)
def test_refusals(
    as_status: bool, status: int, description: str, error: type[DeliveryError]
) -> None:
    body = {"ok": False, "error_code": status, "description": description}
    with pytest.raises(error) as raised:
        send(HELLO, httpx.Response(status if as_status else 200, json=body))
    assert raised.value.code == f"{status} {description}"
    assert raised.value.after == (60.0 if status == 429 else None)


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (httpx.ConnectError("refused"), TryLater, "network: ConnectError"),
        (httpx.ConnectTimeout("black hole"), TryLater, "network: ConnectTimeout"),
        (httpx.ReadTimeout("slow"), Unclear, "no answer: ReadTimeout"),
        (httpx.ReadError("reset"), Unclear, "no answer: ReadError"),
        (httpx.Response(200, html="<p>hello</p>"), Unclear, "200"),
        (httpx.Response(200, json={"ok": False}), Unclear, "200"),
        (httpx.Response(502, html="<p>Bad Gateway</p>"), Unclear, "502"),
        (httpx.Response(302, headers={"location": "https://evil.vn"}), Rejected, "302"),
    ],
)
def test_answers_that_are_none(answer: Answer, error: type[DeliveryError], code: str) -> None:
    with pytest.raises(error) as raised:
        send(HELLO, answer)
    assert raised.value.code == code


@given(json_with(("ok", "result", "error_code", "description")), st.sampled_from([200, 400, 500]))
def test_no_answer_breaks_the_sending(body: Any, status: int) -> None:
    with suppress(DeliveryError):
        send(HELLO, httpx.Response(status, content=json.dumps(body)))


def test_a_photo_is_fetched() -> None:
    wire = Wire(default=lambda: streamed(b"\xff\xd8", b"jpeg"))
    got = with_channel(wire, lambda channel: channel.fetch(Attachment("", PHOTO), 100))
    assert got == b"\xff\xd8jpeg"
    assert wire.asked[0].headers["host"] == "photo.zdn.vn"


def test_there_is_nothing_to_acknowledge() -> None:
    wire = Wire()
    with_channel(wire, lambda channel: channel.acknowledge("Q"))
    assert wire.asked == []


# --- polling ------------------------------------------------------------------------------------

ME = ok({"id": "123", "account_name": "bot.troly", "can_join_groups": True})


def polled(*answers: Answer) -> tuple[Wire, list[Any]]:
    """Prepare, then poll once for each answer."""
    waiting = list(answers)
    wire = Wire({"getMe": ME, "getUpdates": lambda: waiting.pop(0)})

    async def work(channel: ZaloBot) -> list[Any]:
        poller = ZaloBotPoller(channel, pause=0.001)
        assert await poller.poll(None) == ((), None)
        return [await poller.poll(None) for _ in answers]

    return wire, with_channel(wire, work)


def test_one_event_at_a_time_and_no_cursor() -> None:
    wire, [((event,), cursor)] = polled(ok(an_event(text="Hạn?")))
    assert (event.text, cursor) == ("Hạn?", None)
    assert wire.methods() == ["getMe", "deleteWebhook", "getUpdates"]
    assert wire.body() == {"timeout": "25"}


@pytest.mark.parametrize(
    "answer",
    [
        refused(408, "Request timeout"),
        httpx.Response(200, json={"ok": False, "error_code": 408}),
        ok(None),
        ok({}),
        ok([]),
    ],
)
def test_nothing_came(answer: Answer) -> None:
    assert polled(answer)[1] == [((), None)]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refused(401), ChannelDown),
        (refused(429), TryLater),
        (refused(500), TryLater),
        (httpx.ReadTimeout("slow"), TryLater),
        (httpx.ConnectError("refused"), TryLater),
    ],
)
def test_a_poll_that_fails(answer: Answer, error: type[DeliveryError]) -> None:
    with pytest.raises(error):
        polled(answer)


def test_when_polling_is_refused_the_webhook_is_taken_away_again() -> None:
    answers: list[Answer] = [refused(400, "a webhook is set"), ok(an_event(text="Hạn?"))]
    wire = Wire({"getMe": ME, "getUpdates": lambda: answers.pop(0)})

    async def work(channel: ZaloBot) -> Any:
        poller = ZaloBotPoller(channel)
        await poller.poll(None)
        with pytest.raises(Rejected):
            await poller.poll(None)
        await poller.poll(None)
        return await poller.poll(None)

    assert len(with_channel(wire, work)[0]) == 1
    assert wire.methods().count("deleteWebhook") == 2


def test_a_webhook_is_set_where_one_is_wanted() -> None:
    wire = Wire({"getMe": ME})

    async def work(channel: ZaloBot) -> tuple[str, ...]:
        await channel.start()
        return channel.names

    address = "https://x.gov.vn/webhooks/zalo-bot"
    assert with_channel(wire, work, webhook_url=address, secret=SECRET) == ("bot.troly",)
    assert wire.body() == {"url": address, "secret_token": SECRET}


def test_polling_sets_no_webhook() -> None:
    wire = Wire({"getMe": ME})
    with_channel(wire, lambda channel: channel.start())
    assert wire.methods() == ["getMe"]
