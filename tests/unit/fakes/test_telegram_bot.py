"""python-telegram-bot takes the fake for Telegram: it understands each answer and refusal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from tests.unit.fakes.calling import SOMEBODY, Receiver, Telegram

GROUP = -5
KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("Đúng", callback_data="v1:dung")]])
Work = Callable[[Bot], Awaitable[Any]]


@pytest.fixture(autouse=True)
def _seconds_as_durations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without this, the library warns of a change to come whenever it says `retry_after`."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


def as_bot(telegram: Telegram, work: Work) -> Any:
    """What `work` gives, done by a bot that believes in the fake."""

    async def run() -> Any:
        async with Bot(
            telegram.fake.token, base_url=telegram.base_url, base_file_url=telegram.file_url
        ) as bot:
            return await work(bot)

    return asyncio.run(run())


def test_a_conversation(telegram: Telegram) -> None:
    fake = telegram.fake
    fake.starts(SOMEBODY, "abc")

    async def answer(bot: Bot) -> None:
        assert (bot.username, bot.id) == ("troly_thu_bot", 407)
        (start,) = await bot.get_updates(timeout=5)
        assert start.effective_message
        assert start.effective_message.text == "/start abc"
        sent = await bot.send_message(
            SOMEBODY, "<b>Đúng</b> không ạ?", parse_mode="HTML", reply_markup=KEYBOARD
        )
        assert sent.text_html == "<b>Đúng</b> không ạ?"
        tap = fake.taps(SOMEBODY, "Đúng")
        (update,) = await bot.get_updates(offset=start.update_id + 1, timeout=5)
        query = update.callback_query
        assert query
        assert (query.id, query.data) == (tap, "v1:dung")
        assert await query.answer("Đã ghi")
        await query.edit_message_text("Cảm ơn Anh/chị")
        await query.edit_message_reply_markup(KEYBOARD)
        assert await bot.send_chat_action(SOMEBODY, "typing")
        assert await bot.delete_message(SOMEBODY, sent.message_id)

    as_bot(telegram, answer)
    (tap,) = fake.taps_made.values()
    assert tap.notice == "Đã ghi"
    assert [sent.text for sent in fake.sent(SOMEBODY)] == ["Cảm ơn Anh/chị"]


def test_files_both_ways(telegram: Telegram) -> None:
    telegram.fake.sends_file(SOMEBODY, b"%PDF-1.7", "Kế hoạch.pdf", "Gửi anh", "application/pdf")

    async def exchange(bot: Bot) -> None:
        (update,) = await bot.get_updates()
        document = update.message.document
        assert (document.file_name, document.file_size) == ("Kế hoạch.pdf", 8)
        file = await bot.get_file(document.file_id)
        assert bytes(await file.download_as_bytearray()) == b"%PDF-1.7"
        sent = await bot.send_document(
            SOMEBODY, b"%PDF-2", filename="Báo cáo quý.pdf", caption="<i>a</i>", parse_mode="HTML"
        )
        assert sent.document.file_name == "Báo cáo quý.pdf"
        assert sent.caption_html == "<i>a</i>"
        photo = await bot.send_photo(SOMEBODY, b"\x89PNG\r\n\x1a\n0")
        assert photo.photo

    as_bot(telegram, exchange)
    assert telegram.fake.sent(SOMEBODY)[0].content == b"%PDF-2"


def test_everything_people_send_is_understood(telegram: Telegram) -> None:
    fake = telegram.fake
    number = fake.says(SOMEBODY, "😀 /hoi @troly_thu_bot")
    fake.edits(SOMEBODY, number, "khác")
    for kind in ("voice", "sticker", "location", "contact"):
        fake.sends(SOMEBODY, kind)
    fake.sends_photo(SOMEBODY, b"\xff\xd8\xff")
    fake.adds_bot(SOMEBODY, GROUP)
    fake.migrates(GROUP)
    fake.blocks(SOMEBODY)
    fake.update({"telepathy": {}})

    async def read(bot: Bot) -> tuple[Update, ...]:
        return await bot.get_updates()

    updates = as_bot(telegram, read)
    assert len(updates) == 12
    assert updates[0].message.parse_entities().keys()
    assert updates[1].edited_message.text == "khác"
    assert updates[2].message.voice
    assert updates[3].message.sticker
    assert updates[4].message.location
    assert updates[5].message.contact
    assert updates[8].message.migrate_to_chat_id == updates[9].message.chat.id
    assert updates[10].my_chat_member.new_chat_member.status == "kicked"
    assert updates[11].to_dict() == {"update_id": updates[11].update_id, "telepathy": {}}


def test_what_the_bot_sets_about_itself(telegram: Telegram, receiver: Receiver) -> None:
    commands = [BotCommand("hoi", "Hỏi về văn bản")]

    async def set_up(bot: Bot) -> None:
        assert await bot.set_my_commands(commands, BotCommandScopeAllPrivateChats(), "vi")
        found = await bot.get_my_commands(BotCommandScopeAllPrivateChats(), "vi")
        assert list(found) == commands
        assert await bot.set_my_description("Trợ lý")
        chat = await bot.get_chat(SOMEBODY)
        assert (chat.id, chat.type) == (SOMEBODY, "private")
        assert await bot.set_webhook(receiver.url, secret_token="s", max_connections=3)
        info = await bot.get_webhook_info()
        assert (info.url, info.max_connections) == (receiver.url, 3)
        assert await bot.delete_webhook(drop_pending_updates=True)
        assert await bot.log_out()

    as_bot(telegram, set_up)


def say(chat: int = SOMEBODY, text: str = "a", **more: Any) -> Work:
    return lambda bot: bot.send_message(chat, text, **more)


@pytest.mark.parametrize(
    ("work", "error", "why"),
    [
        (say(text="đ" * 4097), BadRequest, "Message is too long"),
        (say(text="<b>", parse_mode="HTML"), BadRequest, "Can't parse entities"),
        (say(chat=8), BadRequest, "Chat not found"),
        (lambda bot: bot.answer_callback_query("1"), BadRequest, "Query is too old"),
        (lambda bot: bot.get_file("x"), BadRequest, "Invalid file_id"),
        (lambda bot: bot.do_api_request("sendTelepathy"), EndPointNotFound, "not found"),
    ],
)
def test_a_refusal_is_understood(
    telegram: Telegram, work: Work, error: type[Exception], why: str
) -> None:
    with pytest.raises(error, match=why):
        as_bot(telegram, work)


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("429", RetryAfter),
        ("403", Forbidden),
        ("401", InvalidToken),
        ("409", Conflict),
        ("500", NetworkError),
        ("502", NetworkError),
        ("drop", NetworkError),
    ],
)
def test_a_fault_is_understood(telegram: Telegram, kind: str, error: type[Exception]) -> None:
    telegram.fake.fault("sendMessage", kind)
    with pytest.raises(error):
        as_bot(telegram, say())


def test_silence_is_a_time_out(telegram: Telegram) -> None:
    telegram.fake.fault("sendMessage", "deliver_then_hang")
    with pytest.raises(TimedOut):
        as_bot(telegram, say(read_timeout=1))
    assert len(telegram.fake.sent(SOMEBODY)) == 1


def test_a_group_that_moved_is_understood(telegram: Telegram) -> None:
    telegram.fake.adds_bot(SOMEBODY, GROUP)
    new = telegram.fake.migrates(GROUP)
    with pytest.raises(ChatMigrated) as moved:
        as_bot(telegram, say(chat=GROUP))
    assert moved.value.new_chat_id == new


def test_limits_are_understood(telegram: Telegram) -> None:
    telegram.fake.clock = lambda: 1.0
    telegram.fake.limit(per_chat=1)
    as_bot(telegram, say())
    with pytest.raises(RetryAfter) as refused:
        as_bot(telegram, say())
    assert refused.value.retry_after == timedelta(seconds=1)


async def greet(update: Update, context: Any) -> None:
    if update.effective_message:
        await update.effective_message.reply_text(f"Chào {context.args}", reply_markup=KEYBOARD)


async def echo(update: Update, context: Any) -> None:
    if update.message and update.message.text:
        await update.message.reply_text(update.message.text)


async def thank(update: Update, context: Any) -> None:
    if update.callback_query:
        await update.callback_query.answer("Đã ghi")


def test_a_whole_application_polls(telegram: Telegram) -> None:
    fake = telegram.fake
    builder = Application.builder().token(fake.token)
    application = builder.base_url(telegram.base_url).base_file_url(telegram.file_url).build()
    application.add_handler(CommandHandler("start", greet))
    application.add_handler(CallbackQueryHandler(thank))
    application.add_handler(MessageHandler(filters.TEXT, echo))

    async def run() -> None:
        async with application:
            assert application.updater
            await application.updater.start_polling(timeout=5)
            await application.start()
            fake.starts(SOMEBODY, "k1")
            await asyncio.to_thread(fake.wait_sent, SOMEBODY, 1)
            tap = fake.taps(SOMEBODY, "Đúng")
            await asyncio.to_thread(fake.wait_for, lambda: fake.tap(tap).answered)
            fake.says(SOMEBODY, "hạn nộp?")
            await asyncio.to_thread(fake.wait_sent, SOMEBODY, 2)
            await application.updater.stop()
            await application.stop()

    asyncio.run(run())
    assert [sent.text for sent in fake.sent(SOMEBODY)] == ["Chào ['k1']", "hạn nộp?"]
