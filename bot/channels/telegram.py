"""Telegram: sends and fetches through python-telegram-bot's `Bot`, and through nothing more of it.

Its Application and Updater are not used. They keep updates in memory and confirm them before they
are handled; here an update is confirmed once it lies in our inbox, and a message leaves from our
outbox, which knows limits, retries and restarts. For the same reason its rate limiter and its
persistence are not used.
"""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import quote

import httpx
from telegram import Bot, InputFile

from bot.channels.base import (
    ChannelDown,
    DeliveryError,
    JsonValue,
    Rejected,
    TooLarge,
    TryLater,
    Unclear,
)
from bot.channels.connections import download, trust
from bot.channels.limits import telegram_limits
from bot.channels.reading import Object, as_number, as_object, as_size, as_text
from bot.channels.rendering import length
from bot.channels.telegram_errors import told_as_delivery_errors
from bot.channels.telegram_requests import ANSWER, LanedRequest
from bot.channels.telegram_updates import NAME, WANTED, BotAccount
from bot.commands import MENU, slash
from bot.messages import Attachment, Button, Enclosure, Outgoing
from bot.texts import say

BASE_URL = "https://api.telegram.org/bot"
FILE_URL = "https://api.telegram.org/file/bot"

POLL_SECONDS = 25  #: how long Telegram waits for something to happen
_UPLOAD = 60.0  #: seconds until a file has been taken
_LONGEST_CAPTION = 1024  #: UTF-16 units
_LONGEST_DATA = 64  #: bytes of a button's id
_LARGEST_PICTURE = 10_000_000
_PICTURES = ("image/png", "image/jpeg")


