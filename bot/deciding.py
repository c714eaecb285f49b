"""From matches to an outcome: answer, ask which paper, or stay silent and say why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answers import Finding, Outcome
from bot.bonuses import asks_basis
from bot.direct import Direct, direct_line
from bot.lacking import asks_kind_of_paper, evidence_for, lacking, left_open
from bot.lexicon import says
from bot.matching import Match, at_address
from bot.outcomes import Asked, answer, clarify, finding, silent
from bot.terms import coverage_by
from bot.texts import say
from bot.views import fixed_part
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
#: A clause that means this much to the encoder states what is asked, however it is worded.
TOLD = 0.8
#: Where no clause of a paper means as much, nothing in it states what is asked.
_UNTOLD = 0.2
_UNTOLD_BESIDE = 0.4  #: the same where the clause has hardly a word of the question
_HARDLY_A_WORD = 0.1
_ALL_WORDS = 0.9  #: unless the clause has nearly every word: an earlier question blurs the meaning
#: Two papers answer alike when their best clauses score this near.
_NEAR = 0.25
#: Of _NEAR, when the paper was named or a clause stands in for the one that was meant.
_NEARER = 0.5
#: A clause is cited beside the one chosen when it means this much, and at most so much less.
_LIKELY, _HARDLY_LESS = 0.5, 0.2
_FEWER_WORDS = 0.7  #: share of the words; words prefer the first as plainly as meaning
#: Within one paper, a clause this far behind the best may still be the one with the fact.
_REACH = 0.25
#: Times _REACH, when the fact itself can be seen in a clause.
_EVIDENT_REACH = 2
#: Two clauses of one paper are both cited when they score this near.
_TWIN = 0.12
_TWIN_ROOM = 600  #: characters quoted of the second
#: A clause of the paper that was named is clearly meant when it is this far ahead.
_CLEAR = 0.22
#: The same for two that stand beside each other under one heading.
_BESIDE = 0.2
#: A part of a clause is cited beside it when it meets this much more than the clause's own words.
_PART_MORE = 0.15
#: Both state the very fact asked for: a lower score alone does not decide between them.
_STATED_NEAR = 0.42
_STATED_LESS = 0.2
#: Another place's clause is on the same thing when it meets this share of the question, and this
#: much less than the best.
_SAME_THING, _SAME_THING_LESS = 0.5, 0.25
#: It is so, too, when it means so much to the encoder.
_SAME_MEANING = 0.69
#: A rival may meet this much less of the question.
_FURTHER = 0.3
#: Kinds of fact that a task states for all its parts.
_SAID_ABOVE = frozenset(("lead", "coordinate", "when", "start"))
#: A clause that stands in for the one meant may meet this much less of the question.
_STAND_IN_LESS = 0.1
_FEW = 3  #: clauses of a short section
#: How a section on money is headed.
_MONEY = re.compile(r"\bkinh phi\b|\bngan sach\b")


@dataclass(frozen=True, slots=True)
class Best:
    """The clause of one document that answers, or why the nearest one does not."""

    match: Match
    direct: Direct
    lacks: str = ""


def decide(matches: Sequence[Match], asked: Asked, *, named: bool) -> Outcome:
    """The outcome for clauses found, best first; `named`: the question says whose paper."""
    bests = [best_of(group, asked, named=named) for group in by_document(matches)]
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
    if _meaningless(best.match, asked, named=named):
        return silent(top.lacks or say("silent.unmet"), nearest, asked)
    rivals = [b for b in good[1:] if _rivals(best, b, asked, named=named)]
    return _outcome(best, rivals, matches, asked)


def _meaningless(match: Match, asked: Asked, *, named: bool) -> bool:
    """Whether a clause shares no more than words with a question.

    "Trận Việt Nam với Thái" and "Mặt trận Tổ quốc Việt Nam". Of a paper that is named, a body or
    an address may be all that is meant, and so may what was said before.
    """
    said = asked.understood.bodies or asked.understood.addresses or asked.understood.leans
    if named and said:
        return False
    return match.meaning < _UNTOLD and match.stated < TOLD and not evidence_for(asked)


def best_of(matches: Sequence[Match], asked: Asked, *, named: bool = False) -> Best:
    """The best clause of one document that has all that is asked, if one is near enough the best.

    `matches`: the document's, best first, not empty.
    """
    first = matches[0]
    ahead = _ahead(matches) if named else 0.0
    evident = evidence_for(asked) or asks_kind_of_paper(asked)
    reach = _REACH * _EVIDENT_REACH if evident else _REACH
    reasons: list[str] = []
    for match in matches:
        if first.score - match.score > reach:
            break
        lacks = _wanting(match, asked, clear=match is first and ahead > _CLEAR)
        direct = _direct(match, asked)
        above = (
            _above(match, matches, asked) if match is first and (lacks or direct.missing) else None
        )
        if above:
            return above
        if lacks:
            reasons.append(lacks)
            continue
        if not direct.missing or _told(match, asked) or left_open(match.view, asked):
            return Best(match, replace(direct, missing=""))
        reasons.append(direct.missing)
        # The clause that is meant was found and does not state it: another may only stand in
        # for it when it fits as well.
        if match is first and match.coverage > _SURE:
            return _stand_in(matches, asked) or Best(first, Direct(), direct.missing)
    return Best(first, Direct(), reasons[0])


def _told(match: Match, asked: Asked) -> bool:
    """Whether a clause answers by its meaning, though no line of it states the kind of fact.

    Who helps with a task has a line of its own wherever a paper says so.
    """
    return match.meaning >= TOLD and asked.understood.facets[:1] != ("coordinate",)


def by_document(matches: Sequence[Match]) -> list[list[Match]]:
    """Matches grouped by document, each group and the groups best first."""
    groups: dict[str, list[Match]] = {}
    for match in matches:
        groups.setdefault(match.view.document.id, []).append(match)
    return list(groups.values())


def _outcome(best: Best, rivals: Sequence[Best], matches: Sequence[Match], asked: Asked) -> Outcome:
    """Which paper, when several local ones answer; else the best, with a rival or a twin."""
    local = [b for b in (best, *rivals) if not b.match.view.document.digest]
    alike = {b.direct.line for b in (best, *rivals)}
    if rivals and len(alike) == 1 and best.direct.line:
        rivals = []  # every paper says the same: nothing to choose
    elif len(local) > 1 and not _settled(best.match, asked):
        return clarify([b.match.view.document for b in (best, *rivals)], asked)
    shown = [best, *rivals[:1]] if rivals and not asked.understood.papers else [best]
    findings = [finding(b.match, asked, b.direct) for b in shown]
    if len(findings) == 1:
        part = _part_meant(best, matches, asked)
        section = money_section(best, matches, asked)
        if part:
            findings = [_with(findings[0], finding(part, asked, Direct()))]
        elif section and says("money_source", asked.understood.folded):
            for other in (m for m in section if m.view is not best.match.view):
                findings = [_with(findings[0], finding(other, asked, Direct(), room=_TWIN_ROOM))]
        else:
            twin = _states_too(best, matches, asked) or twin_of(best, matches, asked)
            findings = [_beside(findings[0], twin, best, asked)] if twin else findings
    return answer(findings, asked)


def _with(found: Finding, more: Finding) -> Finding:
    return replace(found, sources=tuple(dict.fromkeys([*found.sources, *more.sources[:1]])))


def _beside(found: Finding, twin: Match, best: Best, asked: Asked) -> Finding:
    """A second clause beside the first, with the lines that state what was stated of the first."""
    more = finding(twin, asked, best.direct, room=_TWIN_ROOM)
    sources = more.sources if best.direct.states else more.sources[:1]
    return replace(found, sources=tuple(dict.fromkeys([*found.sources, *sources])))


def _part_meant(best: Best, matches: Sequence[Match], asked: Asked) -> Match | None:
    """A clause below the one that answers, which has the words that were asked for.

    A task's heading names who leads; its parts say what is done.
    """
    below = [
        m
        for m in matches
        if m.view.document.id == best.match.view.document.id
        and m.view.clause.address.startswith(f"{best.match.view.clause.address}.")
        and m.view.clause.text
    ]
    clause = best.match.view.clause
    own = coverage_by(f"{clause.heading} {clause.text}", asked.terms)
    part = max(below, key=lambda m: m.coverage, default=None)
    if part is None or part.coverage < ENOUGH or part.coverage < own + _PART_MORE:
        return None
    return part


def _direct(match: Match, asked: Asked) -> Direct:
    return direct_line(match.view, asked.understood, asked.terms, asked.today, fits=match.coverage)


def _ahead(matches: Sequence[Match]) -> float:
    """How far the first match is ahead of the next clause that is no part of it."""
    first = matches[0]
    others = (m for m in matches[1:] if _stands_apart(m, first))
    following = next(others, None)
    return first.score - following.score if following else 1.0


def _wanting(match: Match, asked: Asked, *, clear: bool = False) -> str:
    """What the question names that this clause and its document do not meet; "" when all is met.

    `clear`: no other clause comes near, so fewer of the words need be met.
    """
    lacks = lacking(match.view, asked, told=match.meaning >= TOLD)
    if lacks or at_address(match.view, asked.understood):
        return lacks
    if match.foreign and not evidence_for(asked):
        return say("silent.unmet")
    untold = _UNTOLD if match.words >= _HARDLY_A_WORD else _UNTOLD_BESIDE
    if match.stated < untold and match.words < _ALL_WORDS:
        return say("silent.unmet")
    enough = ENOUGH * _EVIDENT if evidence_for(asked) or clear else ENOUGH
    return say("silent.unmet") if match.coverage < enough else ""


def _above(match: Match, matches: Sequence[Match], asked: Asked) -> Best | None:
    """The task that a clause is part of, where who or when is said once for all its parts."""
    if match.coverage <= _SURE or not _SAID_ABOVE & set(asked.understood.facets[:1]):
        return None
    address = match.view.clause.address
    for other in matches:
        within = address.startswith(f"{other.view.clause.address}.")
        if within and other.view.document.id == match.view.document.id and other.view.duties:
            direct = _direct(other, asked)
            if direct.line and not direct.missing and not lacking(other.view, asked, told=True):
                met = replace(match, view=other.view, words=other.words, foreign=other.foreign)
                return Best(met, direct)
    return None


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


def twin_of(
    best: Best, matches: Sequence[Match], asked: Asked, *, beside_only: bool = False
) -> Match | None:
    """A second clause of the paper that fits as well; `beside_only`: under the same heading."""
    for match in matches:
        parent = best.match.view.clause.parent
        beside = parent is not None and match.view.clause.parent == parent
        reach = _BESIDE if beside and not beside_only else _TWIN
        near = best.match.score - match.score < reach
        if beside_only and not beside:
            continue
        if near and _stands_apart(match, best.match) and not _wanting(match, asked):
            return match
    return None


def money_section(best: Best, matches: Sequence[Match], asked: Asked) -> list[Match]:
    """The few clauses of a section on money, where money is asked for: each names a source."""
    if "money" not in asked.understood.facets:
        return []
    document, parent = best.match.view.document, best.match.view.clause.parent
    above = next((c for c in document.clauses if c.address == parent), None)
    if above is None or not _MONEY.search(fold(above.heading)):
        return []
    beside = [
        m for m in matches if m.view.document.id == document.id and m.view.clause.parent == parent
    ]
    beside.sort(key=lambda m: document.clauses.index(m.view.clause))
    return beside if 1 < len(beside) <= _FEW else []


def _states_too(best: Best, matches: Sequence[Match], asked: Asked) -> Match | None:
    """The clause of the paper that by its meaning states it about as surely, or more surely.

    Words chose `best`; where meaning would choose another, a reader is shown both.
    """
    least = max(_LIKELY, best.match.meaning - _HARDLY_LESS)
    for match in sorted(matches, key=lambda m: -m.meaning):
        if match.meaning < least:
            return None
        if match.view.clause.address == "recipients":
            continue  # whom the paper goes to is not where a report goes
        if _met_less(match, best.match):
            continue
        if _stands_apart(match, best.match) and not lacking(match.view, asked, told=True):
            return match
    return None


def _met_less(match: Match, best: Match) -> bool:
    """Whether both words and meaning prefer `best`, and words do so plainly."""
    return match.meaning < best.meaning and match.words < best.words - _FEWER_WORDS


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
    if evidence_for(asked) and not named and behind < _STATED_NEAR and less < _FURTHER:
        return True  # both show the very kind of fact: money of each plan
    if not named and _both_local(best.match, other.match, behind, less):
        return True
    if _both_preambles(best.match, other.match) and asks_basis(asked.understood):
        return True  # each paper has a basis of its own, however its words fit
    return (behind < near and less < _FURTHER) or _same_head(best.match, other.match, asked)


def _both_local(best: Match, other: Match, behind: float, less: float) -> bool:
    """Two plans with a clause on the same thing: where nobody is named, words do not choose."""
    if best.view.document.digest or other.view.document.digest:
        return False
    met = other.coverage > _SAME_THING and less < _SAME_THING_LESS
    return (met and behind < _STATED_NEAR) or other.meaning >= _SAME_MEANING


def _both_preambles(best: Match, other: Match) -> bool:
    return {fixed_part(best.view.clause), fixed_part(other.view.clause)} == {"preamble"}


def _same_head(best: Match, other: Match, asked: Asked) -> bool:
    """Both clauses are headed by the body that was asked about."""
    bodies = set(asked.understood.bodies)
    first, second = best.view, other.view
    return bool(bodies & (first.heads | first.leads) and bodies & (second.heads | second.leads))


def _settled(best: Match, asked: Asked) -> bool:
    """Whether `best` answers alone although others are near: the national rule was asked for."""
    general = {"criteria", "definition"} & set(asked.understood.facets)
    return best.view.document.digest and bool(general)
