"""What a person has sent, what is kept about them, and whom they may confirm: asked in the chat."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.answers import shorten
from bot.assistance import Assistance
from bot.commands import Command, slash
from bot.form_begun import begin_form, put_back
from bot.form_talk import own_record
from bot.messages import Button
from bot.record_view import own_buttons
from bot.registry import OPEN_STATES, Record
from bot.standing import Conversation, Turned, notice, offering, worded
from bot.texts import say
from knowledge.vietnamese import collapse, fold

#: "rút HS-7K2M9", "sửa hồ sơ HS-7K2M9".
_ABOUT = re.compile(
    r"/?(?P<what>xac nhan rut|rut|sua)\s+(?:ho so\s+)?(?P<code>hs-?[a-z0-9]{5})[\s.]*"
)
#: "/duyet 12", "/tuchoi 12".
_DECIDES = re.compile(r"/(?P<what>duyet|tuchoi) (?P<id>\d{1,9})")
#: "GOPY 12", "góp ý dự thảo số 12".
_COMMENTS = re.compile(r"/?gop\s*y\s*(?:(?:cho\s+)?du thao\s*)?(?:so\s*)?(?P<number>\d{1,6})[\s.]*")
#: "mã đơn vị K7M2-P9QX", "/start DVK7M2P9QX".
_INVITATION = re.compile(
    r"\s*/?(?:ma\s*don\s*vi[\s:]+|start\s+dv)(?P<code>[a-z0-9]{4}[\s-]?[a-z0-9]{4})[\s.]*"
)
_CODE = 5  #: letters and digits of a code
_LISTED = 8
_NAME = 60  #: characters of a name on a button


def asked_about(state: Conversation, text: str, assistance: Assistance) -> Turned | None:
    """A message that names a record, a draft to comment, an invitation; None for any other."""
    typed = collapse(fold(text)).strip()
    if len(typed) > 60:
        return None
    if found := _ABOUT.fullmatch(typed):
        code = f"HS-{found['code'][-_CODE:].upper()}"
        return _about_record(state, found["what"], code, assistance)
    if found := _DECIDES.fullmatch(typed):
        confirmed = found["what"] == "duyet"
        done = assistance.registry.decide(int(found["id"]), confirmed=confirmed)
        told = ("people.confirmed" if confirmed else "people.refused") if done else "people.gone"
        return state, (notice(told),)
    if found := _COMMENTS.fullmatch(typed):
        return _comment(state, found["number"], assistance)
    if found := _INVITATION.fullmatch(typed):
        return invited(state, found["code"], assistance)
    return None


def invited(state: Conversation, code: str, assistance: Assistance) -> Turned:
    """Somebody holds an invitation to a unit."""
    letters = re.sub(r"[\s-]", "", code).upper()
    code = f"{letters[:4]}-{letters[4:]}"
    unit = assistance.registry.invited_to(code)
    if unit is None:
        return offering(state, notice("register.wrong_code", ("register",)))
    return begin_form(state, "dang-ky", assistance, {"invite.code": code, "invite.unit": unit})


def commanded(state: Conversation, command: Command, assistance: Assistance) -> Turned | None:
    """A command about one's own records and data; None when it is another."""
    registry = assistance.registry
    match command:
        case "my_records":
            return _list(state, registry.sent())
        case "unit_records":
            if not any(unit.head and unit.confirmed for unit in registry.acting()):
                return state, (notice("records.heads_only"),)
            return _list(state, registry.sent(of_units=True), of_units=True)
        case "unit_people":
            return _candidates(state, assistance)
        case "my_data":
            text, files = registry.my_data()
            names: tuple[Command, ...] = ("withdraw_consent", "erase")
            buttons = [Button(say(f"commands.{name}"), slash(name)) for name in names]
            return offering(state, replace(worded(text, buttons), enclosures=files))
        case "withdraw_consent":
            asked = notice("consent.withdraw", ("withdraw_now", "keep"))
            return offering(state, asked)
        case "withdraw_now":
            registry.withdraw_consent()
            cleared = replace(
                state, form=None, filling=False, resting=(), early=(), agreeing=None,
                choosing=False,
            )  # fmt: skip
            return cleared, (notice("consent.withdrawn"),)
        case _:
            return None


def _list(state: Conversation, records: tuple[Record, ...], *, of_units: bool = False) -> Turned:
    if not records:
        return state, (notice("records.none_of_unit" if of_units else "records.none"),)
    lines = [say("records.heading"), *map(_line, records[:_LISTED])]
    if len(records) > _LISTED:
        lines.append(say("records.more", count=len(records) - _LISTED))
    lines.append(say("records.name_it", code=records[0].code))
    if of_units:
        buttons = [
            Button(say("records.see", code=record.code), f"/xem {record.code}")
            for record in records[:_LISTED]
        ]
    else:
        mine = [record for record in records[:_LISTED] if record.state in OPEN_STATES][:2]
        buttons = [button for record in mine for button in own_buttons(record)]
    return offering(state, worded("\n".join(lines), buttons))


def _line(record: Record) -> str:
    told = say(
        "records.line_of_unit" if record.unit else "records.line",
        code=record.code,
        title=record.title,
        day=f"{record.sent_at:%d/%m/%Y}",
        state=say(f"records.state_{record.state}"),
        unit=record.unit,
    )
    reply = say("records.reply", reply=shorten(record.reply, 200)) if record.reply else ""
    return "\n".join(filter(None, (told, reply)))


def _about_record(state: Conversation, what: str, code: str, assistance: Assistance) -> Turned:
    registry = assistance.registry
    record = own_record(code, assistance)
    if record is None:
        return state, (notice("records.unknown", code=code),)
    if record.state not in OPEN_STATES:
        over = say(f"records.state_{record.state}")
        return state, (notice("records.over", code=code, state=over),)
    if what == "sua":
        return put_back(state, record, assistance)
    if what == "rut":
        sure = Button(say("records.sure"), f"/xac nhan rut {code}")
        keep = Button(say("commands.keep"), "/thoi")
        return offering(state, worded(say("records.ask", code=code), (sure, keep)))
    told = "records.withdrawn" if registry.withdraw(code) else "records.too_late"
    return replace(state, choosing=False), (notice(told, code=code),)


def _comment(state: Conversation, number: str, assistance: Assistance) -> Turned:
    open_ones = {c.value for c in assistance.registry.options("drafts", {})}
    if str(int(number)) not in open_ones:
        return offering(state, notice("drafts.closed", ("comment",), number=number))
    return begin_form(state, "gop-y", assistance, {"draft": str(int(number))})


def _candidates(state: Conversation, assistance: Assistance) -> Turned:
    registry = assistance.registry
    if not any(unit.head and unit.confirmed for unit in registry.acting()):
        return state, (notice("records.heads_only"),)
    waiting = registry.candidates()
    if not waiting:
        return state, (notice("people.none"),)
    lines = [say("people.heading")]
    buttons: list[Button] = []
    for one in waiting[:_LISTED]:
        lines.append(say("people.line", name=one.name, post=one.post, unit=one.unit))
        buttons += candidate_buttons(one.binding_id, one.name)
    return offering(state, worded("\n".join(lines), buttons))


def candidate_buttons(binding_id: int, name: str) -> tuple[Button, ...]:
    """To confirm or refuse somebody who waits."""
    short = shorten(name, _NAME)
    return (
        Button(say("people.confirm", name=short), f"/duyet {binding_id}"),
        Button(say("people.refuse", name=short), f"/tuchoi {binding_id}"),
    )
