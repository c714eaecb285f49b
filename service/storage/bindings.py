"""Keep who acts for a unit: asking, confirmed, ended; with reach.py the only SQL about that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, update
from sqlmodel import Session, col, select

from bot.texts import say
from knowledge.vietnamese import collapse
from service.clock import VIETNAM
from service.errors import UnitRefused
from service.shapes import clean
from service.storage.people_tables import MAIL, ChannelAccount
from service.storage.submissions_left import Personal, pass_on
from service.storage.unit_tables import Binding, Unit
from service.storage.upserts import insert_into

_LONGEST = 100  #: letters of a person's name, and of the post

_LASTING = col(Binding.ended_at).is_(None)
_NEW = and_(_LASTING, col(Binding.confirmed_at).is_(None))
_ACTING = and_(_LASTING, col(Binding.confirmed_at).is_not(None))
_RISING = and_(_ACTING, col(Binding.head_asked))
_WAITING = or_(_NEW, _RISING)


@dataclass(frozen=True, slots=True)
class Office:
    """A unit as one person acts for it."""

    unit_id: int
    name: str
    plan: str  #: the document that the unit follows; "" when none has been named
    head: bool  #: confirmed as one who sees what is sent and confirms others
    shared: bool
    confirmed: bool
    person_name: str
    post: str


@dataclass(frozen=True, slots=True)
class Acting:
    """A person of a unit as the desk shows them."""

    binding: Binding
    unit: Unit
    reachable: bool  #: whether a message would find the person


def ask(
    session: Session,
    person_id: int,
    unit_id: int,
    name: str,
    post: str,
    at: datetime,
    *,
    head: bool = False,
    shared: bool = False,
) -> Binding:
    """A person wants to act for a unit and waits until somebody confirms it.

    Whoever acts for it already goes on as they were; invited to be its head, they wait for that
    alone. Raises UnitRefused when the unit is closed.
    """
    if open_unit(session, unit_id, at) is None:
        raise UnitRefused(say("units.not_open"))
    key = {"person_id": person_id, "unit_id": unit_id}
    blank = {
        "name": "",
        "post": "",
        "head": False,
        "shared": False,
        "confirmed_by": "",
        "head_asked": False,
    }
    row = insert_into(session, Binding).values(**key, **blank, asked_at=at)
    session.execute(row.on_conflict_do_nothing())
    binding = _of(session, person_id, unit_id)
    assert binding is not None, "it is there now"
    if is_confirmed(binding):
        binding.head_asked = (head or binding.head_asked) and not binding.head
        session.add(binding)
        session.flush()
        return binding
    # While it waits, an invitation counts even if the person asks once more without it.
    binding.head = head or (binding.head and binding.ended_at is None)
    binding.head_asked = False
    binding.name, binding.post, binding.shared = _tidy(name), _tidy(post), shared
    binding.asked_at, binding.confirmed_by = at, ""
    binding.confirmed_at = binding.ended_at = None
    session.add(binding)
    session.flush()
    return binding


def confirm(session: Session, binding_id: int, by: str, at: datetime) -> Binding | None:
    """The person acts for the unit, or is its head as they were invited to be.

    None when nobody waits there. Of two at once one succeeds.
    """
    told = {"confirmed_at": at, "confirmed_by": by}
    return _decide(session, binding_id, _RISING, head=True, head_asked=False, **told) or _decide(
        session, binding_id, _NEW, **told
    )


def refuse(session: Session, binding_id: int, at: datetime) -> Binding | None:
    """The person who waits does not act for the unit; None when nobody waits there.

    Whoever acts for it and waits to be its head goes on as they were.
    """
    return _decide(session, binding_id, _RISING, head_asked=False) or _decide(
        session, binding_id, _NEW, ended_at=at
    )


def revoke(session: Session, binding_id: int, at: datetime) -> Binding | None:
    """The person acts for the unit no more; None when they did not."""
    return _decide(session, binding_id, _ACTING, ended_at=at)


def hand_over(
    session: Session, binding_id: int, successor_id: int, at: datetime, personal: Personal
) -> int | None:
    """Another person of the unit goes on; returns how many undecided submissions went along.

    None when the first acts no more, or the second does not act for the same unit.
    """
    first, second = session.get(Binding, binding_id), session.get(Binding, successor_id)
    if first is None or second is None or first.id == second.id:
        return None
    if first.unit_id != second.unit_id or not is_confirmed(second):
        return None
    if revoke(session, binding_id, at) is None:
        return None
    return pass_on(session, first.person_id, second.person_id, first.unit_id, at, personal)


def is_confirmed(binding: Binding) -> bool:
    """Whether the person acts for the unit."""
    return binding.confirmed_at is not None and binding.ended_at is None


def get_binding(session: Session, binding_id: int) -> Binding | None:
    """By id."""
    return session.get(Binding, binding_id)


def bindings_of(session: Session, person_id: int, today: date) -> tuple[Office, ...]:
    """The open units that a person acts for or asks to, in the order in which they came."""
    rows = session.exec(
        select(Binding, Unit)
        .join(Unit, col(Unit.id) == col(Binding.unit_id))
        .where(col(Binding.person_id) == person_id, _LASTING, lasts(today))
        .order_by(col(Binding.id))
    )
    return tuple(_office(binding, unit) for binding, unit in rows)


def all_of(session: Session, person_id: int) -> list[tuple[Binding, str]]:
    """Everything kept of a person and their units, what has ended too, with the unit's name."""
    rows = session.exec(
        select(Binding, Unit.name)
        .join(Unit, col(Unit.id) == col(Binding.unit_id))
        .where(col(Binding.person_id) == person_id)
        .order_by(col(Binding.id))
    )
    return [(binding, name) for binding, name in rows]


