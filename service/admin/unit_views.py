"""Units and their people, ready to draw; what officers type about them, understood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from bot.texts import say
from knowledge.library import Library
from knowledge.vietnamese import fold
from service import shapes
from service.admin.words import moment, words
from service.errors import UnitRefused
from service.storage.bindings import Acting
from service.storage.unit_tables import Unit
from service.storage.units import find_unit, is_open, tidy_name

#: What the form of a unit holds, besides its name.
FIELDS = ("kind", "parent", "plan", "contact", "head")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit in a list."""

    id: int
    name: str
    kind: str
    parent: str
    plan: str  #: the title of the paper that it follows
    state: str  #: "" while it is open
    people: int
    unreached: bool


@dataclass(frozen=True, slots=True)
class Human:
    """A person who acts for a unit or asks to."""

    id: int
    name: str
    post: str
    unit_id: int
    unit: str
    contact: str  #: of the unit, so that somebody can ask there
    head: bool
    rising: bool  #: acts for it already and waits to be its head
    shared: bool
    since: str  #: asked, or confirmed
    confirmed: bool
    reachable: bool
    #: Who may take over: id and name.
    others: tuple[tuple[int, str], ...]


def unit_rows(
    every: Iterable[Unit],
    library: Library,
    people: Mapping[int, int],
    unreached: Iterable[int],
    today: date,
) -> list[UnitRow]:
    """All units with the names of what they belong to."""
    units = list(every)
    names = {unit.id: unit.name for unit in units}
    lost = set(unreached)
    return [
        UnitRow(
            id=unit.id or 0,
            name=unit.name,
            kind=unit.kind,
            parent=names.get(unit.parent_id, ""),
            plan=plan_title(library, unit.plan),
            state=state_of(unit, names.get(unit.merged_into_id, ""), today),
            people=people.get(unit.id or 0, 0),
            unreached=unit.id in lost,
        )
        for unit in units
    ]


def state_of(unit: Unit, successor: str, today: date) -> str:
    """ "sáp nhập vào … từ 1/7/2025"; "" for a unit that goes on."""
    if unit.closed_on is None:
        return ""
    said, day = words()["units"], day_in_words(unit.closed_on)
    if successor:
        return str(said["merged_state"].format(into=successor, day=day))
    return str(said["closing_state" if is_open(unit, today) else "closed_state"].format(day=day))


def humans(found: Iterable[Acting]) -> list[Human]:
    """People with those of their unit who may take over."""
    people = list(found)
    return [
        Human(
            id=each.binding.id or 0,
            name=each.binding.name,
            post=each.binding.post,
            unit_id=each.unit.id or 0,
            unit=each.unit.name,
            contact=each.unit.contact,
            head=each.binding.head,
            rising=each.binding.head_asked,
            shared=each.binding.shared,
            since=moment(each.binding.confirmed_at or each.binding.asked_at),
            confirmed=each.binding.confirmed_at is not None,
            reachable=each.reachable,
            others=_others(each, people),
        )
        for each in people
    ]


def _others(one: Acting, people: Iterable[Acting]) -> tuple[tuple[int, str], ...]:
    return tuple(
        (other.binding.id or 0, other.binding.name)
        for other in people
        if other.unit.id == one.unit.id
        and other.binding.id != one.binding.id
        and other.binding.confirmed_at is not None
    )


def has_words(wanted: str, *texts: str) -> bool:
    """Whether all words that are looked for stand in the texts, accents or not."""
    where = fold(" ".join(texts))
    return all(word in where for word in fold(wanted).split())


def plans_of(library: Library) -> list[tuple[str, str]]:
    """Papers that a unit may follow: id and title."""
    return [(paper.id, paper.short_title) for paper in library.documents]


def plan_title(library: Library, plan: str) -> str:
    """What the paper is called; its id when it is no longer there."""
    return dict(plans_of(library)).get(plan, plan)


def check_plan(library: Library, plan: str, had: str = "") -> None:
    """Raises UnitRefused for a paper that is not there; `had`: the one that the unit follows."""
    if plan and plan != had and plan not in dict(plans_of(library)):
        raise UnitRefused(say("units.no_plan"))


def unit_named(session: Session, typed: str) -> Unit | None:
    """The unit whose name was typed, None for nothing; raises UnitRefused for an unknown one."""
    if not tidy_name(typed):
        return None
    unit = find_unit(session, typed)
    if unit is None:
        raise UnitRefused(say("units.not_found", name=tidy_name(typed)))
    return unit


def read_day(typed: str) -> date:
    """ "2026-11-21" of a browser or "21/11/2026"; raises UnitRefused."""
    day = shapes.read_day(typed)
    if day is None:
        raise UnitRefused(say("units.bad_day"))
    return day


def day_in_words(day: date) -> str:
    """ "1/7/2025"."""
    return f"{day.day}/{day.month}/{day.year}"
