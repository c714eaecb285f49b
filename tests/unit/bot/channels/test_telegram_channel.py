"""What the Telegram channel asks of Telegram, and what it makes of the answers."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import InvalidToken, RetryAfter

from bot.channels.base import (
    ChannelDown,
    DeliveryError,
    Moved,
    Rejected,
    TooLarge,
    TryLater,
    Unclear,
    Unreachable,
)
from bot.channels.telegram import Telegram
from bot.channels.telegram_errors import delivery_error
from bot.channels.telegram_updates import BotAccount
from bot.messages import Attachment, Button, Enclosure, Outgoing
from tests.unit.bot.channels.hostile_json import json_with
from tests.unit.bot.channels.wires import Answer, Wire, ok, refused, run, streamed

TOKEN = "777:abc"
SENT = {"message_id": 42, "date": 1, "chat": {"id": 5, "type": "private"}}
HELLO = Outgoing("5", "Hạn nộp: trước ngày 20/9.")


def with_telegram(
    wire: Wire, work: Callable[[Telegram], Awaitable[object]], **settings: str
) -> object:
    async def inner() -> object:
        channel = Telegram(TOKEN, transport=wire.transport, **settings)  # type: ignore[arg-type]
        try:
            return await work(channel)
        finally:
            await channel.close()

    return run(inner())


def send(message: Outgoing, answer: Answer) -> object:
    return with_telegram(Wire(default=lambda: answer), lambda channel: channel.send(message))


# --- sending ------------------------------------------------------------------------------------


def test_a_text_goes_out_plain() -> None:
    wire = Wire(default=lambda: ok(SENT))
    hostile = Outgoing("5", "<b>*_[x](http://y)`\\ & đ́ 😀")
    assert with_telegram(wire, lambda channel: channel.send(hostile)) == "42"
    assert wire.form() == {
        "chat_id": "5",
        "text": hostile.text,
        "link_preview_options": {"is_disabled": True},
    }


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        (None, "https://api.telegram.org/bot777:abc/sendMessage"),
        ("http://127.0.0.1:8081/bot", "http://127.0.0.1:8081/bot777:abc/sendMessage"),
        ("http://host/{token}/test", "http://host/777:abc/test/sendMessage"),
    ],
)
def test_the_server_is_the_one_that_was_set(base_url: str | None, expected: str) -> None:
    wire = Wire(default=lambda: ok(SENT))
    with_telegram(wire, lambda channel: channel.send(HELLO), base_url=base_url)  # type: ignore[arg-type]
    assert str(wire.asked[0].url) == expected


def test_buttons_stand_one_below_the_other() -> None:
    wire = Wire(default=lambda: ok(SENT))
    buttons = (Button("Kế hoạch 1", "x", "1.1.0"), Button("Kế hoạch 2", "y", "1.1.1"))
    with_telegram(wire, lambda channel: channel.send(Outgoing("5", "Chọn:", buttons)))
    assert wire.form()["reply_markup"] == {
        "inline_keyboard": [
            [{"text": "Kế hoạch 1", "callback_data": "1.1.0"}],
            [{"text": "Kế hoạch 2", "callback_data": "1.1.1"}],
        ]
    }


@pytest.mark.parametrize("wrong", ["", "đ" * 33])  # 66 bytes
def test_a_choice_that_cannot_be_a_button_is_written_out(wrong: str) -> None:
    wire = Wire(default=lambda: ok(SENT))
    buttons = (Button("Một", "x", "1.1.0"), Button("Hai", "y", wrong))
    with_telegram(wire, lambda channel: channel.send(Outgoing("5", "Chọn:", buttons)))
    assert wire.form()["text"] == "Chọn:\n• Hai"
    assert wire.form()["reply_markup"] == {
        "inline_keyboard": [[{"text": "Một", "callback_data": "1.1.0"}]]
    }


def test_sixty_four_bytes_are_a_button() -> None:
    wire = Wire(default=lambda: ok(SENT))
    with_telegram(
        wire, lambda channel: channel.send(Outgoing("5", "?", (Button("A", "a", "đ" * 32),)))
    )
    assert "reply_markup" in wire.form()


@pytest.mark.parametrize("text", ["", " \n", "đ" * 4097, "😀" * 2049])
def test_a_text_that_telegram_would_refuse_is_not_sent(text: str) -> None:
    wire = Wire()
    with pytest.raises(Rejected):
        with_telegram(wire, lambda channel: channel.send(Outgoing("5", text)))
    assert wire.asked == []


def test_the_longest_text_is_sent() -> None:
    assert send(Outgoing("5", "đ" * 4096), ok(SENT)) == "42"


@pytest.mark.parametrize(
    ("enclosure", "method", "part"),
    [
        (Enclosure("Kế hoạch.pdf", "application/pdf", b"%PDF"), "sendDocument", "document"),
        (Enclosure("ma.png", "image/png", b"\x89PNG"), "sendPhoto", "photo"),
        (Enclosure("to.png", "image/png", b"\0" * 10_000_001), "sendDocument", "document"),
        (Enclosure("x.svg", "image/svg+xml", b"<svg/>"), "sendDocument", "document"),
    ],
)
def test_a_file_goes_out_as_what_it_is(enclosure: Enclosure, method: str, part: str) -> None:
    wire = Wire(default=lambda: ok(SENT))
    message = Outgoing("5", "Anh/chị quét mã.", enclosure=enclosure)
    assert with_telegram(wire, lambda channel: channel.send(message)) == "42"
    assert wire.methods() == [method]
    posted = wire.asked[0].content
    assert f'name="{part}"; filename="{enclosure.name}"'.encode() in posted
    assert enclosure.content in posted
    assert "Anh/chị quét mã.".encode() in posted


@pytest.mark.parametrize(
    "message",
    [
        Outgoing("5", "", enclosure=Enclosure("a.zip", "", b"\0" * 50_000_001)),
        Outgoing("5", "x" * 1025, enclosure=Enclosure("a.zip", "", b"\0")),
    ],
)
def test_a_file_that_telegram_would_refuse_is_not_sent(message: Outgoing) -> None:
    wire = Wire()
    with pytest.raises(Rejected):
        with_telegram(wire, lambda channel: channel.send(message))
    assert wire.asked == []


def test_a_server_without_files_is_not_a_server_that_is_gone() -> None:
    message = Outgoing("5", "", enclosure=Enclosure("a.pdf", "application/pdf", b"%PDF"))
    with pytest.raises(Rejected):
        send(message, refused(404, "Not Found"))
    with pytest.raises(ChannelDown, match="Unauthorized"):
        send(message, refused(401, "Unauthorized"))


# --- what can go wrong --------------------------------------------------------------------------

RESET = httpx.ReadError("reset")


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (refused(403, "Forbidden: bot was blocked by the user"), Unreachable, "Forbidden: bot was"),
        (refused(403, "Forbidden: user is deactivated"), Unreachable, "Forbidden"),
        (refused(400, "Bad Request: chat not found"), Unreachable, "Chat not"),
        (refused(400, "Bad Request: PEER_ID_INVALID"), Unreachable, "Peer_id_invalid"),
        (
            refused(400, "Bad Request: not enough rights to send text messages to the chat"),
            Unreachable,
            "Not enough rights",
        ),
        (refused(400, "Bad Request: message is too long"), Rejected, "Message is too long"),
        (refused(400, "Bad Request: BUTTON_DATA_INVALID"), Rejected, "Button_data_invalid"),
        (refused(413, "Request Entity Too Large"), Rejected, "file too large"),
        (refused(401, "Unauthorized"), ChannelDown, "Unauthorized"),
        (refused(404, "Not Found"), ChannelDown, "Not Found"),
        (refused(409, "Conflict: terminated by other getUpdates request"), TryLater, "conflict"),
        (refused(429, "Too Many Requests"), TryLater, "too many requests"),
        (httpx.Response(429, html="<p>slow down</p>"), TryLater, "too many requests"),
        (refused(500, "Internal Server Error"), Unclear, "no answer"),
        (httpx.Response(502, html="<p>Bad Gateway</p>"), Unclear, "no answer"),
        (httpx.Response(200, html="<p>hello</p>"), Unclear, "malformed"),
        (httpx.Response(200, json={"ok": False}), Unclear, "malformed"),
        (httpx.Response(200, json=[]), Unclear, "malformed"),
        (httpx.Response(400, json=[]), Unclear, "malformed"),
        # Nothing was sent: the whole channel is away.
        (httpx.ConnectError("refused"), TryLater, "network: ConnectError"),
        (httpx.ConnectTimeout("black hole"), TryLater, "network: ConnectTimeout"),
        (httpx.PoolTimeout("busy"), TryLater, "network: PoolTimeout"),
        # Something may have been sent.
        (httpx.ReadTimeout("slow"), Unclear, "no answer: ReadTimeout"),
        (httpx.WriteTimeout("slow"), Unclear, "no answer: WriteTimeout"),
        (RESET, Unclear, "no answer: ReadError"),
        (httpx.RemoteProtocolError("closed"), Unclear, "no answer: RemoteProtocolError"),
    ],
)
def test_errors(answer: Answer, error: type[DeliveryError], code: str) -> None:
    with pytest.raises(error) as raised:
        send(HELLO, answer)
    assert type(raised.value) is error
    assert raised.value.code.startswith(code)
    assert TOKEN not in raised.value.code


def test_how_long_to_wait_is_passed_on() -> None:
    with pytest.raises(TryLater) as raised:
        send(HELLO, refused(429, "Too Many Requests: retry after 7", retry_after=7))
    assert raised.value.after == 7.0


def test_either_type_of_waiting_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    assert delivery_error(RetryAfter(timedelta(seconds=7))).after == 7.0


def test_a_group_that_has_moved_tells_its_new_address() -> None:
    with pytest.raises(Moved) as raised:
        send(HELLO, refused(400, "upgraded", migrate_to_chat_id=-100200))
    assert raised.value.chat == "-100200"


def test_what_the_library_says_itself() -> None:
    assert isinstance(delivery_error(InvalidToken()), ChannelDown)


@given(
    json_with(("ok", "result", "message_id", "description", "parameters", "retry_after")),
    st.sampled_from([200, 400, 403, 429, 500, 599]),
)
def test_no_answer_breaks_the_sending(answer: object, status: int) -> None:
    with suppress(DeliveryError):
        send(HELLO, httpx.Response(status, content=json.dumps(answer)))


# --- fetching -----------------------------------------------------------------------------------


def fetch(
    wire: Wire, size: int | None = None, largest: int = 1000, **settings: str
) -> tuple[object, list[str]]:
    attachment = Attachment("a.pdf", "F1", size)
    got = with_telegram(wire, lambda channel: channel.fetch(attachment, largest), **settings)
    return got, [str(request.url) for request in wire.asked]


def a_file(path: object, content: bytes = b"abc", **about: object) -> Wire:
    file = {"file_id": "F1", "file_unique_id": "U", "file_path": path, **about}
    return Wire({"getFile": ok(file)}, default=lambda: streamed(content))


FILES = "http://127.0.0.1:8081/file/bot"


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("documents/file_1.pdf", f"{FILES}777:abc/documents/file_1.pdf"),
        ("/documents/file_1.pdf", f"{FILES}777:abc/documents/file_1.pdf"),
        ("documents/tệp #1?.pdf", f"{FILES}777:abc/documents/t%E1%BB%87p%20%231%3F.pdf"),
        # A server in local mode tells where the file lies on its disk.
        ("/var/lib/bot/777:abc/documents/1.pdf", f"{FILES}777:abc/documents/1.pdf"),
        # Others tell a whole address.
        (f"{FILES}777:abc/documents/1.pdf", f"{FILES}777:abc/documents/1.pdf"),
    ],
)
def test_a_file_is_fetched_from_the_server_that_was_set(path: str, address: str) -> None:
    got, asked = fetch(a_file(path), file_url=FILES)
    assert (got, asked[-1]) == (b"abc", address)


def test_a_file_is_fetched_from_telegram() -> None:
    _, asked = fetch(a_file("documents/1.pdf"))
    assert asked[-1] == "https://api.telegram.org/file/bot777:abc/documents/1.pdf"


@pytest.mark.parametrize("path", ["http://169.254.169.254/x", "https://evil.vn/x", "", None, 7])
def test_a_file_is_fetched_from_nowhere_else(path: object) -> None:
    wire = a_file(path)
    with pytest.raises(Rejected):
        fetch(wire, file_url=FILES)
    assert wire.methods() == ["getFile"]


def test_a_file_known_to_be_too_large_is_not_asked_for() -> None:
    wire = Wire()
    with pytest.raises(TooLarge):
        fetch(wire, size=1001)
    with pytest.raises(TooLarge):
        fetch(wire, size=20_000_001, largest=1 << 40)
    assert wire.asked == []


@pytest.mark.parametrize(
    "wire",
    [
        a_file("1.pdf", file_size=1001),
        a_file("1.pdf", b"x" * 1001),
        Wire({"getFile": refused(400, "Bad Request: file is too big")}),
    ],
)
def test_a_file_that_turns_out_too_large(wire: Wire) -> None:
    with pytest.raises(TooLarge):
        fetch(wire)


@pytest.mark.parametrize(
    ("wire", "error"),
    [
        (Wire({"getFile": refused(400, "Bad Request: invalid file_id")}), Rejected),
        (Wire({"getFile": httpx.ReadTimeout("slow")}), TryLater),
        (Wire({"getFile": ok([])}), Rejected),
    ],
)
def test_a_file_that_cannot_be_had(wire: Wire, error: type[DeliveryError]) -> None:
    with pytest.raises(error):
        fetch(wire)


# --- ready --------------------------------------------------------------------------------------

ME = ok({"id": 777, "is_bot": True, "first_name": "Trợ lý", "username": "troly_bot"})


def test_the_menu_is_offered_when_the_channel_starts() -> None:
    wire = Wire({"getMe": ME})

    async def started(channel: Telegram) -> BotAccount:
        assert channel.account == BotAccount(777)
        await channel.start()
        return channel.account

    assert with_telegram(wire, started) == BotAccount(777, "troly_bot")
    assert wire.methods() == ["getMe", "setMyCommands"]
    offered = wire.form()["commands"]
    assert [entry["command"] for entry in offered] == [
        *("trogiup", "vieccuatoi", "nopkehoach", "gopy", "hosocuatoi")
    ]
    assert all(1 <= len(entry["description"]) <= 256 for entry in offered)


def test_a_webhook_is_set_where_one_is_wanted() -> None:
    wire = Wire({"getMe": ME})
    address = "https://x.gov.vn/webhooks/telegram"
    with_telegram(wire, lambda channel: channel.start(), webhook_url=address, secret="s" * 32)
    assert wire.form() == {
        "url": address,
        "secret_token": "s" * 32,
        "allowed_updates": ["message", "callback_query", "my_chat_member"],
    }


def test_a_menu_that_is_refused_does_no_harm() -> None:
    with_telegram(Wire({"getMe": ME, "setMyCommands": refused(400)}), lambda c: c.start())


@pytest.mark.parametrize("method", ["getMe", "setWebhook"])
def test_a_start_that_fails_says_so(method: str) -> None:
    wire = Wire({"getMe": ME, method: refused(429, "Too Many Requests", retry_after=3)})
    with pytest.raises(TryLater):
        with_telegram(wire, lambda channel: channel.start(), webhook_url="https://x", secret="s")


@pytest.mark.parametrize("answer", [ok(), refused(400, "query is too old"), RESET])
def test_a_tap_is_acknowledged_if_it_can_be(answer: Answer) -> None:
    wire = Wire(default=lambda: answer)
    with_telegram(wire, lambda channel: channel.acknowledge("Q"))
    assert wire.form() == {"callback_query_id": "Q"}
