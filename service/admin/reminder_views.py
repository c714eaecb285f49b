"""Messages about what is owed, and those to come, ready to draw: units, never people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.answers import shorten
from bot.owed import day_in_words
from service.admin.words import moment, words
from service.duties.outlook import Coming
from service.spending import CAP
from service.storage.assignments import Owed
from service.storage.people_tables import WEB
from service.storage.told import Message, Unreached

_TITLE = 120  #: characters of a duty
_NAMED = 6  #: duties of one message, and units of one duty, that are named


@dataclass(frozen=True, slots=True)
class Sent:
    """One message."""

    at: str
    state: str  #: of the notice, as `shown` names it
    units: tuple[str, ...]
    head: bool
    about: tuple[tuple[int, str], ...]  #: code and words of the duties that are named
    more: int  #: duties beside these
    ways: tuple[tuple[str, str, str], ...]  #: when, by which channel, what became of it
    capped: bool  #: the month's money kept it from a way that costs


@dataclass(frozen=True, slots=True)
class Draft:
    """What a head is to be told."""

    id: int
    unit: str
    title: str
    last_day: str


@dataclass(frozen=True, slots=True)
class Line:
    """One duty of a day to come."""

    obligation_id: int
    title: str
    last_day: str
    units: int
    named: tuple[str, ...]
    more: str
    heads: int
    untold: int


def sent(message: Message) -> Sent:
    """A message that was written."""
    owed = [each for _, each in message.about]
    return Sent(
        at=moment(message.notice.written_at),
        state=message.notice.state,
        units=tuple(dict.fromkeys(one.unit.name for one in owed)),
        head=any(reminder.kind == "head" for reminder, _ in message.about),
        about=tuple((one.assignment.id or 0, _title(one)) for one in owed[:_NAMED]),
        more=max(len(owed) - _NAMED, 0),
        ways=tuple(
            (moment(one.at), _channel(one.channel), _outcome(one.channel, one.outcome))
            for one in message.attempts
        ),
        capped=message.notice.reason == CAP,
    )


@dataclass(frozen=True, slots=True)
class NotReached:
    """One message that has found nobody."""

    day: str
    address: str  #: the page of its day
    units: tuple[str, ...]
    about: tuple[tuple[int, str], ...]
    why: str


def not_reached(found: Iterable[Unreached]) -> list[NotReached]:
    """Messages that have found nobody, without the names of people."""
    return [
        NotReached(
            day=day_in_words(one.day),
            address=f"/admin/reminders?day={one.day}",
            units=tuple(dict.fromkeys(duty.unit for duty in one.duties)),
            about=tuple(
                (duty.assignment_id, shorten(duty.title, _TITLE)) for duty in one.duties[:_NAMED]
            ),
            why=_why(one.why),
        )
        for one in found
    ]


def _why(why: str) -> str:
    said = words()["reminders"]
    known = {"cap": said["capped"], **said["whys"]}
    return str(known.get(why) or said["outcomes"]["failed"].format(why=why))


def drafts(owed: Iterable[Owed]) -> list[Draft]:
    """What waits for somebody to say so."""
    return [
        Draft(
            id=one.assignment.id or 0,
            unit=one.unit.name,
            title=_title(one),
            last_day=day_in_words(one.assignment.last_day),
        )
        for one in owed
    ]


def named(duties: Iterable[Coming]) -> list[int]:
    """The units whose names `lines` needs."""
    return [unit for one in duties for unit in one.units[:_NAMED]]


def lines(duties: Iterable[Coming], names: Mapping[int, str]) -> list[Line]:
    """The duties of a day to come."""
    said = words()["reminders"]
    return [
        Line(
            obligation_id=one.obligation.id or 0,
            title=shorten(one.obligation.title, _TITLE),
            last_day=day_in_words(one.last_day),
            units=len(one.units),
            named=tuple(names[unit] for unit in one.units[:_NAMED]),
            more=said["and_more"].format(count=len(one.units) - _NAMED)
            if len(one.units) > _NAMED
            else "",
            heads=one.heads,
            untold=one.untold,
        )
        for one in duties
    ]


def _title(owed: Owed) -> str:
    return shorten(owed.obligation.title, _TITLE)


def _channel(name: str) -> str:
    said = words()
    return str(said["reminders"]["paid"].get(name) or said["channel_names"].get(name, name))


def _outcome(channel: str, outcome: str) -> str:
    said = words()["reminders"]["outcomes"]
    if not outcome:
        return str(said["on_page" if channel == WEB else "sending"])
    return str(said.get(outcome) or said["failed"].format(why=outcome))
