"""Each message out once; the only SQL about messages.

A message waits, is being sent, and ends as sent, failed or unclear. Sending takes one of the
channel's slots (service/storage/slots.py) and holds the chat.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import and_, func, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, exists, select

from bot.messages import Button
from service.storage.delivery_tables import OutboundMessage
from service.storage.upserts import insert_into


def enqueue(
    session: Session,
    channel: str,
    chat: str,
    text: str,
    at: datetime,
    *,
    buttons: Sequence[Button] = (),
    enclosure: Mapping[str, JsonValue] | None = None,
    drawn: Mapping[str, JsonValue] | None = None,
    event_id: int | None = None,
    key: str | None = None,
    due_at: datetime | None = None,
    sent: bool = False,
) -> int | None:
    """Write one message; its id, or None when one with this `key` is there already.

    `sent`: our own page fetches it, so there is nothing left to do.
    """
    statement = insert_into(session, OutboundMessage).values(
        channel=channel,
        chat=chat,
        lane=f"{channel}:{chat}",
        key=key,
        event_id=event_id,
        text=text,
        buttons=[{"label": b.label, "send": b.send, "id": b.id} for b in buttons],
        enclosure=dict(enclosure or {}),
        drawn=dict(drawn or {}),
        state="sent" if sent else "waiting",
        created_at=at,
        due_at=due_at or at,
        held_until=at,
        attempts=0,
        sent_at=at if sent else None,
    )
    written = session.execute(
        statement.on_conflict_do_nothing().returning(col(OutboundMessage.id))
    ).scalar()
    return None if written is None else int(written)


def is_due(session: Session, channel: str, at: datetime) -> bool:
    """Whether anything waits to be sent, or was being sent."""
    found = session.exec(
        select(OutboundMessage.id)
        .where(
            col(OutboundMessage.channel) == channel,
            col(OutboundMessage.state).in_(("waiting", "sending")),
            col(OutboundMessage.due_at) <= at,
        )
        .limit(1)
    )
    return found.first() is not None


def claim_messages(
    session: Session, channel: str, worker: str, at: datetime, real: datetime, until: datetime,
    limit: int,
) -> list[OutboundMessage]:  # fmt: skip
    """At most `limit` messages to send now, one per chat; they and their chats held `until`.

    A message whose sender died is claimed again: channels that must not send twice have such
    messages settled first (`settle_lost`).
    """
    earlier = aliased(OutboundMessage)
    # Two questions instead of one with "or": each has an index of its own.
    is_first = ~exists().where(
        col(earlier.lane) == col(OutboundMessage.lane),
        col(earlier.state).in_(("waiting", "sending")),
        col(earlier.id) < col(OutboundMessage.id),
    )
    is_free = ~exists().where(
        col(earlier.lane) == col(OutboundMessage.lane), col(earlier.held_until) > real
    )
    lost = and_(col(OutboundMessage.state) == "sending", col(OutboundMessage.held_until) <= real)
    ids = (
        select(OutboundMessage.id)
        .where(
            col(OutboundMessage.channel) == channel,
            or_(col(OutboundMessage.state) == "waiting", lost),
            col(OutboundMessage.due_at) <= at,
            is_first,
            is_free,
        )
        .order_by(col(OutboundMessage.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    statement = (
        update(OutboundMessage)
        .where(col(OutboundMessage.id).in_(ids))
        .values(
            state="sending", worker=worker, held_until=until, attempts=OutboundMessage.attempts + 1
        )
        .returning(OutboundMessage)
        .execution_options(synchronize_session=False)
    )
    return sorted(session.scalars(statement), key=lambda message: message.id or 0)


def settle_sent(
    session: Session, message_id: int, delivered: str, at: datetime, held_until: datetime
) -> None:
    """It went out under the channel's id `delivered`; the chat rests until `held_until`."""
    _settle(
        session, message_id, state="sent", message_id=delivered[:120], sent_at=at, error=None,
        held_until=held_until,
    )  # fmt: skip


def settle_failed(
    session: Session, message_id: int, state: str, error: str, real: datetime
) -> None:
    """It ends as "failed" or "unclear"; the chat is free."""
    _settle(session, message_id, state=state, error=error[:200], held_until=real)


