"""What is typed to put a paper right that waits: read, or refused with what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import cast, get_args

from knowledge.documents import Document, Duty, Identity, Validity, WhenKind
from knowledge.duty_correcting import when_said, with_days
from knowledge.library import Library
from knowledge.vietnamese import collapse
from service.admin.words import words
from service.describing import name_paper
from service.shapes import clean, read_day

STATUSES = ("in_force", "expired", "period", "unknown")
AUDIENCES = ("public", "officers", "units")
KINDS = get_args(WhenKind)
IDENTITY = tuple(field.name for field in fields(Identity))
LONGEST = {
    **dict.fromkeys(IDENTITY, 300),
    "title": 1_000,
    "short_title": 300,
    "reason": 300,
    "basis": 300,
    "implements": 2_000,
    "duty": 4_000,
    "quote": 8_000,
    "leads": 4_000,
    "coordinates": 4_000,
    "when": 400,
    "recipient": 300,
    "via": 300,
    "label": 40,
    "words": 300,
    "wrong": 300,
    "right": 300,
}
_MONTH = re.compile(r"(?:(\d{1,2})\s*[/.-]\s*)?((?:19|20)\d{2})", re.ASCII)

#: The fields of a form as they were typed; they come back so when something is wrong.
Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TypedDuty:
    """The fields of one duty as they are typed."""

    address: str = ""
    duty: str = ""
    leads: str = ""
    coordinates: str = ""
    when: str = ""
    first: str = ""
    last: str = ""
    kind: str = ""
    recipient: str = ""
    via: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class TypedPaper:
    """What is known of a paper as it is typed."""

    kind: str = ""
    number: str = ""
    issuer: str = ""
    place: str = ""
    date: str = ""
    signatory: str = ""
    signatory_title: str = ""
    title: str = ""
    short_title: str = ""
    first_year: str = ""
    last_year: str = ""
    status: str = "unknown"
    until: str = ""
    reason: str = ""
    basis: str = ""
    audience: str = "officers"
    implements: str = ""
    units: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()


class ReviewFault(ValueError):
    """What is wrong, in words."""


def fault(key: str, **values: object) -> ReviewFault:
    """One of the sentences of the page."""
    return ReviewFault(words()["review"]["faults"][key].format(**values))


def duty_as_typed(duty: Duty) -> TypedDuty:
    """A duty as it would be typed."""
    return TypedDuty(
        address=duty.address,
        duty=duty.duty,
        leads="\n".join(duty.leads),
        coordinates="\n".join(duty.coordinates),
        when=duty.when.text or "",
        first=_day(duty.when.start),
        last=_day(duty.when.end),
        kind=duty.when.kind,
        recipient=duty.recipient or "",
        via=duty.via or "",
        quote=duty.quote,
    )


def read_duty(typed: TypedDuty, before: Duty, year: int | None) -> Duty:
    """What was typed of a duty; raises ReviewFault, and CorrectionRefused for its time.

    Days count only where a person has changed them: else the words of the time say what they are.
    """
    for name in ("duty", "quote", "leads", "coordinates", "when", "recipient", "via"):
        _short(name, getattr(typed, name))
    shown = duty_as_typed(before)
    when = when_said(clean(typed.when), before.when, year)
    if (typed.first, typed.last) != (shown.first, shown.last):
        when = with_days(when, _read(typed.first, "first"), _read(typed.last, "last"))
    if typed.kind != shown.kind and typed.kind in KINDS:
        when = replace(when, kind=cast(WhenKind, typed.kind))
    return Duty(
        address=collapse(typed.address),
        leads=_lines(typed.leads),
        coordinates=_lines(typed.coordinates),
        duty=collapse(clean(typed.duty)),
        when=when,
        recipient=collapse(clean(typed.recipient)) or None,
        via=collapse(clean(typed.via)) or None,
        quote=collapse(clean(typed.quote)),
        reviewed=before.reviewed,
    )


def paper_as_typed(paper: Document) -> TypedPaper:
    """What is known of a paper as it would be typed."""
    identity = {name: getattr(paper.identity, name) or "" for name in IDENTITY}
    validity, years = paper.validity, paper.years
    return TypedPaper(
        **{**identity, "date": "/".join(_parts(identity["date"]))},
        short_title=paper.short_title,
        first_year=str(years[0]) if years else "",
        last_year=str(years[1]) if years else "",
        status=validity.status,
        until=_day(validity.until),
        reason=validity.reason,
        basis=validity.basis or "",
        audience=paper.audience[0].partition(":")[0],
        implements="\n".join(paper.implements),
        units=tuple(
            name.removeprefix("units:") for name in paper.audience if name.startswith("units:")
        ),
        supersedes=paper.supersedes,
    )


def read_paper(
    typed: TypedPaper, paper: Document, library: Library, today: date, *, named: bool
) -> Document:
    """The paper with what was typed; raises ReviewFault.

    `named`: its id is settled. Else it follows from what the paper says of itself.
    """
    for name in (*IDENTITY, "short_title", "reason", "basis", "implements"):
        _short(name, getattr(typed, name))
    values = {name: collapse(clean(getattr(typed, name))) or None for name in IDENTITY}
    identity = Identity(**{**values, "date": _date(values["date"])})
    if not collapse(clean(typed.short_title)):
        raise fault("short_title")
    after = replace(
        paper,
        identity=identity,
        short_title=collapse(clean(typed.short_title)),
        years=_years(typed),
        validity=_validity(typed, paper.validity, today),
        audience=_audience(typed),
        implements=_lines(typed.implements),
        supersedes=_supersedes(typed.supersedes, paper, library),
    )
    if named or identity == paper.identity:
        return after
    return replace(after, id=name_paper(identity, library))


def read_label(typed: str) -> str:
    """A label or a heading as it was typed; raises ReviewFault for one that is too long."""
    _short("label", typed)
    return collapse(clean(typed))


def read_words(typed: str) -> str:
    """First words of a heading or a clause; raises ReviewFault for too many."""
    _short("words", typed)
    return collapse(clean(typed))


def read_misread(wrong: str, right: str) -> tuple[str, str]:
    """Words as they were read and as they are printed; raises ReviewFault for too many."""
    _short("wrong", wrong)
    _short("right", right)
    lines = (clean(line) for line in right.strip().splitlines())
    return clean(collapse(wrong)), "\n".join(lines)


def _validity(typed: TypedPaper, before: Validity, today: date) -> Validity:
    if typed.status not in STATUSES:
        raise fault("status")
    until, reason = _read(typed.until, "until"), collapse(clean(typed.reason))
    if not reason:
        raise fault("reason")
    if typed.status in ("expired", "period") and until is None:
        raise fault("no_until")
    validity = Validity(
        status=typed.status,  # type: ignore[arg-type]  # one of STATUSES
        reason=reason,
        until=until,
        basis=collapse(clean(typed.basis)) or None,
        recorded=before.recorded,
    )
    # A person has looked at it today, whatever the program had supposed.
    return validity if validity == before else replace(validity, recorded=today)


def _audience(typed: TypedPaper) -> tuple[str, ...]:
    if typed.audience not in AUDIENCES:
        raise fault("audience")
    if typed.audience != "units":
        return (typed.audience,)
    chosen = tuple(f"units:{name}" for name in typed.units if re.fullmatch(r"[\w-]{1,40}", name))
    if not chosen:
        raise fault("no_units")
    return chosen


def _supersedes(chosen: Sequence[str], paper: Document, library: Library) -> tuple[str, ...]:
    known = [each.id for each in library.documents if each.id != paper.id]
    return tuple(dict.fromkeys(id_ for id_ in chosen if id_ in known or id_ in paper.supersedes))


def _years(typed: TypedPaper) -> tuple[int, int] | None:
    said = [collapse(each) for each in (typed.first_year, typed.last_year)]
    if not any(said):
        return None
    if not all(re.fullmatch(r"\d{4}", each, re.ASCII) for each in said if each):
        raise fault("years")
    first, last = (int(each or next(filter(None, said))) for each in said)
    if not 1945 <= first <= last <= 2200:
        raise fault("years")
    return first, last


def _date(typed: str | None) -> str | None:
    """ "15/3/2026", "3/2026" or "2026", as far as the paper prints it."""
    if typed is None:
        return None
    if day := read_day(typed):
        return day.isoformat()
    found = _MONTH.fullmatch(typed)
    if not found or (found[1] and not 1 <= int(found[1]) <= 12):
        raise fault("date")
    return f"{found[2]}-{int(found[1]):02}" if found[1] else found[2]


def _parts(day: str) -> list[str]:
    return [part.lstrip("0") for part in reversed(day.split("-"))] if day else []


def _day(day: date | None) -> str:
    return f"{day.day}/{day.month}/{day.year}" if day else ""


def _read(typed: str, field: str) -> date | None:
    if not clean(typed):
        return None
    day = read_day(typed)
    if day is None:
        raise fault("day_of", field=words()["review"]["fields"][field])
    return day


def _lines(typed: str) -> tuple[str, ...]:
    return tuple(line for each in clean(typed).splitlines() if (line := collapse(each)))


def _short(name: str, typed: str) -> None:
    if len(typed) > LONGEST[name]:
        raise fault("long", field=words()["review"]["fields"][name], longest=LONGEST[name])
