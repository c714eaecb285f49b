"""Outcomes made: an answer of findings, a question back, silence with what is nearest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.answers import Answered, Clarify, Finding, Silent
from bot.composing import answered, as_source, fits
from bot.direct import Direct
from bot.lexicon import Fact, Lexicon
from bot.matching import Match
from bot.messages import Button, Source
from bot.quoting import LONGEST_QUOTE, quotes
from bot.status import day_line, is_over, notes_for, status_line
from bot.terms import Term, body_terms
from bot.texts import say
from bot.understanding import Understood
from knowledge.documents import Document
from knowledge.organisations import Organisations

_MOST_CHOICES = 5
_MOST_NEAREST = 3
_LONGEST_HEADING = 140  #: characters; a longer heading is a sentence and no first line
#: Facets that a task states in lines of their own.
_ROLES = frozenset(("lead", "coordinate", "when", "start", "recipient"))
#: Facets whose answer is a whole list.
_WHOLE = ("criteria", "content", "form", "purpose", "requirement", "task", "scope")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with all that deciding needs."""

    understood: Understood
    terms: tuple[Term, ...]
    today: date
    lexicon: Lexicon
    organisations: Organisations
    contact: str  #: how to reach a person

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The seldom stated facts that are asked for."""
        return tuple(f for f in self.lexicon.facts if f.name in self.understood.facts)


def finding(
    match: Match,
    asked: Asked,
    direct: Direct,
    *,
    room: int = LONGEST_QUOTE,
    compared: bool = False,
    tight: bool = False,
) -> Finding:
    """The clause as an answer; `room`: characters it may quote.

    `compared`: one of several that share the room, so the quote is where a body asked about is
    named; `tight`: lines that were not asked for are left out.
    """
    facets = asked.understood.facets
    basis = ("basis",) if "basis" in facets else ()
    shown = direct.states if direct.line else basis
    whole = bool(facets) and facets[0] in _WHOLE
    terms = (*asked.terms, *(body_terms(asked.understood) if compared else ()))
    lines = not tight or bool(_ROLES & set(facets))
    chosen = quotes(match.view, terms, whole=whole, facets=shown, room=room, lines=lines)
    sources = tuple(as_source(match.view.document, c, q) for c, q in chosen)
    heading = match.view.clause.heading
    line = direct.line or (f"{heading}:" if heading and len(heading) < _LONGEST_HEADING else "")
    return Finding(match.view.document, sources, line)


def answer(findings: Sequence[Finding], asked: Asked) -> Answered:
    """Findings as one answer with its status line and notes."""
    said, status, notes = _with_status(findings, asked)
    return replace(answered(said, status, notes), findings=tuple(findings))


def has_room(findings: Sequence[Finding], asked: Asked) -> bool:
    """Whether one answer holds all of them, its status line and notes too."""
    return fits(*_with_status(findings, asked))


def _with_status(
    findings: Sequence[Finding], asked: Asked
) -> tuple[Sequence[Finding], str, list[str]]:
    """The findings as of today, the status line and the notes that belong to them."""
    if not asked.understood.years:
        findings = [_as_of_today(f, asked, several=len(findings) > 1) for f in findings]
    documents = [f.document for f in findings]
    said = " ".join(
        [f.direct for f in findings] + [s.quote or "" for f in findings for s in f.sources]
    )
    status = status_line(documents, said, asked.organisations, asked.today)
    each = {d.id: d for d in reversed(documents)}
    notes = [n for i in dict.fromkeys(d.id for d in documents) for n in notes_for(each[i], said)]
    return findings, status, [*notes, *_put_right(findings)]


def _put_right(findings: Sequence[Finding]) -> Iterable[str]:
    """What the office has put right of the clauses that are quoted as they are printed."""
    quoted = [(f.document, s) for f in findings for s in f.sources]
    return dict.fromkeys(
        say("time_by_hand", place=source.place, when=duty.when.text)
        for document, source in quoted
        for duty in document.duties
        if duty.address == source.address and duty.when.by_hand and duty.when.text
    )


def _as_of_today(found: Finding, asked: Asked, *, several: bool) -> Finding:
    """No year was named, so today is meant: a paper that is over says so in the first words."""
    if not is_over(found.document, asked.today) or say("lines.expired_mark") in found.direct:
        return found
    if several:  # the paper's name stands before it
        line = " ".join([say("lines.is_over"), found.direct]).strip()
    else:
        title = found.document.short_title
        line = say("lines.over", document=title, line=found.direct).removesuffix(" ")
    return replace(found, direct=line)


def clarify(documents: Sequence[Document], asked: Asked) -> Clarify:
    """Which paper? One button each; the button asks the whole question again for that paper."""
    question = re.sub(r"[\s?.!]+$", "", asked.understood.text)
    buttons = tuple(
        Button(d.short_title, say("clarify.send", question=question, document=d.short_title))
        for d in documents[:_MOST_CHOICES]
    )
    return Clarify(say("clarify.ask", count=len(buttons)), buttons)


def silent(reason: str, nearest: Sequence[Match], asked: Asked) -> Silent:
    """Why there is no answer, what the papers do say nearest to it, and whom to ask."""
    return silence(reason, tuple(_near_source(m) for m in nearest[:_MOST_NEAREST]), asked)


def silence(reason: str, sources: tuple[Source, ...], asked: Asked) -> Silent:
    """Silence with its nearest clauses named in words."""
    lines = [reason]
    if sources:
        places = "; ".join(dict.fromkeys(f"{s.place}, {s.title}" for s in sources))
        lines.append(say("silent.nearest", places=places))
    else:
        lines.append(say("silent.suggest", topics=say("topics")))
    lines.append(say("silent.contact", contact=asked.contact))
    return Silent("\n".join(lines), day_line(asked.today), sources)


def _near_source(match: Match) -> Source:
    clause, quote = quotes(match.view, (), whole=False)[0]
    return as_source(match.view.document, clause, quote)
