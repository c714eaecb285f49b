"""From matches to an outcome: answer, ask which paper, or stay silent and say why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.answers import Answered, Clarify, Outcome, Silent
from bot.composing import (
    Finding,
    answered,
    as_source,
    notes_for,
    quotes,
    status_line,
)
from bot.direct import Direct, direct_line
from bot.lexicon import Fact, Lexicon
from bot.matching import Match, Term
from bot.messages import Button, Source
from bot.scope import Scope
from bot.texts import say
from bot.understanding import Understood
from knowledge.documents import Document
from knowledge.organisations import Organisations

#: A clause must meet this share of the question's content to answer it. Set on the development
#: questions: lower answers what the papers do not say, higher refuses what they do.
ENOUGH = 0.42
#: Two papers answer alike when their best clauses score this near.
NEAR = 0.22
FURTHER = 0.25  #: a clause that meets so much less of the question is no rival
_MOST_CHOICES = 5
#: Facet → what a clause must say, folded, to be about it at all.
_EVIDENCE = {
    "money": re.compile(
        r"kinh phi.*(?:ngan sach|nguon|bo tri|du toan|tai tro|quyet toan)"
        r"|(?:ngan sach|nguon|bo tri|du toan|tai tro|quyet toan).*kinh phi",
        re.DOTALL,
    ),
    "percent": re.compile(r"\d ?%"),
    "criteria": re.compile(r"tieu chi|dieu kien|phai lap de nghi"),
}
_HEADING = 140
_STATED = ("when", "lead", "coordinate")
#: Facets whose answer is a whole list.
WHOLE = frozenset({"criteria", "content", "form", "purpose", "requirement", "task", "scope"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with all that deciding needs."""

    understood: Understood
    terms: tuple[Term, ...]
    today: date
    lexicon: Lexicon
    organisations: Organisations

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The seldom stated facts that are asked for."""
        return tuple(f for f in self.lexicon.facts if f.name in self.understood.facts)


def wanting(match: Match, asked: Asked) -> str:
    """What the question names that this clause and its document do not meet; "" when all is met."""
    for fact in asked.facts:
        if not fact.evidence.search(match.view.plain):
            return say("silent.fact", name=fact.words)
    document = match.view.document
    years = asked.understood.years
    if years and not any(covers(document, y) or str(y) in match.view.text for y in years):
        return say("silent.year", name=years[0])
    evidence = _EVIDENCE.get(asked.understood.facets[0]) if asked.understood.facets else None
    if evidence and not evidence.search(match.view.plain):
        return say("silent.facet", name=say(f"facets.{asked.understood.facets[0]}"))
    for body in asked.understood.bodies:
        if body not in match.view.bodies:
            return say("silent.body", name=body)
    if match.coverage < ENOUGH:
        return say("silent.unmet")
    return ""


def covers(document: Document, year: int) -> bool:
    """Whether the paper is for `year` (a paper without years covers those since its date)."""
    if document.years:
        return document.years[0] <= year <= document.years[1]
    dated = document.identity.date
    return dated is not None and year >= int(dated[:4])


def finding(match: Match, asked: Asked, direct: Direct) -> Finding:
    """The clause as an answer."""
    whole = bool(asked.understood.facets) and asked.understood.facets[0] in WHOLE
    first = next((f for f in asked.understood.facets if f in _STATED), "")
    facet = first if direct.line else ""
    chosen = quotes(match.view, asked.terms, whole=whole, facet=facet)
    sources = tuple(as_source(match.view.document, c, q) for c, q in chosen)
    heading = match.view.clause.heading
    line = direct.line or (f"{heading}:" if heading and len(heading) < _HEADING else "")
    return Finding(match.view.document, sources, line, match.score)


def answer(findings: Sequence[Finding], asked: Asked) -> Answered:
    """Findings as one answer with its status line and notes."""
    documents = [f.document for f in findings]
    said = " ".join(
        [f.direct for f in findings] + [s.quote or "" for f in findings for s in f.sources]
    )
    status = status_line(documents, said, asked.organisations, asked.today)
    notes = [n for d in dict.fromkeys(d.id for d in documents) for n in _notes(documents, d, said)]
    return answered(findings, status, notes)


def _notes(documents: Sequence[Document], document_id: str, said: str) -> list[str]:
    return notes_for(next(d for d in documents if d.id == document_id), said)


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
    sources = tuple(_near_source(m) for m in nearest[:3])
    return silence(reason, sources, asked)


def silence(reason: str, sources: tuple[Source, ...], asked: Asked) -> Silent:
    """Silence with its nearest clauses named in words."""
    lines = [reason]
    if sources:
        places = "; ".join(dict.fromkeys(f"{s.place}, {s.title}" for s in sources))
        lines.append(say("silent.nearest", places=places))
    else:
        lines.append(say("silent.suggest", topics=say("topics")))
    lines.append(say("silent.contact", contact=say("contact")))
    day = say("status.day", day=f"{asked.today:%d/%m/%Y}")
    return Silent("\n".join(lines), day[0].upper() + day[1:], sources)


def _near_source(match: Match) -> Source:
    clause, quote = quotes(match.view, (), whole=False)[0]
    return as_source(match.view.document, clause, quote)


def decide(matches: Sequence[Match], scope: Scope, asked: Asked) -> Outcome:
    """The outcome for clauses found in the documents meant, best first."""
    tried = [(m, wanting(m, asked)) for m in _best_per_document(matches)]
    good = [m for m, lacks in tried if not lacks]
    if not good:
        reason = next((lacks for _, lacks in tried), say("silent.off_topic"))
        if tried and max(m.coverage for m, _ in tried) < ENOUGH / 2:
            return silent(say("silent.off_topic"), (), asked)
        return silent(reason, [m for m, _ in tried], asked)
    stated = [(m, _direct_or_next(m, matches, asked)) for m in good]
    answering = [(m, d) for m, d in stated if not d[1].missing]
    if not answering:
        return silent(stated[0][1][1].missing, [m for m, _ in stated], asked)
    chosen = [d[0] for _, d in answering]
    lines = {d[0].view.document.id: d[1] for _, d in answering}
    best = chosen[0]
    rivals = [
        m
        for m in chosen[1:]
        if (best.score - m.score < NEAR and best.coverage - m.coverage < FURTHER)
        or _same_head(best, m, asked)
    ]
    local = [m for m in (best, *rivals) if not m.view.document.digest]
    if len(local) > 1 and not _settled(best, asked):
        return clarify([m.view.document for m in (best, *rivals)], asked)
    shown = [best, *rivals[:1]] if rivals and not asked.understood.papers else [best]
    return answer([finding(m, asked, lines[m.view.document.id]) for m in shown], asked)


def _best_per_document(matches: Sequence[Match]) -> list[Match]:
    best: dict[str, Match] = {}
    for match in matches:
        best.setdefault(match.view.document.id, match)
    return sorted(best.values(), key=lambda m: -m.score)


def _direct_or_next(match: Match, matches: Sequence[Match], asked: Asked) -> tuple[Match, Direct]:
    """The clause with its first line; if it lacks the fact, one nearly as good that has it."""
    direct = direct_line(match.view, asked.understood, asked.terms, asked.today)
    if not direct.missing:
        return match, direct
    for other in matches:
        if (
            other.view.document.id == match.view.document.id
            and other is not match
            and match.score - other.score < NEAR / 2
            and other.coverage > match.coverage - 0.1
            and not wanting(other, asked)
        ):
            second = direct_line(other.view, asked.understood, asked.terms, asked.today)
            if not second.missing and second.line:
                return other, second
    return match, direct


def _same_head(best: Match, other: Match, asked: Asked) -> bool:
    """Both clauses are headed by the body that was asked about."""
    bodies = set(asked.understood.bodies)
    first, second = best.view, other.view
    return bool(bodies & (first.heads | first.leads) and bodies & (second.heads | second.leads))


def _settled(best: Match, asked: Asked) -> bool:
    """Whether `best` answers alone although others are near: the national rule was asked for."""
    general = {"criteria", "definition"} & set(asked.understood.facets)
    return best.view.document.digest and bool(general)
