"""Consultation messages: who may be written to, when, and what happens then."""

from __future__ import annotations

from starlette.requests import Request

from tests.fakes.zalo_clock import DAY, HOUR
from tests.fakes.zalo_content import checked, part, require
from tests.fakes.zalo_endpoints import json_of
from tests.fakes.zalo_events import Json
from tests.fakes.zalo_state import Family, Refused, User, ZaloState
from tests.fakes.zalo_talk import Line

FREE, PAID = 48 * HOUR, 7 * DAY
#: What the platform calls the echo of a message.
ECHOES = {"request_user_info": "template"}


async def send_cs(zalo: ZaloState, request: Request) -> Json:
    """POST /v3.0/oa/message/cs"""
    body = await json_of(request)
    for name in body:
        require(name in ("recipient", "message"), name)
    user = recipient(zalo, part(body, "recipient").get("user_id"), "cs")
    message = part(body, "message")
    content = checked(zalo, message)
    quota = quota_of(zalo, user)
    if quota is None:
        raise Refused(-230)
    if quota != "reply":
        zalo.counts["billed"] += 1
    line = Line(
        zalo.new_id(),
        user.id,
        "bot",
        content.kind,
        zalo.clock(),
        content.text,
        content.buttons,
        content.file,
        content.content,
        quota,
        message,
    )
    return accept(zalo, line)


def accept(zalo: ZaloState, line: Line) -> Json:
    """Show it to the person, tell the webhook, and give the data of the answer."""
    zalo.count_sent()
    zalo.say(line)
    if zalo.rules.echoes:
        echo(zalo, line)
    data = {"message_id": line.id, "user_id": line.chat, "sent_time": str(int(line.at * 1000))}
    return {**data, "quota": {"quota_type": line.quota}} if line.quota else data


def echo(zalo: ZaloState, line: Line, admin: str = "") -> None:
    """What the webhook hears of a message of the OA: sent, received, seen.

    Of a template only the first: its arrival is an event of another shape.
    """
    shapes, now = zalo.envelopes, zalo.clock.milliseconds()
    kind = ECHOES.get(line.kind, line.kind)
    heard = (
        (f"oa_send_{kind}", {"msg_id": line.id, "text": line.text}),
        ("user_received_message", {"msg_id": line.id, "delivery_time": now}),
        ("user_seen_message", {"msg_ids": [line.id], "seen_time": now}),
    )
    for name, message in heard[: 1 if line.kind == "template" else None]:
        who = admin if name.startswith("oa_send") else ""
        zalo.emit(line.chat, shapes.from_oa(line.chat, name, now, message, who), {})


def recipient(zalo: ZaloState, id_: object, family: Family) -> User:
    """A person of this OA who has not closed the door to this family of messages."""
    require(isinstance(id_, str) and id_ in zalo.users, "user_id")
    user = zalo.users[str(id_)]
    if family in user.flags:
        raise Refused(user.flags[family])
    return user


def quota_of(zalo: ZaloState, user: User) -> str | None:
    """Who pays for a message now; None: it is too late to write."""
    if user.last_interaction is None:
        return None
    age = zalo.clock() - user.last_interaction
    if age <= FREE:
        return "reply"
    if age > PAID:
        return None
    return "sub_quota" if zalo.counts["billed"] < zalo.rules.free_of_charge else "purchase_quota"


async def send_v2(zalo: ZaloState, request: Request) -> Json:
    """POST /v2.0/oa/message: closed but for reactions."""
    body = await json_of(request)
    if "sender_action" not in body:
        raise Refused(-240, "This API is closed")
    action = part(body, "sender_action")
    user = recipient(zalo, part(body, "recipient").get("user_id"), "cs")
    known = any(line.id == action.get("react_message_id") for line in zalo.lines[user.id])
    require(known and isinstance(action.get("react_icon"), str), "sender_action")
    return {"message_id": zalo.new_id(), "user_id": user.id}
