"""Assignments as people are told of them, on a day of the office's calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pydantic import JsonValue
from sqlmodel import Session

from bot.answers import shorten
from bot.messages import Reply
from bot.owed import OwedDuty, letter, told
from bot.texts import say
from service.duties.calendar import Calendar
from service.storage.assignments import Owed, office_days
from service.storage.duty_tables import Reminder

_BLANK = 100  #: characters of a blank; the template's own limit is kept to when it is sent


def calendar_of(session: Session) -> Calendar:
    """The public calendar with the office's days."""
    days = office_days(session)
    return Calendar(
        frozenset(one.day for one in days if not one.working),
        frozenset(one.day for one in days if one.working),
    )


def owed_duty(owed: Owed, calendar: Calendar, missed: date | None = None) -> OwedDuty:
    """An assignment as people are told of it."""
    one, of = owed.assignment, owed.obligation
    assert one.id is not None, "rows that were read have an id"
    return OwedDuty(
        id=one.id,
        unit=owed.unit.name,
        unit_id=one.unit_id,
        title=of.title,
        source=of.source,
        # A date that was moved is no longer the paper's.
        printed=of.printed if one.last_day == one.due_on else "",
        own_date=of.own_date or one.last_day != one.due_on,
        recipient=of.recipient,
        form=of.form,
        last_day=one.last_day,
        working_day=calendar.on_or_before(one.last_day),
        missed=missed,
        confirmer=of.confirmer,
    )


def reminding_of(
    waiting: Sequence[tuple[Reminder, Owed]], calendar: Calendar, today: date
) -> Reply:
    """The message for these reminders of one person: all of a head, or none of one."""
    return told(_duties(waiting, calendar, today), today, _heading(waiting))


def letter_of(
    waiting: Sequence[tuple[Reminder, Owed]], calendar: Calendar, today: date, url: str | None
) -> str:
    """The same as a letter; `url`: where the chat stands, where links may leave this machine."""
    return letter(_duties(waiting, calendar, today), today, _heading(waiting), url)


def _heading(waiting: Sequence[tuple[Reminder, Owed]]) -> str:
    return say("remind.head") if waiting[0][0].kind == "head" else ""


def _duties(
    waiting: Sequence[tuple[Reminder, Owed]], calendar: Calendar, today: date
) -> list[OwedDuty]:
    for_head = waiting[0][0].kind == "head"
    duties = []
    for one, owed in waiting:
        # What a head is told has waited for the desk; nothing was missed.
        missed = one.planned_on < today and not for_head
        duties.append(owed_duty(owed, calendar, one.planned_on if missed else None))
    return duties


def blanks_of(waiting: Sequence[tuple[Reminder, Owed]]) -> dict[str, JsonValue]:
    """What the approved template of a channel may say of these reminders: of the nearest duty.

    `don_vi` (the unit), `viec` (the duty), `han` ("20/12/2026"), `ma` ("V12"), `so_viec` (how many
    there are). Each template takes those that it has blanks for.
    """
    owed = waiting[0][1]
    return {
        "don_vi": shorten(owed.unit.name, _BLANK),
        "viec": shorten(owed.obligation.title, _BLANK).rstrip("."),
        "han": f"{owed.assignment.last_day:%d/%m/%Y}",
        "ma": f"V{owed.assignment.id}",
        "so_viec": str(len(waiting)),
    }
