"""Questions over several papers: an answer per document, each with its clause."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answers import Outcome
from bot.deciding import ENOUGH, Asked, answer, finding
from bot.direct import Direct, direct_line
from bot.matching import Match
from bot.scope import Scope

_MOST_DOCUMENTS = 5
_NEAR = 0.75  #: share of the best score that counts as saying it too
_FEW = 3  #: documents that were named one by one


def compare(matches: Sequence[Match], scope: Scope, asked: Asked) -> Outcome | None:
    """The best clause of each document meant; None when fewer than two have one."""
    best: dict[str, Match] = {}
    top = matches[0] if matches else None
    for match in matches:
        near = top is not None and match.score > _NEAR * top.score
        named = len(scope.profiles) <= _FEW and scope.named
        if match.coverage >= ENOUGH and (near or named):
            best.setdefault(match.view.document.id, match)
    wanted = [p.document.id for p in scope.profiles]
    chosen = [best[i] for i in wanted if i in best][:_MOST_DOCUMENTS]
    if len(chosen) < 2:
        return None
    findings = []
    for match in chosen:
        direct = direct_line(match.view, asked.understood, asked.terms, asked.today)
        found = finding(match, asked, Direct(direct.line))
        findings.append(found)
    return answer(findings, asked)
