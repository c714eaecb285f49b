"""Talks of a person with an officer; the only SQL about hand-offs.

A hand-off waits, is taken by one officer, and ends. Whoever takes it silences the assistant for
that account; each word of either side makes the silence last longer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, update
from sqlmodel import Session, col, select

from service.storage.form_tables import HandOff, HandOffMessage
from service.storage.people import silence
from service.storage.people_tables import ChannelAccount

_WAITS = (col(HandOff.taken_at).is_(None), col(HandOff.ended_at).is_(None))
_GOES_ON = (col(HandOff.taken_at).is_not(None), col(HandOff.ended_at).is_(None))


def open_hand_off(session: Session, account_id: int, at: datetime) -> int | None:
    """Somebody wants an officer: the id of their one open hand-off, made where there is none.

    None when the account is gone.
    """
    # Locked: of two requests at once only one makes it.
    there = select(ChannelAccount.id).where(col(ChannelAccount.id) == account_id)
    if session.exec(there.with_for_update()).first() is None:
        return None
    hand_off = open_of(session, account_id)
    if hand_off is None:
        hand_off = HandOff(account_id=account_id, opened_at=at, last_at=at)
        session.add(hand_off)
        session.flush()
    return hand_off.id


def open_of(session: Session, account_id: int) -> HandOff | None:
    """The hand-off of an account that has not ended."""
    mine = select(HandOff).where(col(HandOff.account_id) == account_id)
    return session.exec(mine.where(col(HandOff.ended_at).is_(None))).first()


def take(
    session: Session, hand_off_id: int, admin_id: int | None, at: datetime, until: datetime
) -> bool:
    """The officer's from now on, the assistant silent until then; False when it waits no more.

    `admin_id` None: an officer in the channel's own console, whom nobody here knows.
    """
    values = {"taken_at": at, "taken_by": admin_id, "last_at": at}
    return _change(session, hand_off_id, values, until, *_WAITS)


def hear(session: Session, hand_off_id: int, text: str, at: datetime, until: datetime) -> bool:
    """Write what the person says to the officer; False when the talk is over."""
    if not _change(session, hand_off_id, {"last_at": at}, until, *_GOES_ON):
        return False
    session.add(HandOffMessage(hand_off_id=hand_off_id, by="person", text=text, at=at))
    return True


def say(
    session: Session, hand_off_id: int, admin_id: int, text: str, at: datetime, until: datetime
) -> bool:
    """Write what the officer says; False when the talk is over or another officer's."""
    mine = col(HandOff.taken_by) == admin_id
    if not _change(session, hand_off_id, {"last_at": at}, until, *_GOES_ON, mine):
        return False
    session.add(HandOffMessage(hand_off_id=hand_off_id, by="officer", text=text, at=at))
    return True


def touch(session: Session, hand_off_id: int, at: datetime, until: datetime) -> bool:
    """The officer has written where we cannot read it; False when the talk is over."""
    return _change(session, hand_off_id, {"last_at": at}, until, *_GOES_ON)


def end(
    session: Session, hand_off_id: int, at: datetime, *, quiet_since: datetime | None = None
) -> bool:
    """It is over and the assistant is back; False when it was over already.

    With `quiet_since`, also False when somebody has written after that.
    """
    guards: list[ColumnElement[bool]] = [col(HandOff.ended_at).is_(None)]
    if quiet_since is not None:
        guards.append(col(HandOff.last_at) <= quiet_since)
    return _change(session, hand_off_id, {"ended_at": at}, None, *guards)


def _change(
    session: Session,
    hand_off_id: int,
    values: Mapping[str, object],
    until: datetime | None,
    *guards: ColumnElement[bool],
) -> bool:
    """Change the row if it is still as the guards say, and with it the account's silence."""
    account_id = session.execute(
        update(HandOff)
        .where(col(HandOff.id) == hand_off_id, *guards)
        .values(dict(values))
        .returning(col(HandOff.account_id))
    ).scalar()
    if account_id is None:
        return False
    silence(session, int(account_id), until)
    return True


def find_hand_off(session: Session, hand_off_id: int) -> HandOff | None:
    """By id."""
    return session.get(HandOff, hand_off_id)


def messages_of(session: Session, hand_off_id: int) -> list[HandOffMessage]:
    """What both have said, oldest first."""
    said = select(HandOffMessage).where(col(HandOffMessage.hand_off_id) == hand_off_id)
    return list(session.exec(said.order_by(col(HandOffMessage.id))))


def talks_of(session: Session, person_id: int) -> list[HandOff]:
    """All of one person, on every channel, the first in front."""
    theirs = select(HandOff).join(ChannelAccount).where(col(ChannelAccount.person_id) == person_id)
    return list(session.exec(theirs.order_by(col(HandOff.id))))


def open_hand_offs(session: Session) -> list[HandOff]:
    """All that have not ended, whoever asked first first."""
    unended = select(HandOff).where(col(HandOff.ended_at).is_(None))
    return list(session.exec(unended.order_by(col(HandOff.opened_at), col(HandOff.id))))


def ended_hand_offs(session: Session, limit: int) -> list[HandOff]:
    """The last that have ended, the latest first."""
    ended = select(HandOff).where(col(HandOff.ended_at).is_not(None)).limit(limit)
    return list(session.exec(ended.order_by(col(HandOff.ended_at).desc(), col(HandOff.id).desc())))


def count_waiting(session: Session) -> int:
    """How many wait for an officer."""
    return session.exec(select(func.count()).select_from(HandOff).where(*_WAITS)).one()


def overdue(session: Session, at: datetime) -> list[HandOff]:
    """Those in which nobody has said a word for so long that the assistant answers again."""
    quiet = or_(col(ChannelAccount.paused_until).is_(None), col(ChannelAccount.paused_until) <= at)
    talks = select(HandOff).join(ChannelAccount).where(*_GOES_ON, quiet)
    return list(session.exec(talks.order_by(col(HandOff.id))))


def unannounced(session: Session) -> list[HandOff]:
    """Those that wait and of which nobody has been reminded."""
    waiting = select(HandOff).where(*_WAITS, col(HandOff.alerted_at).is_(None))
    return list(session.exec(waiting.order_by(col(HandOff.id))))


def note_reminder(session: Session, hand_off_id: int, at: datetime) -> bool:
    """Somebody is reminded of it; False when it waits no more, or somebody has been."""
    changed = session.execute(
        update(HandOff)
        .where(col(HandOff.id) == hand_off_id, *_WAITS, col(HandOff.alerted_at).is_(None))
        .values(alerted_at=at)
        .returning(col(HandOff.id))
    )
    return changed.first() is not None
