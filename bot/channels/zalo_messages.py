"""Messages and files in the shapes of Zalo's `message/cs`."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import PurePath
from typing import Literal

from bot.channels.base import JsonValue, Limits
from bot.channels.zalo_payloads import is_shown, payload
from bot.messages import Button, Enclosure

_IMAGES = (".jpg", ".jpeg", ".png")
_FILES = (".pdf", ".doc", ".docx", ".csv")
_LARGEST_IMAGE, _LARGEST_FILE = 1_000_000, 5_000_000
#: A permit is used again more than a second after Zalo has seen the message before.
_USES_PER_MINUTE = 60

#: As what Zalo takes a file; None: not at all.
CarriedAs = Literal["image", "file"]


def limits_of(per_minute: int) -> Limits:
    """What Zalo OA carries; `per_minute` messages, 60 or more; 0: as fast as we can."""
    return Limits(
        text_length=2000,
        buttons=5,
        button_label=100,
        upload_bytes=_LARGEST_FILE,
        upload_types=(*_FILES, *_IMAGES),
        picture_bytes=_LARGEST_IMAGE,
        download_bytes=25_000_000,
        resend=False,
        per_second=per_minute // _USES_PER_MINUTE,
        free_hours=48,
        window_hours=7 * 24,
        templates=True,
    )


def carried_as(enclosure: Enclosure) -> CarriedAs | None:
    """How Zalo takes this file."""
    ending, size = PurePath(enclosure.name).suffix.lower(), len(enclosure.content)
    if ending in _IMAGES and size <= _LARGEST_IMAGE:
        return "image"
    return "file" if ending in _FILES and size <= _LARGEST_FILE else None


def text_message(text: str, buttons: Sequence[Button] = ()) -> dict[str, JsonValue]:
    """A text with buttons that come back as texts."""
    if not buttons:
        return {"text": _composed(text)}
    shown: list[JsonValue] = [_button(button) for button in buttons]
    return {"text": _composed(text), "attachment": _template({"buttons": shown})}


def upload_message(kind: CarriedAs, uploaded: str, caption: str) -> dict[str, JsonValue]:
    """What was uploaded before; only an image has words of its own."""
    if kind == "file":
        return {"attachment": {"type": "file", "payload": {"token": uploaded}}}
    element: JsonValue = {"media_type": "image", "attachment_id": uploaded}
    message: dict[str, JsonValue] = {
        "attachment": _template({"template_type": "media", "elements": [element]})
    }
    return {"text": _composed(caption), **message} if caption else message


def _button(button: Button) -> dict[str, JsonValue]:
    kind = "oa.query.show" if is_shown(button.send) else "oa.query.hide"
    return {"title": _composed(button.label), "type": kind, "payload": payload(button)}


def _template(content: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {"type": "template", "payload": content}


def _composed(text: str) -> str:
    """Zalo counts code points: a letter in pieces would count for several."""
    return unicodedata.normalize("NFC", text)
