"""Messages about what is owed, and the ways by which they were tried."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import and_, bindparam, exists, insert, or_, update
from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select

from service.storage.delivery_tables import OutboundMessage
from service.storage.duty_tables import Notice, NoticeAttempt, Reminder
from service.storage.people_tables import WEB
from service.storage.upserts import rows_of

# Over the bare tables: a morning may have thousands of them.
_REMINDER, _NOTICE, _ATTEMPT = rows_of(Reminder), rows_of(Notice), rows_of(NoticeAttempt)
#: Attempts of which nothing is known yet, also after a while.
_OPEN = col(NoticeAttempt.outcome).in_(("", "waited"))


def keep_notices(
    session: Session, states: Mapping[int, tuple[str, str]], day: date, at: datetime
) -> dict[int, int]:
    """One message to each of these about their duties; its id, by person.

    `states`: by person; what becomes of it, and why nobody is reached.
    """
    rows = [
        {"person_id": person, "day": day, "written_at": at, "state": state, "reason": reason}
        for person, (state, reason) in states.items()
    ]
    made = insert(_NOTICE).returning(_NOTICE.c.person_id, _NOTICE.c.id)
    return {row.person_id: row.id for row in session.execute(made, rows)} if rows else {}


def belong_to(session: Session, notices: Mapping[int, int]) -> None:
    """Reminders (by id) are told by notices."""
    rows = [{"one": one, "by": notice} for one, notice in notices.items()]
    if rows:
        of = update(_REMINDER).where(_REMINDER.c.id == bindparam("one"))
        session.execute(of.values(notice_id=bindparam("by")), rows)


def keep_attempts(
    session: Session, tried: Sequence[tuple[int, str, int | None]], at: datetime
) -> None:
    """Notices go out by channels: of each its id, the channel, the id of the message."""
    rows = [
        {"notice_id": notice, "channel": channel, "message_id": message, "at": at, "outcome": ""}
        for notice, channel, message in tried
    ]
    if rows:
        session.execute(insert(_ATTEMPT), rows)


def set_state(session: Session, notice_id: int, state: str, reason: str = "") -> None:
    """What became of a notice, and why nobody was reached where that is not the channel's doing."""
    of = update(Notice).where(col(Notice.id) == notice_id)
    session.execute(of.values(state=state, reason=reason))


def get_notice(session: Session, notice_id: int) -> Notice:
    """By id."""
    return session.get_one(Notice, notice_id)


def note_sent(session: Session, limit: int) -> None:
    """Of at most `limit` attempts whose message was sent: it is told; nobody else looks at them."""
    sent = session.execute(
        select_rows(col(NoticeAttempt.id), col(NoticeAttempt.notice_id))
        .join(OutboundMessage, col(OutboundMessage.id) == col(NoticeAttempt.message_id))
        .where(_OPEN, col(NoticeAttempt.channel) != WEB, col(OutboundMessage.state) == "sent")
        .order_by(col(NoticeAttempt.id))
        .limit(limit)
        .with_for_update(skip_locked=True, of=NoticeAttempt)
    ).all()
    if not sent:
        return  # as nearly always; then nothing is written
    attempts = col(NoticeAttempt.id).in_([one for one, _ in sent])
    notices = col(Notice.id).in_([of for _, of in sent])
    for told in (
        update(NoticeAttempt).where(attempts).values(outcome="told"),
        update(Notice).where(notices).values(state="told", reason=""),
    ):
        session.execute(told.execution_options(synchronize_session=False))


def settled_attempts(session: Session, today: date, limit: int) -> list[NoticeAttempt]:
    """Attempts whose message has ended and was not sent, nobody else's; not those of the page.

    One that has failed and of which something was thought only after the day of its notice.
    """
    before = exists().where(col(Notice.id) == col(NoticeAttempt.notice_id), col(Notice.day) < today)
    ended = or_(
        col(OutboundMessage.state) == "unclear",
        and_(
            col(OutboundMessage.state) == "failed",
            or_(col(NoticeAttempt.outcome) == "", before),
        ),
    )
    gone = col(OutboundMessage.id).is_(None)
    return list(
        session.exec(
            select(NoticeAttempt)
            .outerjoin(OutboundMessage, col(OutboundMessage.id) == col(NoticeAttempt.message_id))
            .where(_OPEN, or_(and_(col(NoticeAttempt.channel) != WEB, ended), gone))
            .order_by(col(NoticeAttempt.id))
            .limit(limit)
            .with_for_update(skip_locked=True, of=NoticeAttempt)
        )
    )


def overtaken_attempts(session: Session, day: date, limit: int) -> list[NoticeAttempt]:
    """Attempts at notices of before `day` whose message still waits, and nobody else looks at."""
    return list(
        session.exec(
            select(NoticeAttempt)
            .join(Notice, col(Notice.id) == col(NoticeAttempt.notice_id))
            .join(OutboundMessage, col(OutboundMessage.id) == col(NoticeAttempt.message_id))
            .where(_OPEN, col(Notice.day) < day, col(OutboundMessage.state) == "waiting")
            .order_by(col(NoticeAttempt.id))
            .limit(limit)
            .with_for_update(skip_locked=True, of=NoticeAttempt)
        )
    )


def overdue_attempts(session: Session, before: datetime, limit: int) -> list[NoticeAttempt]:
    """Attempts made before then of which nothing is known and nothing was thought."""
    of = select(NoticeAttempt).where(
        col(NoticeAttempt.outcome) == "", col(NoticeAttempt.at) < before
    )
    of = of.order_by(col(NoticeAttempt.id)).limit(limit)
    return list(session.exec(of.with_for_update(skip_locked=True)))


def attempts_of(session: Session, notice_id: int) -> list[NoticeAttempt]:
    """By which channels a notice was tried, in order."""
    of = select(NoticeAttempt).where(col(NoticeAttempt.notice_id) == notice_id)
    return list(session.exec(of.order_by(col(NoticeAttempt.id))))


def shown(session: Session, message_ids: Collection[int]) -> None:
    """The web page has fetched these messages: what they told counts as told."""
    unseen = col(NoticeAttempt.outcome).in_(("", "waited", "unseen"))
    of = (col(NoticeAttempt.message_id).in_(message_ids), unseen)
    if session.exec(select(NoticeAttempt.id).where(*of)).first() is None:
        return  # as nearly always; then nothing is written
    told = update(NoticeAttempt).where(*of).values(outcome="told")
    notices = session.execute(told.returning(col(NoticeAttempt.notice_id)))
    for (notice_id,) in notices.all():
        set_state(session, notice_id, "told")
