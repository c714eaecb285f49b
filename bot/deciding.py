"""From matches to an outcome: answer, ask which paper, or stay silent and say why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.answers import Answered, Clarify, Outcome, Silent
from bot.composing import (
    LONGEST_QUOTE,
    Finding,
    answered,
    as_source,
    notes_for,
    quotes,
    status_line,
)
from bot.direct import Direct, direct_line
from bot.lexicon import Fact, Lexicon
from bot.matching import Match, at_address
from bot.messages import Button, Source
from bot.terms import Term
from bot.texts import say
from bot.understanding import Understood
from knowledge.documents import Document
from knowledge.organisations import Organisations
from knowledge.vietnamese import fold

#: A clause must meet this share of the question's content to answer it. Set on the development
#: questions: lower answers what the papers do not say, higher refuses what they do.
ENOUGH = 0.42
#: Two papers answer alike when their best clauses score this near.
NEAR = 0.25
#: Within one paper, a clause this far behind the best may still be the one with the fact.
REACH = 0.25
#: Above this coverage the clause found is the one that is meant.
SURE = 0.75
TWIN = 0.08
#: Of ENOUGH, for a clause that shows the very kind of fact asked for ("100%").
EVIDENT = 0.6
#: Both state the very fact asked for: a lower score alone does not decide between them.
STATED_NEAR = 0.42
STATED_LESS = 0.2
FURTHER = 0.3
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
_UNSURE = re.compile(r"khong cho biet|chua the ket luan|chua thay .{0,60}han")
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
    contact: str  #: how to reach a person

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The seldom stated facts that are asked for."""
        return tuple(f for f in self.lexicon.facts if f.name in self.understood.facts)


def wanting(match: Match, asked: Asked) -> str:
    """What the question names that this clause and its document do not meet; "" when all is met."""
    for fact in asked.facts:
        if fact.name == "procedure" and "basis" in asked.understood.facets:
            continue
        if not fact.evidence.search(match.view.plain):
            return say("silent.fact", name=fact.words)
    document = match.view.document
    years = asked.understood.years
    if years and not any(covers(document, y) or str(y) in match.view.text for y in years):
        return say("silent.year", name=years[0])
    evidence = _evidence(asked)
    if evidence and not evidence.search(match.view.plain):
        return say("silent.facet", name=say(f"facets.{asked.understood.facets[0]}"))
    if document.digest and _UNSURE.search(match.view.text) and _asks_which(asked):
        return say("silent.unmet")
    for name in asked.understood.unknown:
        if fold(name) not in match.view.text:
            return say("silent.body", name=name)
    for body in asked.understood.bodies:
        if body not in match.view.bodies:
            return say("silent.body", name=body)
    if at_address(match.view, asked.understood):
        return ""
    if match.coverage < (ENOUGH * EVIDENT if evidence else ENOUGH):
        return say("silent.unmet")
    return ""


def _evidence(asked: Asked) -> re.Pattern[str] | None:
    facets = asked.understood.facets
    return _EVIDENCE.get(facets[0]) if facets else None


def _asks_which(asked: Asked) -> bool:
    return bool({"lead", "when", "number"} & set(asked.understood.facets))


def covers(document: Document, year: int) -> bool:
    """Whether the paper is for `year` (a paper without years covers those since its date)."""
    if document.years:
        return document.years[0] <= year <= document.years[1]
    dated = document.identity.date
    return dated is not None and year >= int(dated[:4])


def finding(match: Match, asked: Asked, direct: Direct, *, room: int = LONGEST_QUOTE) -> Finding:
    """The clause as an answer; `room`: characters it may quote."""
    whole = bool(asked.understood.facets) and asked.understood.facets[0] in WHOLE
    first = next((f for f in asked.understood.facets if f in _STATED), "")
    facet = first if direct.line else ("basis" if "basis" in asked.understood.facets else "")
    chosen = quotes(match.view, asked.terms, whole=whole, facet=facet, room=room)
    sources = tuple(as_source(match.view.document, c, q) for c, q in chosen)
    heading = match.view.clause.heading
    line = direct.line or (f"{heading}:" if heading and len(heading) < _HEADING else "")
    return Finding(match.view.document, sources, line)


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
    lines.append(say("silent.contact", contact=asked.contact))
    day = say("status.day", day=f"{asked.today:%d/%m/%Y}")
    return Silent("\n".join(lines), day[0].upper() + day[1:], sources)


def _near_source(match: Match) -> Source:
    clause, quote = quotes(match.view, (), whole=False)[0]
    return as_source(match.view.document, clause, quote)


@dataclass(frozen=True, slots=True)
class Best:
    """The clause of one document that answers, or why the nearest one does not."""

    match: Match
    direct: Direct
    lacks: str = ""


