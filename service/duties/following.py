"""A notice on its way: by the best channel first, by the next where that one did not reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from bot.channels.rendering import fitting
from bot.channels.zalo_messages import BUTTONS
from bot.messages import Button, Reply
from service.clock import VIETNAM
from service.duties.calendar import Calendar
from service.duties.routes import Route, routes
from service.duties.wording import blanks_of, letter_of, reminding_of
from service.settings import Settings
from service.shapes import reply_json
from service.spending import CAP, TEMPLATE, may_spend, tell_of_cap
from service.storage.assignments import Owed
from service.storage.duty_tables import Notice, NoticeAttempt, Reminder
from service.storage.engine import transaction
from service.storage.notices import (
    attempts_of,
    belong_to,
    get_notice,
    keep_attempts,
    keep_notices,
    note_sent,
    overdue_attempts,
    overtaken_attempts,
    set_state,
    settled_attempts,
)
from service.storage.outbox import call_back, enqueue, get_message
from service.storage.people import accounts_of, find_accounts
from service.storage.people_tables import MAIL, WEB, ChannelAccount
from service.storage.reminders import told_by, wait_again

#: Of the channels that take few.
_MOST_BUTTONS = {"zalo_bot": 0, MAIL: 0, "zalo_oa": BUTTONS}
_AT_ONCE = 200  #: attempts of one look
_SENT_AT_ONCE = 2_000  #: of those of which there is nothing more to think


def begin_notices(
    session: Session,
    settings: Settings,
    calendar: Calendar,
    waiting: Mapping[int, Sequence[tuple[Reminder, Owed]]],
    at: datetime,
    today: date,
) -> None:
    """Send one message to each person for their reminders; nobody reached is kept, too."""
    accounts = accounts_of(session, waiting)
    ways: dict[int, Route] = {}
    states: dict[int, tuple[str, str]] = {}
    for person in waiting:
        way, capped = _way(session, settings, accounts.get(person, []), (), at)
        if way:
            ways[person], states[person] = way, ("open", "")
        else:
            states[person] = ("unreached", _why(session, settings, at, capped=capped))
    notices = keep_notices(session, states, today, at)
    told = {one.id or 0: notices[person] for person, mine in waiting.items() for one, _ in mine}
    belong_to(session, told)
    tried = [
        (id_, way.name, _enqueued(session, settings, calendar, id_, way, waiting[person], at))
        for person, way in ways.items()
        for id_ in [notices[person]]
    ]
    keep_attempts(session, tried, at)


def follow(
    session: Session, settings: Settings, calendar: Calendar, at: datetime, *, by_day: bool
) -> None:
    """Settle what is known by now; what a channel did not deliver goes out by the next.

    `by_day`: people may be disturbed now; otherwise the next way waits until they may.
    """
    note_sent(session, _SENT_AT_ONCE)
    today = at.astimezone(VIETNAM).date()
    for attempt in settled_attempts(session, today, _AT_ONCE):
        message = get_message(session, attempt.message_id)
        if message is None or message.state == "unclear":
            attempt.outcome = "unclear"  # perhaps it arrived: it is not sent another way
            set_state(session, attempt.notice_id, "unclear")
        elif by_day:
            attempt.outcome = (message.error or "failed")[:200]
            # What a channel never takes is not tried twice; what was may be taken tomorrow.
            again = message.attempts > 1
            _next(session, settings, calendar, attempt, at, again=again)
    wait = timedelta(hours=settings.remind_wait_hours)
    for attempt in overdue_attempts(session, at - wait, _AT_ONCE) if by_day else ():
        _overdue(session, settings, calendar, attempt, at)


def recall(engine: Engine, day: date) -> None:
    """What was to be told before `day` and still waits to be sent is not sent: it comes too late.

    It is gathered anew on the next day on which people are told, which says that it comes late.
    """
    found = _AT_ONCE
    while found == _AT_ONCE:
        with transaction(engine) as session:
            attempts = overtaken_attempts(session, day, _AT_ONCE)
            found = len(attempts)
            for attempt in attempts:
                message = get_message(session, attempt.message_id)
                if message is not None and call_back(session, message):  # else it is being sent
                    attempt.outcome = "late"
                    session.add(attempt)
                    _another_day(session, attempt.notice_id)


def _overdue(
    session: Session, settings: Settings, calendar: Calendar, attempt: NoticeAttempt, at: datetime
) -> None:
    """Nobody has looked at the page, or the channel has been away: another way, if there is one."""
    message = get_message(session, attempt.message_id)
    attempt.outcome = "waited"
    notice, today = get_notice(session, attempt.notice_id), at.astimezone(VIETNAM).date()
    if message is None or notice.day != today:
        return  # on another day there is another reminder, or none
    way, capped = _next_way(session, settings, attempt, at)
    if way is None:
        why = _why(session, settings, at, capped=capped)
        set_state(session, attempt.notice_id, "open", why)  # it may still be looked at
        return
    if attempt.channel != WEB and not call_back(session, message):
        return  # it is just being sent
    attempt.outcome = "unseen" if attempt.channel == WEB else "late"
    waiting = told_by(session, attempt.notice_id, today)
    if waiting:
        _send(session, settings, calendar, notice, way, waiting, at)
    else:
        set_state(session, attempt.notice_id, "dropped")


def _next(
    session: Session,
    settings: Settings,
    calendar: Calendar,
    attempt: NoticeAttempt,
    at: datetime,
    *,
    again: bool,
) -> None:
    """By another way, in the words of now: what is settled meanwhile is left out.

    `again`: where there is none, it is gathered anew tomorrow.
    """
    notice, today = get_notice(session, attempt.notice_id), at.astimezone(VIETNAM).date()
    if notice.day != today:  # it is gathered anew, with whatever else there is on this day
        _another_day(session, attempt.notice_id)
        return
    waiting = told_by(session, attempt.notice_id, today)
    if not waiting:
        set_state(session, attempt.notice_id, "dropped")
        return
    way, capped = _next_way(session, settings, attempt, at)
    if way:
        _send(session, settings, calendar, notice, way, waiting, at)
        return
    why = _why(session, settings, at, capped=capped)
    set_state(session, attempt.notice_id, "open" if again else "unreached", why)
    if again:
        attempt.outcome = "waited"


def _another_day(session: Session, notice_id: int) -> None:
    wait_again(session, notice_id)
    set_state(session, notice_id, "unreached")


def _next_way(
    session: Session, settings: Settings, attempt: NoticeAttempt, at: datetime
) -> tuple[Route | None, bool]:
    person = get_notice(session, attempt.notice_id).person_id
    tried = attempts_of(session, attempt.notice_id)
    return _way(session, settings, find_accounts(session, person), tried, at)


def _way(
    session: Session,
    settings: Settings,
    accounts: Sequence[ChannelAccount],
    tried: Sequence[NoticeAttempt],
    at: datetime,
) -> tuple[Route | None, bool]:
    """The best way that is left and may be paid for; whether money keeps us from one."""
    capped = any(one.outcome == CAP for one in tried)
    names = [one.channel for one in tried]
    for way in routes(settings, accounts, names, at):
        if may_spend(session, settings, way.name, at):
            return way, capped
        capped = True
    return None, capped


def _why(session: Session, settings: Settings, at: datetime, *, capped: bool) -> str:
    """Why there is no way left; of the month's money the desk learns."""
    if capped:
        tell_of_cap(session, settings, at)
    return CAP if capped else ""


