"""What is said to many: written, scheduled, stopped, gone on with; with broadcast_sends.py the
only SQL about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import ColumnElement, and_, delete, exists, or_, update
from sqlmodel import Session, col, select

from service.storage.broadcast_tables import Broadcast, BroadcastSend


@dataclass(frozen=True, slots=True)
class Written:
    """What a broadcast says, and to whom."""

    text: str
    link: str
    file: Mapping[str, JsonValue]  #: {"name", "media_type", "sha256"}, or {}
    audience: Mapping[str, JsonValue]  #: as service.storage.audiences keeps it


def add_broadcast(session: Session, written: Written, by: str, at: datetime) -> Broadcast:
    """A draft of one."""
    broadcast = Broadcast(
        text=written.text,
        link=written.link,
        file=dict(written.file),
        audience=dict(written.audience),
        state="draft",
        created_at=at,
        created_by=by,
    )
    session.add(broadcast)
    session.flush()
    return broadcast


def change_broadcast(session: Session, id_: int, written: Written) -> bool:
    """Say something else; False for one that is no draft."""
    told = {
        "text": written.text,
        "link": written.link,
        "file": dict(written.file),
        "audience": dict(written.audience),
    }
    return _turn(session, id_, ("draft",), **told)


def drop_broadcast(session: Session, id_: int) -> bool:
    """Let a draft go; False for one that is none."""
    gone = delete(Broadcast).where(col(Broadcast.id) == id_, col(Broadcast.state) == "draft")
    return session.execute(gone.returning(col(Broadcast.id))).first() is not None


def schedule_broadcast(session: Session, id_: int, send_at: datetime, *, urgent: bool) -> bool:
    """It goes out from then on; False for one that is no draft."""
    return _turn(session, id_, ("draft",), state="scheduled", send_at=send_at, urgent=urgent)


def unschedule_broadcast(session: Session, id_: int) -> bool:
    """It is a draft again; False when it has begun, or never was to."""
    return _turn(session, id_, ("scheduled",), state="draft", send_at=None)


def begin_broadcast(session: Session, id_: int, at: datetime) -> bool:
    """It is being sent from now on; False unless it was scheduled for a time that has come."""
    due = col(Broadcast.send_at) <= at
    return _turn(session, id_, ("scheduled",), due, state="sending", began_at=at)


def stop_broadcast(session: Session, id_: int, at: datetime) -> bool:
    """Nothing more of it is put among the messages to be sent; False when it is not being sent."""
    return _turn(session, id_, ("sending",), state="stopped", ended_at=at)


def go_on_with(session: Session, id_: int) -> bool:
    """It is sent on to those who have not had it; False when it was not stopped."""
    return _turn(session, id_, ("stopped",), state="sending", ended_at=None)


def finish_broadcast(session: Session, id_: int, at: datetime) -> bool:
    """It is done, if nobody waits for it any more."""
    left = exists().where(
        col(BroadcastSend.broadcast_id) == id_, col(BroadcastSend.state).in_(("waiting", "open"))
    )
    over = (col(Broadcast.laid).is_(True), ~left)
    return _turn(session, id_, ("sending",), *over, state="done", ended_at=at)


def laid_up_to(session: Session, id_: int, person_id: int, *, laid: bool) -> None:
    """Everybody up to this person has a row."""
    mine = update(Broadcast).where(col(Broadcast.id) == id_)
    session.execute(mine.values(laid_to=person_id, laid=laid))


def hold(session: Session, id_: int, states: Collection[str]) -> Broadcast | None:
    """The broadcast, which nobody else works on until this transaction ends.

    None when it is in another state.
    """
    # SQLite locks nothing by reading: a write that changes nothing does, on both.
    same = _turn(session, id_, states, state=col(Broadcast.state))
    return session.get_one(Broadcast, id_, populate_existing=True) if same else None


def get_broadcast(session: Session, id_: int) -> Broadcast | None:
    """By id."""
    return session.get(Broadcast, id_)


def at_work(session: Session, at: datetime) -> list[int]:
    """Those with something to do: due, being sent, or stopped with messages on their way."""
    flying = exists().where(
        col(BroadcastSend.broadcast_id) == col(Broadcast.id), col(BroadcastSend.state) == "open"
    )
    of = select(Broadcast.id).where(
        or_(
            col(Broadcast.state) == "sending",
            and_(col(Broadcast.state) == "scheduled", col(Broadcast.send_at) <= at),
            and_(col(Broadcast.state) == "stopped", flying),
        )
    )
    return [id_ for id_ in session.exec(of.order_by(col(Broadcast.id))) if id_ is not None]


def broadcasts(session: Session, offset: int, limit: int) -> list[Broadcast]:
    """A page of them, the newest first."""
    of = select(Broadcast).order_by(col(Broadcast.id).desc())
    return list(session.exec(of.offset(offset).limit(limit)))


def files_of_broadcasts(session: Session) -> frozenset[str]:
    """The SHA-256 of every file that a broadcast carries."""
    files = session.exec(select(Broadcast.file)).all()
    return frozenset(str(file["sha256"]) for file in files if file.get("sha256"))


def forget_broadcasts(session: Session, before: datetime) -> None:
    """Delete those that ended before then, with who was reached."""
    over = (col(Broadcast.ended_at) < before, col(Broadcast.state).in_(("done", "stopped")))
    session.execute(delete(Broadcast).where(*over))


def _turn(
    session: Session,
    id_: int,
    states: Collection[str],
    *conditions: ColumnElement[bool],
    **values: object,
) -> bool:
    of = (col(Broadcast.id) == id_, col(Broadcast.state).in_(states), *conditions)
    turned = update(Broadcast).where(*of).values(**values)
    turned = turned.execution_options(synchronize_session=False)
    return session.execute(turned.returning(col(Broadcast.id))).first() is not None
