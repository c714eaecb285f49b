"""Broadcasts as the desk shows them: for whom, how they look, how far they have got."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from bot.answers import shorten
from service.admin.assigning import kinds_of
from service.admin.broadcasting import Choices
from service.admin.words import moment, words
from service.broadcasts.preview import Preview
from service.links import Linked, path_to
from service.settings import Settings
from service.spending import dong
from service.storage.audiences import audience_of, followed_drafts, obligations
from service.storage.broadcast_sends import Counted, Missed, told_of
from service.storage.broadcast_tables import Broadcast
from service.storage.people_tables import WEB
from service.storage.unit_tables import Unit

_BEGINNING = 120  #: characters of a text in the list
_TITLE = 120  #: of an obligation, a draft
_OBLIGATIONS = 200  #: to choose from


@dataclass(frozen=True, slots=True)
class Line:
    """One broadcast in the list."""

    id: int
    beginning: str
    audience: str
    state: str
    when: str
    told: int
    people: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How many people a broadcast has reached, and has not."""

    people: int
    told: int
    waiting: int
    page: int  #: it lies on the web page, which nobody has opened yet
    unclear: int
    missed: Sequence[tuple[str, int]]  #: why not, in words, and how many

    @property
    def settled(self) -> int:
        """With how many nothing more happens."""
        return self.people - self.waiting


@dataclass(frozen=True, slots=True)
class Look:
    """A broadcast by one way, before it is sent."""

    way: str
    people: int
    cost: str
    text: str
    buttons: Sequence[str]
    file: str  #: how the file goes, in words; ""
    fits: str


def choices_of(session: Session, units: Sequence[Unit]) -> Choices:
    """What an audience may be chosen from; the open `units`."""
    said = words()["broadcasts"]
    drafts = {
        number: said["draft_option"].format(
            number=number, title=shorten(title, _TITLE), people=people
        )
        for number, (title, people) in followed_drafts(session).items()
    }
    owed = {
        id_: shorten(title, _TITLE) for id_, title in obligations(session, _OBLIGATIONS).items()
    }
    return Choices(kinds_of(units), owed, drafts)


def lines(session: Session, shown: Sequence[Broadcast], choices: Choices) -> list[Line]:
    """The list."""
    counts = told_of(session, [one.id or 0 for one in shown])
    return [_line(one, choices, *counts.get(one.id or 0, (0, 0))) for one in shown]


def _line(broadcast: Broadcast, choices: Choices, told: int, people: int) -> Line:
    return Line(
        id=broadcast.id or 0,
        beginning=shorten(broadcast.text.replace("\n", " "), _BEGINNING),
        audience=audience_in_words(broadcast, choices),
        state=broadcast.state,
        when=moment(broadcast.began_at or broadcast.send_at or broadcast.created_at),
        told=told,
        people=people,
    )


def audience_in_words(broadcast: Broadcast, choices: Choices) -> str:
    """ "cán bộ các đơn vị loại: xã, trường"."""
    audience, said = audience_of(broadcast.audience), words()["broadcasts"]["audiences"]
    if audience.who == "late":
        duty = choices.obligations.get(audience.obligation or 0, f"#{audience.obligation}")
        return str(said["late_one"].format(duty=duty) if audience.obligation else said["late"])
    told = said[audience.who].format(kinds=", ".join(audience.kinds), number=audience.draft)
    return str(told)


def progress(counted: Sequence[Counted]) -> Progress:
    """From the counts of its rows."""
    states: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for one in counted:
        page = one.state == "unseen" or (one.state == "open" and one.route == WEB)
        states["page" if page else one.state] += one.people
        if one.state == "unreached":
            missed[reason_in_words(one.reason)] += one.people
    return Progress(
        people=states.total(),
        told=states["told"],
        waiting=states["waiting"] + states["open"],
        page=states["page"],
        unclear=states["unclear"],
        missed=missed.most_common(),
    )


def reason_in_words(reason: str) -> str:
    """Why somebody was not reached; an error of the channel with its code."""
    said = words()["broadcasts"]["reasons"]
    return str(said.get(reason) or said["failed"].format(error=reason))


def looks(preview: Preview) -> list[Look]:
    """One for each way."""
    said = words()["broadcasts"]
    return [
        Look(
            way=said["ways"].get(way.route, way.route),
            people=way.people,
            cost=cost_in_words(way.dong),
            text=way.composed.text,
            buttons=[button.label for button in way.composed.buttons],
            file=said["carried"][way.composed.file] if way.composed.file else "",
            fits=said["fits"].format(length=way.length, most=way.most),
        )
        for way in preview.ways
    ]


def missed_in_words(preview: Preview) -> list[tuple[str, int]]:
    """Why people would not be told, and how many."""
    return [(reason_in_words(reason), people) for reason, people in preview.missed.items()]


def named(one: Missed) -> tuple[str, str, str]:
    """Name, unit and reason; a citizen by the number that the audit trail has."""
    name = one.name or f"{words()['subjects']['person']} {one.person_id}"
    return name, one.unit, reason_in_words(one.reason)


def cost_in_words(sum_: int) -> str:
    """ "1.100 đồng", in the words of the page."""
    return str(words()["broadcasts"]["dong"].format(sum=dong(sum_)))


def file_link(settings: Settings, broadcast: Broadcast) -> str:
    """Where its file can be looked at; "" without one."""
    file = broadcast.file
    if not file:
        return ""
    linked = Linked(str(file["sha256"]), str(file["name"]), str(file["media_type"]))
    return path_to(settings, linked)
