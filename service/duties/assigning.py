"""From a reviewed duty of a paper to what units owe by which days."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.rrule import rrulestr
from pydantic import JsonValue
from sqlmodel import Session

from bot.owed import PLAN_FORM, REPORT_FORM
from bot.texts import say
from knowledge.citations import in_words
from knowledge.documents import Duty
from knowledge.organisations import Organisations, tokens_of
from knowledge.vietnamese import fold
from service.clock import VIETNAM
from service.duty_reviews import ListedDuty
from service.errors import AssignmentRefused
from service.storage.assignments import (
    add_obligation,
    find_obligations,
    find_request,
    put_on,
    rules_laid,
    units_owing,
)
from service.storage.audit import record
from service.storage.duty_tables import Obligation
from service.storage.unit_tables import Unit

_DAY = timedelta(days=1)
FARTHEST = timedelta(days=5 * 366)  #: a day beyond is a slip of the pen
_AHEAD = timedelta(days=400)  #: how far occurrences of a rule are laid down
_PLURAL = frozenset(("cac", "nhung", "moi", "toan", "bo", "tat", "ca"))
#: What a paper adds to a kind: "Các Phòng GDĐT quận, huyện".
_PLACES = frozenset(("quan", "huyen", "thi", "xa", "phuong", "tran", "thanh", "pho", "tinh", "va"))
_LONGEST = 300  #: characters of a line of a paper


@dataclass(frozen=True, slots=True)
class Days:
    """When units owe something: the last days, and where they come from."""

    last_days: tuple[date, ...]
    rule: str = ""
    before: bool = False  #: the paper says "trước ngày", so the last day is the one before
    own: bool = False  #: the office's date, not the paper's
    until: date | None = None  #: no occurrence is later


@dataclass(frozen=True, slots=True)
class Assigned:
    """What came of it."""

    units: int  #: that owe it
    new: int  #: assignments that were not there before


def days_of(listed: ListedDuty, today: date, *, due: date | None, rule: str | None) -> Days:
    """The last days of a duty from today on; `due`, `rule`: the administrator's own.

    Where none is given, raises AssignmentRefused for a paper or day that is over, or no day at all.
    """
    if due is not None:
        if due < today:
            raise AssignmentRefused("past", day=f"{due:%d/%m/%Y}")
        if due > today + FARTHEST:
            raise AssignmentRefused("far")
        return Days((due,), own=True)
    duty, validity = listed.duty, listed.document.validity
    # Its status is as of when it was recorded; its last day counts on any day.
    over = validity.until < today if validity.until else validity.status == "expired"
    if rule is None and over:
        raise AssignmentRefused("expired", title=listed.document.short_title)
    stated = rule if rule is not None else duty.when.recurrence
    if stated:
        return _recurring(duty, stated, today, validity.until, own=rule is not None)
    last = duty.when.end
    if last is None or duty.when.kind == "continuous":
        raise AssignmentRefused("undated")
    if last < today:
        raise AssignmentRefused("past", day=f"{last:%d/%m/%Y}")
    return Days((last,), before=duty.when.before is not None)


def _recurring(duty: Duty, rule: str, today: date, until: date | None, *, own: bool) -> Days:
    """The occurrences of a year and a little more; those without a day of their own are refused."""
    if not any(part in rule.upper() for part in ("BYMONTHDAY", "BYDAY", "BYYEARDAY")):
        raise AssignmentRefused("undated")
    before = not own and "truoc ngay" in fold(duty.when.text or "")
    until = None if own else until
    try:
        last_days = _occurrences(rule, today, today, today + _AHEAD, until, before=before)
    except ValueError as error:
        raise AssignmentRefused("rule") from error
    if not last_days:
        raise AssignmentRefused("no_occurrence")
    return Days(last_days, rule=rule, before=before, own=own, until=until)


def _occurrences(
    rule: str, anchor: date, first: date, last: date, until: date | None, *, before: bool
) -> tuple[date, ...]:
    """The last days of a rule in between (inclusive), counted from `anchor`; raises ValueError."""
    shift = _DAY if before else timedelta()
    # Days, no instants: the library knows only these.
    start, ends = (datetime.combine(day, time()) for day in (anchor, last + shift))
    found = rrulestr(rule, dtstart=start).between(start, ends, inc=True)
    days = (moment.date() - shift for moment in found)
    return tuple(day for day in days if day >= first and (until is None or day <= until))


def lay_ahead(session: Session, today: date) -> int:
    """Lay down the next occurrences of what comes back; returns how many were."""
    new = 0
    for of, latest in rules_laid(session):
        assert of.id is not None, "rows that were read have an id"
        anchor = of.created_at.astimezone(VIETNAM).date()
        days = _occurrences(
            of.rule, anchor, latest + _DAY, today + _AHEAD, of.until, before=of.before
        )
        units = units_owing(session, of.id, latest) if days else []
        new += sum(put_on(session, of.id, units, day, today) for day in days)
    return new


def meant_units(
    leads: Sequence[str], units: Sequence[Unit], organisations: Organisations
) -> list[Unit]:
    """The units that a duty names: each by its name, or all of a kind."""
    wanted = [words for words in (_words(lead, organisations) for lead in leads) if words]
    found = []
    for unit in units:
        name, kind = _words(unit.name, organisations), _words(unit.kind, organisations)
        if any(kind == lead or name[: len(lead)] == lead or _holds(lead, name) for lead in wanted):
            found.append(unit)
    return found


def _words(text: str, organisations: Organisations) -> tuple[str, ...]:
    """Folded words with bodies under their full names; "các" and "quận, huyện" around are left."""
    tokens = tokens_of(text)
    words: list[str] = []
    at = 0
    for body in sorted(organisations.body_names.find(tokens), key=lambda found: found.start):
        if body.start < at:
            continue
        words += [*tokens[at : body.start], *tokens_of(body.name)]
        at = body.end
    words += tokens[at:]
    while words and words[0] in _PLURAL:
        del words[0]
    while len(words) > 1 and words[-1] in _PLACES:
        del words[-1]
    return tuple(words)


def _holds(whole: Sequence[str], part: Sequence[str]) -> bool:
    """Whether the words stand in the others, together."""
    size = len(part)
    return size > 0 and any(
        tuple(whole[at : at + size]) == tuple(part) for at in range(len(whole) - size + 1)
    )


def assign(
    session: Session,
    listed: ListedDuty,
    days: Days,
    unit_ids: Collection[int],
    by: str,
    at: datetime,
    *,
    since: date,
    policy: Mapping[str, JsonValue] | None = None,
    recipient: str | None = None,
    confirmer: str | None = None,
) -> Assigned:
    """Units owe the duty by these days; units that owe it already owe it once.

    `recipient`, `confirmer`: to whom it is reported and who confirms it; None: as the paper states.
    Raises AssignmentRefused for a duty that nobody has reviewed.
    """
    if listed.state != "reviewed":
        raise AssignmentRefused("unreviewed")
    obligation = _obligation(session, listed, days, by, at, policy or {})
    if recipient is not None:
        obligation.recipient = cut(recipient)
    if confirmer is not None:
        obligation.confirmer = cut(confirmer)
    assert obligation.id is not None, "it was written"
    new = sum(put_on(session, obligation.id, unit_ids, day, since) for day in days.last_days)
    detail: dict[str, JsonValue] = {"units": len(unit_ids), "new": new}
    record(session, by, "duty_assigned", f"obligation:{obligation.id}", at, detail)
    return Assigned(len(unit_ids), new)


def recipient_of(duty: Duty) -> str:
    """To whom a paper has it sent, and through whom: "Sở GDĐT (qua Thanh tra Sở)"; "" for nobody.

    Through whom it goes is not yet who confirms it: no paper says that, the office may.
    """
    if duty.recipient and duty.via:
        return cut(say("assign.recipient_via", recipient=duty.recipient, via=duty.via))
    return cut(duty.recipient or "")


def _obligation(
    session: Session,
    listed: ListedDuty,
    days: Days,
    by: str,
    at: datetime,
    policy: Mapping[str, JsonValue],
) -> Obligation:
    """The one that is there for the same duty on the same terms, or a new one."""
    document, duty = listed.document, listed.duty
    wanted = Obligation(
        document=document.id,
        address=duty.address,
        fingerprint=listed.key[1],
        title=duty.duty,
        source=source_of(listed),
        recipient=recipient_of(duty),
        leads="; ".join(duty.leads),
        printed="" if days.own else cut(duty.when.text or ""),
        own_date=days.own,
        before=days.before,
        rule=days.rule,
        until=days.until,
        form=_form(duty),
        policy=dict(policy),
        created_at=at,
        created_by=by,
    )
    for there in find_obligations(session, document.id, listed.key[1]):
        if (there.own_date, there.rule) == (days.own, days.rule):
            # Whether it is announced is asked each time; how else it is reminded of is its own.
            own = {name: value for name, value in there.policy.items() if name != "announce"}
            there.policy = {**own, **wanted.policy}
            session.add(there)
            return there
    return add_obligation(session, wanted)


@dataclass(frozen=True, slots=True)
class Request:
    """Something that the office asks at short notice, with no paper of the library behind it."""

    title: str
    source: str  #: the letter or order that asks for it, in words; "" when there is none
    recipient: str
    last_day: date
    since: date
    confirmer: str = ""


#: Told at once, then shortly before the day: there is no time for more.
_URGENT: dict[str, JsonValue] = {"announce": True, "before": [3, 1, 0]}


def assign_request(
    session: Session, asked: Request, unit_ids: Collection[int], by: str, at: datetime
) -> Assigned:
    """Units owe it by its day, and are told so at once; asked again in the same words, once."""
    there = find_request(session, asked.title, asked.source, asked.recipient)
    if there and asked.confirmer:
        there.confirmer = asked.confirmer
    obligation = there or add_obligation(
        session,
        Obligation(
            title=asked.title,
            source=asked.source,
            recipient=asked.recipient,
            confirmer=asked.confirmer,
            own_date=True,
            form=REPORT_FORM,
            policy=dict(_URGENT),
            created_at=at,
            created_by=by,
        ),
    )
    assert obligation.id is not None, "it was written"
    new = put_on(session, obligation.id, unit_ids, asked.last_day, asked.since)
    record(session, by, "request_assigned", f"obligation:{obligation.id}", at, {"units": new})
    return Assigned(len(unit_ids), new)


def source_of(listed: ListedDuty) -> str:
    """The clause and its paper, as people are told."""
    document = listed.document
    return cut(f"{in_words(document, listed.duty.address)}, {document.short_title}")


def _form(duty: Duty) -> str:
    """A plan is handed in, anything else is reported."""
    said = fold(duty.duty)
    about_plan = said.startswith("ke hoach") or "xay dung ke hoach" in said
    return PLAN_FORM if about_plan and "bao cao" not in said else REPORT_FORM


def cut(text: str) -> str:
    """A line of a paper, as long as may be kept."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
