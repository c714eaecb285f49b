"""Which units have not handed in what was put on them: asked in the chat by whoever may know."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from bot.answers import shorten
from bot.channels.rendering import length
from bot.messages import Button
from bot.owed import day_in_words
from bot.standing import Conversation, Turned, notice, offering, worded
from bot.texts import say
from knowledge.vietnamese import syllables

if TYPE_CHECKING:
    from bot.assistance import Assistance

#: What is asked for: whoever has not handed in, of these whoever is late, or whoever has.
Which = Literal["open", "late", "done"]


@dataclass(frozen=True, slots=True)
class UnitOwing:
    """One unit, and the last day on which it may be done."""

    name: str
    last_day: date


@dataclass(frozen=True, slots=True)
class DutyOfUnits:
    """One duty by one day, and how far the units are that owe it."""

    title: str
    source: str  #: the clause and its paper; "" for a request of the office
    plan: bool  #: it is a plan that is handed in; anything else is reported
    due_on: date  #: the last day for all whose day was not moved
    total: int  #: units that owe it or have handed it in
    done: int
    units: tuple[UnitOwing, ...]  #: those that were asked for, the longest overdue first


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was understood."""

    which: Which
    plans: bool | None  #: plans alone, all but plans, or (None) anything
    question: str  #: without the number of the part
    part: int  #: of a long list, from 1 on


_LONGEST = 120  #: characters of such a question
_PART = 1_600  #: UTF-16 units of one part: what the strictest channel takes, with some room
_TITLE = 160
_UNIT = (
    r"(?:don vi|co quan|truong(?: hoc| thpt| thcs| tieu hoc| mam non)?|phong(?: gddt| ban)?"
    r"|so|xa|phuong|noi)(?: truc thuoc)?"
)
_BEFORE = (
    r"(?:(?:da|vang|xin|cho|toi|em|minh|hoi|biet|xem|anh|chi|oi|giup|voi|hien|nay|tai|den|tinh"
    r"|hom|bay|gio|con|co|nhung|cac|ke|ten|danh|sach|liet|thong|kiem|tra|bao gom|gom) )*?"
)
_OFFERED = r"(?:nop|gui|bao cao|hoan thanh)"
_STILL = r"(?:(?:van|hien|con|dang|deu) )*"
_STATES: dict[Which, str] = {
    "open": rf"{_STILL}(?:chua (?:kip |he )?{_OFFERED}|chua co (?=ke hoach|bao cao)"
    r"|(?:thieu|no) (?=ke hoach|bao cao|viec))",
    "late": rf"{_STILL}(?:da |bi )?(?:(?:tre|qua|cham) han|{_OFFERED} (?:tre|cham|muon)(?: han)?"
    rf"|(?:tre|cham) (?={_OFFERED}))",
    "done": rf"{_STILL}da {_OFFERED}",
}
#: Whoever is asked for: "đơn vị nào", "bao nhiêu trường", "ai", "danh sách đơn vị".
_WHO = rf"(?:{_UNIT} nao|(?:bao nhieu|may) {_UNIT}|(?:nhung )?ai)"
_LISTED = rf"(?:(?:danh sach|liet ke|thong ke|ke ten|nhung|cac) )+{_UNIT}"
#: Each with what may follow it; of a mere list of those who have, more has to be said.
_QUESTIONS: tuple[tuple[Which, str], ...] = (
    *((which, f"{_WHO} {said}") for which, said in _STATES.items()),
    *((which, f"{_LISTED} {_STATES[which]}") for which in ("open", "late")),
    ("done", f"danh sach (?:cac )?{_UNIT} {_STATES['done']}"),
    ("done", f"da (?:co )?(?:bao nhieu|may) {_UNIT} {_OFFERED}"),
    ("done", rf"(?:bao nhieu|may) {_UNIT} {_OFFERED}(?=.* roi(?: a| vay)?$)"),
    ("open", r"(?:tien do|tinh hinh) (?:nop|gui)(?= (?:ke hoach|bao cao))"),
)
_READ = tuple((which, re.compile(rf"{_BEFORE}{said}\b(?P<rest>.*)")) for which, said in _QUESTIONS)
#: What follows asks for something else, of which the papers may speak: "… thì bị xử lý thế nào?"
_ASKS_ON = re.compile(
    r"\b(?:thi|bi|phai|duoc|can|se|neu|theo|tai|(?<!don )vi|sao|dau|ngay|ai|nao|gi|quy dinh"
    r"|trach nhiem|chiu|xu|phat|nhac|don doc|ly do|nguyen nhan|truoc|la|nham|de|o|dieu|muc"
    r"|khi|bao gio|bao lau)\b"
)
#: What means no more than the question itself.
_NO_MORE = re.compile(r" gi(?: het| ca)?(?= |$)| (?:tinh )?den (?:ngay )?(?:hom )?nay$")
_PLAN, _REPORT = re.compile(r"\bke hoach\b"), re.compile(r"\bbao cao\b")
_NTH = re.compile(r"^(?P<question>.*?),? ph[ầa]n (?P<part>\d{1,3})$")


