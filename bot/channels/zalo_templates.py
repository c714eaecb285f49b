"""Messages whose words Zalo approved beforehand, to a person of the OA or to a phone number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.base import JsonValue, Rejected
from bot.channels.zalo_api import Call, ZaloApi

#: "+84912345678", "84912345678", "0912 345 678"; ids of persons are longer.
_PHONE = re.compile(r"(?:\+?84|0)([1-9][0-9]{8,9})")
_TRACKING_ID = re.compile(r"[A-Za-z0-9_-]{1,48}")
_NUMBER = re.compile(r"-?[0-9]+(?:[.,][0-9]+)*")
_KNOWN_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Blank:
    """One blank of a template."""

    name: str
    required: bool
    number: bool
    longest: int | None  #: characters
    free: bool = False  #: any words: may be cut short


@dataclass(frozen=True, slots=True)
class _Template:
    enabled: bool
    blanks: tuple[Blank, ...]
    read_at: datetime


class ZaloTemplates:
    """Sends templates, having looked at what each one demands."""

    def __init__(
        self, api: ZaloApi, *, openapi_url: str, business_url: str, now: Callable[[], datetime]
    ) -> None:
        self._api, self._now = api, now
        self._openapi, self._business = openapi_url, business_url
        self._known: dict[str, _Template] = {}

    async def send(
        self, to: str, template_id: str, data: Mapping[str, str], tracking_id: str
    ) -> str:
        """Zalo's id of the message; `to`: a phone number, or the OA's id of a person."""
        if not _TRACKING_ID.fullmatch(tracking_id):
            raise Rejected("tracking_id")
        template = await self._template(template_id)
        if not template.enabled:
            raise Rejected("-131")
        told = fitted(template.blanks, data)
        check(template.blanks, told)
        filled: dict[str, JsonValue] = {"template_id": template_id, "template_data": dict(told)}
        phone = phone_number(to)
        if phone is None:
            return await self._post(
                f"{self._openapi}/v3.0/oa/message/template", {"user_id": to, **filled}
            )
        return await self._post(
            f"{self._business}/message/template",
            {"phone": phone, "tracking_id": tracking_id, **filled},
        )

    async def _post(self, url: str, body: dict[str, JsonValue]) -> str:
        data = await self._api.call(Call("POST", url, json=body, sends=True))
        return str(data.get("message_id") or data.get("msg_id") or "")

    async def _template(self, template_id: str) -> _Template:
        known = self._known.get(template_id)
        if known is None or self._now() - known.read_at > _KNOWN_FOR:
            url = f"{self._business}/template/info/v2"
            told = await self._api.call(Call("GET", url, query={"template_id": template_id}))
            enabled = told.get("status") == "ENABLE"
            known = _Template(enabled, _blanks(told.get("listParams")), self._now())
            self._known[template_id] = known
        return known


def phone_number(to: str) -> str | None:
    """The number as Zalo wants it ("84912345678"); None when `to` is no phone number."""
    found = _PHONE.fullmatch(re.sub(r"[\s.-]", "", to))
    return f"84{found[1]}" if found else None


def fitted(blanks: Sequence[Blank], data: Mapping[str, str]) -> dict[str, str]:
    """What this template asks for, of all that is known; free words cut to its length."""
    return {blank.name: _cut(blank, data[blank.name]) for blank in blanks if blank.name in data}


def _cut(blank: Blank, value: str) -> str:
    value = unicodedata.normalize("NFC", value)
    if not blank.free or blank.longest is None or len(value) <= blank.longest:
        return value
    return value[: max(0, blank.longest - 1)].rstrip() + "…"


def check(blanks: Sequence[Blank], data: Mapping[str, str]) -> None:
    """Raise Rejected, with Zalo's own number, for what Zalo would refuse."""
    for blank in blanks:
        value = data.get(blank.name, "")
        if not value:
            if blank.required:
                raise Rejected("-1121")
        elif blank.number and not _NUMBER.fullmatch(value):
            raise Rejected("-1122")
        elif blank.longest is not None and len(value) > blank.longest:
            raise Rejected("-1124")


def _blanks(told: JsonValue) -> tuple[Blank, ...]:
    listed = told if isinstance(told, list) else []
    return tuple(_blank(each) for each in listed if isinstance(each, dict))


def _blank(told: Mapping[str, JsonValue]) -> Blank:
    longest = str(told.get("maxLength", ""))
    return Blank(
        name=str(told.get("name", "")),
        required=told.get("require") is not False,
        number=told.get("type") == "NUMBER",
        longest=int(longest) if re.fullmatch(r"[0-9]{1,6}", longest) else None,
        free=told.get("type") == "STRING",
    )
