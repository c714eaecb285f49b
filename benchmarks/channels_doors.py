"""The three webhooks of one installation: their secrets, and an event of every kind that comes."""

from __future__ import annotations

import copy
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.channels_fakes import RemoteZalo, running, telegram, zalo
from benchmarks.channels_load import OA
from benchmarks.channels_product import Product, installed
from tests.fakes.telegram.webhook import SECRET_HEADER as TELEGRAM_HEADER
from tests.fakes.zalo_bot import SECRET_HEADER as BOT_HEADER
from tests.fakes.zalo_bot import TOKEN as BOT_TOKEN
from tests.fakes.zalo_events import Envelopes, signature

Json = dict[str, Any]
_JSON = {"Content-Type": "application/json"}
_SECRET = "bi-mat-cua-webhook"
PEOPLE = 20  #: who sends the events of all kinds
_FIRST = 700_000_000


@dataclass(frozen=True, slots=True)
class Door:
    """The webhook of one channel, and how to be let in."""

    channel: str
    path: str
    said: Callable[[int, str, str], Json]  #: person, words, number of the event → event
    kinds: Sequence[Json]  #: one of each, of nobody in particular
    numbered: Callable[[Json, int], Json]  #: with the number and one of PEOPLE in it
    headers: Callable[[bytes, str], Mapping[str, str]]  #: body, milliseconds → of a genuine call
    wrong: Mapping[str, str]  #: headers of a forged call
    answers: Callable[[int], int]  #: how much was sent to a person


@dataclass(frozen=True, slots=True)
class Office:
    """A product with all three."""

    product: Product
    doors: Sequence[Door]


@contextmanager
def an_office(*people: int) -> Iterator[Office]:
    """Start one, with `people` known to all platforms beside PEOPLE."""
    known = (*people, *range(_FIRST, _FIRST + PEOPLE))
    bots = [sys.executable, "-m", "tests.fakes.zalo_bot", "--port", "0", "--token", BOT_TOKEN]
    with telegram() as tele, zalo() as oa, running(bots) as first:
        bot = RemoteZalo(json.loads(first))
        for person in known:
            tele.remote.person(user=person, first_name="Người gửi")
            oa.remote.user(id=str(person), last_interaction=time.time())
            bot.says(user=str(person), text="-")
        settings = {
            **tele.settings,
            **oa.settings,
            "telegram_mode": "webhook",
            "telegram_secret": _SECRET,
            "zalo_bot_mode": "webhook",
            "zalo_bot_secret": _SECRET,
            "zalo_bot_token": BOT_TOKEN,
            "zalo_bot_base_url": bot.url,
            "telegram_per_second": "0",
            "zalo_bot_per_second": "0",
            "public_url": "https://tro-ly.example.vn",
        }
        try:
            with installed(**settings) as product:
                product.serve()
                doors = (
                    _zalo(oa.app_id, oa.oa_secret, oa.remote),
                    _telegram(lambda person: len(tele.remote.sent(chat=person))),
                    _zalo_bot(oa.remote.url, bot),
                )
                yield Office(product, doors)
        finally:
            bot.close()


# --- Telegram ------------------------------------------------------------------------------------

_PERSON: Json = {"id": 0, "is_bot": False, "first_name": "Người gửi", "language_code": "vi"}
_PRIVATE: Json = {"id": 0, "type": "private", "first_name": "Người gửi"}
_GROUP: Json = {"id": -1_000_000_000_407, "type": "supergroup", "title": "Nhóm thử"}
_FILE: Json = {"file_id": "tep-1", "file_unique_id": "u1", "file_size": 900}
_MENTION: Json = {"type": "text_mention", "offset": 0, "length": 6, "user": {"id": 407}}
_MESSAGES: tuple[Json, ...] = (
    {"text": "tổ chức họp báo do ai chịu trách nhiệm"},
    {"text": "/start abc", "entities": [{"type": "bot_command", "offset": 0, "length": 6}]},
    {"text": "@troly_thu_bot 407 là gì", "chat": _GROUP, "entities": [_MENTION]},
    {"text": "còn gì nữa", "chat": _GROUP, "reply_to_message": {"from": {"id": 407}, "text": "-"}},
    {"document": _FILE | {"file_name": "a.pdf", "mime_type": "application/pdf"}, "caption": "tệp"},
    {"photo": [_FILE | {"width": 90, "height": 60}, _FILE | {"width": 1280, "height": 853}]},
    {"animation": _FILE, "document": _FILE},
    *({kind: _FILE | {"duration": 3}} for kind in ("voice", "audio", "video", "video_note")),
    {"sticker": _FILE | {"type": "regular", "emoji": "👍"}},
    {"location": {"latitude": 20.8449, "longitude": 106.6881}},
    {"contact": {"phone_number": "+84900000000", "first_name": "-", "user_id": 5}},
    {"poll": {"id": "1", "question": "?", "options": []}},
    {"migrate_to_chat_id": -1_000_000_000_408, "chat": _GROUP},
    {"sender_chat": _GROUP, "chat": _GROUP, "text": "kênh nói"},
)


