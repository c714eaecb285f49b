"""The methods of the Zalo Bot Platform: what each takes, answers and refuses."""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request

from tests.fakes.zalo_talk import Line, Talk

Json = dict[str, Any]
TEXT, CAPTION = 2000, 2000
WHY = {
    400: "Bad request",
    401: "Unauthorized",
    404: "Not found",
    408: "Request timeout",
    429: "Quota exceeded",
}
PRIVATE = re.compile(r"localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|\[?::1")


class BotError(Exception):
    """A refusal with the number of the envelope."""

    def __init__(self, code: int, why: str = "") -> None:
        super().__init__(why or WHY.get(code, "Error"))
        self.code = code


@dataclass
class BotRules:
    """What the sources leave open."""

    per_minute: int = 10_000  #: no number is published
    local_addresses: bool = True  #: webhooks and photos on this machine, which Zalo refuses
    errors_as_status: bool = False  #: False: HTTP 200 with the number in the envelope only
    photo_field: str = "photo"  #: or "photo_url": the sources disagree


@dataclass(kw_only=True)
class BotState(Talk):
    """Everything the platform knows about one bot."""

    token: str
    rules: BotRules = field(default_factory=BotRules)
    updates: deque[Json] = field(default_factory=deque)
    polling: int = 0  #: how many wait for an update now
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    actions: list[tuple[str, str]] = field(default_factory=list)
    webhook: str = ""
    secret: str = ""
    webhook_since: str = ""
    probe: Callable[[], None] = lambda: None


async def params_of(request: Request) -> Json:
    """The parameters, however they were sent."""
    kind = request.headers.get("content-type", "")
    given: Json = dict(request.query_params)
    try:
        if kind.startswith("application/json"):
            body = json.loads(await request.body() or b"{}")
            if not isinstance(body, dict):
                raise BotError(400)
            return given | body
        if kind.startswith("multipart/form-data"):
            async with request.form() as form:
                return given | dict(form.items())
    except (ValueError, RecursionError, HTTPException) as error:
        raise BotError(400) from error
    return given | dict(parse_qsl((await request.body()).decode(errors="replace")))


def need(holds: bool, why: str, code: int = 400) -> None:
    """Refuse unless it holds."""
    if not holds:
        raise BotError(code, why)


async def get_me(bot: BotState, given: Json) -> Json:
    """Who the bot is."""
    return {
        "id": bot.token.partition(":")[0],
        "account_name": "bot.troly",
        "account_type": "BASIC",
        "can_join_groups": True,
    }


async def get_updates(bot: BotState, given: Json) -> Json:
    """One event, forgotten as soon as it is answered; 408 when none came in time."""
    need(not bot.webhook, "getUpdates is not allowed while a webhook is set")
    try:
        seconds = float(given.get("timeout", 30))
    except (TypeError, ValueError) as error:
        raise BotError(400, "timeout is invalid") from error
    bot.polling += 1
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            while not bot.updates:
                bot.arrived.clear()
                await bot.arrived.wait()
    except TimeoutError as error:
        raise BotError(408) from error
    finally:
        bot.polling -= 1
        bot.note()
    bot.counts["polled"] += 1
    return bot.updates.popleft()


async def set_webhook(bot: BotState, given: Json) -> Json:
    """Keep the address even if its check fails; polling ends."""
    url, secret = given.get("url"), given.get("secret_token")
    need(isinstance(url, str) and _is_public(bot, url), "url is invalid")
    need(isinstance(secret, str) and 8 <= len(secret) <= 256, "secret_token is invalid")
    bot.webhook, bot.secret, bot.webhook_since = str(url), str(secret), bot.clock.milliseconds()
    bot.probe()
    return await get_webhook_info(bot, given)


async def delete_webhook(bot: BotState, given: Json) -> Json:
    """Polling may begin again."""
    bot.webhook, bot.secret, bot.webhook_since = "", "", bot.clock.milliseconds()
    return await get_webhook_info(bot, given)


async def get_webhook_info(bot: BotState, given: Json) -> Json:
    """The address, empty if none is set."""
    return {"url": bot.webhook, "updated_at": int(bot.webhook_since or 0)}


async def send_message(bot: BotState, given: Json) -> Json:
    """Text to a chat that wrote before."""
    chat, text = _chat(bot, given), given.get("text")
    need(isinstance(text, str) and 1 <= len(text) <= TEXT, "text is invalid")
    need(given.get("parse_mode") in (None, "markdown", "html"), "parse_mode is invalid")
    return _sent(bot, chat, "text", str(text), "", given)


async def send_photo(bot: BotState, given: Json) -> Json:
    """A picture by its public address."""
    chat, photo, caption = _chat(bot, given), given.get("photo"), given.get("caption", "")
    need(isinstance(photo, str) and _is_public(bot, photo), "photo is invalid")
    need(isinstance(caption, str) and len(caption) <= CAPTION, "caption is invalid")
    return _sent(bot, chat, "photo", caption, str(photo), given)


async def send_chat_action(bot: BotState, given: Json) -> Json:
    """Show that the bot is at work."""
    chat, action = _chat(bot, given), given.get("action")
    need(action in ("typing", "upload_photo"), "action is invalid")
    bot.actions.append((chat, str(action)))
    bot.note()
    return {}


METHODS: Mapping[str, Callable[[BotState, Json], Coroutine[Any, Any, Json]]] = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendChatAction": send_chat_action,
}


def _chat(bot: BotState, given: Json) -> str:
    chat = given.get("chat_id")
    need(isinstance(chat, str) and chat in bot.lines, "chat_id is invalid")
    return str(chat)


def _sent(bot: BotState, chat: str, kind: str, text: str, file: str, given: Json) -> Json:
    now = bot.clock()
    need(bot.sent_minute.count(now) < bot.rules.per_minute, "", 429)
    bot.count_sent()
    line = Line(bot.new_id(), chat, "bot", kind, now, text, file=file, data=given)
    bot.say(line)
    return {"message_id": line.id, "date": int(now * 1000)}


def _is_public(bot: BotState, url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if bot.rules.local_addresses:
        return parts.scheme in ("http", "https") and bool(parts.netloc)
    private = PRIVATE.match(parts.hostname or "")
    return parts.scheme == "https" and bool(parts.netloc) and not private
