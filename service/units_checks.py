"""Rows of a table of units, checked before anything is written: each alone, then together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from service.storage.unit_tables import Unit
from service.storage.units import LONGEST, Names, is_open, name_key

Fault = Literal[
    "no_name",
    "too_long",
    "twice",
    "before",
    "closed",
    "no_parent",
    "bad_parent",
    "cycle",
    "no_plan",
]


@dataclass(frozen=True, slots=True)
class Row:
    """One unit of the table; `number` as the sender counts the rows of the file, from 1."""

    number: int
    name: str
    kind: str = ""
    parent: str = ""
    plan: str = ""
    contact: str = ""
    head: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that was left out and why; `value`: what stands there, a number, or another name."""

    number: int
    name: str
    fault: Fault
    value: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What rows are checked against: the units there are, papers to follow, the day."""

    names: Names
    units: Mapping[int, Unit]
    plans: Collection[str]
    today: date


def sound_rows(rows: Iterable[Row], known: Known) -> tuple[dict[str, Row], list[Wrong]]:
    """The rows that can be taken, by the key of their name, and those that cannot."""
    good, wrong = _each_right(rows, known)
    _drop_bad_parents(good, known, wrong)
    return good, wrong


def _each_right(rows: Iterable[Row], known: Known) -> tuple[dict[str, Row], list[Wrong]]:
    """Rows that are right by themselves, whatever they belong to."""
    good: dict[str, Row] = {}
    wrong: list[Wrong] = []
    first: dict[str, int] = {}
    for row in rows:
        key = name_key(row.name)
        fault, value = _fault(row, key, known)
        if fault is None and key in first:
            fault, value = "twice", str(first[key])
        first.setdefault(key, row.number)
        if fault is None:
            good[key] = row
        else:
            wrong.append(Wrong(row.number, row.name, fault, value))
    return good, wrong


def _fault(row: Row, key: str, known: Known) -> tuple[Fault | None, str]:
    names = known.names
    if not row.name:
        return "no_name", ""
    for column, most in LONGEST.items():
        if len(getattr(row, column)) > most:
            return "too_long", str(most)
    if row.plan and row.plan not in known.plans:
        return "no_plan", row.plan
    if key in names.now:
        unit = known.units[names.now[key]]
        return (None, "") if is_open(unit, known.today) else ("closed", "")
    if key in names.before:
        return "before", known.units[names.before[key]].name
    return None, ""


def _drop_bad_parents(good: dict[str, Row], known: Known, wrong: list[Wrong]) -> None:
    """Leave out rows whose parent is not there, was left out itself, or lies below them."""
    in_file = {name_key(each.name): each.number for each in wrong} | {
        key: row.number for key, row in good.items()
    }
    while True:
        bad = list(_missing(good, known.names, in_file)) or list(_circles(good, known))
        if not bad:
            return
        for key, fault, value in bad:
            row = good.pop(key)
            wrong.append(Wrong(row.number, row.name, fault, value))


def _missing(
    good: Mapping[str, Row], names: Names, in_file: Mapping[str, int]
) -> Iterable[tuple[str, Fault, str]]:
    for key, row in good.items():
        parent = name_key(row.parent)
        if not parent or parent in good or names.unit_of(parent) is not None:
            continue
        if parent in in_file:
            yield key, "bad_parent", str(in_file[parent])
        else:
            yield key, "no_parent", row.parent


def _circles(good: Mapping[str, Row], known: Known) -> Iterable[tuple[str, Fault, str]]:
    """Rows that would stand above themselves, together with what is known already."""
    above: dict[str, str] = {}
    for unit in known.units.values():
        if unit.parent_id is not None:
            above[name_key(unit.name)] = name_key(known.units[unit.parent_id].name)
    for key, row in good.items():
        if row.parent:
            above[key] = _present(name_key(row.parent), good, known)
    for key, row in good.items():
        walked, place = {key}, above.get(key)
        while place is not None and place not in walked:
            walked.add(place)
            place = above.get(place)
        if place == key and row.parent:
            yield key, "cycle", row.parent


def _present(key: str, good: Mapping[str, Row], known: Known) -> str:
    """The key of the name that the unit has now."""
    names = known.names
    if key in good or key not in names.before or key in names.now:
        return key
    return name_key(known.units[names.before[key]].name)
