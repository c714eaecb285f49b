"""From matches to an outcome: answer, ask which paper, or stay silent and say why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answers import Outcome
from bot.composing import Finding
from bot.direct import Direct, direct_line
from bot.matching import Match, at_address
from bot.outcomes import Asked, answer, clarify, finding, silent
from bot.texts import say
from knowledge.documents import Document
from knowledge.vietnamese import fold

# Scores run from 0 to about 1.5, coverage from 0 to 1.
#: A clause must meet this share of the question's content to answer it. Set on the development
#: questions: lower answers what the papers do not say, higher refuses what they do.
ENOUGH = 0.42
#: Of ENOUGH, for a clause that shows the very kind of fact asked for ("100%").
_EVIDENT = 0.6
#: Of ENOUGH, what at least one clause must meet for the question to be about these papers at all.
_ON_TOPIC = 0.5
_ON_TOPIC_UNNAMED = 0.8  #: the same where no paper, place or body was named
#: Above this coverage the clause found is the one that is meant.
_SURE = 0.75
#: Two papers answer alike when their best clauses score this near.
_NEAR = 0.25
#: Of _NEAR, when the paper was named or a clause stands in for the one that was meant.
_NEARER = 0.5
#: Within one paper, a clause this far behind the best may still be the one with the fact.
_REACH = 0.25
#: Times _REACH, when the fact itself can be seen in a clause.
_EVIDENT_REACH = 2
#: Two clauses of one paper are both cited when they score this near.
_TWIN = 0.08
#: Both state the very fact asked for: a lower score alone does not decide between them.
_STATED_NEAR = 0.42
_STATED_LESS = 0.2
#: A rival may meet this much less of the question.
_FURTHER = 0.3
#: A clause that stands in for the one meant may meet this much less of the question.
_STAND_IN_LESS = 0.1
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
#: What a digest says where its source leaves a thing open.
_UNSURE = re.compile(r"khong cho biet|chua the ket luan|chua thay .{0,60}han")


@dataclass(frozen=True, slots=True)
class Best:
    """The clause of one document that answers, or why the nearest one does not."""

    match: Match
    direct: Direct
    lacks: str = ""


def decide(matches: Sequence[Match], asked: Asked, *, named: bool) -> Outcome:
    """The outcome for clauses found, best first; `named`: the question says whose paper."""
    bests = [best_of(group, asked) for group in by_document(matches)]
    nearest = [b.match for b in bests]
    good = sorted((b for b in bests if not b.lacks), key=lambda b: -b.match.score)
    if not good:
        on_topic = _ON_TOPIC if named else _ON_TOPIC_UNNAMED
        if max((m.coverage for m in nearest), default=0.0) < ENOUGH * on_topic:
            return silent(say("silent.unmet" if named else "silent.off_topic"), (), asked)
        return silent(bests[0].lacks, nearest, asked)
    best, top = good[0], bests[0]
    if top.lacks and top.match.coverage > _SURE and best.match.coverage < _SURE:
        return silent(top.lacks, nearest, asked)
    rivals = [b for b in good[1:] if _rivals(best, b, asked, named=named)]
    return _outcome(best, rivals, matches, asked)


def best_of(matches: Sequence[Match], asked: Asked) -> Best:
    """The best clause of one document that has all that is asked, if one is near enough the best.

    `matches`: the document's, best first, not empty.
    """
    first = matches[0]
    reach = _REACH * _EVIDENT_REACH if _evidence(asked) else _REACH
    reasons: list[str] = []
    for match in matches:
        if first.score - match.score > reach:
            break
        lacks = _wanting(match, asked)
        if lacks:
            reasons.append(lacks)
            continue
        direct = _direct(match, asked)
        if not direct.missing:
            return Best(match, direct)
        reasons.append(direct.missing)
        # The clause that is meant was found and does not state it: another may only stand in
        # for it when it fits as well.
        if match is first and match.coverage > _SURE:
            return _stand_in(matches, asked) or Best(first, Direct(), direct.missing)
    return Best(first, Direct(), reasons[0])


def by_document(matches: Sequence[Match]) -> list[list[Match]]:
    """Matches grouped by document, each group and the groups best first."""
    groups: dict[str, list[Match]] = {}
    for match in matches:
        groups.setdefault(match.view.document.id, []).append(match)
    return list(groups.values())


def _outcome(best: Best, rivals: Sequence[Best], matches: Sequence[Match], asked: Asked) -> Outcome:
    """Which paper, when several local ones answer; else the best, with a rival or a twin."""
    local = [b for b in (best, *rivals) if not b.match.view.document.digest]
    if len(local) > 1 and not _settled(best.match, asked):
        return clarify([b.match.view.document for b in (best, *rivals)], asked)
    shown = [best, *rivals[:1]] if rivals and not asked.understood.papers else [best]
    findings = [finding(b.match, asked, b.direct) for b in shown]
    if len(findings) == 1 and not best.direct.line:
        findings = [_with_twin(findings[0], best, matches, asked)]
    return answer(findings, asked)


def _direct(match: Match, asked: Asked) -> Direct:
    return direct_line(match.view, asked.understood, asked.terms, asked.today)


def _wanting(match: Match, asked: Asked) -> str:
    """What the question names that this clause and its document do not meet; "" when all is met."""
    lacking = _lacking_fact(match, asked) or _lacking_name(match, asked)
    if lacking or at_address(match.view, asked.understood):
        return lacking
    enough = ENOUGH * _EVIDENT if _evidence(asked) else ENOUGH
    return say("silent.unmet") if match.coverage < enough else ""


def _lacking_fact(match: Match, asked: Asked) -> str:
    """Facts, years and kinds of fact that are asked for and not stated."""
    view, asks = match.view, asked.understood
    for fact in asked.facts:
        if fact.name == "procedure" and "basis" in asks.facets:
            continue
        if not fact.evidence.search(view.plain):
            return say("silent.fact", name=fact.words)
    years = asks.years
    if years and not any(_covers(view.document, y) or str(y) in view.text for y in years):
        return say("silent.year", name=years[0])
    evidence = _evidence(asked)
    if evidence and not evidence.search(view.plain):
        return say("silent.facet", name=say(f"facets.{asks.facets[0]}"))
    asks_which = {"lead", "when", "number"} & set(asks.facets)
    if view.document.digest and asks_which and _UNSURE.search(view.text):
        return say("silent.unmet")
    return ""


def _lacking_name(match: Match, asked: Asked) -> str:
    """Names and bodies that are asked about and not named."""
    for name in asked.understood.unknown:
        if fold(name) not in match.view.text:
            return say("silent.body", name=name)
    for body in asked.understood.bodies:
        if body not in match.view.bodies:
            return say("silent.body", name=body)
    return ""


def _evidence(asked: Asked) -> re.Pattern[str] | None:
    facets = asked.understood.facets
    return _EVIDENCE.get(facets[0]) if facets else None


def _covers(document: Document, year: int) -> bool:
    """Whether the paper is for `year` (a paper without years covers those since its date)."""
    if document.years:
        return document.years[0] <= year <= document.years[1]
    dated = document.identity.date
    return dated is not None and year >= int(dated[:4])


def _stand_in(matches: Sequence[Match], asked: Asked) -> Best | None:
    """A clause that states the fact and fits about as well as the first, which does not."""
    first = matches[0]
    for match in matches[1:]:
        far = first.score - match.score >= _NEAR * _NEARER
        if far or match.coverage < first.coverage - _STAND_IN_LESS or _wanting(match, asked):
            continue
        direct = _direct(match, asked)
        if direct.line and not direct.missing:
            return Best(match, direct)
    return None


def _with_twin(found: Finding, best: Best, matches: Sequence[Match], asked: Asked) -> Finding:
    """A second clause of the same paper that fits as well is cited too."""
    for match in matches:
        near = best.match.score - match.score < _TWIN
        if near and _stands_apart(match, best.match) and not _wanting(match, asked):
            sources = finding(match, asked, Direct()).sources
            return replace(found, sources=(*found.sources, *sources[:1]))
    return found


def _stands_apart(match: Match, best: Match) -> bool:
    """Another clause of the same paper with a text, neither above nor below `best`."""
    here, there = best.view.clause.address, match.view.clause.address
    within = there.startswith(f"{here}.") or here.startswith(f"{there}.")
    same_paper = match.view.document.id == best.view.document.id
    return same_paper and there != here and not within and bool(match.view.clause.text)


def _rivals(best: Best, other: Best, asked: Asked, *, named: bool) -> bool:
    """Whether another paper answers as well; one that was named leaves less room for doubt."""
    behind = best.match.score - other.match.score
    less = best.match.coverage - other.match.coverage
    near = _NEAR * _NEARER if named else _NEAR
    stated = bool(best.direct.line and other.direct.line) and less < _STATED_LESS
    if stated and not named and behind < _STATED_NEAR:
        return True
    return (behind < near and less < _FURTHER) or _same_head(best.match, other.match, asked)


def _same_head(best: Match, other: Match, asked: Asked) -> bool:
    """Both clauses are headed by the body that was asked about."""
    bodies = set(asked.understood.bodies)
    first, second = best.view, other.view
    return bool(bodies & (first.heads | first.leads) and bodies & (second.heads | second.leads))


def _settled(best: Match, asked: Asked) -> bool:
    """Whether `best` answers alone although others are near: the national rule was asked for."""
    general = {"criteria", "definition"} & set(asked.understood.facets)
    return best.view.document.digest and bool(general)
