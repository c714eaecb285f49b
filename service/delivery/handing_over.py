"""A conversation handed to an officer and back: what each step writes and what the person is told.

While nobody has taken it the assistant goes on answering; from then on it is silent, until one of
both ends the talk or nobody has said a word for a while.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from bot.assistance import Ended
from bot.texts import say
from service import clock
from service.asking import contact_of
from service.delivery.telling import tell_account
from service.duties.calendar import PUBLIC, Calendar
from service.duties.wording import calendar_of
from service.errors import Overtaken
from service.office import settled
from service.settings import Settings
from service.storage import hand_offs
from service.storage.alerts import raise_alert, settle_alert
from service.storage.engine import transaction
from service.storage.form_tables import HandOff
from service.storage.office import office_of
from service.storage.people import silence
from service.storage.people_tables import ChannelAccount
from service.working_hours import is_working, next_opening, read_hours, working_minutes_between


def hours_told(settings: Settings, at: datetime, calendar: Calendar) -> str:
    """When officers work, and from when they answer if that is not now."""
    hours = read_hours(settings.work_hours)
    told = ", ".join(map(str, hours))
    if is_working(hours, at, calendar):
        return say("chat.officers_work", hours=told)
    opens = next_opening(hours, at, calendar)
    day = f"{opens.day}/{opens.month}"
    return say("chat.officers_away", hours=told, time=f"{opens:%H:%M}", day=day)


def silent_minutes(settings: Settings, taken_by: int | None) -> int:
    """How long the assistant stays silent after a word; `taken_by` None: answered by hand."""
    return settings.zalo_operator_minutes if taken_by is None else settings.hand_off_minutes


def silent_until(settings: Settings, taken_by: int | None, at: datetime) -> datetime:
    """The end of the silence after a word that is said now."""
    return at + timedelta(minutes=silent_minutes(settings, taken_by))


def ask_officer(session: Session, account_id: int, at: datetime) -> None:
    """The person wants an officer; the alert names the account, not the words."""
    if hand_offs.open_hand_off(session, account_id, at) is not None:
        detail = say("alerts.hand_off")
        raise_alert(session, "hand_off", _source(account_id), detail, at)


def take_over(
    session: Session, settings: Settings, hand_off_id: int, admin_id: int | None, at: datetime
) -> bool:
    """An officer is there; False when another was faster, or nobody waits any more.

    `admin_id` None: in the channel's own console.
    """
    until = silent_until(settings, admin_id, at)
    if not hand_offs.take(session, hand_off_id, admin_id, at, until):
        return False
    told = say("chat.officer_came")
    if admin_id is not None:
        told += " " + say("chat.officer_reads", days=settings.keep_hand_offs_days)
    _settle(session, hand_off_id, told, at)
    return True


def answered_by_hand(
    session: Session, settings: Settings, account: ChannelAccount, at: datetime
) -> None:
    """An officer has written in the channel's own console, asked for or not."""
    account_id = _id(account)
    open_one = hand_offs.open_of(session, account_id)
    if open_one is None:
        silence(session, account_id, silent_until(settings, None, at))
        settle_alert(session, "hand_off", _source(account_id), at)
    elif not take_over(session, settings, _id(open_one), None, at):
        until = silent_until(settings, open_one.taken_by, at)
        hand_offs.touch(session, _id(open_one), at, until)


def speak(
    session: Session, settings: Settings, hand_off_id: int, admin_id: int, text: str, at: datetime
) -> bool:
    """The officer's words to the person; False when the talk is over or another officer's."""
    until = silent_until(settings, admin_id, at)
    if not hand_offs.say(session, hand_off_id, admin_id, text, at, until):
        return False
    _tell(session, hand_off_id, say("chat.officer_says", text=text), at)
    return True


def dismiss(session: Session, settings: Settings, hand_off_id: int, at: datetime) -> bool:
    """An officer ends it, taken or not; False when it was over already."""
    found = hand_offs.find_hand_off(session, hand_off_id)
    if found is None or not hand_offs.end(session, hand_off_id, at):
        return False
    contact = contact_of(settled(office_of(session), settings))
    told = (
        say("chat.officer_left") if found.taken_at else say("chat.officer_closed", contact=contact)
    )
    _settle(session, hand_off_id, told, at)
    return True


def what_ends(session: Session, account: ChannelAccount, at: datetime) -> tuple[int | None, Ended]:
    """What the person's wish to end it would end: the open hand-off, and how that is told."""
    open_one = hand_offs.open_of(session, _id(account))
    if open_one is not None:
        return _id(open_one), "left" if open_one.taken_at else "recalled"
    talking = account.paused_until is not None and account.paused_until > at
    return None, "left" if talking else "absent"


def leave(session: Session, account_id: int, hand_off_id: int | None, at: datetime) -> None:
    """The person has ended it, and is told in answer; raises Overtaken when it was over already."""
    if hand_off_id is None:
        silence(session, account_id, None)
    elif not hand_offs.end(session, hand_off_id, at):
        raise Overtaken
    _settle_alerts(session, account_id, at)


def mind(engine: Engine, settings: Settings) -> None:
    """End talks that have fallen silent; remind of people who have waited for too long.

    May be done by several processes at once: each step is taken by one of them.
    """
    at = clock.now(settings)
    with transaction(engine) as session:
        settings = settled(office_of(session), settings)
        for talk in hand_offs.overdue(session, at):
            if hand_offs.end(session, _id(talk), at, quiet_since=talk.last_at):
                _settle(session, _id(talk), say("chat.officer_left"), at)
        unannounced = hand_offs.unannounced(session)
        calendar = calendar_of(session) if unannounced else PUBLIC
        for waiting in unannounced:
            if _has_waited(settings, waiting, at, calendar):
                _remind(session, settings, waiting, at)


def _has_waited(settings: Settings, waiting: HandOff, at: datetime, calendar: Calendar) -> bool:
    hours = read_hours(settings.work_hours)
    waited = working_minutes_between(hours, waiting.opened_at, at, calendar)
    return waited >= settings.hand_off_wait_hours * 60


def _remind(session: Session, settings: Settings, waiting: HandOff, at: datetime) -> None:
    if not hand_offs.note_reminder(session, _id(waiting), at):
        return
    detail = say("alerts.hand_off_waiting", hours=settings.hand_off_wait_hours)
    raise_alert(session, "hand_off_waiting", _source(waiting.account_id), detail, at)
    contact = contact_of(settings)
    _tell(session, _id(waiting), say("chat.officer_waits", contact=contact), at)


def _settle(session: Session, hand_off_id: int, told: str, at: datetime) -> None:
    """Nobody needs to be called any more, and the person is told why."""
    account = _tell(session, hand_off_id, told, at)
    if account:
        _settle_alerts(session, _id(account), at)


def _settle_alerts(session: Session, account_id: int, at: datetime) -> None:
    settle_alert(session, "hand_off", _source(account_id), at)
    settle_alert(session, "hand_off_waiting", _source(account_id), at)


def _tell(session: Session, hand_off_id: int, text: str, at: datetime) -> ChannelAccount | None:
    """The account, told where it can be; None when it was erased meanwhile."""
    hand_off = hand_offs.find_hand_off(session, hand_off_id)
    account = session.get(ChannelAccount, hand_off.account_id) if hand_off else None
    if account and account.chat and account.unreachable is None:
        tell_account(session, account, text, at)
    return account


def _source(account_id: int) -> str:
    return f"account:{account_id}"


def _id(row: HandOff | ChannelAccount) -> int:
    assert row.id is not None, "rows that were read have an id"
    return row.id
