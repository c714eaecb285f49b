"""What the `message` of a consultation message may hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes.zalo_clock import DAY
from tests.fakes.zalo_state import Refused, ZaloState
from tests.fakes.zalo_talk import Button

TEXT, TITLE, SUBTITLE, PAYLOAD, BUTTONS, ELEMENTS = 2000, 100, 500, 1000, 5, 5
STORED = 7 * DAY  #: an upload can be sent for so long
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Content:
    """A message that keeps to the rules; `kind` is what the echo calls it."""

    kind: str
    text: str = ""
    buttons: tuple[Button, ...] = ()
    file: str = ""
    content: bytes = b""


def checked(zalo: ZaloState, message: Json) -> Content:
    """The content, or Refused."""
    for name in message:
        require(name in ("text", "attachment", "quote_message_id"), f"message.{name}")
    text = words(message, "text", TEXT, needed="attachment" not in message)
    if "quote_message_id" in message:
        words(message, "quote_message_id", TITLE)
    if "attachment" not in message:
        return Content("text", text)
    attachment = part(message, "attachment")
    payload = part(attachment, "payload")
    if attachment.get("type") == "file":
        require("text" not in message, "text beside a file")
        return stored_as(zalo, "file", words(payload, "token", PAYLOAD))
    require(attachment.get("type") == "template", "attachment.type")
    return TEMPLATES.get(str(payload.get("template_type", "button")), _unknown)(zalo, payload, text)


def require(holds: bool, what: str, code: int = -201) -> None:
    """Refuse unless it holds."""
    if not holds:
        raise Refused(code, f"{what} is invalid" if code == -201 else f"{what} is over limit")


def part(parent: Json, name: str) -> Json:
    """An object within an object."""
    value = parent.get(name)
    require(isinstance(value, Mapping), name)
    return value  # type: ignore[return-value]


def words(parent: Json, name: str, limit: int, *, needed: bool = True) -> str:
    """A string of at most so many characters, composed as they are counted."""
    value = parent.get(name)
    if value is None and not needed:
        return ""
    require(isinstance(value, str) and bool(value.strip()), name)
    require(len(unicodedata.normalize("NFC", str(value))) <= limit, name, -210)
    return str(value)


def elements(payload: Json, most: int) -> list[Json]:
    """The objects of a list that is not empty."""
    found = payload.get("elements")
    require(isinstance(found, list) and bool(found), "elements")
    require(len(found) <= most, "elements", -210)  # type: ignore[arg-type]
    for element in found:  # type: ignore[union-attr]
        require(isinstance(element, Mapping), "elements")
    return found  # type: ignore[return-value]


def address(parent: Json, name: str) -> str:
    """An address on the web."""
    value = words(parent, name, 2048)
    require(value.startswith(("http://", "https://")), name)
    return value


def stored_as(zalo: ZaloState, kind: str, id_: str, text: str = "") -> Content:
    """An upload that is still there."""
    upload = zalo.uploads.get(id_)
    if upload is None or upload.kind != kind or zalo.clock() - upload.at >= STORED:
        raise Refused(-100)
    return Content(kind, text, file=upload.name, content=upload.content)


def _media(zalo: ZaloState, payload: Json, text: str) -> Content:
    (element,) = elements(payload, 1)
    kind = element.get("media_type")
    require(kind in ("image", "gif", "sticker"), "media_type")
    if kind == "sticker":
        return Content("sticker", text, file=words(element, "attachment_id", TITLE))
    if kind == "gif":
        require(all(isinstance(element.get(n), int) for n in ("width", "height")), "width, height")
    require(("url" in element) != ("attachment_id" in element), "url or attachment_id")
    if "url" in element:
        return Content(str(kind), text, file=address(element, "url"))
    return stored_as(zalo, str(kind), words(element, "attachment_id", PAYLOAD), text)


def _buttons(zalo: ZaloState, payload: Json, text: str) -> Content:
    require(bool(text), "text above buttons")
    given = payload.get("buttons")
    require(isinstance(given, list) and bool(given), "buttons")
    require(len(given) <= BUTTONS, "buttons", -210)  # type: ignore[arg-type]
    return Content("text", text, tuple(_button(button) for button in given))  # type: ignore[union-attr]


def _button(given: object) -> Button:
    require(isinstance(given, Mapping), "button")
    button: Json = given  # type: ignore[assignment]
    kind = str(button.get("type"))
    require(kind in PAYLOADS, "button.type")
    PAYLOADS[kind](button)
    return Button(words(button, "title", TITLE), kind, button["payload"])


def _sms(button: Json) -> None:
    payload = part(button, "payload")
    words(payload, "content", PAYLOAD)
    words(payload, "phone_code", TITLE)


#: What each type of button needs.
PAYLOADS: dict[str, Callable[[Json], object]] = {
    "oa.open.url": lambda button: address(part(button, "payload"), "url"),
    "oa.query.show": lambda button: words(button, "payload", PAYLOAD),
    "oa.query.hide": lambda button: words(button, "payload", PAYLOAD),
    "oa.open.sms": _sms,
    "oa.open.phone": lambda button: words(part(button, "payload"), "phone_code", TITLE),
}


def _list(zalo: ZaloState, payload: Json, text: str) -> Content:
    found = elements(payload, ELEMENTS)
    for number, element in enumerate(found):
        words(element, "title", TITLE)
        words(element, "subtitle", SUBTITLE, needed=number == 0)
        if "image_url" in element:
            address(element, "image_url")
    return Content("list", "\n".join(str(element["title"]) for element in found))


def _ask_for_details(zalo: ZaloState, payload: Json, text: str) -> Content:
    (element,) = elements(payload, 1)
    title = words(element, "title", TITLE)
    words(element, "subtitle", SUBTITLE, needed=False)
    address(element, "image_url")
    return Content("request_user_info", title)


def _unknown(zalo: ZaloState, payload: Json, text: str) -> Content:
    raise Refused(-233, "template_type is not supported")


TEMPLATES: dict[str, Callable[[ZaloState, Json, str], Content]] = {
    "media": _media,
    "button": _buttons,
    "list": _list,
    "request_user_info": _ask_for_details,
}