def best_of(matches: Sequence[Match], asked: Asked) -> Best:
    """The best clause of one document that has all that is asked, if one is near enough the best.

    `matches`: the document's, best first, not empty.
    """
    first = matches[0]
    reasons: list[str] = []
    for match in matches:
        near = first.score - match.score
        if near > (2 * REACH if _evidence(asked) else REACH):
            break
        lacks = wanting(match, asked)
        if lacks:
            reasons.append(lacks)
            continue
        direct = direct_line(match.view, asked.understood, asked.terms, asked.today)
        if not direct.missing:
            return Best(match, direct)
        reasons.append(direct.missing)
        # The clause that is meant was found and does not state it: another may only stand in
        # for it when it fits as well.
        if match is first and match.coverage > SURE:
            rest = [m for m in matches[1:] if first.score - m.score < NEAR / 2]
            return _stand_in(first, rest, asked) or Best(first, Direct(), direct.missing)
    return Best(first, Direct(), reasons[0])


def _stand_in(first: Match, rest: Sequence[Match], asked: Asked) -> Best | None:
    for match in rest:
        if match.coverage < first.coverage - 0.1 or wanting(match, asked):
            continue
        direct = direct_line(match.view, asked.understood, asked.terms, asked.today)
        if direct.line and not direct.missing:
            return Best(match, direct)
    return None


def by_document(matches: Sequence[Match]) -> list[list[Match]]:
    """Matches grouped by document, each group and the groups best first."""
    groups: dict[str, list[Match]] = {}
    for match in matches:
        groups.setdefault(match.view.document.id, []).append(match)
    return list(groups.values())


def decide(matches: Sequence[Match], asked: Asked, *, named: bool) -> Outcome:
    """The outcome for clauses found, best first; `named`: the question says whose paper."""
    bests = [best_of(group, asked) for group in by_document(matches)]
    good = sorted((b for b in bests if not b.lacks), key=lambda b: -b.match.score)
    if not good:
        nearest = [b.match for b in bests]
        if not nearest or max(m.coverage for m in nearest) < ENOUGH / 2:
            return silent(say("silent.unmet" if named else "silent.off_topic"), (), asked)
        return silent(bests[0].lacks, nearest, asked)
    top = bests[0]
    if top.lacks and top.match.coverage > SURE and good[0].match.coverage < SURE:
        return silent(top.lacks, [b.match for b in bests], asked)
    best = good[0]
    rivals = [b for b in good[1:] if _rivals(best, b, asked, named=named)]
    local = [b for b in (best, *rivals) if not b.match.view.document.digest]
    if len(local) > 1 and not _settled(best.match, asked):
        return clarify([b.match.view.document for b in (best, *rivals)], asked)
    shown = [best, *rivals[:1]] if rivals and not asked.understood.papers else [best]
    findings = [finding(b.match, asked, b.direct) for b in shown]
    if len(findings) == 1 and not best.direct.line:
        findings = [_with_twin(findings[0], best, matches, asked)]
    return answer(findings, asked)


def _with_twin(found: Finding, best: Best, matches: Sequence[Match], asked: Asked) -> Finding:
    """A second clause of the same paper that fits as well is cited too."""
    here = best.match.view.clause.address
    for match in matches:
        view = match.view
        there = view.clause.address
        apart = not (there.startswith(f"{here}.") or here.startswith(f"{there}."))
        if (
            view.document.id == best.match.view.document.id
            and there != here
            and apart
            and view.clause.text
            and best.match.score - match.score < TWIN
            and not wanting(match, asked)
        ):
            sources = finding(match, asked, Direct()).sources
            return replace(found, sources=(*found.sources, *sources[:1]))
    return found


def _rivals(best: Best, other: Best, asked: Asked, *, named: bool) -> bool:
    """Whether another paper answers as well; one that was named leaves less room for doubt."""
    behind = best.match.score - other.match.score
    less = best.match.coverage - other.match.coverage
    near = NEAR / 2 if named else NEAR
    stated = bool(best.direct.line and other.direct.line) and less < STATED_LESS
    if stated and not named and behind < STATED_NEAR:
        return True
    return (behind < near and less < FURTHER) or _same_head(best.match, other.match, asked)


def _same_head(best: Match, other: Match, asked: Asked) -> bool:
    """Both clauses are headed by the body that was asked about."""
    bodies = set(asked.understood.bodies)
    first, second = best.view, other.view
    return bool(bodies & (first.heads | first.leads) and bodies & (second.heads | second.leads))


def _settled(best: Match, asked: Asked) -> bool:
    """Whether `best` answers alone although others are near: the national rule was asked for."""
    general = {"criteria", "definition"} & set(asked.understood.facets)
    return best.view.document.digest and bool(general)
