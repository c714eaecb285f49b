"""A notice on its way: by the best channel first, by the next where that one did not reach."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session

from bot.channels.rendering import split
from bot.messages import Button, Reply
from service.duties.routes import WEB, Route, routes
from service.settings import Settings
from service.shapes import reply_json
from service.storage.duty_tables import NoticeAttempt, Reminder
from service.storage.outbox import call_back, enqueue, get_message
from service.storage.people import find_accounts
from service.storage.reminders import (
    attempts_of,
    belongs_to,
    keep_attempt,
    keep_notice,
    overdue_attempts,
    person_of_notice,
    set_state,
    settled_attempts,
)

_LONGEST = 1900  #: UTF-16 units of one message: what the strictest channel takes
_NO_BUTTONS = frozenset(("zalo_bot",))
_AT_ONCE = 200  #: attempts of one look


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
        _send(session, notice_id, 1, open_[0], reply.text, reply.buttons, at)


def follow(session: Session, settings: Settings, at: datetime, *, by_day: bool) -> None:
    """Settle what is known by now; what a channel did not deliver goes out by the next.

    `by_day`: people may be disturbed now; otherwise the next way waits until they may.
    """
    for attempt in settled_attempts(session, _AT_ONCE):
        message = get_message(session, attempt.message_id)
        if message is None or message.state == "unclear":
            attempt.outcome = "unclear"  # perhaps it arrived: it is not sent another way
            set_state(session, attempt.notice_id, "unclear")
        elif message.state == "sent":
            attempt.outcome = "told"
            set_state(session, attempt.notice_id, "told")
        elif by_day:
            attempt.outcome = (message.error or "failed")[:200]
            _next(session, settings, attempt, message.text, _buttons(message.buttons), at)
    wait = timedelta(hours=settings.remind_wait_hours)
    for attempt in overdue_attempts(session, at - wait, _AT_ONCE) if by_day else ():
        _overdue(session, settings, attempt, at)


def _overdue(session: Session, settings: Settings, attempt: NoticeAttempt, at: datetime) -> None:
    """Nobody has looked at the page, or the channel has been away: another way, if there is one."""
    message = get_message(session, attempt.message_id)
    others = _untried(session, settings, attempt, at)
    attempt.outcome = "waited"
    if message is None or not others:
        return
    if attempt.channel != WEB and not call_back(session, message):
        return  # it is just being sent
    attempt.outcome = "unseen" if attempt.channel == WEB else "late"
    _next(session, settings, attempt, message.text, _buttons(message.buttons), at)


def _next(
    session: Session,
    settings: Settings,
    attempt: NoticeAttempt,
    text: str,
    buttons: Sequence[Button],
    at: datetime,
) -> None:
    session.add(attempt)
    session.flush()
    others = _untried(session, settings, attempt, at)
    if others and text:
        number = len(attempts_of(session, attempt.notice_id)) + 1
        _send(session, attempt.notice_id, number, others[0], text, buttons, at)
    else:
        set_state(session, attempt.notice_id, "unreached")


def _untried(
    session: Session, settings: Settings, attempt: NoticeAttempt, at: datetime
) -> list[Route]:
    tried = [one.channel for one in attempts_of(session, attempt.notice_id)]
    person = person_of_notice(session, attempt.notice_id)
    return routes(settings, find_accounts(session, person), tried, at)


def _send(
    session: Session,
    notice_id: int,
    number: int,
    route: Route,
    text: str,
    buttons: Sequence[Button],
    at: datetime,
) -> None:
    account, fetched = route.account, route.name == WEB
    whole = Reply("notice", text, "", text, "", buttons=tuple(buttons))
    pieces = [text] if fetched else split(text, _LONGEST)
    id_ = None
    for place, piece in enumerate(pieces, start=1):
        last = place == len(pieces)
        id_ = enqueue(
            session,
            account.channel,
            account.chat,
            piece,
            at,
            buttons=buttons if last and account.channel not in _NO_BUTTONS else (),
            drawn=reply_json(whole) if fetched else {},
            key=f"notice:{notice_id}:{number}:{place}",
            sent=fetched,
        )
    keep_attempt(session, notice_id, route.name, id_, at)


def _buttons(kept: Sequence[object]) -> tuple[Button, ...]:
    return tuple(Button(**one) for one in kept if isinstance(one, dict))