def settle_later(
    session: Session, message_id: int, due_at: datetime, error: str, real: datetime,
    *, counts: bool = True,
) -> None:  # fmt: skip
    """It waits again, from `due_at` on; `counts`: whether this attempt counts."""
    attempts = col(OutboundMessage.attempts) - (0 if counts else 1)
    _settle(
        session, message_id, state="waiting", due_at=due_at, error=error[:200], worker=None,
        held_until=real, attempts=attempts,
    )  # fmt: skip


def _settle(session: Session, message_id_: int, **values: object) -> None:
    session.execute(
        update(OutboundMessage)
        .where(col(OutboundMessage.id) == message_id_, col(OutboundMessage.state) == "sending")
        .values(values)
    )


def settle_lost(session: Session, channel: str, real: datetime) -> int:
    """Messages whose sender died, on a channel that must not send twice, end as "unclear"."""
    ended = session.execute(
        update(OutboundMessage)
        .where(
            col(OutboundMessage.channel) == channel,
            col(OutboundMessage.state) == "sending",
            col(OutboundMessage.held_until) <= real,
        )
        .values(state="unclear", error="sender died")
        .returning(col(OutboundMessage.id))
    )
    return len(ended.all())


def keep_sending(session: Session, worker: str, ids: Sequence[int], until: datetime) -> None:
    """Renew the hold on what is still being sent."""
    session.execute(
        update(OutboundMessage)
        .where(
            col(OutboundMessage.id).in_(ids),
            col(OutboundMessage.worker) == worker,
            col(OutboundMessage.state) == "sending",
        )
        .values(held_until=until)
    )


def move_chat(session: Session, channel: str, old: str, new: str) -> None:
    """A chat has a new address: what waits for it goes there."""
    session.execute(
        update(OutboundMessage)
        .where(
            col(OutboundMessage.channel) == channel,
            col(OutboundMessage.chat) == old,
            col(OutboundMessage.state).in_(("waiting", "sending")),
        )
        .values(chat=new, lane=f"{channel}:{new}")
    )


def messages_of(session: Session, event_id: int) -> list[OutboundMessage]:
    """What was answered to one event."""
    return list(
        session.exec(
            select(OutboundMessage)
            .where(col(OutboundMessage.event_id) == event_id)
            .order_by(col(OutboundMessage.id))
        )
    )


def messages_after(
    session: Session, channel: str, chat: str, after: int, since: datetime, limit: int
) -> list[OutboundMessage]:
    """What was said in one chat after a message that is known, oldest first.

    What was said unasked `since` is told again: its id may have been given out earlier than that
    of a message that was seen first. What was erased is left out.
    """
    unasked = and_(col(OutboundMessage.event_id).is_(None), col(OutboundMessage.created_at) > since)
    found = session.exec(
        select(OutboundMessage)
        .where(
            col(OutboundMessage.lane) == f"{channel}:{chat}",
            or_(col(OutboundMessage.id) > after, unasked),
        )
        .order_by(col(OutboundMessage.id))
        .limit(limit)
    )
    return [message for message in found if message.text or message.drawn or message.enclosure]


def newest_message(session: Session) -> int:
    """The highest id that was given out; 0 when there is none."""
    return session.exec(select(func.max(OutboundMessage.id))).one() or 0


def told_after(session: Session, channel: str, after: int) -> list[tuple[int, str]]:
    """Id and chat of what a channel's chats were told after a message."""
    found = session.exec(
        select(OutboundMessage.id, OutboundMessage.chat)
        .where(col(OutboundMessage.id) > after, col(OutboundMessage.channel) == channel)
        .order_by(col(OutboundMessage.id))
    )
    return [(id_ or 0, chat) for id_, chat in found]


def count_messages(session: Session, channel: str, state: str) -> int:
    """How many messages of a channel are in a state."""
    return session.exec(
        select(func.count())
        .select_from(OutboundMessage)
        .where(col(OutboundMessage.channel) == channel, col(OutboundMessage.state) == state)
    ).one()
