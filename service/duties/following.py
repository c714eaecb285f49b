"""A notice on its way: by the best channel first, by the next where that one did not reach."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from bot.messages import Reply
from service.clock import VIETNAM
from service.duties.calendar import Calendar
from service.duties.routes import WEB, Route, routes
from service.duties.wording import reminding_of
from service.settings import Settings
from service.shapes import reply_json
from service.storage.delivery_tables import OutboundMessage
from service.storage.duty_tables import NoticeAttempt, Reminder
from service.storage.engine import transaction
from service.storage.outbox import call_back, enqueue, get_message
from service.storage.people import find_accounts
from service.storage.reminders import (
    attempts_of,
    belongs_to,
    get_notice,
    keep_attempt,
    keep_notice,
    overdue_attempts,
    overtaken_attempts,
    set_state,
    settled_attempts,
    told_by,
    wait_again,
)

_NO_BUTTONS = frozenset(("zalo_bot",))
_AT_ONCE = 200  #: attempts of one look
NIGHT = time(20)  #: from then on nobody is disturbed


def begin_notice(
    session: Session,
    settings: Settings,
    reminders: Sequence[Reminder],
    reply: Reply,
    at: datetime,
    today: date,
) -> None:
    """Send one message for these reminders of one person; nobody reached is kept, too."""
    person_id = reminders[0].person_id
    open_ = routes(settings, find_accounts(session, person_id), (), at)
    notice_id = keep_notice(session, person_id, today, at, "open" if open_ else "unreached")
    belongs_to(session, [one.id for one in reminders if one.id is not None], notice_id)
    if open_:
        _send(session, notice_id, 1, open_[0], reply, at)


def follow(
    session: Session, settings: Settings, calendar: Calendar, at: datetime, *, by_day: bool
) -> None:
    """Settle what is known by now; what a channel did not deliver goes out by the next.

    `by_day`: people may be disturbed now; otherwise the next way waits until they may.
    """
    today = at.astimezone(VIETNAM).date()
    for attempt in settled_attempts(session, today, _AT_ONCE):
        message = get_message(session, attempt.message_id)
        if message is None or message.state == "unclear":
            attempt.outcome = "unclear"  # perhaps it arrived: it is not sent another way
            set_state(session, attempt.notice_id, "unclear")
        elif message.state == "sent":
            attempt.outcome = "told"
            set_state(session, attempt.notice_id, "told")
        elif by_day and _is_worth_a_morning(session, settings, attempt, message, at):
            attempt.outcome = "waited"
        elif by_day:
            attempt.outcome = (message.error or "failed")[:200]
            _next(session, settings, calendar, attempt, at)
    wait = timedelta(hours=settings.remind_wait_hours)
    for attempt in overdue_attempts(session, at - wait, _AT_ONCE) if by_day else ():
        _overdue(session, settings, calendar, attempt, at)


def recall(engine: Engine, at: datetime) -> None:
    """What still waits when the hours of its day are over is not sent: it would come at night.

    It is gathered anew on the next day on which people are told, which says that it comes late.
    """
    local = at.astimezone(VIETNAM)
    day = local.date() + timedelta(days=local.time() >= NIGHT)
    found = _AT_ONCE
    while found == _AT_ONCE:
        with transaction(engine) as session:
            attempts = overtaken_attempts(session, day, _AT_ONCE)
            found = len(attempts)
            for attempt in attempts:
                message = get_message(session, attempt.message_id)
                if message is None or not call_back(session, message):
                    continue  # it is just being sent
                attempt.outcome = "late"
                session.add(attempt)
                _another_day(session, attempt.notice_id)


def _is_worth_a_morning(
    session: Session,
    settings: Settings,
    attempt: NoticeAttempt,
    message: OutboundMessage,
    at: datetime,
) -> bool:
    """Whether the channel was only given up on today, and there is no other: tomorrow it may do."""
    of_today = get_notice(session, attempt.notice_id).day == at.astimezone(VIETNAM).date()
    again = message.attempts > 1  # what it never takes is not tried twice
    return of_today and again and not _untried(session, settings, attempt, at)


def _overdue(
    session: Session, settings: Settings, calendar: Calendar, attempt: NoticeAttempt, at: datetime
) -> None:
    """Nobody has looked at the page, or the channel has been away: another way, if there is one."""
    message = get_message(session, attempt.message_id)
    attempt.outcome = "waited"
    today = at.astimezone(VIETNAM).date()
    if message is None or get_notice(session, attempt.notice_id).day != today:
        return  # on another day there is another reminder, or none
    if not _untried(session, settings, attempt, at):
        return
    if attempt.channel != WEB and not call_back(session, message):
        return  # it is just being sent
    attempt.outcome = "unseen" if attempt.channel == WEB else "late"
    _next(session, settings, calendar, attempt, at)


def _next(
    session: Session, settings: Settings, calendar: Calendar, attempt: NoticeAttempt, at: datetime
) -> None:
    """By another way, in the words of now: what is settled meanwhile is left out."""
    session.add(attempt)
    session.flush()
    notice, today = get_notice(session, attempt.notice_id), at.astimezone(VIETNAM).date()
    if notice.day != today:  # it is gathered anew, with whatever else there is on this day
        _another_day(session, attempt.notice_id)
        return
    told = told_by(session, attempt.notice_id, today)
    others = _untried(session, settings, attempt, at)
    if told and others:
        number = len(attempts_of(session, attempt.notice_id)) + 1
        reply = reminding_of(told, calendar, today)
        _send(session, attempt.notice_id, number, others[0], reply, at)
    else:
        set_state(session, attempt.notice_id, "unreached" if told else "dropped")


def _another_day(session: Session, notice_id: int) -> None:
    wait_again(session, notice_id)
    set_state(session, notice_id, "unreached")


def _untried(
    session: Session, settings: Settings, attempt: NoticeAttempt, at: datetime
) -> list[Route]:
    tried = [one.channel for one in attempts_of(session, attempt.notice_id)]
    person = get_notice(session, attempt.notice_id).person_id
    return routes(settings, find_accounts(session, person), tried, at)


def _send(
    session: Session, notice_id: int, number: int, route: Route, reply: Reply, at: datetime
) -> None:
    account, fetched = route.account, route.name == WEB
    id_ = enqueue(
        session,
        account.channel,
        account.chat,
        reply.text,
        at,
        buttons=reply.buttons if account.channel not in _NO_BUTTONS else (),
        drawn=reply_json(reply) if fetched else {},
        key=f"notice:{notice_id}:{number}",
        sent=fetched,
    )
    keep_attempt(session, notice_id, route.name, id_, at)
