"""Questions over several papers: an answer per document, each with its clause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.answers import Outcome
from bot.deciding import Best, best_of, by_document
from bot.matching import Match
from bot.outcomes import Asked, answer, finding
from bot.scope import Scope

_MOST_DOCUMENTS = 5
_NEAR = 0.75  #: share of the best score that counts as saying it too
_NAMED = 0.45  #: the same for documents that were named one by one
_ROOM = 1_300  #: characters quoted in all
_FEW = 3  #: documents that were named one by one


def compare(matches: Sequence[Match], scope: Scope, asked: Asked) -> Outcome | None:
    """The best clause of each document meant; None when fewer than two have one."""
    # "Hưng Yên và Hải Phòng năm 2023": the year tells papers of one place apart, no more.
    asked = replace(asked, understood=replace(asked.understood, years=()))
    top = matches[0].score if matches else 0.0
    named = len(scope.profiles) <= _FEW and scope.named
    best: dict[str, Best] = {}
    for group in by_document(matches):
        found = best_of(group, asked)
        share = _NAMED if named else _NEAR
        if not found.lacks and found.match.score > share * top:
            best[found.match.view.document.id] = found
    wanted = [p.document.id for p in scope.profiles]
    chosen = [best[i] for i in wanted if i in best][:_MOST_DOCUMENTS]
    if len(chosen) < 2:
        return None
    room = _ROOM // len(chosen)
    return answer([finding(b.match, asked, b.direct, room=room) for b in chosen], asked)
