"""Each message out once; the only SQL about messages.

A message waits, is being sent, and ends as sent, failed or unclear. Sending takes one of the
channel's slots (service/storage/slots.py) and holds the chat.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache

from pydantic import JsonValue
from sqlalchemy import Executable, Integer, and_, bindparam, exists, func, or_, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.messages import Button
from service.storage.base import UNHELD
from service.storage.delivery_tables import OutboundMessage
from service.storage.upserts import dialect_of, inserting, rows_of

_MESSAGE = rows_of(OutboundMessage)


def enqueue(
    session: Session,
    channel: str,
    chat: str,
    text: str,
    at: datetime,
    *,
    buttons: Sequence[Button] = (),
    enclosure: Mapping[str, JsonValue] | None = None,
    template: Mapping[str, JsonValue] | None = None,
    drawn: Mapping[str, JsonValue] | None = None,
    event_id: int | None = None,
    key: str | None = None,
    due_at: datetime | None = None,
    sent: bool = False,
) -> int | None:
    """Write one message; its id, or None when one with this `key` is there already.

    `template`: its id and data, sent where the person's window for free words has closed;
    `sent`: our own page fetches it, so there is nothing left to do.
    """
    row = {
        "channel": channel,
        "chat": chat,
        "lane": f"{channel}:{chat}",
        "key": key,
        "event_id": event_id,
        "text": text,
        "buttons": [{"label": b.label, "send": b.send, "id": b.id} for b in buttons],
        "enclosure": dict(enclosure or {}),
        "template": dict(template or {}),
        "drawn": dict(drawn or {}),
        "state": "sent" if sent else "waiting",
        "created_at": at,
        "due_at": due_at or at,
        "held_until": UNHELD,
        "attempts": 0,
        "sent_at": at if sent else None,
    }
    written = session.execute(_writing(dialect_of(session)), row).scalar()
    return None if written is None else int(written)


@cache
def _writing(dialect: str) -> Executable:
    return inserting(dialect, _MESSAGE).on_conflict_do_nothing().returning(_MESSAGE.c.id)


def is_due(session: Session, channel: str, at: datetime) -> bool:
    """Whether anything waits to be sent."""
    return session.execute(_DUE, {"channel": channel, "at": at}).first() is not None


_DUE = (
    select(_MESSAGE.c.id)
    .where(
        _MESSAGE.c.channel == bindparam("channel"),
        _MESSAGE.c.state == "waiting",
        _MESSAGE.c.due_at <= bindparam("at"),
    )
    .limit(1)
)


def claim_messages(
    session: Session, channel: str, worker: str, at: datetime, real: datetime, until: datetime,
    limit: int,
) -> list[OutboundMessage]:  # fmt: skip
    """At most `limit` messages to send now, one per chat; they and their chats held `until`."""
    asked = {"of": channel, "at": at, "real": real, "most": limit}
    ids = session.execute(_FIRST_OF_FREE_CHATS, asked).scalars().all()
    if not ids:
        return []
    # Two statements, for the reason given in service/storage/inbox.py.
    taken = {"ids": ids, "until": until, "by": worker}
    return sorted(session.scalars(_CLAIM, taken), key=lambda message: message.id or 0)


def _first_of_free_chats() -> SelectOfScalar[int]:
    """What waits and is due, the oldest of each chat that nobody holds."""
    mine, other = _MESSAGE.c, _MESSAGE.alias().c
    same_chat = other.lane == mine.lane
    # What is for later keeps nothing waiting; what is tried again does: order is kept.
    begun = or_(other.due_at <= bindparam("at"), other.attempts > 0)
    # Two questions instead of one with "or": each has an index of its own.
    is_first = ~exists().where(
        same_chat, other.state.in_(("waiting", "sending")), other.id < mine.id, begun
    )
    is_free = ~exists().where(same_chat, other.held_until > bindparam("real"))
    return (
        select(mine.id)
        .where(
            mine.channel == bindparam("of"),
            mine.state == "waiting",
            mine.due_at <= bindparam("at"),
            is_first,
            is_free,
        )
        # As the index has them: of a long queue only its head is read.
        .order_by(mine.due_at, mine.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True, of=_MESSAGE)
    )


# Made once: they are asked again and again.
_FIRST_OF_FREE_CHATS = _first_of_free_chats()
_CLAIM = (
    update(OutboundMessage)
    .where(
        col(OutboundMessage.id).in_(bindparam("ids", expanding=True)),
        col(OutboundMessage.state) == "waiting",
    )
    .values(
        state="sending",
        worker=bindparam("by"),
        held_until=bindparam("until"),
        attempts=OutboundMessage.attempts + 1,
    )
    .returning(OutboundMessage)
    .execution_options(synchronize_session=False)
)


def settle_sent(
    session: Session, message: OutboundMessage, delivered: str, at: datetime, held_until: datetime
) -> bool:
    """It went out under the channel's id `delivered`; the chat rests until `held_until`.

    False, as for each way to settle, when its sender has lost it to another meanwhile.
    """
    asked = {"message": message.id, "by": message.worker, "delivered": delivered[:120]}
    told = {**asked, "at": at, "until": held_until}
    return session.execute(_SENT, told).first() is not None


# Made once: every message passes it.
_SENT = (
    update(_MESSAGE)
    .where(
        _MESSAGE.c.id == bindparam("message"),
        _MESSAGE.c.state == "sending",
        _MESSAGE.c.worker == bindparam("by"),
    )
    .values(
        state="sent",
        message_id=bindparam("delivered"),
        sent_at=bindparam("at"),
        error=None,
        held_until=bindparam("until"),
    )
    .returning(_MESSAGE.c.id)
)


def settle_failed(
    session: Session, message: OutboundMessage, state: str, error: str, real: datetime
) -> bool:
    """It ends as "failed" or "unclear"; the chat is free."""
    return _settle(session, message, state=state, error=error[:200], held_until=real)


def settle_later(
    session: Session, message: OutboundMessage, due_at: datetime, error: str, real: datetime,
    *, counts: bool = True,
) -> bool:  # fmt: skip
    """It waits again, from `due_at` on; `counts`: whether this attempt counts."""
    attempts = col(OutboundMessage.attempts) - (0 if counts else 1)
    return _settle(
        session, message, state="waiting", due_at=due_at, error=error[:200], worker=None,
        held_until=real, attempts=attempts,
    )  # fmt: skip


def _settle(session: Session, message: OutboundMessage, **values: object) -> bool:
    settled = session.execute(
        update(OutboundMessage)
        .where(
            col(OutboundMessage.id) == message.id,
            col(OutboundMessage.state) == "sending",
            col(OutboundMessage.worker) == message.worker,
        )
        .values(values)
        .returning(col(OutboundMessage.id))
        .execution_options(synchronize_session=False)
    )
    return settled.first() is not None


def settle_lost(session: Session, channel: str, real: datetime, *, resend: bool) -> int:
    """Messages whose sender died wait again, or end as "unclear" where nothing is sent twice."""
    ended = session.execute(
        update(OutboundMessage)
        .where(
            col(OutboundMessage.channel) == channel,
            col(OutboundMessage.state) == "sending",
            col(OutboundMessage.held_until) <= real,
        )
        .values(state="waiting" if resend else "unclear", worker=None, error="sender died")
        .returning(col(OutboundMessage.id))
        .execution_options(synchronize_session=False)
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


def get_message(session: Session, message_id: int | None) -> OutboundMessage | None:
    """By id; None once it is too old to be kept."""
    return None if message_id is None else session.get(OutboundMessage, message_id)


def call_back(session: Session, message: OutboundMessage) -> bool:
    """A message that still waits is not sent after all; False when it is on its way."""
    waits = (col(OutboundMessage.id) == message.id, col(OutboundMessage.state) == "waiting")
    called = update(OutboundMessage).where(*waits).values(state="failed", error="called back")
    return session.execute(called.returning(col(OutboundMessage.id))).first() is not None


def call_back_all(session: Session, begins: str) -> list[int]:
    """The same for all whose key begins so; the ids of those that are not sent after all."""
    waits = (col(OutboundMessage.key).startswith(begins), col(OutboundMessage.state) == "waiting")
    called = update(OutboundMessage).where(*waits).values(state="failed", error="called back")
    called = called.execution_options(synchronize_session=False)
    return [id_ for (id_,) in session.execute(called.returning(_MESSAGE.c.id))]


def take_off_pages(session: Session, begins: str) -> None:
    """Messages whose key begins so are not shown any more by a page that has not fetched them."""
    emptied = {"text": "", "buttons": [], "enclosure": {}, "drawn": {}}
    gone = update(OutboundMessage).where(col(OutboundMessage.key).startswith(begins))
    session.execute(gone.values(**emptied).execution_options(synchronize_session=False))


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
