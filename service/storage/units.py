"""Keep units: their names, what they belong to, how they end; the only SQL about units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from bot.texts import say
from knowledge.vietnamese import collapse, fold, syllables
from service.errors import UnitRefused
from service.shapes import clean
from service.storage.assignments import move_assignments
from service.storage.bindings import move_bindings
from service.storage.unit_tables import Unit, UnitName
from service.storage.upserts import insert_into

#: The most letters of each field that an office fills in.
LONGEST: Mapping[str, int] = {"name": 200, "kind": 60, "plan": 100, "contact": 200, "head": 100}


@dataclass(frozen=True, slots=True)
class Names:
    """Which unit bears a name, and which bore it before; by `name_key`."""

    now: Mapping[str, int]
    before: Mapping[str, int]

    def unit_of(self, name: str) -> int | None:
        """The unit that has the name, else the one that had it."""
        key = name_key(name)
        return self.now.get(key, self.before.get(key))


def tidy_name(typed: str) -> str:
    """A name as it is stored: composed, single spaces, nothing that is not seen."""
    return collapse(clean(typed))


def name_key(name: str) -> str:
    """What makes two names the same: all letters and accents, not their case."""
    return tidy_name(name).casefold()


def all_units(session: Session) -> list[Unit]:
    """Every unit, those that are no more too, by name."""
    return sorted(session.exec(select(Unit)), key=lambda unit: (fold(unit.name), unit.name))


def get_unit(session: Session, unit_id: int) -> Unit | None:
    """By id."""
    return session.get(Unit, unit_id)


def find_unit(session: Session, name: str) -> Unit | None:
    """By its name now or before; without accents too, where that means one unit only."""
    names = known_names(session)
    found = names.unit_of(name)
    if found is None:
        wanted = syllables(name)
        like = {
            id_
            for known in (names.now, names.before)
            for key, id_ in known.items()
            if syllables(key) == wanted
        }
        found = like.pop() if wanted and len(like) == 1 else None
    return None if found is None else session.get(Unit, found)


def known_names(session: Session) -> Names:
    """All names, now and before."""
    now = session.exec(select(Unit.name, Unit.id))
    before = session.exec(select(UnitName.name, UnitName.unit_id).order_by(col(UnitName.until)))
    return Names(
        {name_key(name): id_ for name, id_ in now if id_ is not None},
        {name_key(name): id_ for name, id_ in before},
    )


def names_of(session: Session, unit_id: int) -> list[UnitName]:
    """The names that it had before, oldest first."""
    of_unit = select(UnitName).where(col(UnitName.unit_id) == unit_id)
    return list(session.exec(of_unit.order_by(col(UnitName.until), col(UnitName.id))))


def with_merged(session: Session, unit_id: int) -> frozenset[int]:
    """The unit and those that became part of it, step by step, by id."""
    merged = session.exec(
        select(Unit.id, Unit.merged_into_id).where(col(Unit.merged_into_id).is_not(None))
    ).all()
    found, reached = frozenset[int](), frozenset((unit_id,))
    while reached - found:
        found |= reached
        reached = frozenset(id_ for id_, into in merged if id_ is not None and into in found)
    return found


def is_open(unit: Unit, today: date) -> bool:
    """Whether it still is on that day."""
    return unit.closed_on is None or unit.closed_on > today


def open_units(session: Session, today: date) -> list[Unit]:
    """All that go on, in the order of `all_units`."""
    return [one for one in all_units(session) if is_open(one, today)]


def add_unit(
    session: Session,
    name: str,
    at: datetime,
    *,
    kind: str = "",
    parent_id: int | None = None,
    plan: str = "",
    contact: str = "",
    head: str = "",
) -> Unit:
    """A new unit; raises UnitRefused: a name that is or was another's, something too long."""
    name = _checked_name(session, name)
    fields = _checked(kind=kind, plan=plan, contact=contact, head=head)
    if parent_id is not None and session.get(Unit, parent_id) is None:
        raise UnitRefused(say("units.no_parent"))
    row = insert_into(session, Unit).values(name=name, parent_id=parent_id, created_at=at, **fields)
    # Two people may add it at once: the unique name decides.
    added = session.execute(row.on_conflict_do_nothing().returning(col(Unit.id))).first()
    if added is None:
        raise UnitRefused(say("units.name_taken", name=name))
    return session.get_one(Unit, added[0])


def add_units(session: Session, new: Iterable[Unit]) -> None:
    """Many at once, whose names and fields were checked; afterwards they have ids."""
    session.add_all(new)
    session.flush()