def understood(text: str) -> Asked | None:
    """The question which units have handed in; None for any other, above all one to the papers."""
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    nth = _NTH.match(text)
    question = nth["question"] if nth else text
    typed = " ".join(syllables(question))
    for which, pattern in _READ:
        found = pattern.fullmatch(typed)
        if found and not _ASKS_ON.search(_NO_MORE.sub(" ", found["rest"])):
            plan, report = _PLAN.search(typed), _REPORT.search(typed)
            plans = None if bool(plan) == bool(report) else bool(plan)
            return Asked(which, plans, question, int(nth["part"]) if nth else 1)
    return None


def asked_about(state: Conversation, text: str, assistance: Assistance) -> Turned | None:
    """The answer to that question; None for any other message."""
    asked = understood(text)
    if asked is None:
        return None
    duties = assistance.registry.units_owing(asked.which)
    if duties is None:
        return offering(state, notice("who_owes.refused", ("duties",)))
    meant = [one for one in duties if asked.plans in (None, one.plan)]
    if not meant:
        told = f"who_owes.none_{asked.which}" if asked.plans is None else "who_owes.none_such"
        return replace(state, choosing=False), (notice(told),)
    parts = _parts(asked, meant, assistance.today)
    part = min(max(asked.part, 1), len(parts))
    if len(parts) == 1:
        return offering(state, worded(parts[0]))
    told = f"{parts[part - 1]}\n\n{say('who_owes.part', part=part, parts=len(parts))}"
    send = say("who_owes.nth", question=asked.question, part=part + 1)
    buttons = (Button(say("who_owes.go_on"), send),) if part < len(parts) else ()
    return offering(state, worded(told, buttons))


def _parts(asked: Asked, duties: Sequence[DutyOfUnits], today: date) -> list[str]:
    """The whole answer in messages; a duty that goes on in the next is named there again."""
    parts = [say("who_owes.heading", day=day_in_words(today))]
    for number, duty in enumerate(duties, start=1):
        title = say("remind.number", number=number, task=shorten(duty.title, _TITLE).rstrip("."))
        head, *lines = ("\n".join((title, *_counted(duty, today))), *_named(asked, duty, today))
        parts = _added(parts, f"\n\n{head}", head)
        for line in lines:
            parts = _added(parts, f"\n{line}", f"{say('who_owes.goes_on', title=title)}\n{line}")
    return parts


def _added(parts: list[str], text: str, begins: str) -> list[str]:
    """With `text` at the end of the last part, or a new one that `begins`."""
    *before, last = parts
    if length(last) + length(text) <= _PART:
        return [*before, last + text]
    return [*parts, begins]


def _counted(duty: DutyOfUnits, today: date) -> Iterator[str]:
    yield say("remind.due_by", last=day_in_words(duty.due_on))
    left = duty.total - duty.done
    counted = {"done": duty.done, "total": duty.total, "left": left}
    yield say("who_owes.counted", **counted) if left else say("who_owes.all", total=duty.total)
    yield say("remind.source", source=duty.source) if duty.source else say("remind.no_source")


def _named(asked: Asked, duty: DutyOfUnits, today: date) -> Iterator[str]:
    if asked.which == "done":
        groups = {"who_owes.done": duty.units}
    else:
        late = tuple(unit for unit in duty.units if unit.last_day < today)
        open_ = tuple(unit for unit in duty.units if unit.last_day >= today)
        groups = {"who_owes.late": late, "who_owes.open": open_}
    for key, units in groups.items():
        if units:
            yield say(key, count=len(units))
        for unit in units:
            name = unit.name
            if unit.last_day != duty.due_on:
                name = say("who_owes.own_day", unit=name, day=f"{unit.last_day:%d/%m/%Y}")
            yield say("who_owes.unit", unit=name)
