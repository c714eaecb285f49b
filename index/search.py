"""From a question to clauses: BM25 and cosine, fused by score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from index.encoder import Encodes
from index.keywords import Keywords, build_keywords
from index.spelling import Speller
from index.vectors import Vectors, build_vectors
from index.words import PAIR, tokens, with_pairs
from knowledge.documents import Clause, Document

DENSE_WEIGHT = 0.5  #: of the cosine, beside BM25 divided by its best
CANDIDATES = 100  #: of each leg that are fused
LONGEST_QUESTION = 8_000  #: characters; whatever comes after is not searched
HEADING_WEIGHT = 3  #: an entry's own heading counts as if it stood there so often


@dataclass(frozen=True, slots=True)
class Entry:
    """One clause as it is searched."""

    document: str
    address: str
    heading: str  #: heading path joined by " › ", own heading last
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One clause found."""

    document: str
    address: str
    score: float  #: keyword / best keyword + DENSE_WEIGHT × dense: 0..1.5
    keyword: float  #: BM25
    dense: float  #: cosine; 0 without an encoder
    meaning: float  #: 0–1: how surely it answers; 0 for an encoder without `answers`


@dataclass(frozen=True, slots=True)
class _Query:
    bag: Mapping[str, float]
    text: str


@dataclass(frozen=True, slots=True)
class Search:
    """The entries and both indexes over them. Nothing in it changes."""

    entries: tuple[Entry, ...]
    keywords: Keywords
    vectors: Vectors | None
    encoder: Encodes | None
    _speller: Speller = field(init=False, repr=False)
    _scopes: dict[str, dict[str, int]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        scopes: dict[str, dict[str, int]] = {}
        for position, entry in enumerate(self.entries):
            scopes.setdefault(entry.document, {})[entry.address] = position
        object.__setattr__(self, "_scopes", scopes)
        object.__setattr__(self, "_speller", _speller(self.keywords))

    def find(
        self,
        question: str,
        *,
        documents: Collection[str] | None = None,
        clauses: Iterable[tuple[str, str]] | None = None,
        limit: int = 20,
        meant: str | None = None,
    ) -> list[Hit]:
        """The clauses that fit best, best first, each once; [] when nothing is known of it.

        `documents` restricts the search to these ids, `clauses` to these (document, address);
        `meant`: what the encoder reads, where `question` is only its words to look for.
        """
        query = self._read(question)
        allowed = self._allowed(documents) if clauses is None else self._positions(clauses)
        keyword = self.keywords.scores(query.bag, allowed)
        meant = question if meant is None else meant
        vector = self._encode(self._read(meant) if meant != question else query, meant)
        found = _top(keyword, CANDIDATES + limit, allowed)
        if self.vectors is None or vector is None:
            cosine = np.zeros(len(found), dtype=np.float32)
        else:
            near = self.vectors.nearest(vector, CANDIDATES + limit, allowed)
            found = np.union1d(found, near)
            cosine = self.vectors.cosines(vector, found)
        return self._hits(found, keyword[found], np.maximum(cosine, 0), limit)

    def rarity(self, term: str) -> float:
        """Inverse document frequency of a syllable or pair; highest for an unknown one."""
        return self.keywords.rarity(_unit(term))

    def knows(self, term: str) -> bool:
        """Whether the syllable or pair occurs in the corpus."""
        return _unit(term) in self.keywords

    def nearest(self, term: str) -> str | None:
        """The known syllable one slip away from an unknown one."""
        return self._speller.nearest(_unit(term))

    def repaired(self, question: str) -> list[str]:
        """The folded syllables of a question, mistyped ones as the words they probably are."""
        return self._read(question).text.split()

    def taught(self, document: str) -> bool:
        """Whether a clause of this document that means little to the encoder says little, too."""
        return self.encoder is not None and document in self.encoder.taught

    def attainable(self, question: str) -> float:
        """The most BM25 that any clause could score: what `Hit.keyword` is measured against."""
        return self.keywords.attainable(self._read(question).bag)

    def _read(self, question: str) -> _Query:
        readings = [self._speller.read(token) for token in tokens(question[:LONGEST_QUESTION])]
        words = [(word, belief) for parts, belief in readings for word in parts]
        bag = dict(words)
        for (left, one), (right, other) in pairwise(words):
            bag[f"{left}{PAIR}{right}"] = min(one, other)
        return _Query(bag, " ".join(word for word, _ in words))

    def _encode(self, query: _Query, question: str) -> NDArray[np.float32] | None:
        if self.encoder is None or not query.bag:
            return None
        text = query.text if self.encoder.folded else question[:LONGEST_QUESTION]
        return np.asarray(self.encoder.encode([text])[0])

    def _allowed(self, documents: Collection[str] | None) -> NDArray[np.int64] | None:
        if documents is None:
            return None
        wanted = set(documents)
        if len(wanted) >= len(self._scopes) and wanted >= self._scopes.keys():
            return None  # all of it: nothing need be looked up
        scopes = (self._scopes[name].values() for name in wanted if name in self._scopes)
        return np.sort(np.fromiter(chain.from_iterable(scopes), dtype=np.int64))

    def _positions(self, clauses: Iterable[tuple[str, str]]) -> NDArray[np.int64]:
        found = (self._scopes.get(document, {}).get(address) for document, address in clauses)
        known = {position for position in found if position is not None}
        return np.sort(np.fromiter(known, dtype=np.int64))

    def _hits(
        self,
        found: NDArray[np.int64],
        keyword: NDArray[np.float32],
        dense: NDArray[np.float32],
        limit: int,
    ) -> list[Hit]:
        peak = float(keyword.max(initial=0)) or 1.0
        fused = keyword / peak + DENSE_WEIGHT * dense
        order = np.lexsort((found, -fused))[: max(limit, 0)]
        return [
            Hit(
                document=self.entries[found[i]].document,
                address=self.entries[found[i]].address,
                score=float(fused[i]),
                keyword=float(keyword[i]),
                dense=float(dense[i]),
                meaning=self._meaning(float(dense[i])),
            )
            for i in order
            if fused[i] > 0
        ]

    def _meaning(self, cosine: float) -> float:
        beside = self.encoder.answers if self.encoder else None
        if beside is None:
            return 0.0
        low, high = beside
        return max(0.0, min(1.0, (cosine - low) / (high - low)))


def search_over(entries: Sequence[Entry], encoder: Encodes | None = None) -> Search:
    """Index entries in memory; without an encoder, by keywords alone."""
    words = [words_of(entry) for entry in entries]
    printed = Counter(word for each in words for word in set(each))
    parts = glued(printed)
    keywords = build_keywords((bag_of(each, parts) for each in words), printed)
    vectors = None
    if encoder is not None and entries:
        vectors = build_vectors(encoder.encode([readable(entry) for entry in entries]))
    return Search(tuple(entries), keywords, vectors, encoder)


def entries_of(documents: Iterable[Document]) -> tuple[Entry, ...]:
    """One entry per clause that has a heading or text of its own, fixed parts too."""
    return tuple(
        Entry(document.id, clause.address, " › ".join(_path(clauses, clause)), clause.text)
        for document in documents
        for clauses in ({clause.address: clause for clause in document.clauses},)
        for clause in document.clauses
        if clause.heading or clause.text
    )


def readable(entry: Entry) -> str:
    """What an encoder reads of an entry."""
    return f"{entry.heading}\n{entry.text}".strip()


def words_of(entry: Entry) -> list[str]:
    """The words that an entry is indexed by, as they are printed; its own heading counts more."""
    own = entry.heading.rsplit(" › ", 1)[-1]
    return tokens("\n".join([readable(entry), *[own] * (HEADING_WEIGHT - 1)]))


def glued(printed: Mapping[str, int]) -> dict[str, list[str]]:
    """The parts of each word that was glued; `printed`: word → in how many entries it stands."""
    speller = Speller(printed)
    return {word: parts for word in printed if (parts := speller.split(word))}


def bag_of(words: list[str], parts: Mapping[str, list[str]]) -> list[str]:
    """The terms as printed and, beside them, those of the repaired reading ("hợp phổ")."""
    bag = with_pairs(words)
    repaired = [part for word in words for part in parts.get(word, (word,))]
    if words != repaired:
        bag.extend((Counter(with_pairs(repaired)) - Counter(bag)).elements())
    return bag


def _path(clauses: Mapping[str, Clause], clause: Clause) -> list[str]:
    """Headings from the top down; a clause without one adds none."""
    path: list[str] = []
    here: Clause | None = clause
    while here is not None and len(path) < len(clauses):
        path.append(here.heading)
        here = clauses.get(here.parent) if here.parent else None
    return [heading for heading in reversed(path) if heading]


def _speller(keywords: Keywords) -> Speller:
    counted = zip(keywords.vocabulary, np.diff(keywords.starts).tolist(), strict=True)
    return Speller({term: count for term, count in counted if PAIR not in term})


@lru_cache(4096)
def _unit(term: str) -> str:
    return PAIR.join(tokens(term.replace(PAIR, " ")))


def _top(
    scores: NDArray[np.float32], limit: int, allowed: NDArray[np.int64] | None
) -> NDArray[np.int64]:
    """Positions of the highest scores above zero, at most `limit`, in no order."""
    positions = np.flatnonzero(scores) if allowed is None else allowed[scores[allowed] > 0]
    if len(positions) > limit:
        kept = np.argpartition(scores[positions], len(positions) - limit)[-limit:]
        positions = positions[kept]
    return np.asarray(positions, dtype=np.int64)
