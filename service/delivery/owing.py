"""What the units of whoever writes owe: told, offered in forms, put off, settled."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from sqlmodel import Session

from bot.answers import shorten
from bot.forms.definition import Choice
from bot.messages import Enclosure
from bot.owed import DONE, PLAN_FORM, REPORT_FORM, OwedDuty
from bot.registry import FilledForm
from bot.texts import say
from bot.who_owes import DutyOfUnits, UnitOwing, Which
from service.delivery.writer import Writer
from service.duties.calendar_file import MEDIA_TYPE, calendar_file, event_of
from service.duties.policies import default_policy, policy_of
from service.duties.schedule import put_off, schedule
from service.duties.wording import calendar_of, owed_duty
from service.settings import Settings
from service.storage.admins import roles_of_person
from service.storage.assignments import (
    Owed,
    get_owed,
    nearest_plan,
    owed_by,
    put_off_until,
    reported_by,
)
from service.storage.unit_progress import units_by_duty

_LABEL = 90  #: characters of a choice
#: Whoever sees at the desk what units owe may ask for it here.
_MAY_ASK = frozenset(("owner", "editor", "receiver"))


def owed_duties(session: Session, writer: Writer) -> tuple[OwedDuty, ...]:
    """What their units owe, the nearest first; nothing of a unit that waits to be confirmed."""
    calendar = calendar_of(session)
    return tuple(owed_duty(one, calendar) for one in _owed(session, writer))


def _owed(session: Session, writer: Writer) -> list[Owed]:
    units = [one.unit_id for one in writer.offices if one.confirmed]
    return owed_by(session, units, writer.today) if units else []


def calendar_of_owed(session: Session, writer: Writer, duty_ids: Collection[int]) -> Enclosure:
    """Those of these that their units owe, as a file for a calendar."""
    owed = [one for one in _owed(session, writer) if one.assignment.id in duty_ids]
    calendar = calendar_of(session)
    events = [event_of(one.obligation, owed_duty(one, calendar)) for one in owed]
    name = f"viec-V{owed[0].assignment.id}" if len(owed) == 1 else "viec-cua-don-vi"
    return Enclosure(f"{name}.ics", MEDIA_TYPE, calendar_file(events, writer.at))


def owed_choices(session: Session, writer: Writer, unit_id: int) -> tuple[Choice, ...]:
    """What one unit owes or may still correct, as a form offers it."""
    return tuple(
        Choice(f"a{one.assignment.id}", _label(one), (f"V{one.assignment.id}",))
        for one in reported_by(session, (unit_id,), writer.today)
    )


def _label(owed: Owed) -> str:
    until = say("remind.until", day=f"{owed.assignment.last_day:%d/%m/%Y}")
    title = shorten(owed.obligation.title, _LABEL - len(until) - 1)
    return f"{title} {until}"


def next_reminder(
    session: Session, settings: Settings, writer: Writer, duty_id: int, days: int
) -> date:
    """The day on which whoever puts a duty off by so many days is reminded of it."""
    owed = get_owed(session, duty_id)
    until = writer.today + timedelta(days=days)
    if owed is None:
        return until
    policy = policy_of(owed.obligation.policy, default_policy(settings))
    calendar, last = calendar_of(session), owed.assignment.last_day
    day = put_off(schedule(last, policy, calendar), until, last, calendar)[0].day
    # The last working day before the deadline may be today, or over.
    return day if day > writer.today else calendar.on_or_after(until)


def put_off_for(session: Session, writer: Writer, duty_id: int, until: date) -> None:
    """The person is not reminded of it before then."""
    if duty_id in {one.assignment.id for one in _owed(session, writer)}:
        put_off_until(session, duty_id, writer.person_id, until)


def settled_by(
    session: Session, writer: Writer, unit_id: int, filled: FilledForm
) -> tuple[int | None, bool]:
    """Which assignment of the unit a form is about, and whether it is done by it.

    A plan settles what it was sent for, else the nearest plan that the unit owes.
    """
    owed = {f"a{one.assignment.id}": one for one in reported_by(session, (unit_id,), writer.today)}
    if filled.form.id == REPORT_FORM:
        about = owed.get(filled.answers.get("duty", ""))
        return (about.assignment.id if about else None), filled.answers.get("outcome") in DONE
    plans = {key: one for key, one in owed.items() if one.obligation.form == filled.form.id}
    named = plans.get(filled.known.get("owed.duty", ""))
    about = named or nearest_plan(owed.values(), filled.form.id)
    return (about.assignment.id, True) if about else (None, False)


def units_owing(session: Session, writer: Writer, which: Which) -> tuple[DutyOfUnits, ...] | None:
    """How far all units are, the nearest duty first; None for whoever may not know."""
    if not _MAY_ASK & roles_of_person(session, writer.person_id, writer.at):
        return None
    return tuple(
        DutyOfUnits(
            title=one.obligation.title,
            source=one.obligation.source,
            plan=one.obligation.form == PLAN_FORM,
            due_on=one.due_on,
            total=one.total,
            done=one.done,
            units=tuple(UnitOwing(name, last_day) for name, last_day in one.units),
        )
        for one in units_by_duty(session, which, writer.today)
    )
