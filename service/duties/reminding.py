"""Every day's reminders: planned once, gathered into one message for each person, and sent.

Two steps, each of which may be repeated or broken off at any moment by any number of processes: a
row is written for each (assignment, person, day) in planning.py; then the rows of one person become
one message, in the transaction that marks them as told. following.py sees what becomes of it.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time
from importlib.metadata import version
from time import monotonic, sleep

from sqlalchemy import Engine
from sqlmodel import Session

from service import clock
from service.duties.calendar import Calendar
from service.duties.following import NIGHT, begin_notices, follow, recall
from service.duties.planning import plan_day
from service.duties.wording import calendar_of
from service.settings import Settings
from service.storage.assignments import look_again
from service.storage.channel_states import is_new
from service.storage.engine import transaction
from service.storage.reminders import is_falling, people_to_tell, take_waiting
from service.storage.retention import RECKONED

_PEOPLE = 25  #: of one transaction: those who write meanwhile wait for it
_LOOK = 10.0  #: seconds of telling until the worker does its other work, and goes on
#: Times as long as a transaction takes pass until the next: others send what was told meanwhile.
_BREATH = 2


def remind(engine: Engine, settings: Settings) -> None:
    """Plan and send what is due; nothing at night and on days off, cheap while nothing is due."""
    at = clock.now(settings)
    today = at.astimezone(clock.VIETNAM).date()
    recall(engine, at)
    with transaction(engine) as session:
        calendar = calendar_of(session)
        by_day = _is_time(settings, calendar, at)
        follow(session, settings, calendar, at, by_day=by_day)
    if not by_day:
        return
    plan_day(engine, settings, today)
    with transaction(engine) as session:
        if is_falling(session, today):  # another process is at it: a digest holds all of a day
            return
    began = now = monotonic()
    while _tell(engine, settings, calendar, at, today) and now - began < _LOOK:
        sleep(_BREATH * (monotonic() - now))
        now = monotonic()


def reckon_anew(session: Session, settings: Settings, at: datetime) -> None:
    """When the settings or the public calendar have changed, every day of a reminder has, too."""
    rules = f"{settings.remind_before}/{settings.remind_late}/{version('holidays')}"
    if is_new(session, RECKONED, hashlib.sha256(rules.encode()).hexdigest()[:16], at):
        look_again(session, at.astimezone(clock.VIETNAM).date())


def _is_time(settings: Settings, calendar: Calendar, at: datetime) -> bool:
    local = at.astimezone(clock.VIETNAM)
    begins = time.fromisoformat(settings.remind_at)
    return calendar.is_working(local.date()) and begins <= local.time() < NIGHT


def _tell(
    engine: Engine, settings: Settings, calendar: Calendar, at: datetime, today: date
) -> bool:
    """One message to each of some people; whether more may wait."""
    with transaction(engine) as session:
        people = people_to_tell(session, _PEOPLE)
        waiting = take_waiting(session, people, today) if people else {}
        for for_head in (False, True):
            mine = {
                person: [each for each in theirs if (each[0].kind == "head") is for_head]
                for person, theirs in waiting.items()
            }
            notices = {person: told for person, told in mine.items() if told}
            begin_notices(session, settings, calendar, notices, at, today)
        return len(people) == _PEOPLE