def bindings_of_unit(session: Session, unit_id: int) -> list[Acting]:
    """Who acts for it or asks to: those confirmed first, then as they came."""
    return _acting(session, col(Binding.unit_id) == unit_id, _LASTING)


def waiting(session: Session) -> list[Acting]:
    """Who waits to be confirmed, the longest first."""
    return _acting(session, _WAITING)


def acting(session: Session) -> list[Acting]:
    """Everybody who acts for a unit."""
    return _acting(session, _ACTING)


def count_waiting(session: Session) -> int:
    """How many wait to be confirmed."""
    return session.exec(select(func.count()).select_from(Binding).where(_WAITING)).one()


def count_acting(session: Session) -> dict[int, int]:
    """How many act for each unit that has somebody."""
    each = select(col(Binding.unit_id), func.count()).where(_ACTING).group_by(col(Binding.unit_id))
    return dict(session.exec(each).all())


def units_of(session: Session, person_id: int) -> list[int]:
    """The units that a person acts for."""
    of = select(col(Binding.unit_id)).where(col(Binding.person_id) == person_id, _ACTING)
    return sorted(session.exec(of))


def move_bindings(session: Session, unit_id: int, successor_id: int, at: datetime) -> None:
    """Whoever acts for one unit or asks to does so for the other, each person once."""
    lasting = select(Binding).where(col(Binding.unit_id) == unit_id, _LASTING)
    for binding in session.exec(lasting).all():
        there = _of(session, binding.person_id, successor_id)
        if there is None:
            binding.unit_id = successor_id
            session.add(binding)
            continue
        if there.ended_at is not None or (is_confirmed(binding) and not is_confirmed(there)):
            for name in ("name", "post", "head", "head_asked", "shared", "asked_at"):
                setattr(there, name, getattr(binding, name))
            there.confirmed_at, there.confirmed_by = binding.confirmed_at, binding.confirmed_by
            there.ended_at = None
        binding.ended_at = at
        session.add_all((there, binding))
    session.flush()


def open_unit(session: Session, unit_id: int, at: datetime) -> Unit | None:
    """The unit while it is no past one."""
    today = at.astimezone(VIETNAM).date()
    return session.exec(select(Unit).where(col(Unit.id) == unit_id, lasts(today))).first()


def lasts(today: date) -> ColumnElement[bool]:
    """The condition that a unit still is on that day."""
    return or_(col(Unit.closed_on).is_(None), col(Unit.closed_on) > today)


def acts() -> ColumnElement[bool]:
    """The condition that a person acts for the unit of a binding."""
    return _ACTING


def reachable() -> ColumnElement[bool]:
    """The condition that a message would find the person of a binding where they can answer."""
    return exists().where(
        col(ChannelAccount.channel) != MAIL,
        col(ChannelAccount.person_id) == col(Binding.person_id),
        col(ChannelAccount.chat) != "",
        col(ChannelAccount.unreachable).is_(None),
    )


def _decide(
    session: Session, binding_id: int, state: ColumnElement[bool], **values: object
) -> Binding | None:
    changed = update(Binding).where(col(Binding.id) == binding_id, state).values(**values)
    if session.execute(changed.returning(col(Binding.id))).first() is None:
        return None
    return session.get(Binding, binding_id, populate_existing=True)


def _of(session: Session, person_id: int, unit_id: int) -> Binding | None:
    of = select(Binding).where(col(Binding.person_id) == person_id)
    return session.exec(of.where(col(Binding.unit_id) == unit_id)).first()


def _acting(session: Session, *conditions: ColumnElement[bool]) -> list[Acting]:
    rows = session.exec(
        select(Binding, Unit, reachable())
        .join(Unit, col(Unit.id) == col(Binding.unit_id))
        .where(*conditions)
        .order_by(col(Binding.confirmed_at).is_(None), col(Binding.asked_at), col(Binding.id))
    )
    return [Acting(binding, unit, bool(found)) for binding, unit, found in rows]


def _office(binding: Binding, unit: Unit) -> Office:
    return Office(
        unit_id=_id(unit.id),
        name=unit.name,
        plan=unit.plan,
        head=binding.head and is_confirmed(binding),
        shared=binding.shared,
        confirmed=is_confirmed(binding),
        person_name=binding.name,
        post=binding.post,
    )


def _tidy(typed: str) -> str:
    return collapse(clean(typed))[:_LONGEST]


def _id(value: int | None) -> int:
    assert value is not None, "stored rows have an id"
    return value