class Telegram:
    """The channel; one object per process serves all its chats."""

    name = NAME

    def __init__(
        self,
        token: str,
        *,
        base_url: str | None = None,
        file_url: str | None = None,
        webhook_url: str | None = None,
        secret: str | None = None,
        per_second: int = 30,
        per_chat_seconds: float = 1.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """`base_url`, `file_url`: of another Bot API server; `webhook_url`: None when we poll."""
        self.limits = telegram_limits(per_second, per_chat_seconds)
        number = token.partition(":")[0]
        self.account = BotAccount(int(number) if number.isdecimal() else 0)
        self._webhook_url, self._secret = webhook_url, secret
        self._requests = LanedRequest(transport)
        self._files = httpx.AsyncClient(verify=trust(), transport=transport, timeout=ANSWER)
        self._bot = Bot(
            token,
            base_url=base_url or BASE_URL,
            base_file_url=file_url or FILE_URL,
            get_updates_request=self._requests,
            request=self._requests,
        )

    async def _call(self, method: str, seconds: float = ANSWER, **fields: object) -> JsonValue:
        """The answer as it came: Telegram's objects are not built, nor can they fail to be.

        `do_api_request` warns where python-telegram-bot has a method of the same name; written
        as "send_Message" it means the same to Telegram and has no such method.
        """
        with told_as_delivery_errors():
            answer: JsonValue = await self._bot.do_api_request(
                method, api_kwargs=fields, read_timeout=seconds
            )
            return answer

    # --- out -------------------------------------------------------------------------------

    async def send(self, message: Outgoing) -> str:
        """Deliver it as plain text, without link previews; returns the message's id."""
        keyboard, text = _keyboard(message)
        if message.enclosure is not None:
            return await self._send_file(message.chat, text, keyboard, message.enclosure)
        if not text.strip() or length(text) > self.limits.text_length:
            raise Rejected("text empty or too long")
        answer = await self._call(
            "send_Message",
            chat_id=message.chat,
            text=text,
            reply_markup=keyboard,
            link_preview_options={"is_disabled": True},
        )
        return _message_id(answer)

    async def _send_file(
        self, chat: str, text: str, keyboard: Object | None, enclosure: Enclosure
    ) -> str:
        size = len(enclosure.content)
        if size > self.limits.upload_bytes or length(text) > _LONGEST_CAPTION:
            raise Rejected("file or its text too large")
        picture = enclosure.media_type in _PICTURES and size <= _LARGEST_PICTURE
        field = "photo" if picture else "document"
        file = InputFile(enclosure.content, enclosure.name)
        about = {"chat_id": chat, "caption": text or None, "reply_markup": keyboard, field: file}
        try:
            return _message_id(await self._call(f"send_{field.title()}", _UPLOAD, **about))
        except ChannelDown as error:
            # A small Bot API server may know no files: that must not stop what it does know.
            raise Rejected(error.code) if "Not Found" in error.code else error from error

    async def acknowledge(self, receipt: str) -> None:
        """Stop the little clock on the tapped button; too late or not at all does no harm."""
        with suppress(DeliveryError), told_as_delivery_errors():
            await self._bot.answer_callback_query(receipt)

    # --- in --------------------------------------------------------------------------------

    async def updates(self, offset: int | None) -> JsonValue:
        """What has happened since, as Telegram tells it; waits for something to happen."""
        return await self._call(
            "get_Updates",
            POLL_SECONDS + ANSWER,
            offset=offset,
            timeout=POLL_SECONDS,
            limit=100,
            allowed_updates=WANTED,
        )

    async def fetch(self, attachment: Attachment, largest: int) -> bytes:
        """The bytes of a file, whose size is looked at before and while it comes."""
        largest = min(largest, self.limits.download_bytes)
        if (attachment.size or 0) > largest:
            raise TooLarge
        try:
            found = as_object(await self._call("get_File", file_id=attachment.source))
        except Unclear as error:
            raise TryLater(error.code) from error
        except Rejected as error:
            raise TooLarge if "too big" in error.code else error from error
        if (as_size(found.get("file_size")) or 0) > largest:
            raise TooLarge
        address = self._file_address(as_text(found.get("file_path")))
        return await download(self._files, self._files.build_request("GET", address), largest)

    def _file_address(self, path: str) -> str:
        """Some servers tell a whole address, or where the file lies on their own disk."""
        base = self._bot.base_file_url
        if "://" in path:
            if _origin(path) != _origin(base):
                raise Rejected("file: foreign address")
            return path
        within = path.rpartition(f"{self._bot.token}/")[2].lstrip("/")
        if not within:
            raise Rejected("file: no path")
        return f"{base}/{quote(within)}"

    # --- ready and done --------------------------------------------------------------------

    async def identify(self) -> None:
        """Ask who we are: groups address us by name. Raises DeliveryError."""
        me = as_object(await self._call("get_Me"))
        number, name = as_number(me.get("id")), as_text(me.get("username"))
        self.account = BotAccount(number or self.account.id, name or self.account.name)

    async def start(self) -> None:
        """Offer the menu and, where Telegram is to call us, say where. Raises DeliveryError."""
        await self.identify()
        menu = [(slash(name).lstrip("/"), say(f"menu.{name}")) for name in MENU]
        with suppress(DeliveryError), told_as_delivery_errors():  # people can type as well
            await self._bot.set_my_commands(menu)
        if self._webhook_url:
            with told_as_delivery_errors():
                await self._bot.set_webhook(
                    self._webhook_url, allowed_updates=WANTED, secret_token=self._secret
                )

    async def leave_webhook(self) -> None:
        """Let polling begin: Telegram serves one or the other. Harmless when it fails."""
        with suppress(DeliveryError), told_as_delivery_errors():
            await self._bot.delete_webhook()

    async def close(self) -> None:
        """Let go of connections."""
        await self._requests.shutdown()
        await self._files.aclose()


def _keyboard(message: Outgoing) -> tuple[Object | None, str]:
    """One button per row, and the text; a choice that cannot be a button is a line of the text."""
    fitting = [button for button in message.buttons if _fits(button)]
    lines = [f"• {button.label}" for button in message.buttons if not _fits(button)]
    rows: list[JsonValue] = [[{"text": b.label, "callback_data": b.id}] for b in fitting]
    text = "\n".join([message.text, *lines]).lstrip("\n")
    return {"inline_keyboard": rows} if rows else None, text


def _fits(button: Button) -> bool:
    return bool(button.label.strip()) and 0 < len(button.id.encode()) <= _LONGEST_DATA


def _message_id(answer: JsonValue) -> str:
    number = as_number(as_object(answer).get("message_id"))
    return "" if number is None else str(number)


def _origin(address: str) -> tuple[str, str, int | None]:
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        raise Rejected("file: no address") from None
    return url.scheme, url.host, url.port
