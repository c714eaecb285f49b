"""What the Bot API requires of what a bot sends: lengths, keyboards, files, commands, addresses."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.telegram.markup import link, parse_html, utf16
from tests.fakes.telegram.refusals import Refused, bad_request
from tests.fakes.telegram.wire import Call, Json, Upload

MAX_TEXT = 4096  #: characters left when the markup is read
MAX_CAPTION = 1024
MAX_ENTITIES = 100
MAX_BUTTONS = 100
MAX_CALLBACK_DATA = 64  #: bytes
MAX_NOTICE = 200  #: characters in the answer to a tap
MAX_DOCUMENT = 50 << 20
MAX_PHOTO = 10 << 20
MAX_DOWNLOAD = 20 << 20
WEBHOOK_PORTS = {443, 80, 88, 8443}
ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip
#: One of these makes a button of an inline keyboard.
BUTTON_KINDS = {
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "copy_text", "pay",
    "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "callback_game",
}  # fmt: skip
SCOPES = {
    "default", "all_private_chats", "all_group_chats", "all_chat_administrators",
    "chat", "chat_administrators", "chat_member",
}  # fmt: skip
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")
_CONTROL = {code: " " for code in range(32) if code != 10} | {13: None}
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"([a-z]{2})?")


def message_text(call: Call) -> Json:
    """`text` with its entities, as it will be shown."""
    text, entities = _formatted(call, "text", "entities")
    if not text:
        raise bad_request("message text is empty")
    if len(text) > MAX_TEXT:
        raise bad_request("message is too long")
    return {"text": text} | ({"entities": entities} if entities else {})


def caption(call: Call) -> Json:
    """`caption` with its entities; nothing when there is none."""
    text, entities = _formatted(call, "caption", "caption_entities")
    if len(text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    shown: Json = {"caption": text} if text else {}
    return shown | ({"caption_entities": entities} if entities else {})


def _formatted(call: Call, name: str, entities_name: str) -> tuple[str, list[Json]]:
    text = call.text(name).translate(_CONTROL)
    mode = call.text("parse_mode").lower()
    if mode == "html":
        text, entities = parse_html(text)
    elif mode:  # of Markdown this server knows nothing, and does not pretend to
        raise bad_request("unsupported parse_mode")
    else:
        entities = _list_of_objects(call.structure(entities_name, "entities"), "entities")
        if not all(isinstance(e.get(key), int) for e in entities for key in ("offset", "length")):
            raise bad_request("can't parse entities: offset and length must be Numbers")
    return _trimmed(text, entities[:MAX_ENTITIES])


def _trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Without white space around it; entities move along and end where the text does."""
    shift = utf16(text) - utf16(text.lstrip())
    text = text.strip()
    if not entities:
        return text, []
    whole, kept = utf16(text), []
    for entity in entities:
        start = max(0, entity["offset"] - shift)
        end = min(whole, entity["offset"] + entity["length"] - shift)
        if start < end:
            kept.append(entity | {"offset": start, "length": end - start})
    return text, kept


def _list_of_objects(value: Any, what: str) -> list[Json]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise bad_request(f"can't parse {what}: expected an Array of Objects")
    return value


def keyboard(call: Call) -> Json | None:
    """The inline keyboard of a call; other kinds of keyboard are taken and not shown."""
    markup = call.structure("reply_markup", "reply keyboard markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    rows = markup.get("inline_keyboard")
    if rows is None:
        return None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
        )
    for row in rows:
        for button in row:
            _check_button(button)
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return {"inline_keyboard": rows} if any(rows) else None


def _check_button(button: Any) -> None:
    problem = "can't parse inline keyboard button: "
    if not isinstance(button, dict):
        raise bad_request(f"{problem}InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise bad_request(f'{problem}Can\'t find field "text"')
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    if not BUTTON_KINDS & button.keys():
        raise bad_request(f"{problem}Text buttons are unallowed in the inline keyboard")
    data, url = button.get("callback_data"), button.get("url")
    if data is not None and not (
        isinstance(data, str) and 0 < len(data.encode()) <= MAX_CALLBACK_DATA
    ):
        raise bad_request("BUTTON_DATA_INVALID")
    if url is not None and (not isinstance(url, str) or link(url) is None):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def check_upload(upload: Upload, *, photo: bool) -> None:
    """A file may be sent: not empty, not too big, and a photo is a picture."""
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > MAX_DOCUMENT:
        raise Refused(413, "Request Entity Too Large")
    if photo and len(upload.content) > MAX_PHOTO:
        raise bad_request("photo is too big")
    if photo and not upload.content.startswith(_PICTURES):
        raise bad_request("IMAGE_PROCESS_FAILED")


def commands(call: Call) -> list[Json]:
    """The menu that `setMyCommands` sets."""
    found = _list_of_objects(call.structure("commands", "commands"), "commands")
    if len(found) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    rows = []
    for row in found:
        name, about = str(row.get("command", "")).removeprefix("/"), row.get("description", "")
        if not _COMMAND.fullmatch(name):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(about) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        rows.append({"command": name, "description": about})
    return rows


def menu(call: Call) -> tuple[str, str]:
    """For whom a list of commands is: its scope, and a language ("" is every one)."""
    scope = call.structure("scope", "BotCommandScope") or {"type": "default"}
    if not isinstance(scope, dict) or scope.get("type") not in SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    language = call.text("language_code")
    if not _LANGUAGE.fullmatch(language):
        raise bad_request("BOT_COMMANDS_LANGUAGE_CODE_INVALID")
    return ":".join(str(scope[key]) for key in sorted(scope)), language


def check_webhook(url: str, secret: str) -> None:
    """Where updates may go: HTTPS on four ports, or anything that listens on this machine."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
    except ValueError:
        raise bad_request("invalid webhook URL specified") from None
    if not _is_this_machine(host):
        if parts.scheme != "https":
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if port not in WEBHOOK_PORTS:
            why = "Webhook can be set up only on ports 80, 88, 443 or 8443"
            raise bad_request(f"bad webhook: {why}")
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
