"""Zalo Bot Platform: for an office without an Official Account; text out, text and photos in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

import httpx

from bot.channels.base import (
    Admitted,
    ChannelDown,
    DeliveryError,
    JsonValue,
    Rejected,
    TryLater,
    Unclear,
    Unreachable,
)
from bot.channels.connections import NOTHING_SENT, trust
from bot.channels.downloads import Resolve, download, lookup
from bot.channels.limits import zalo_bot_limits
from bot.channels.reading import as_key, as_number, as_object, as_text
from bot.channels.rendering import length
from bot.channels.secret_header import with_secret
from bot.channels.zalo_bot_events import NAME, read_event
from bot.messages import Attachment, Incoming, Outgoing

POLL_SECONDS = 25  #: how long Zalo waits for something to happen
_HEADER = "x-bot-api-secret-token"
_TIMEOUT = httpx.Timeout(10.0, connect=5.0)
_POLL_TIMEOUT = httpx.Timeout(POLL_SECONDS + 10.0, connect=5.0)
_QUOTA_PAUSE = 60.0  #: seconds; Zalo tells neither its quota nor how long to wait
_NOTHING_CAME = 408


class ZaloBot:
    """The channel: no buttons, no files out, nothing said first."""

    name = NAME

    def __init__(
        self,
        token: str,
        *,
        base_url: str,
        attachment_hosts: tuple[str, ...],
        webhook_url: str | None = None,
        secret: str | None = None,
        per_second: int = 5,
        transport: httpx.AsyncBaseTransport | None = None,
        resolve: Resolve = lookup,
    ) -> None:
        """`webhook_url`: None when we poll; `transport`: instead of the network."""
        self.limits = zalo_bot_limits(per_second)
        self.names: tuple[str, ...] = ()  #: how groups call the bot; known once it was asked
        self._address = f"{base_url.rstrip('/')}/bot{token}"
        self._webhook_url, self._secret = webhook_url, secret
        self._client = httpx.AsyncClient(verify=trust(), transport=transport)
        self._hosts, self._resolve = attachment_hosts, resolve

    async def send(self, message: Outgoing) -> str:
        """Deliver it; returns the message's id."""
        if message.enclosure is not None:
            raise Rejected("files not supported")  # and pictures only from a public address
        if not message.text.strip() or length(message.text) > self.limits.text_length:
            raise Rejected("text empty or too long")
        answer = await self._call("sendMessage", chat_id=message.chat, text=message.text)
        return as_key(as_object(answer).get("message_id"))

    async def fetch(self, attachment: Attachment, largest: int) -> bytes:
        """The bytes of a photo, from Zalo's hosts only."""
        most = min(largest, self.limits.download_bytes)
        return await download(
            self._client, attachment.source, self._hosts, most, resolve=self._resolve
        )

    async def acknowledge(self, receipt: str) -> None:
        """Nothing: there are no buttons to tap."""

    async def update(self) -> JsonValue:
        """The next event, or None; Zalo forgets an event once it has answered with it."""
        try:
            return await self._call("getUpdates", _POLL_TIMEOUT, timeout=str(POLL_SECONDS))
        except _NothingCame:
            return None
        except Unclear as error:
            raise TryLater(f"network: {error.code}") from error

    async def identify(self) -> None:
        """Ask how we are called. Raises DeliveryError."""
        me = as_object(await self._call("getMe"))
        told = (as_text(me.get(field)) for field in ("account_name", "display_name"))
        self.names = tuple(filter(None, told))

    async def start(self) -> None:
        """Where Zalo is to call us, say where. Raises DeliveryError."""
        await self.identify()
        if self._webhook_url:
            await self._call("setWebhook", url=self._webhook_url, secret_token=self._secret)

    async def leave_webhook(self) -> None:
        """Let polling begin: Zalo serves one or the other. Harmless when it fails."""
        with suppress(DeliveryError):
            await self._call("deleteWebhook")

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    async def _call(
        self, method: str, patience: httpx.Timeout = _TIMEOUT, **fields: JsonValue
    ) -> JsonValue:
        """The result; an error may come with any status, 200 included."""
        try:
            answer = await self._client.post(
                f"{self._address}/{method}", json=fields, timeout=patience
            )
            told = as_object(answer.json())
        except NOTHING_SENT as error:
            raise TryLater(f"network: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            raise Unclear(f"no answer: {type(error).__name__}") from error
        except ValueError:  # a page of some gateway
            told = {}
        if answer.is_success and told.get("ok") is True:
            return told.get("result")
        status = as_number(told.get("error_code")) or answer.status_code
        raise _refusal(status, f"{status} {as_text(told.get('description'))[:80]}".strip())


class _NothingCame(Unclear):
    """The time for waiting is over; after a message was sent it leaves open whether it arrived."""


def _refusal(status: int, code: str) -> DeliveryError:
    match status:
        case 401 | 404:  # the token is in the address
            return ChannelDown(code)
        case 403:
            return Unreachable(code)
        case 408:
            return _NothingCame(code)
        case 429:
            return TryLater(code, after=_QUOTA_PAUSE)
        case _ if status < httpx.codes.MULTIPLE_CHOICES or status >= 500:
            return Unclear(code)
        case _:
            nobody = "chat" in code.casefold() and "not found" in code.casefold()
            return Unreachable(code) if nobody else Rejected(code)


class ZaloBotDoor:
    """Lets in what bears the secret that was agreed with Zalo."""

    def __init__(self, secret: str | None, channel: ZaloBot) -> None:
        self._secret, self._channel = secret, channel

    def admit(
        self, headers: Mapping[str, str], raw: bytes, body: JsonValue, now: datetime
    ) -> Admitted:
        """The event in `body`; raises Refused."""
        incoming = read_event(
            with_secret(headers, self._secret, body, _HEADER), self._channel.names
        )
        return Admitted((incoming,) if incoming.event_id else ())


class ZaloBotPoller:
    """Asks Zalo, which tells one event at a time and has no cursor.

    An event is gone from Zalo as soon as it has answered with it: one that was on its way when
    the process died, or the connection broke, is lost. Only a webhook prevents that.
    """

    def __init__(self, channel: ZaloBot, pause: float = 0.5) -> None:
        """`pause`: seconds before asking again a server that answers "nothing" at once."""
        self._channel, self._pause = channel, pause
        self._ready = False

    async def poll(self, cursor: str | None) -> tuple[tuple[Incoming, ...], str | None]:
        """Wait for the next event."""
        if not self._ready:
            await self._prepare()
            return (), None  # a poll of its own: whoever lets us poll wants to hear from us
        began = asyncio.get_running_loop().time()
        try:
            told = await self._channel.update()
        except Rejected:  # somebody has set a webhook, which we can take away
            self._ready = False
            raise
        incoming = read_event(told, self._channel.names)
        if incoming.event_id:
            return (incoming,), None
        if asyncio.get_running_loop().time() - began < self._pause:
            await asyncio.sleep(self._pause)
        return (), None

    async def _prepare(self) -> None:
        if not self._channel.names:
            await self._channel.identify()
        await self._channel.leave_webhook()
        self._ready = True