def _message(content: Json) -> Json:
    return {"message_id": 1, "date": 1_700_000_000, "from": _PERSON, "chat": _PRIVATE} | content


def _telegram(answers: Callable[[int], int]) -> Door:
    tapped = {"id": "55", "from": _PERSON, "message": _message({"text": "-"}), "data": "v1:a:1"}
    member = {"user": {"id": 407, "is_bot": True}, "status": "member"}
    change = {"chat": _PRIVATE, "from": _PERSON, "old_chat_member": member}
    kinds: list[Json] = [{"message": _message(content)} for content in _MESSAGES]
    kinds += [{kind: _message({"text": "-"})} for kind in ("edited_message", "channel_post")]
    kinds += [{"callback_query": tapped}]
    kinds += [
        {"my_chat_member": change | {"new_chat_member": member | {"status": status}}}
        for status in ("kicked", "member")
    ]

    def said(person: int, words: str, number: str) -> Json:
        sender, chat = _PERSON | {"id": person}, _PRIVATE | {"id": person}
        message = _message({"text": words, "from": sender, "chat": chat})
        return {"update_id": int(number), "message": message}

    def numbered(event: Json, number: int) -> Json:
        event, person = copy.deepcopy(event), _FIRST + number % PEOPLE
        for place in _objects(event):
            if place.get("id") == 0:
                place["id"] = person
        return {"update_id": 10_000_000 + number, **event}

    right, wrong = _JSON | {TELEGRAM_HEADER: _SECRET}, _JSON | {TELEGRAM_HEADER: "sai"}
    path = "/webhooks/telegram"
    return Door("telegram", path, said, kinds, numbered, lambda _b, _m: right, wrong, answers)


# --- Zalo OA -------------------------------------------------------------------------------------

_ZALO_PAYLOADS: Mapping[str, Json] = {
    "link": {"url": "https://example.vn/tin", "title": "Tin", "description": "Một trang tin"},
    "image": {"url": "https://anh.example.zdn.vn/1.jpg", "thumbnail": "-"},
    "file": {"url": "http://127.0.0.1:9/1.pdf", "name": "a.pdf", "size": "900", "type": "pdf"},
    "audio": {"url": "https://tieng.example.zdn.vn/1.aac"},
    "video": {"url": "https://phim.example.zdn.vn/1.mp4", "thumbnail": "-"},
    "gif": {"url": "https://gif.example.zdn.vn/1.gif"},
    "sticker": {"id": "0abc", "url": "https://stickers.example.zdn.vn/0abc"},
    "location": {"coordinates": {"latitude": "20.9449", "longitude": "106.6834"}},
    "business_card": {"description": '{"phone":"84900000000"}', "thumbnail": ""},
}


def _zalo(app_id: str, secret: str, remote: RemoteZalo) -> Door:
    shapes = Envelopes(app_id, OA)

    def signed(body: bytes, milliseconds: str, key: str = secret) -> Mapping[str, str]:
        mac = signature(app_id, body, milliseconds, key)
        return _JSON | {"X-ZEvent-Signature": f"mac={mac}", "X-ZEvent-Timestamp": milliseconds}

    def said(person: int, words: str, number: str) -> Json:
        message = {"msg_id": f"m{number}", "text": words}
        return shapes.from_user(str(person), "user_send_text", _now(), message)

    def numbered(event: Json, number: int) -> Json:
        event, person = copy.deepcopy(event), str(_FIRST + number % PEOPLE)
        for place in _objects(event):
            place.update((key, person) for key, value in place.items() if value == "0")
            if "msg_id" in place:
                place["msg_id"] = f"x{number}"
        return event | {"timestamp": _now()}

    wrong = _JSON | {"X-ZEvent-Signature": "mac=" + "0" * 64}
    return Door(
        channel="zalo_oa",
        path="/webhooks/zalo",
        said=said,
        kinds=_zalo_kinds(shapes),
        numbered=numbered,
        headers=signed,
        wrong=wrong,
        answers=lambda person: len(remote.sent(chat=str(person))),
    )


