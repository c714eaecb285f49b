"""Questions over several papers: an answer per document, each with its clause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.answers import Outcome
from bot.composing import Finding
from bot.deciding import Best, best_of, by_document, twin_of
from bot.direct import Direct
from bot.matching import Match
from bot.outcomes import Asked, answer, finding
from bot.scope import Scope
from bot.texts import say

_MOST_DOCUMENTS = 5
_NEAR = 0.75  #: share of the best score that counts as saying it too
_NAMED = 0.45  #: the same for documents that were named one by one
_ROOM = 1_450  #: characters quoted in all
_NEAREST = 300  #: characters of a clause that does not answer
_FEW = 3  #: documents that were named one by one


def compare(matches: Sequence[Match], scope: Scope, asked: Asked) -> Outcome | None:
    """The best clause of each document meant; None when fewer than two have one."""
    # "Hưng Yên và Hải Phòng năm 2023": the year tells papers of one place apart, no more.
    # A body or unit may be spoken of in one of the papers only.
    asked = replace(asked, understood=replace(asked.understood, years=(), bodies=()))
    top = matches[0].score if matches else 0.0
    named = len(scope.profiles) <= _FEW and scope.named
    enough = (_NAMED if named else _NEAR) * top
    bests = {g[0].view.document.id: best_of(g, asked) for g in by_document(matches)}
    best = {i: b for i, b in bests.items() if not b.lacks and b.match.score > enough}
    wanted = [p.document.id for p in scope.profiles]
    chosen = [best[i] for i in wanted if i in best][:_MOST_DOCUMENTS]
    lacking = _lacking(scope, asked, bests, {b.match.view.document.id for b in chosen})
    if not chosen or len(chosen) + len(lacking) < 2:
        return None
    room = _ROOM // (len(chosen) + len(lacking))
    findings = [_whole_finding(b, matches, asked, room) for b in chosen]
    return answer([*findings, *(_silence_of(b, asked) for b in lacking)], asked)


def _whole_finding(best: Best, matches: Sequence[Match], asked: Asked, room: int) -> Finding:
    """What one paper says; a clause that stands beside the best one and fits as well is added."""
    twin = twin_of(best, matches, asked, beside_only=True)
    found = finding(best.match, asked, best.direct, room=room // 2 if twin else room)
    if twin is None:
        return found
    beside = finding(twin, asked, Direct(), room=room // 2).sources
    return replace(found, sources=tuple(dict.fromkeys([*found.sources, *beside[:1]])))


def _lacking(
    scope: Scope, asked: Asked, bests: Mapping[str, Best], answering: set[str]
) -> list[Best]:
    """For each place named whose papers do not answer, the nearest clause and what it lacks."""
    lacking = []
    for place in asked.understood.places:
        ids = {p.document.id for p in scope.profiles if place in p.places}
        nearest = next((b for i, b in bests.items() if i in ids), None)
        if nearest and not ids & answering:
            lacking.append(replace(nearest, lacks=nearest.lacks or say("silent.unmet")))
    return lacking


def _silence_of(best: Best, asked: Asked) -> Finding:
    """A paper that was compared and does not say, with the clause nearest to it."""
    found = finding(best.match, asked, Direct(), room=_NEAREST)
    return replace(found, direct=best.lacks, sources=found.sources[:1])
