"""What somebody types of a question with its right answer: read, or refused with what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Form

from bot.question_lines import EXPECTED, Question
from knowledge.errors import CitationNotFound
from knowledge.library import Library
from service.admin.clause_choice import Choice, as_typed
from service.admin.set_file import LONGEST, SetFault
from service.admin.words import words
from service.shapes import clean, read_day
from service.storage.asked_tables import SetQuestion

_MOST_PARTS = 20

Typed = Annotated[str, Form()]
Many = Annotated[list[str], Form()]


@dataclass(frozen=True, slots=True)
class Entered:
    """The fields as they were typed; they come back so when something is wrong."""

    question: str = ""
    expected: str = "answer"
    clauses: tuple[Choice, ...] = ()
    must: str = ""  #: what the answer must contain, a line each
    kind: str = ""
    unit: str = ""
    today: str = ""
    find: str = ""
    asked: str = ""  #: number of the question that was really asked, where it comes from one


def typed(
    question: Typed = "",
    expected: Typed = "",
    document: Many = [],  # noqa: B006 - FastAPI hands in a new list each time
    address: Many = [],  # noqa: B006
    quote: Many = [],  # noqa: B006
    chosen: Typed = "",
    must: Typed = "",
    kind: Typed = "",
    unit: Typed = "",
    today: Typed = "",
    find: Typed = "",
    asked: Typed = "",
) -> Entered:
    """The fields of the form."""
    clauses = as_typed(document, address, quote, (chosen,))
    return Entered(question, expected, clauses, must, kind, unit, today, find, asked)


def entered(row: SetQuestion) -> Entered:
    """A question of the set as it would be typed."""
    clause = Choice(row.document, row.address, "", True)
    return Entered(
        question=row.question,
        expected=row.expected,
        clauses=(clause,) if row.document else (),
        must="\n".join(row.must_contain),
        kind=row.kind,
        unit=row.unit,
        today=f"{row.today:%d/%m/%Y}" if row.today else "",
    )


def read_set_question(
    fields: Entered, library: Library, before: Question | None = None
) -> Question:
    """What was typed; raises SetFault. `before`: what it was, for what is not typed here."""
    for name, longest in LONGEST.items():
        if len(clean(getattr(fields, name))) > longest:
            raise _fault("long", name=words()["question_set"][name], longest=longest)
    text, expected = clean(fields.question), fields.expected
    if not text:
        raise _fault("no_question")
    if expected not in EXPECTED:
        raise _fault("expected")
    clause = next((one for one in fields.clauses if one.chosen), None)
    if expected == "answer":
        if clause is None:
            raise _fault("no_clause")
        _check(clause, library)
    else:
        clause = None
    must = tuple(filter(None, map(clean, fields.must.splitlines())))
    if len(must) > _MOST_PARTS:
        raise _fault("parts", most=_MOST_PARTS)
    return Question(
        id=before.id if before else "",
        text=text,
        expected=expected,
        kind=clean(fields.kind) or expected,
        document=clause.document if clause else None,
        address=clause.address or None if clause else None,
        must_contain=must if expected == "answer" else (),
        history=before.history if before else (),
        unit=clean(fields.unit) or None,
        today=_day(fields.today),
    )


def _check(clause: Choice, library: Library) -> None:
    try:
        document = library.get(clause.document)
        if clause.address:
            document.clause(clause.address)
    except CitationNotFound as error:
        raise _fault("gone") from error


def _day(text: str) -> date | None:
    if not clean(text):
        return None
    day = read_day(text)
    if day is None:
        raise _fault("date")
    return day


def _fault(key: str, **values: object) -> SetFault:
    return SetFault(words()["question_set"]["faults"][key].format(**values))
