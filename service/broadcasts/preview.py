"""A broadcast before it is sent: how many people by which way, what it costs, how it looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.channels.base import Limits
from bot.channels.rendering import length
from service.broadcasts.ways import purse_of, ways_of
from service.broadcasts.wording import Composed, compose
from service.channel_limits import channel_limits
from service.clock import VIETNAM
from service.duties.routes import channel_of
from service.settings import Settings
from service.spending import estimate
from service.storage.audiences import audience_of, people_of
from service.storage.broadcasts import Written

_AT_ONCE = 500  #: people


@dataclass(frozen=True, slots=True)
class Shown:
    """What is said by one way."""

    route: str
    people: int
    dong: int
    composed: Composed
    length: int  #: as the strictest platform counts
    most: int  #: that one message of it takes


@dataclass(frozen=True, slots=True)
class Preview:
    """The whole of it, as it would be now."""

    ways: tuple[Shown, ...]  #: those by which somebody is told, as the settings order them
    missed: Mapping[str, int]  #: people by the reason why they are not

    @property
    def people(self) -> int:
        """How many are told."""
        return sum(way.people for way in self.ways)

    @property
    def dong(self) -> int:
        """What it costs, about."""
        return sum(way.dong for way in self.ways)


def preview(session: Session, settings: Settings, written: Written, at: datetime) -> Preview:
    """Who would be told now; nothing is written."""
    audience, today = audience_of(written.audience), at.astimezone(VIETNAM).date()
    purse = purse_of(session, settings, at)
    counts: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    after = 0
    while people := people_of(session, audience, today, after=after, limit=_AT_ONCE):
        after = people[-1]
        for way in ways_of(session, settings, audience, people, at, purse):
            if way.route:
                counts[way.route.name] += 1
            else:
                missed[way.reason] += 1
    limits = channel_limits(settings)
    order = settings.remind_order.split(",")
    ways = (_shown(settings, limits, written, name, counts[name]) for name in order)
    return Preview(tuple(way for way in ways if way.people), missed)


def _shown(
    settings: Settings, limits: Mapping[str, Limits], written: Written, route: str, people: int
) -> Shown:
    of = limits.get(channel_of(route), Limits(text_length=0, buttons=0))
    composed = compose(settings, of, written)
    dong = estimate(settings, [route] * composed.messages) * people
    return Shown(route, people, dong, composed, length(composed.text), of.text_length)
