"""The people of many units: by which channels each is found, and what reached them there."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from sqlalchemy import update
from sqlmodel import Session

from benchmarks.channels_fakes import TelegramFake, ZaloFake
from benchmarks.channels_product import Product
from benchmarks.reminders_year import Cast
from service.delivery.web import address_of
from service.storage import bindings
from service.storage.people_tables import ChannelAccount
from service.storage.units import add_unit
from tests.desk import an_account

ZALO, TELEGRAM, WEB = "zalo_oa", "telegram", "web"
#: In turn, best first. Whoever has the page alone looks at it; whoever has it first never does.
_WAYS = ((ZALO,), (TELEGRAM,), (ZALO, TELEGRAM), (WEB, TELEGRAM), (WEB,))


_PATIENCE = 60.0  #: seconds until a page must have been answered


@dataclass(frozen=True, slots=True)
class Someone:
    """Somebody who acts for a unit."""

    number: int
    unit: str
    head: bool
    ways: tuple[str, ...]

    @property
    def cookie(self) -> str:
        """What their browser is known by."""
        return f"nguoi-{self.number}-" + "x" * 24

    def address(self, way: str) -> str:
        """Where they are on that channel."""
        if way == WEB:
            return address_of(self.cookie)
        return str((6_500_000_000_000_000_000 if way == ZALO else 50_000) + self.number)


def people_of(cast: Iterable[Cast]) -> list[Someone]:
    """The officers and heads of these units, the ways dealt out in turn."""
    found: list[Someone] = []
    for one in cast:
        for head in [False] * one.officers + [True] * one.head:
            number = len(found)
            found.append(Someone(number, one.name, head, _WAYS[number % len(_WAYS)]))
    return found


def move_in(
    session: Session, cast: Iterable[Cast], people: Iterable[Someone], at: datetime
) -> None:
    """Units with these people, each of whom has written on each of their channels."""
    units = {
        one.name: add_unit(session, one.name, at, kind=one.name.split(" số ")[0]).id or 0
        for one in cast
    }
    for one in people:
        first, *others = one.ways
        person = an_account(session, first, one.address(first), at).person_id
        for way in others:
            where = one.address(way)
            session.add(
                ChannelAccount(
                    person_id=person, channel=way, address=where, chat=where,
                    created_at=at, last_seen_at=at,
                )
            )  # fmt: skip
        binding = bindings.ask(
            session, person, units[one.unit], "Người", "cán bộ", at, head=one.head
        )
        bindings.confirm(session, binding.id or 0, "admin:1", at)


def written_lately(session: Session, at: datetime) -> None:
    """As if everybody had written just now: the free window of Zalo is open."""
    session.execute(update(ChannelAccount).values(last_seen_at=at))


@dataclass
class Ears:
    """What reached these people, over the fakes and over the pages that are looked at."""

    product: Product
    zalo: ZaloFake
    telegram: TelegramFake
    people: Sequence[Someone]
    _heard: dict[str, int] = field(default_factory=dict)  #: messages of a channel, so far
    _pages: dict[int, dict[int, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by = {(way, one.address(way)): one for one in self.people for way in one.ways}
        for one in self.people:
            if ZALO in one.ways:
                now = self.zalo.remote.now()
                self.zalo.remote.user(id=one.address(ZALO), last_interaction=now)
            if TELEGRAM in one.ways:
                address = int(one.address(TELEGRAM))
                self.telegram.remote.person(user=address, first_name=f"Người {one.number}")

    def new(self) -> list[tuple[str, Someone, str]]:
        """Channel, person and words of all that has come since the last time."""
        found = [(ZALO, line["chat"], line["text"]) for line in self._zalo()]
        found += [(TELEGRAM, _chat(line), _text(line)) for line in self._telegram()]
        heard = [(way, self._by[way, chat], text) for way, chat, text in found]
        return heard + [(WEB, one, text) for one, text in self._looked()]

    def _zalo(self) -> Sequence[Mapping[str, Any]]:
        lines: Sequence[Mapping[str, Any]] = self.zalo.remote.sent_after(
            count=self._heard.get(ZALO, 0)
        )
        self._heard[ZALO] = self._heard.get(ZALO, 0) + len(lines)
        return lines

    def _telegram(self) -> Sequence[Mapping[str, Any]]:
        lines: Sequence[Mapping[str, Any]] = self.telegram.remote.sent()
        known, self._heard[TELEGRAM] = self._heard.get(TELEGRAM, 0), len(lines)
        return lines[known:]

    def _looked(self) -> Iterable[tuple[Someone, str]]:
        """The pages of those who have nothing else."""
        with httpx.Client(base_url=self.product.address, trust_env=False, timeout=30) as client:
            for one in self.people:
                if one.ways != (WEB,):
                    continue
                page = self._pages.setdefault(one.number, {})
                for id_, text in _page(client, one, max(page, default=0)):
                    if id_ not in page:
                        page[id_] = text
                        yield one, text


def _page(client: httpx.Client, one: Someone, after: int) -> Iterable[tuple[int, str]]:
    cookie = {"Cookie": f"troly_chat={one.cookie}"}
    until = time.monotonic() + _PATIENCE
    while True:  # as the page does: one that was refused asks again
        try:
            answer = client.get("/chat/updates", params={"after": after}, headers=cookie)
            answer.raise_for_status()
            return [(int(line["id"]), str(line["text"])) for line in answer.json()["replies"]]
        except httpx.HTTPError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


def _chat(line: Mapping[str, Any]) -> str:
    return str(line["message"]["chat"]["id"])


def _text(line: Mapping[str, Any]) -> str:
    return str(line["text"])