def _send(
    session: Session,
    settings: Settings,
    calendar: Calendar,
    notice: Notice,
    way: Route,
    waiting: Sequence[tuple[Reminder, Owed]],
    at: datetime,
) -> None:
    message = _enqueued(session, settings, calendar, _id(notice), way, waiting, at)
    keep_attempts(session, [(_id(notice), way.name, message)], at)


def _enqueued(
    session: Session,
    settings: Settings,
    calendar: Calendar,
    notice_id: int,
    way: Route,
    waiting: Sequence[tuple[Reminder, Owed]],
    at: datetime,
) -> int | None:
    today = at.astimezone(VIETNAM).date()
    reply, template = reminding_of(waiting, calendar, today), None
    text = reply.text
    if way.name == MAIL:
        text = letter_of(waiting, calendar, today, settings.public_url)
    if way.name == TEMPLATE:  # its words go out where somebody has written meanwhile
        template = {"id": settings.zalo_template_reminder, "data": blanks_of(waiting)}
    account, fetched = way.account, way.name == WEB
    return enqueue(
        session,
        account.channel,
        account.chat,
        text,
        at,
        buttons=_buttons(reply, account.channel),
        template=template,
        drawn=reply_json(reply) if fetched else {},
        key=f"notice:{notice_id}:{way.name}",
        sent=fetched,
    )


def _buttons(reply: Reply, channel: str) -> tuple[Button, ...]:
    most = _MOST_BUTTONS.get(channel, len(reply.buttons))
    kept = fitting(reply.buttons, most)
    return kept if len(kept) <= most else ()


def _id(notice: Notice) -> int:
    assert notice.id is not None, "rows that were read have an id"
    return notice.id
