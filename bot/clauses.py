"""The prepared clauses of a library, and the likely ones for a question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.matching import Match, at_address, best_first, meant_unsaid, score
from bot.outcomes import Asked
from bot.scope import Profile
from bot.views import View
from index.search import Search
from knowledge.vietnamese import fold

_CANDIDATES = 60  #: clauses of the search that are scored
#: Search score of a clause that is named, by its body or address, and that the search missed.
_HEADED = 0.2
#: The heading of a line that only names a lead, a partner or a time.
_ROLE = re.compile(r"(?:don vi|co quan) (?:chu tri|phoi hop)|thoi (?:gian|han) thuc hien|noi dung")

_Key = tuple[str, str]  # document, address


class Clauses:
    """Every clause, prepared, with the search over them."""

    def __init__(self, views: Iterable[View], search: Search) -> None:
        """`views`: those that `search` has as entries."""
        self._views: dict[_Key, View] = {(v.document.id, v.clause.address): v for v in views}
        self._lines = {k for k, v in self._views.items() if _ROLE.fullmatch(fold(v.clause.heading))}
        self._search = search

    def of(self, profiles: Sequence[Profile]) -> list[View]:
        """The clauses of these documents that have a text of their own."""
        ids = {p.document.id for p in profiles}
        return [v for v in self._views.values() if v.document.id in ids and v.clause.text]

    def matches(self, asked: Asked, profiles: Sequence[Profile]) -> list[Match]:
        """Every likely clause of the documents meant, scored, best first."""
        ids = [p.document.id for p in profiles]
        hits = self._search.find(_query(asked), documents=ids, limit=_CANDIDATES)
        top = max((h.score for h in hits), default=1.0) or 1.0
        found = {(h.document, h.address): h.score / top for h in hits}
        for key, view in self._views.items():
            if key[0] not in ids:
                continue
            headed = view.heads & set(asked.understood.bodies)
            named = headed or at_address(view, asked.understood)
            if named or meant_unsaid(view, asked.understood):
                found.setdefault(key, _HEADED)
        return best_first(
            score(self._views[key], asked.understood, asked.terms, value)
            for key, value in self._lifted(found).items()
            if key in self._views
        )

    def _lifted(self, found: dict[_Key, float]) -> dict[_Key, float]:
        """A line that only names a lead, a partner or a time counts for the task above it."""
        lifted: dict[_Key, float] = {}
        for (document, address), value in found.items():
            line = (document, address) in self._lines
            parent = self._views[document, address].clause.parent if line else None
            key = (document, parent or address)
            lifted[key] = max(value, lifted.get(key, 0.0))
        return lifted


def _query(asked: Asked) -> str:
    """What to search for: the question without places and papers, and the papers' own words."""
    meant = [" ".join(p) for t in asked.terms for p in t.means]
    words = " ".join(w.text for w in asked.understood.words if w.role in ("", "body", "stop"))
    return " ".join([words, *dict.fromkeys(meant)]) or asked.understood.folded
