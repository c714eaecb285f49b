"""What is typed to say something to many: the words, for whom, when; read, or refused in words."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from pydantic import JsonValue

from service.admin.draft_forms import DraftFault, is_address, read_day
from service.admin.words import words
from service.broadcasts.sending import is_night
from service.broadcasts.wording import excess
from service.channel_limits import channel_limits
from service.clock import VIETNAM
from service.settings import Settings
from service.shapes import clean
from service.storage.audiences import Audience, as_kept, audience_of
from service.storage.broadcast_tables import Broadcast
from service.storage.broadcasts import Written

#: Characters that each field may have.
LONGEST = {"text": 1_500, "link": 300, "day": 40, "hour": 10}
_FARTHEST = timedelta(days=366)
_HOUR = re.compile(r"(?P<hour>\d{1,2})\s*(?:[:.hg]\s*(?P<minute>\d{2})?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields as they were typed; they come back so when something is wrong."""

    text: str = ""
    link: str = ""
    who: str = "officers"
    kinds: tuple[str, ...] = ()
    obligation: str = ""  #: "": with any
    draft: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What an audience may be chosen from."""

    kinds: Sequence[str]
    obligations: Mapping[int, str]
    drafts: Mapping[int, str]


class BroadcastFault(ValueError):
    """What is wrong, in words."""


def fault(key: str, **values: object) -> BroadcastFault:
    """One of `broadcasts.faults`."""
    return BroadcastFault(words()["broadcasts"]["faults"][key].format(**values))


def as_typed(broadcast: Broadcast) -> Typed:
    """A broadcast as it would be typed."""
    audience = audience_of(broadcast.audience)
    return Typed(
        broadcast.text,
        broadcast.link,
        audience.who,
        audience.kinds,
        str(audience.obligation or ""),
        str(audience.draft or ""),
    )


def read_written(
    settings: Settings, typed: Typed, file: Mapping[str, JsonValue], choices: Choices
) -> Written:
    """What was typed; raises BroadcastFault, also when it is too long for a channel."""
    text, link = clean(typed.text.replace("\r\n", "\n")), clean(typed.link)
    if not text:
        raise fault("no_text")
    for name, value in (("text", text), ("link", link)):
        if len(value) > LONGEST[name]:
            raise fault("long", name=words()["broadcasts"][name], longest=LONGEST[name])
    if link and not is_address(link):
        raise fault("link")
    written = Written(text, link, file, as_kept(_audience(typed, choices)))
    over = max(excess(settings, limits, written) for limits in channel_limits(settings).values())
    if over:
        raise fault("too_long", over=over)
    return written


def _audience(typed: Typed, choices: Choices) -> Audience:
    match typed.who:
        case "officers":
            if typed.kinds:  # perhaps only these were meant: nobody is written to by mistake
                raise fault("kinds_unused")
            return Audience("officers")
        case "kinds":
            kinds = tuple(kind for kind in choices.kinds if kind in typed.kinds)
            if not kinds:
                raise fault("no_kind")
            return Audience("kinds", kinds)
        case "late":
            if not typed.obligation:
                return Audience("late")
            return Audience("late", obligation=_one_of(typed.obligation, choices.obligations))
        case "followers":
            return Audience("followers", draft=_one_of(typed.draft, choices.drafts))
    raise fault("no_audience")


def _one_of(typed: str, known: Collection[int]) -> int:
    chosen = next((one for one in known if str(one) == typed), None)
    if chosen is None:
        raise fault("no_audience")
    return chosen


def read_time(day: str, hour: str, at: datetime, *, urgent: bool) -> datetime:
    """When it goes out; nothing typed: now. Raises BroadcastFault."""
    try:
        on = read_day(day)
    except DraftFault:
        raise fault("day") from None
    typed = clean(hour)
    if on is None and not typed:
        if is_night(at) and not urgent:
            raise fault("night")
        return at
    found = _HOUR.fullmatch(typed)
    try:
        clock = time(int(found["hour"]), int(found["minute"] or 0)) if found else None
    except ValueError:  # there is no such hour
        clock = None
    if clock is None:
        raise fault("hour")
    when = datetime.combine(on or at.astimezone(VIETNAM).date(), clock, VIETNAM)
    if when < at:
        raise fault("past")
    if when > at + _FARTHEST:
        raise fault("far")
    if is_night(when) and not urgent:
        raise fault("night")
    return when
