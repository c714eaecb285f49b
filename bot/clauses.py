"""The prepared clauses of a library, and the likely ones for a question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.bonuses import asks_addressees, asks_basis
from bot.lexicon import says
from bot.matching import Found, Match, best_first, score
from bot.matter import Matter
from bot.outcomes import Asked
from bot.prepared import Prepared
from bot.profiles import Profile
from bot.views import View
from index.search import Search

_CANDIDATES = 60  #: clauses of the search that are scored
#: Search score of a clause that is named, by its body or address, and that the search missed.
_HEADED = 0.2
_MOST_NAMED = 150  #: of those clauses: of more, those that the search finds best are scored
_FEW_PAPERS = 40  #: of so many papers every clause is looked at; of more, those of a body's papers

_Key = tuple[str, str]  # document, address


class Clauses:
    """Every clause, prepared, with the search over them."""

    def __init__(self, papers: Iterable[Prepared], search: Search) -> None:
        """`papers`: those whose clauses `search` has as entries."""
        self._papers = {paper.document.id: paper for paper in papers}
        self._all = list(self._papers.values())
        self._search = search

    def of(self, profiles: Sequence[Profile]) -> Iterator[View]:
        """The clauses of these documents that have a text of their own."""
        return (v for paper in self._meant(profiles) for v in paper.views() if v.clause.text)

    def has(self, address: str, profiles: Sequence[Profile]) -> bool:
        """Whether one of these documents has a clause with this address as printed."""
        return any(address in paper.printed for paper in self._meant(profiles))

    def naming(self, body: str, profiles: Sequence[Profile]) -> list[View]:
        """Those of them that name `body`; of a large library, in the first papers that do."""
        if len(profiles) > _FEW_PAPERS:
            profiles = [p for p in profiles if body in p.bodies][:_FEW_PAPERS]
        return [v for v in self.of(profiles) if body in v.bodies]

    def matches(
        self, asked: Asked, profiles: Sequence[Profile], matter: Matter | None = None
    ) -> list[Match]:
        """Every likely clause of the documents meant, scored, best first.

        `matter`: what is asked about, where clauses that are about something else are to be told.
        """
        papers = self._meant(profiles)
        query = _query(asked)
        hits = self._search.find(
            query, documents=self._ids(papers), limit=_CANDIDATES, meant=asked.understood.folded
        )
        top = max((h.score for h in hits), default=1.0) or 1.0
        found = {(h.document, h.address): h.score / top for h in hits}
        for key in self._fewer(query, _named(papers, asked), found):
            found[key] = _HEADED
        meaning = self._lifted({(h.document, h.address): h.meaning for h in hits})
        near = _levelled(meaning)
        apart = self._apart(matter, papers) if matter else {}
        stated = self._stated(meaning)
        return best_first(
            score(
                self._papers[document].view(position),
                asked.understood,
                asked.terms,
                Found(
                    value,
                    meaning.get((document, address), 0.0),
                    near.get((document, address), 0.0),
                    stated.get(document, 1.0),
                    apart.get((document, address), 0.0) if document in stated and matter else None,
                ),
                matter,
            )
            for (document, address), value in self._lifted(found).items()
            if (position := self._papers[document].at.get(address)) is not None
        )

    def _apart(self, matter: Matter, papers: Sequence[Prepared]) -> dict[_Key, float]:
        """How surely each clause answers what is asked about, apart from how it is asked."""
        hits = self._search.find(matter.text, documents=self._ids(papers), limit=_CANDIDATES)
        return self._lifted({(h.document, h.address): h.meaning for h in hits})

    def _stated(self, meaning: dict[_Key, float]) -> dict[str, float]:
        """Of each paper that the encoder has learned, how surely anything in it answers."""
        stated: dict[str, float] = {}
        for (document, _), value in meaning.items():
            if self._search.taught(document):
                stated[document] = max(value, stated.get(document, 0.0))
        return stated

    def _meant(self, profiles: Sequence[Profile]) -> list[Prepared]:
        """Their papers, in the library's order."""
        if len(profiles) == 1:
            return [self._papers[profiles[0].document.id]]
        wanted = set(profiles)
        if len(wanted) >= len(self._all):
            return self._all
        return [paper for paper in self._all if paper.profile in wanted]

    def _ids(self, papers: Sequence[Prepared]) -> list[str]:
        return [paper.document.id for paper in papers]

    def _fewer(self, query: str, named: Iterable[_Key], found: dict[_Key, float]) -> list[_Key]:
        """The clauses named that the search did not find, the likeliest of them when many are."""
        missed = [key for key in named if key not in found]
        if len(missed) <= _MOST_NAMED:
            return missed
        best = self._search.find(query, clauses=missed, limit=_MOST_NAMED)
        kept = {(h.document, h.address) for h in best}
        return [key for key in missed if key in kept]

    def _lifted(self, found: dict[_Key, float]) -> dict[_Key, float]:
        """A line that only names a lead, a partner or a time counts for the task above it."""
        lifted: dict[_Key, float] = {}
        for (document, address), value in found.items():
            paper = self._papers[document]
            line = address in paper.lines
            parent = paper.document.clauses[paper.at[address]].parent if line else None
            key = (document, parent or address)
            lifted[key] = max(value, lifted.get(key, 0.0))
        return lifted


def _levelled(meaning: dict[_Key, float]) -> dict[_Key, float]:
    """The same with each paper's best clause as high as the best of all.

    The encoder tells the clauses of one paper apart; which paper is meant it does not know.
    """
    best: dict[str, float] = {}
    for (document, _), value in meaning.items():
        best[document] = max(value, best.get(document, 0.0))
    most = max(best.values(), default=0.0)
    return {key: max(0.0, value + most - best[key[0]]) for key, value in meaning.items()}


def _named(papers: Iterable[Prepared], asked: Asked) -> Iterator[_Key]:
    """Clauses that are named by their body or address, or meant by words that they do not use."""
    understood = asked.understood
    fixed = [
        address
        for address, meant in (
            ("recipients", asks_addressees(understood)),
            ("preamble", asks_basis(understood)),
        )
        if meant
    ]
    aims = understood.facets[:1] == ("purpose",)
    difficulty = says("difficulty", understood.folded)
    if not (understood.bodies or understood.addresses or fixed or aims or difficulty):
        return
    for paper in papers:
        positions = [p for body in understood.bodies for p in paper.headed.get(body, ())]
        positions += [p for address in understood.addresses for p in paper.printed.get(address, ())]
        positions += [paper.at[address] for address in fixed if address in paper.at]
        positions += paper.aims if aims else ()
        positions += paper.told_whom if difficulty else ()
        clauses, id_ = paper.document.clauses, paper.document.id
        yield from ((id_, clauses[p].address) for p in sorted(set(positions)))


def _query(asked: Asked) -> str:
    """What to search for: the question without places and papers, and the papers' own words."""
    meant = [" ".join(p) for t in asked.terms for p in t.means]
    words = " ".join(w.text for w in asked.understood.words if w.role in ("", "body", "stop"))
    return " ".join([words, *dict.fromkeys(meant)]) or asked.understood.folded
