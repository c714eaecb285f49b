"""Who of its audience a broadcast has reached, one row for each person and never two."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, update
from sqlmodel import Session, col, select

from service.storage.broadcast_tables import BroadcastSend
from service.storage.delivery_tables import OutboundMessage
from service.storage.people_tables import WEB
from service.storage.unit_tables import Binding, Unit
from service.storage.upserts import dialect_of, inserting, rows_of

#: What is not yet told, whatever was thought of it.
_UNSEEN = col(BroadcastSend.state).in_(("open", "unseen"))


@dataclass(frozen=True, slots=True)
class Missed:
    """Somebody who was not reached, as the desk shows them; a citizen has no name here."""

    person_id: int
    name: str
    unit: str
    reason: str


def lay_sends(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    """A row each; whoever has one for this broadcast keeps it."""
    if rows:
        bare = inserting(dialect_of(session), rows_of(BroadcastSend)).on_conflict_do_nothing()
        session.execute(bare, list(rows))


def routes_waiting(session: Session, broadcast_id: int) -> list[str]:
    """The ways by which somebody waits to be told."""
    of = select(BroadcastSend.route).where(*_in(broadcast_id, "waiting")).distinct()
    return sorted(session.exec(of))


def waiting_for(session: Session, broadcast_id: int, route: str, limit: int) -> list[BroadcastSend]:
    """At most `limit` who wait to be told by a way."""
    of = select(BroadcastSend).where(
        *_in(broadcast_id, "waiting"), col(BroadcastSend.route) == route
    )
    return list(session.exec(of.order_by(col(BroadcastSend.id)).limit(limit)))


def ended_sends(
    session: Session, broadcast_id: int, limit: int
) -> list[tuple[BroadcastSend, OutboundMessage | None]]:
    """Those whose message has ended, with it; None where it is kept no more. Not of the page."""
    gone = col(OutboundMessage.id).is_(None)
    ended = col(OutboundMessage.state).in_(("sent", "unclear", "failed"))
    of = (
        select(BroadcastSend, OutboundMessage)
        .outerjoin(OutboundMessage, col(OutboundMessage.id) == col(BroadcastSend.message_id))
        .where(*_in(broadcast_id, "open"), or_(gone, ended & (col(BroadcastSend.route) != WEB)))
    )
    found = session.exec(of.order_by(col(BroadcastSend.id)).limit(limit))
    return [(send, message) for send, message in found]


def overdue_sends(
    session: Session, broadcast_id: int, before: datetime, after: int, limit: int
) -> list[BroadcastSend]:
    """Those put among the messages before then of which nothing is known; `after` an id."""
    of = select(BroadcastSend).where(
        *_in(broadcast_id, "open"),
        col(BroadcastSend.at) < before,
        col(BroadcastSend.id) > after,
    )
    return list(session.exec(of.order_by(col(BroadcastSend.id)).limit(limit)))


def take_back_sends(session: Session, message_ids: Collection[int]) -> None:
    """These messages were called back: who was to get them waits again."""
    of = (col(BroadcastSend.message_id).in_(message_ids), col(BroadcastSend.state) == "open")
    session.execute(update(BroadcastSend).where(*of).values(state="waiting"))


def shown_sends(session: Session, message_ids: Collection[int]) -> None:
    """The web page has fetched these messages: who was told by them counts as told."""
    of = (col(BroadcastSend.message_id).in_(message_ids), _UNSEEN)
    if session.exec(select(BroadcastSend.id).where(*of)).first() is None:
        return  # as nearly always; then nothing is written
    session.execute(update(BroadcastSend).where(*of).values(state="told"))


@dataclass(frozen=True, slots=True)
class Counted:
    """So many people with whom a broadcast has got so far."""

    state: str
    route: str
    reason: str
    people: int


def count_sends(session: Session, broadcast_id: int) -> list[Counted]:
    """How many people, by state, way and reason."""
    by = (col(BroadcastSend.state), col(BroadcastSend.route), col(BroadcastSend.reason))
    counted = select(*by, func.count()).where(col(BroadcastSend.broadcast_id) == broadcast_id)
    return [Counted(*row) for row in session.exec(counted.group_by(*by).order_by(*by))]


def told_of(session: Session, broadcast_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """How many people each of them has told, and has on its list."""
    of, state = col(BroadcastSend.broadcast_id), col(BroadcastSend.state)
    counted = select(of, state, func.count()).where(of.in_(broadcast_ids)).group_by(of, state)
    found: dict[int, tuple[int, int]] = {}
    for id_, is_, people in session.exec(counted):
        told, every = found.get(id_, (0, 0))
        found[id_] = (told + people * (is_ == "told"), every + people)
    return found


def missed(session: Session, broadcast_id: int, limit: int) -> list[Missed]:
    """Who was not reached, at most `limit`; officers by name and unit."""
    of = select(BroadcastSend).where(*_in(broadcast_id, "unreached"))
    rows = list(session.exec(of.order_by(col(BroadcastSend.id)).limit(limit)))
    officers = (
        select(Binding.person_id, Binding.name, Unit.name)
        .join(Unit, col(Unit.id) == col(Binding.unit_id))
        .where(
            col(Binding.person_id).in_([one.person_id for one in rows]),
            col(Binding.ended_at).is_(None),
        )
        .order_by(col(Binding.id).desc())
    )
    known = {person: (name, unit) for person, name, unit in session.exec(officers)}
    return [Missed(r.person_id, *known.get(r.person_id, ("", "")), r.reason) for r in rows]


def sends_to(session: Session, person_id: int) -> list[BroadcastSend]:
    """What was said to one person, the first in front."""
    of = select(BroadcastSend).where(col(BroadcastSend.person_id) == person_id)
    return list(session.exec(of.order_by(col(BroadcastSend.id))))


def _in(broadcast_id: int, state: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (
        col(BroadcastSend.broadcast_id) == broadcast_id,
        col(BroadcastSend.state) == state,
    )
