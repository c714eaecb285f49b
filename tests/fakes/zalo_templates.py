"""Template messages by person and by phone (ZBS): approved words with blanks to fill."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping

from starlette.requests import Request

from tests.fakes.zalo_content import require
from tests.fakes.zalo_endpoints import json_of
from tests.fakes.zalo_events import Json
from tests.fakes.zalo_messages import accept, recipient
from tests.fakes.zalo_state import Param, Refused, Template, Ticket, User, ZaloState
from tests.fakes.zalo_talk import Line

PHONE = re.compile(r"\+?84([1-9]\d{8})")
TRACKING = re.compile(r"[A-Za-z0-9_-]{1,48}")
TYPES = {
    "STRING": re.compile(r".*", re.DOTALL),
    "NUMBER": re.compile(r"\d+"),
    "DATE": re.compile(r"(\d\d:\d\d(:\d\d)? )?\d\d/\d\d/\d{4}"),
}
NIGHT_FROM, NIGHT_TO = 22, 6


async def send_by_uid(zalo: ZaloState, request: Request) -> Json:
    """POST /v3.0/oa/message/template: whenever one wrote last."""
    body = await json_of(request)
    user = recipient(zalo, body.get("user_id"), "template")
    template = usable(zalo, body)
    if not template.by_uid:
        raise Refused(-249, "template cannot be sent by UID")
    line = _line(zalo, user, template, body["template_data"])
    data = accept(zalo, line)
    _deliver(zalo, Ticket(line.id, user.id, "", line.at, line.at + zalo.rules.arrives_after))
    return data


async def send_by_phone(zalo: ZaloState, request: Request) -> Json:
    """POST /message/template of the business host."""
    body = await json_of(request)
    phone = PHONE.fullmatch(str(body.get("phone")))
    if not phone:
        raise Refused(-108, "phone is invalid")
    number = f"84{phone[1]}"
    return _by_phone(zalo, body, number, lambda user: user.phone == number)


async def send_by_hash(zalo: ZaloState, request: Request) -> Json:
    """POST /message/template/hashphone of the business host."""
    body = await json_of(request)
    hashed = str(body.get("phone"))
    if not re.fullmatch(r"[0-9a-f]{64}", hashed):
        raise Refused(-108, "phone is invalid")
    return _by_phone(zalo, body, hashed, lambda user: _hash(user.phone) == hashed)


def _by_phone(zalo: ZaloState, body: Json, shown: str, is_meant: Callable[[User], bool]) -> Json:
    template = usable(zalo, body)
    tracking = body.get("tracking_id", "")
    require(tracking == "" or bool(TRACKING.fullmatch(str(tracking))), "tracking_id")
    user = next((user for user in zalo.users.values() if user.phone and is_meant(user)), None)
    if user is None:
        raise Refused(-118)
    if "phone" in user.flags:
        raise Refused(user.flags["phone"])
    _mode(body, user)
    if _is_night(zalo) and not template.at_night:
        raise Refused(-133, "sending at night is not allowed")
    left = remaining(zalo)
    if not left:
        raise Refused(-144, "daily quota is used up")
    line = _line(zalo, user, template, body["template_data"])
    zalo.count_sent()
    zalo.say(line)
    zalo.counts[_today(zalo)] += 1
    at = line.at
    _deliver(zalo, Ticket(line.id, shown, str(tracking), at, at + zalo.rules.arrives_after))
    return {
        "msg_id": line.id,
        "sent_time": str(int(at * 1000)),
        "sending_mode": str(body.get("sending_mode", "1")),
        "quota": {"dailyQuota": str(zalo.rules.daily_templates), "remainingQuota": str(left - 1)},
    }


def usable(zalo: ZaloState, body: Json) -> Template:
    """The approved template, its blanks filled as its list says."""
    template = zalo.templates.get(str(body.get("template_id")))
    if template is None:
        raise Refused(-109, "template_id is invalid")
    if template.status != "ENABLE":
        raise Refused(-131, "template is not approved")
    data = body.get("template_data")
    if not isinstance(data, Mapping):
        raise Refused(-1121, "template_data is missing")
    for param in template.params:
        _check(param, data)
    unknown = data.keys() - {param.name for param in template.params}
    if unknown:
        raise Refused(-1122, f"{min(unknown)} is not a parameter of the template")
    return template


def _check(param: Param, data: Mapping[str, object]) -> None:
    value = data.get(param.name)
    if value is None or value == "":
        if param.require:
            raise Refused(-1121, f"{param.name} is missing")
        return
    if not isinstance(value, str) or not TYPES[param.type].fullmatch(value):
        raise Refused(-1122, f"{param.name} has a wrong type")
    if len(value) > param.max_length:
        raise Refused(-1124, f"{param.name} is too long")


async def quota(zalo: ZaloState, request: Request) -> Json:
    """GET /message/quota"""
    return {
        "dailyQuota": str(zalo.rules.daily_templates),
        "remainingQuota": str(remaining(zalo)),
    }


async def status(zalo: ZaloState, request: Request) -> Json:
    """GET /message/status?message_id&phone: -1 unknown, 0 on its way, 1 delivered."""
    asked = request.query_params
    ticket = zalo.tickets.get(asked.get("message_id", ""))
    if ticket is None or ticket.recipient != asked.get("phone"):
        return {"status": -1, "message": "message is not found", "delivery_time": ""}
    if zalo.clock() < ticket.arrives:
        return {"status": 0, "message": "message is not delivered", "delivery_time": ""}
    return {"status": 1, "message": "message is delivered", "delivery_time": _ms(ticket.arrives)}


async def info(zalo: ZaloState, request: Request) -> Json:
    """GET /template/info/v2?template_id"""
    template = zalo.templates.get(request.query_params.get("template_id", ""))
    if template is None:
        raise Refused(-109, "template_id is invalid")
    return {
        **_listed(template),
        "price": template.price,
        "timeout": 7_200_000,
        "templateTag": "CUSTOMER_CARE",
        "listParams": [
            {
                "name": param.name,
                "type": param.type,
                "require": param.require,
                "maxLength": param.max_length,
                "minLength": int(param.require),
                "acceptNull": not param.require,
            }
            for param in template.params
        ],
    }


async def every(zalo: ZaloState, request: Request) -> list[Json]:
    """GET /template/all"""
    return [_listed(template) for template in zalo.templates.values()]


def remaining(zalo: ZaloState) -> int:
    """How many messages by phone may still be sent on this day."""
    return zalo.rules.daily_templates - zalo.counts[_today(zalo)]


def _listed(template: Template) -> Json:
    return {
        "templateId": template.id,
        "templateName": template.name,
        "status": template.status,
        "templateQuality": "UNDEFINED",
    }


def _line(zalo: ZaloState, user: User, template: Template, data: Mapping[str, str]) -> Line:
    text = "\n".join([template.name, *(f"{name}: {value}" for name, value in data.items())])
    return Line(zalo.new_id(), user.id, "bot", "template", zalo.clock(), text, data=dict(data))


def _deliver(zalo: ZaloState, ticket: Ticket) -> None:
    zalo.tickets[ticket.id] = ticket

    def arrived() -> None:
        message = {
            "msg_id": ticket.id,
            "delivery_time": _ms(ticket.arrives),
            "tracking_id": ticket.tracking_id,
        }
        event = zalo.envelopes.about_template(ticket.recipient, zalo.clock.milliseconds(), message)
        zalo.emit(ticket.recipient, event, {"X-ZEvent-Server": "ZNS"})

    zalo.later(ticket.arrives, arrived)


def _mode(body: Json, user: User) -> None:
    mode = body.get("mode")
    require(mode in (None, "development"), "mode")
    if mode == "development" and not user.admin:
        raise Refused(-127, "only administrators receive test messages")


def _is_night(zalo: ZaloState) -> bool:
    hour = zalo.clock.in_vietnam().hour
    return hour >= NIGHT_FROM or hour < NIGHT_TO


def _today(zalo: ZaloState) -> str:
    return f"templates on {zalo.clock.in_vietnam():%Y-%m-%d}"


def _hash(phone: str) -> str:
    return hashlib.sha256(phone.encode()).hexdigest()


def _ms(at: float) -> str:
    return str(int(at * 1000))