def change_unit(
    session: Session,
    unit: Unit,
    *,
    kind: str,
    parent_id: int | None,
    plan: str,
    contact: str,
    head: str,
) -> tuple[str, ...]:
    """Other values; returns the names of the fields that differ now. Raises UnitRefused."""
    wanted: dict[str, str | int | None] = {
        **_checked(kind=kind, plan=plan, contact=contact, head=head),
        "parent_id": parent_id,
    }
    if parent_id is not None and parent_id != unit.parent_id:
        _check_parent(session, unit, parent_id)
    differ = tuple(name for name, value in wanted.items() if getattr(unit, name) != value)
    for name in differ:
        setattr(unit, name, wanted[name])
    session.add(unit)
    session.flush()
    return differ


def rename_unit(session: Session, unit: Unit, name: str, since: date, today: date) -> None:
    """Another name since that day; the earlier one stays known. Raises UnitRefused."""
    _check_past(since, today)
    former = names_of(session, _id(unit))
    name = _checked_name(session, name, of=unit)
    if name == unit.name:
        raise UnitRefused(say("units.same_name"))
    if former and former[-1].until > since:
        raise UnitRefused(say("units.before_last_name", day=_day(former[-1].until)))
    if name_key(name) != name_key(unit.name):  # another case of a letter is a correction
        session.add(UnitName(unit_id=_id(unit), name=unit.name, until=since))
    unit.name = name
    session.add(unit)
    session.flush()


def merge_units(
    session: Session, unit: Unit, successor: Unit, since: date, today: date, at: datetime
) -> None:
    """`unit` is part of `successor` since that day, and whoever acts for it acts for that one.

    What it owes the other one owes; what was sent for it keeps its unit. Raises UnitRefused.
    """
    _check_past(since, today)
    if _id(unit) == _id(successor):
        raise UnitRefused(say("units.into_itself"))
    for each in (unit, successor):
        if not is_open(each, today):
            raise UnitRefused(say("units.closed", name=each.name))
    unit.closed_on, unit.merged_into_id = since, successor.id
    session.add(unit)
    session.flush()
    move_bindings(session, _id(unit), _id(successor), at)
    move_assignments(session, _id(unit), _id(successor), today)


def close_unit(session: Session, unit: Unit, since: date, today: date) -> None:
    """It is no more since that day, which may be to come. Raises UnitRefused."""
    if not is_open(unit, today):
        raise UnitRefused(say("units.closed", name=unit.name))
    unit.closed_on = since
    session.add(unit)
    session.flush()


def reopen_unit(session: Session, unit: Unit) -> bool:
    """It was closed by mistake; False when it was not. People who were moved stay there."""
    if unit.closed_on is None:
        return False
    unit.closed_on = unit.merged_into_id = None
    session.add(unit)
    session.flush()
    return True


def _checked_name(session: Session, typed: str, of: Unit | None = None) -> str:
    """A name that no other unit has or had; `of` may have its own back."""
    name = tidy_name(typed)
    if not name:
        raise UnitRefused(say("units.no_name"))
    if len(name) > LONGEST["name"]:
        raise UnitRefused(say("units.too_long", most=LONGEST["name"]))
    names, key = known_names(session), name_key(name)
    own = of.id if of else None
    if names.now.get(key, own) != own:
        raise UnitRefused(say("units.name_taken", name=name))
    if names.before.get(key, own) != own:
        now = session.get_one(Unit, names.before[key]).name
        raise UnitRefused(say("units.name_before", name=name, now=now))
    return name


def _checked(**typed: str) -> dict[str, str]:
    """The fields as they are stored."""
    fields = {name: tidy_name(value) for name, value in typed.items()}
    for name, value in fields.items():
        if len(value) > LONGEST[name]:
            raise UnitRefused(say("units.too_long", most=LONGEST[name]))
    return fields


def _check_parent(session: Session, unit: Unit, parent_id: int) -> None:
    above: int | None = parent_id
    seen: set[int] = set()
    while above is not None and above not in seen:
        if above == unit.id:
            raise UnitRefused(say("units.cycle"))
        seen.add(above)
        found = session.get(Unit, above)
        if found is None:
            raise UnitRefused(say("units.no_parent"))
        above = found.parent_id


def _check_past(since: date, today: date) -> None:
    if since > today:
        raise UnitRefused(say("units.future"))


def _day(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"


def _id(unit: Unit) -> int:
    assert unit.id is not None, "stored units have an id"
    return unit.id
