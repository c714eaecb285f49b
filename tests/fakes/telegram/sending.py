"""Messages of the bot: sent with a file or without, edited, taken away."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.fakes.telegram import checks
from tests.fakes.telegram.refusals import bad_request, too_many
from tests.fakes.telegram.wire import Call, Json, Upload
from tests.fakes.telegram.world import Chat, Sent, StoredFile

if TYPE_CHECKING:
    from tests.fakes.telegram.state import Server

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def send_message(fake: Server, call: Call) -> Json:
    """A text."""
    content = checks.message_text(call)
    return _deliver(fake, call, content, call.text("text"))


def send_document(fake: Server, call: Call) -> Json:
    """A file of any kind."""
    return _send_file(fake, call, "document")


def send_photo(fake: Server, call: Call) -> Json:
    """A picture."""
    return _send_file(fake, call, "photo")


def _send_file(fake: Server, call: Call, field: str) -> Json:
    content = checks.caption(call)
    fake.world.writable(call)
    stored = _sent_file(fake, call, field)
    if field == "photo":
        content["photo"] = [stored.shown() | {"width": 800, "height": 600}]
    else:
        content["document"] = stored.shown() | {
            "file_name": stored.name,
            "mime_type": stored.mime,
        }
    return _deliver(fake, call, content, call.text("caption"), stored.content)


def _sent_file(fake: Server, call: Call, field: str) -> StoredFile:
    """The file itself, one attached under another name, or one that the server has already."""
    named = call.text(field)
    upload: Upload | None = call.files.get(named.removeprefix("attach://") or field)
    if upload is not None:
        checks.check_upload(upload, photo=field == "photo")
        return fake.world.store(upload, f"{field}s")
    if named in fake.world.files:
        return fake.world.files[named]
    if "://" in named and not named.startswith("attach://"):  # nothing outside is ever fetched
        raise bad_request("failed to get HTTP URL content")
    if named and not named.startswith("attach://"):
        raise bad_request("wrong file identifier/HTTP URL specified")
    raise bad_request(f"there is no {field} in the request")


def _deliver(fake: Server, call: Call, content: Json, raw: str, file_content: bytes = b"") -> Json:
    chat = fake.world.writable(call)
    markup = checks.keyboard(call)
    if markup:
        content["reply_markup"] = markup
    answered = _replied_to(chat, call)
    if answered:
        content["reply_to_message"] = answered
    now = fake.clock()
    wait = fake.traffic.admit(chat.id, now)
    if wait:
        raise too_many(wait)
    message = fake.world.write(chat, fake.world.bot, content)
    sent = Sent(call.method, now, raw, call.text("parse_mode"), message, file_content)
    chat.sent.append(sent)
    fake.world.sent.append(sent)
    return message


def _replied_to(chat: Chat, call: Call) -> Json | None:
    reply = call.structure("reply_parameters", "reply parameters")
    if isinstance(reply, dict):
        number, optional = reply.get("message_id"), reply.get("allow_sending_without_reply")
    else:
        number = call.number("reply_to_message_id") or None
        optional = call.flag("allow_sending_without_reply")
    if number is None:
        return None
    if number not in chat.messages:
        if optional:
            return None
        raise bad_request("message to be replied not found")
    return {k: v for k, v in chat.messages[number].items() if k != "reply_to_message"}


def edit_text(fake: Server, call: Call) -> Json:
    """Other words in a message of the bot; its keyboard goes unless it is given again."""
    sent = _own(fake, call)
    if "text" not in sent.message:
        raise bad_request("there is no text in the message to edit")
    return _edit(sent, call, checks.message_text(call), ("text", "entities"), call.text("text"))


def edit_caption(fake: Server, call: Call) -> Json:
    """Other words under a file."""
    sent, names = _own(fake, call), ("caption", "caption_entities")
    return _edit(sent, call, checks.caption(call), names, call.text("caption"))


def edit_markup(fake: Server, call: Call) -> Json:
    """Other buttons, or none."""
    return _edit(_own(fake, call), call, {}, ())


def _own(fake: Server, call: Call) -> Sent:
    chat, number = fake.world.writable(call), call.number("message_id")
    if number not in chat.messages:
        raise bad_request("message to edit not found")
    for sent in reversed(chat.sent):
        if sent.message_id == number:
            return sent
    raise bad_request("message can't be edited")


def _edit(
    sent: Sent, call: Call, content: Json, replaced: tuple[str, ...], raw: str | None = None
) -> Json:
    markup = checks.keyboard(call)
    gone = (*replaced, "reply_markup", "edit_date")
    new = {key: value for key, value in sent.message.items() if key not in gone} | content
    if markup:
        new["reply_markup"] = markup
    if new == {key: value for key, value in sent.message.items() if key != "edit_date"}:
        raise bad_request(_NOT_MODIFIED)
    sent.message.clear()
    sent.message |= new | {"edit_date": int(time.time())}
    sent.edits += 1
    sent.raw = sent.raw if raw is None else raw
    return sent.message


def delete_message(fake: Server, call: Call) -> bool:
    """Take a message away."""
    chat, number = fake.world.writable(call), call.number("message_id")
    if chat.messages.pop(number, None) is None:
        raise bad_request("message to delete not found")
    for sent in chat.sent:
        sent.deleted = sent.deleted or sent.message_id == number
    return True
