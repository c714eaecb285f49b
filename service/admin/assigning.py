"""What is typed to put something on units: which duty, on whom, by when; read, or refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from knowledge.library import Library
from knowledge.organisations import Organisations
from knowledge.vietnamese import fold
from service.admin.draft_forms import DraftFault, read_day
from service.admin.words import words
from service.duties.assigning import FARTHEST, Request, meant_units
from service.duty_reviews import ListedDuty, listed_duties, papers_with_reviewed
from service.shapes import clean
from service.storage.unit_tables import Unit

#: Characters that each field may have.
LONGEST = {"title": 500, "source": 300, "recipient": 300, "confirmer": 300, "unit": 200, "due": 40}
_AT_ONCE = 300  #: duties in one list; where there are more, the paper is chosen first
#: Whom a duty goes to, beside "kind:…"; the last two by the unit whose name is typed.
AS_NAMED, EVERYONE, ONE, BELOW = "named", "everyone", "unit", "below"


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields as they were typed; they come back so when something is wrong."""

    duty: str = ""  #: "paper id number"; "" for a request of the office's own
    title: str = ""
    source: str = ""
    recipient: str = ""
    to: str = ""
    unit: str = ""
    due: str = ""
    announce: str = ""
    confirmer: str = ""
    stated: str = ""  #: whether the form has shown whom the paper names; else it goes by the paper
    repeat: str = ""
    repeat_day: str = ""
    repeat_month: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """The duties that can be put on units."""

    papers: list[tuple[str, str]]  #: id and title, where one must be chosen first
    paper: str  #: which one is
    #: Paper → its reviewed duties: what the page calls each, and its words with the time.
    duties: Mapping[str, list[tuple[str, str]]]


class AssignFault(ValueError):
    """What is wrong, in words."""


def fault(key: str, **values: object) -> AssignFault:
    """One of `assignments.faults`."""
    return AssignFault(words()["assignments"]["faults"][key].format(**values))


def due_of(typed: Typed) -> date | None:
    """The day that was typed; None for none; raises AssignFault."""
    try:
        return read_day(typed.due)
    except DraftFault as wrong:
        raise AssignFault(str(wrong)) from None


def duty_of(session: Session, library: Library, typed: Typed) -> ListedDuty:
    """The duty that was chosen; raises AssignFault when it is not there any more."""
    paper = typed.duty.partition(" ")[0]
    for listed in listed_duties(session, library, {paper}):
        if typed.duty == key_of(listed):
            return listed
    raise fault("no_duty")


def key_of(listed: ListedDuty) -> str:
    """What the page calls a duty."""
    return f"{listed.document.id} {listed.number}"


def checked(typed: Typed) -> Typed:
    """Tidied; raises AssignFault for what is too long."""
    values = {name: clean(getattr(typed, name)) for name in LONGEST}
    for name, value in values.items():
        if len(value) > LONGEST[name]:
            raise fault("long", longest=LONGEST[name])
    return replace(typed, **values)


def units_of(
    typed: Typed, units: Sequence[Unit], leads: Sequence[str], organisations: Organisations
) -> list[Unit]:
    """The open units that were chosen; raises AssignFault for nobody."""
    if typed.to == EVERYONE:
        found = list(units)
    elif typed.to == AS_NAMED:
        found = meant_units(leads, units, organisations)
    elif typed.to in (ONE, BELOW):
        wanted = fold(typed.unit)
        found = [one for one in units if wanted and fold(one.name) == wanted]
        if not found:
            raise fault("no_unit", name=typed.unit)
        if typed.to == BELOW:
            found = [one for one in units if one.parent_id == found[0].id]
    else:
        found = [one for one in units if one.kind and typed.to == f"kind:{one.kind}"]
    if not found:
        raise fault("nobody")
    return found


def kinds_of(units: Sequence[Unit]) -> list[str]:
    """The kinds that there are, in order."""
    return sorted({one.kind for one in units if one.kind}, key=fold)


def request_of(typed: Typed, due: date | None, today: date) -> Request:
    """An urgent request as it was typed; raises AssignFault."""
    if not typed.title:
        raise fault("no_title")
    if due is None:
        raise fault("no_due")
    if due < today:
        raise fault("past")
    if due > today + FARTHEST:
        raise fault("far")
    return Request(typed.title, typed.source, typed.recipient, due, today, typed.confirmer)


def choices(session: Session, library: Library, paper: str = "") -> Choices:
    """The reviewed duties to choose from: of every paper, or where those are many, of `paper`."""
    counts = papers_with_reviewed(session, library)
    few = sum(counts.values()) <= _AT_ONCE
    papers = [] if few else [(id_, library.get(id_).short_title) for id_ in counts]
    chosen = counts.keys() if few else counts.keys() & {paper}
    duties: dict[str, list[tuple[str, str]]] = {}
    for listed in listed_duties(session, library, chosen):
        if listed.state != "reviewed":
            continue
        when = f" ({listed.duty.when.text})" if listed.duty.when.text else ""
        label = listed.duty.duty[:120].rstrip() + when
        duties.setdefault(listed.document.short_title, []).append((key_of(listed), label))
    return Choices(papers, paper, duties)
