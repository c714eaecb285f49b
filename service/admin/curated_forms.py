"""What somebody types of an answer of the office's own: read, or refused with what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Form

from bot.answers import LONGEST_TEXT
from bot.approved import Approved, too_long
from bot.paraphrase import same_key
from knowledge.library import Library
from knowledge.organisations import Organisations
from service.admin.clause_choice import Choice, as_typed, drawn
from service.admin.words import words
from service.shapes import LONGEST_QUESTION, clean, read_day
from service.storage.curated import Written

MOST_QUESTIONS, MOST_CLAUSES = 30, 8
_UNIT = re.compile(r"[1-9]\d{0,8}")

Typed = Annotated[str, Form()]
Many = Annotated[list[str], Form()]


@dataclass(frozen=True, slots=True)
class Entered:
    """The fields as they were typed; they come back so when something is wrong."""

    questions: str = ""
    text: str = ""
    clauses: tuple[Choice, ...] = ()
    audience: str = "public"  #: public | officers | units
    units: str = ""  #: numbers of units, with commas
    review_on: str = ""
    find: str = ""  #: words for which clauses are looked for


class CuratedFault(ValueError):
    """What is wrong, in words."""


def typed(
    questions: Typed = "",
    text: Typed = "",
    document: Many = [],  # noqa: B006 - FastAPI hands in a new list each time
    address: Many = [],  # noqa: B006
    quote: Many = [],  # noqa: B006
    chosen: Many = [],  # noqa: B006
    audience: Typed = "public",
    units: Typed = "",
    review_on: Typed = "",
    find: Typed = "",
) -> Entered:
    """The fields of the form; a clause is three of them and a tick with its place among them."""
    clauses = as_typed(document, address, quote, chosen)
    return Entered(questions, text, clauses, audience, units, review_on, find)


def entered(written: Written) -> Entered:
    """What is kept as it would be typed."""
    units = [name.removeprefix("units:") for name in written.audience if ":" in name]
    return Entered(
        questions="\n".join(written.questions),
        text=written.text,
        clauses=tuple(Choice(q.document, q.address, q.quote, True) for q in written.quoted),
        audience="units" if units else written.audience[0],
        units=", ".join(units),
        review_on=in_words(written.review_on),
    )


def read_curated(
    fields: Entered, library: Library, today: date, organisations: Organisations, url: str
) -> Written:
    """What was typed, fit to be said; raises CuratedFault.

    `url`: where this service is reached from outside, or "": answers end with a link there.
    """
    written = Written(
        questions=_questions(fields.questions),
        text=_text(fields.text),
        quoted=(),
        audience=_audience(fields),
        review_on=_review_on(fields.review_on, today),
    )
    audience = frozenset(written.audience)
    chosen = [drawn(one, library, audience) for one in fields.clauses if one.chosen]
    if not chosen:
        raise _fault("no_clause")
    if len(chosen) > MOST_CLAUSES:
        raise _fault("clauses", most=MOST_CLAUSES)
    for one in chosen:
        if one.fault:
            raise _fault(one.fault, place=one.place, title=one.title)
    quoted = tuple(one.quoted for one in chosen)
    said = Approved(0, written.questions, written.text, quoted, audience, today, written.review_on)
    if over := too_long(said, library, today, organisations, url):
        raise _fault("long", over=over)
    return Written(written.questions, written.text, quoted, written.audience, written.review_on)


def in_words(day: date) -> str:
    """ "20/09/2026"."""
    return f"{day:%d/%m/%Y}"


def _questions(text: str) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for line in map(clean, text.splitlines()):
        found.setdefault(same_key(line), line)
    questions = tuple(line for key, line in found.items() if key)
    if not questions:
        raise _fault("no_question")
    if len(questions) > MOST_QUESTIONS or max(map(len, questions)) > LONGEST_QUESTION:
        raise _fault("questions", most=MOST_QUESTIONS)
    return questions


def _text(text: str) -> str:
    said = clean(text.replace("\r\n", "\n"))
    if not said:
        raise _fault("no_text")
    if len(said) > LONGEST_TEXT:
        raise _fault("long", over=len(said) - LONGEST_TEXT)
    return said


def _audience(fields: Entered) -> tuple[str, ...]:
    if fields.audience in ("public", "officers"):
        return (fields.audience,)
    units = [clean(one) for one in fields.units.split(",") if clean(one)]
    if fields.audience != "units" or not units or not all(map(_UNIT.fullmatch, units)):
        raise _fault("audience")
    return tuple(f"units:{one}" for one in dict.fromkeys(units))


def _review_on(text: str, today: date) -> date:
    day = read_day(text)
    if day is None:
        raise _fault("date")
    if day < today:
        raise _fault("past", today=in_words(today))
    return day


def _fault(key: str, **values: object) -> CuratedFault:
    return CuratedFault(words()["curated"]["faults"][key].format(**values))
