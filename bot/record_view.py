"""A record that was sent, shown to whoever sent it or heads the unit: its answers and files."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.assistance import Assistance
from bot.messages import Button
from bot.registry import OPEN_STATES, Record
from bot.standing import Conversation, Turned, notice, offering, size_of, worded
from bot.texts import say
from knowledge.vietnamese import collapse, fold

#: "HS-7K2M9", "xem hồ sơ HS-7K2M9", "nhận tệp HS-7K2M9".
_NAMED = re.compile(
    r"/?(?:(?P<what>xem|mo|tep|(?:nhan|tai) tep)\s+)?(?:ho so\s+)?"
    r"(?P<code>hs-[a-z0-9]{5})[\s.]*"
)
_LONGEST = 60  #: characters


def named_record(state: Conversation, text: str, assistance: Assistance) -> Turned | None:
    """A message that names a record to see it or to get its files; None for any other."""
    typed = collapse(fold(text)).strip()
    found = _NAMED.fullmatch(typed) if len(typed) <= _LONGEST else None
    if found is None:
        return None
    code = found["code"].upper()
    record = assistance.registry.record(code)
    if record is None:
        return state, (notice("records.not_there", code=code),)
    if (found["what"] or "").endswith("tep"):
        return _files(state, record, assistance)
    return offering(state, worded(_told(record), _buttons(record)))


def _told(record: Record) -> str:
    lines = [
        say("records.shown", code=record.code, title=record.title),
        say("records.of_unit", unit=record.unit) if record.unit else "",
        say("records.by", who=record.by) if record.by else "",
        say("records.sent_at", at=f"{record.sent_at:%H:%M %d/%m/%Y}"),
        say("records.stands", state=say(f"records.state_{record.state}"), day=_decided(record)),
        say("records.reply", reply=record.reply) if record.reply else "",
        *(say("records.answer", question=name, answer=answer) for name, answer in record.told),
        *(say("records.file", name=one.name, size=size_of(one.size)) for one in record.files),
    ]
    return "\n".join(filter(None, lines))


def _decided(record: Record) -> str:
    at = record.decided_at
    return say("records.decided_on", day=f"{at:%d/%m/%Y}") if at else ""


def _buttons(record: Record) -> tuple[Button, ...]:
    buttons = []
    if record.files:
        buttons.append(Button(say("records.get_files"), f"/tep {record.code}"))
    if record.own and record.state in OPEN_STATES:
        buttons += own_buttons(record)
    return tuple(buttons)


def own_buttons(record: Record) -> tuple[Button, ...]:
    """What its sender may still do to it."""
    return tuple(
        Button(say(f"records.{what}", code=record.code), f"/{word} {record.code}")
        for what, word in (("correct", "sua"), ("take_back", "rut"))
    )


def _files(state: Conversation, record: Record, assistance: Assistance) -> Turned:
    """As the channel can carry them; what cannot be had here is named."""
    files = assistance.registry.record_files(record)
    if not record.files:
        return state, (notice("records.no_files", code=record.code),)
    told = say("records.files", code=record.code, count=len(files))
    if len(files) < len(record.files):
        missing = len(record.files) - len(files)
        rest = say("records.files_missing", count=missing, contact=assistance.contact)
        told = f"{told} {rest}" if files else rest
    return state, (replace(worded(told), enclosures=files),)