def _zalo_kinds(shapes: Envelopes) -> Sequence[Json]:
    texts = ({"text": "họp báo do ai chịu trách nhiệm"}, {"text": "#troly.a.1"}, {"text": "menu"})
    kinds = [shapes.from_user("0", "user_send_text", "1", {"msg_id": "", **t}) for t in texts]
    for kind, payload in _ZALO_PAYLOADS.items():
        message = {"msg_id": "", "attachments": [{"type": kind, "payload": payload}]}
        kinds.append(shapes.from_user("0", f"user_send_{kind}", "1", message))
    told = {"name": "-", "phone": "84900000000", "address": "-"}
    kinds.append(shapes.from_user("0", "user_submit_info", "1", {"msg_id": ""}, info=told))
    kinds.append(shapes.from_user("0", "user_send_group_text", "1", {"msg_id": "", "text": "-"}))
    kinds += [shapes.following("0", name, "1") for name in ("follow", "unfollow")]
    kinds += [shapes.flat("0", name, "1") for name in ("user_click_chatnow", "add_user_to_tag")]
    message = {"msg_id": "", "text": "-"}
    kinds += [shapes.from_oa("0", "oa_send_text", "1", message, admin) for admin in ("", "77")]
    kinds += [shapes.from_oa("0", "user_seen_message", "1", {"msg_ids": ["1"]})]
    return [*kinds, shapes.anonymous("0", "1", "-"), shapes.about_template("0", "1", message)]


# --- Zalo Bot ------------------------------------------------------------------------------------


def _zalo_bot(host: str, remote: RemoteZalo) -> Door:
    contents: Mapping[str, Json] = {
        "text": {"text": "họp báo do ai chịu trách nhiệm"},
        "image": {"photo_url": f"{host}/attachments/1/1.jpg", "caption": "ảnh"},
        "sticker": {"sticker": "0abc", "url": "https://stickers.example.zdn.vn/0abc"},
        "voice": {"voice_url": "https://tieng.example.zdn.vn/1.aac"},
        "unsupported": {},
    }

    def event(kind: str, person: str, number: str, told: Json, group: bool = False) -> Json:
        message = {
            "message_id": number,
            "date": int(time.time() * 1000),
            "from": {"id": person, "display_name": "Người gửi", "is_bot": False},
            "chat": {"id": person, "chat_type": "GROUP" if group else "PRIVATE"},
        }
        return {"event_name": f"message.{kind}.received", "message": message | told}

    def numbered(event: Json, number: int) -> Json:
        event, person = copy.deepcopy(event), str(_FIRST + number % PEOPLE)
        for place in _objects(event):
            place.update((key, person) for key, value in place.items() if value == "0")
            if "message_id" in place:
                place["message_id"] = f"x{number}"
        return event

    kinds = [event(kind, "0", "", told) for kind, told in contents.items()]
    kinds.append(event("text", "0", "", {"text": "@bot.troly 407 là gì"}, group=True))
    kinds.append({"ok": True, "result": event("text", "0", "", {"text": "xin chào"})})
    right, wrong = _JSON | {BOT_HEADER: _SECRET}, _JSON | {BOT_HEADER: "sai"}
    return Door(
        channel="zalo_bot",
        path="/webhooks/zalo-bot",
        said=lambda person, words, id_: event("text", str(person), f"m{id_}", {"text": words}),
        kinds=kinds,
        numbered=numbered,
        headers=lambda _body, _now: right,
        wrong=wrong,
        answers=lambda person: len(remote.sent(chat=str(person))),
    )


def _now() -> str:
    return str(int(time.time() * 1000))


def _objects(value: object) -> Iterator[Json]:
    """All objects inside."""
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _objects(each)
