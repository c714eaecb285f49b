"""What Telegram tells: by webhook, behind a secret, or by polling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

from bot.channels.base import Admitted, JsonValue, TryLater, Unclear
from bot.channels.reading import as_number, as_objects
from bot.channels.secret_header import with_secret
from bot.channels.telegram import Telegram
from bot.channels.telegram_updates import BotAccount, read_update
from bot.messages import Incoming

_HEADER = "x-telegram-bot-api-secret-token"


class TelegramDoor:
    """Lets in what bears the secret that was agreed with Telegram."""

    def __init__(self, secret: str | None, account: Callable[[], BotAccount]) -> None:
        self._secret, self._account = secret, account

    def admit(
        self, headers: Mapping[str, str], raw: bytes, body: JsonValue, now: datetime
    ) -> Admitted:
        """The update in `body`; raises Refused."""
        incoming = read_update(with_secret(headers, self._secret, body, _HEADER), self._account())
        return Admitted((incoming,) if incoming.event_id else ())


class TelegramPoller:
    """Asks Telegram; the cursor is the first update that is not kept yet."""

    def __init__(self, channel: Telegram, pause: float = 0.5) -> None:
        """`pause`: seconds before asking again a server that answers "nothing" at once."""
        self._channel, self._pause = channel, pause
        self._ready = False

    async def poll(self, cursor: str | None) -> tuple[tuple[Incoming, ...], str | None]:
        """Wait for updates after `cursor`; asking from a cursor confirms all before it."""
        if not self._ready:
            await self._prepare()
            return (), cursor  # a poll of its own: whoever lets us poll wants to hear from us
        began = asyncio.get_running_loop().time()
        updates = as_objects(await self._ask(cursor))
        read = (read_update(dict(update), self._channel.account) for update in updates)
        events = tuple(incoming for incoming in read if incoming.event_id)
        if not events and asyncio.get_running_loop().time() - began < self._pause:
            await asyncio.sleep(self._pause)
        # The last, not the largest: after a week of silence Telegram counts from anywhere.
        return events, str(int(events[-1].event_id) + 1) if events else cursor

    async def _prepare(self) -> None:
        if not self._channel.account.name:
            await self._channel.identify()
        await self._channel.leave_webhook()
        self._ready = True

    async def _ask(self, cursor: str | None) -> JsonValue:
        offset = as_number(int(cursor)) if cursor and cursor.lstrip("-").isdecimal() else None
        try:
            return await self._channel.updates(offset)
        except Unclear as error:  # nothing is lost: the same cursor gives the same updates
            raise TryLater(f"network: {error.code}") from error
        except TryLater as error:
            # Somebody else polls with our token, or has set a webhook, which we can take away.
            self._ready = not error.code.startswith("conflict")
            raise
