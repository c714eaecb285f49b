"""Who wants to hear what the office says unasked, and of what; the only SQL about that."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from service.storage.broadcast_tables import BroadcastSend, Follow, Unsubscribed
from service.storage.upserts import insert_into


def unsubscribe(session: Session, person_id: int, at: datetime) -> None:
    """No broadcasts any more, also of drafts that the person follows."""
    row = insert_into(session, Unsubscribed).values(person_id=person_id, at=at)
    session.execute(row.on_conflict_do_nothing())
    session.execute(delete(Follow).where(col(Follow.person_id) == person_id))


def subscribe(session: Session, person_id: int) -> None:
    """Broadcasts again; drafts are followed anew one by one."""
    session.execute(delete(Unsubscribed).where(col(Unsubscribed.person_id) == person_id))


def unsubscribed(session: Session, among: Collection[int]) -> set[int]:
    """Those of them who do not want broadcasts."""
    of = select(Unsubscribed.person_id).where(col(Unsubscribed.person_id).in_(among))
    return set(session.exec(of))


def unsubscribed_at(session: Session, person_id: int) -> datetime | None:
    """Since when the person wants no broadcasts; None for whoever does."""
    row = session.get(Unsubscribed, person_id)
    return row.at if row else None


def follow(session: Session, person_id: int, draft_id: int, at: datetime) -> None:
    """The person hears what is said of a draft."""
    row = insert_into(session, Follow).values(person_id=person_id, draft_id=draft_id, since=at)
    session.execute(row.on_conflict_do_nothing())


def unfollow(session: Session, person_id: int, draft_id: int) -> None:
    """The person does not any more."""
    of = (col(Follow.person_id) == person_id, col(Follow.draft_id) == draft_id)
    session.execute(delete(Follow).where(*of))


def follows_of(session: Session, person_id: int) -> list[Follow]:
    """The drafts that the person follows, by number."""
    of = select(Follow).where(col(Follow.person_id) == person_id)
    return list(session.exec(of.order_by(col(Follow.draft_id))))


def pass_news(session: Session, old: int, new: int) -> None:
    """What one person follows, does not want and was told is the other's from now on.

    Of two rows for one broadcast the one stays that has gone further: nobody is told twice.
    """
    for table, key in ((Follow, Follow.draft_id), (BroadcastSend, BroadcastSend.broadcast_id)):
        theirs = select(col(key)).where(col(table.person_id) == new)
        if table is BroadcastSend:
            begun = select(col(key)).where(
                col(table.person_id) == old, col(BroadcastSend.state) != "waiting"
            )
            waiting = (col(table.person_id) == new, col(BroadcastSend.state) == "waiting")
            session.execute(delete(table).where(*waiting, col(key).in_(begun)))
        passed = update(table).where(col(table.person_id) == old, col(key).not_in(theirs))
        session.execute(passed.values(person_id=new).execution_options(synchronize_session=False))
    stopped = unsubscribed_at(session, old)
    if stopped is not None:
        unsubscribe_only = insert_into(session, Unsubscribed).values(person_id=new, at=stopped)
        session.execute(unsubscribe_only.on_conflict_do_nothing())
