"""The channel of a Zalo Official Account: consultation messages, files, templates."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from bot.channels.base import JsonValue, Rejected, TooLarge
from bot.channels.downloads import Resolve, download, lookup
from bot.channels.zalo_api import Call, Tokens, ZaloApi
from bot.channels.zalo_events import CHANNEL
from bot.channels.zalo_messages import (
    CarriedAs,
    carried_as,
    limits_of,
    text_message,
    upload_message,
)
from bot.channels.zalo_templates import ZaloTemplates
from bot.messages import Attachment, Enclosure, Outgoing

_TIMEOUT = httpx.Timeout(15, connect=5)
#: Zalo keeps what is uploaded for seven days, and takes 5,000 uploads a month.
_UPLOAD_LASTS = timedelta(days=6)
_UPLOADS_KNOWN = 200


@dataclass(frozen=True, slots=True)
class Account:
    """One OA as the office has set it up; addresses without a slash at the end."""

    openapi_url: str
    business_url: str
    attachment_hosts: tuple[str, ...]  #: endings, or "host:port" exactly
    per_minute: int
    proof_key: str | None = None  #: the app's secret, where each call must be proved


class ZaloOA:
    """Sends in the name of one OA."""

    name = CHANNEL

    def __init__(
        self,
        account: Account,
        tokens: Tokens,
        *,
        now: Callable[[], datetime],
        transport: httpx.AsyncBaseTransport | None = None,
        resolve: Resolve = lookup,
    ) -> None:
        """`now`: the service's clock; `transport`, `resolve`: instead of the network."""
        self.limits = limits_of(account.per_minute)
        self._account, self._now, self._resolve = account, now, resolve
        self._client = httpx.AsyncClient(timeout=_TIMEOUT, transport=transport)
        self._api = ZaloApi(self._client, tokens, now=now, proof_key=account.proof_key)
        self._templates = ZaloTemplates(
            self._api, openapi_url=account.openapi_url, business_url=account.business_url, now=now
        )
        self._uploads: dict[str, tuple[str, datetime]] = {}  #: by hash and name

    async def send(self, message: Outgoing) -> str:
        """Deliver it; returns Zalo's id of the message, raises DeliveryError."""
        if message.template:
            filled = message.template
            return await self._templates.send(
                message.chat, filled.id, filled.data, filled.tracking_id
            )
        enclosure = message.enclosure
        if enclosure is None:
            return await self._post(message.chat, text_message(message.text, message.buttons))
        kind = carried_as(enclosure)
        if kind is None:
            raise Rejected("file_type")
        if kind == "file" and message.text:
            raise Rejected("file_with_text")  # Zalo would drop one of the two
        return await self._send_file(message, enclosure, kind)

    async def fetch(self, attachment: Attachment, largest: int) -> bytes:
        """The bytes of a file that came in; raises TooLarge or DeliveryError."""
        if attachment.size is not None and attachment.size > largest:
            raise TooLarge
        return await download(
            self._client,
            attachment.source,
            self._account.attachment_hosts,
            largest,
            resolve=self._resolve,
        )

    async def about(self) -> str:
        """The name of the OA: that it is told shows that our token is good."""
        data = await self._api.call(Call("GET", f"{self._account.openapi_url}/v2.0/oa/getoa"))
        return str(data.get("name", ""))

    async def acknowledge(self, receipt: str) -> None:
        """Zalo waits for no word about a tap."""

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    async def _post(self, chat: str, content: dict[str, JsonValue]) -> str:
        url = f"{self._account.openapi_url}/v3.0/oa/message/cs"
        body: JsonValue = {"recipient": {"user_id": chat}, "message": content}
        data = await self._api.call(Call("POST", url, json=body, sends=True))
        return str(data.get("message_id", ""))

    async def _send_file(self, message: Outgoing, enclosure: Enclosure, kind: CarriedAs) -> str:
        uploaded = await self._uploaded(enclosure, kind)
        try:
            return await self._post(message.chat, upload_message(kind, uploaded, message.text))
        except Rejected as error:
            if error.code != "-100":
                raise
        self._uploads.pop(_key(enclosure), None)  # gone sooner than it should be
        uploaded = await self._uploaded(enclosure, kind)
        return await self._post(message.chat, upload_message(kind, uploaded, message.text))

    async def _uploaded(self, enclosure: Enclosure, kind: CarriedAs) -> str:
        """What Zalo calls the file; a notice to hundreds is uploaded once."""
        key = _key(enclosure)
        known, until = self._uploads.get(key, ("", self._now()))
        if until > self._now():
            return known
        file = (enclosure.name, enclosure.content, enclosure.media_type)
        url = f"{self._account.openapi_url}/v2.0/oa/upload/{kind}"
        data = await self._api.call(Call("POST", url, file=file))
        uploaded = str(data.get("attachment_id" if kind == "image" else "token", ""))
        if len(self._uploads) >= _UPLOADS_KNOWN:
            self._uploads.pop(next(iter(self._uploads)))
        self._uploads[key] = (uploaded, self._now() + _UPLOAD_LASTS)
        return uploaded


def _key(enclosure: Enclosure) -> str:
    return f"{hashlib.sha256(enclosure.content).hexdigest()} {enclosure.name}"
