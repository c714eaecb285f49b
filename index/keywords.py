"""BM25+ over an inverted index of numpy arrays; a term's weight per entry is worked out once."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SATURATION = 1.2  #: k1: how soon a repeated term stops counting
LENGTH = 0.75  #: b: how much a long entry is held against itself
PRESENCE = 0.5  #: delta of BM25+: what a term is worth however long the entry

_Postings = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Keywords:
    """The inverted index: postings of term `i` lie between `starts[i]` and `starts[i + 1]`."""

    count: int  #: entries, those without a term included
    vocabulary: Mapping[str, int]
    starts: NDArray[np.int64]
    entries: NDArray[np.int32]
    weights: NDArray[np.float32]
    # What weights are reckoned from, so that a library that grows need not be indexed anew:
    repeats: NDArray[np.int32]  #: per posting, how often the entry has the term
    sizes: NDArray[np.int32]  #: per entry, its terms, repeats included
    printed: NDArray[np.int32]  #: per term, in how many entries it is printed as a word

    def __contains__(self, term: str) -> bool:
        return term in self.vocabulary

    def frequency(self, term: str) -> int:
        """In how many entries the term occurs."""
        number = self.vocabulary.get(term)
        return 0 if number is None else int(self.starts[number + 1] - self.starts[number])

    def holding(self, term: str) -> NDArray[np.int64]:
        """Positions of the entries that have the term."""
        number = self.vocabulary.get(term)
        if number is None:
            return np.empty(0, dtype=np.int64)
        return self.entries[self.starts[number] : self.starts[number + 1]].astype(np.int64)

    def rarity(self, term: str) -> float:
        """Inverse document frequency, always positive; highest for a term never seen."""
        return float(_rarity(self.count, np.float64(self.frequency(term))))

    def scores(
        self, query: Mapping[str, float], allowed: NDArray[np.int64] | None = None
    ) -> NDArray[np.float32]:
        """The BM25 score of every entry, shape (count,), for a query of term → weight.

        Of `allowed`, positions that rise, where given: other entries may be left at 0.
        """
        total = np.zeros(self.count, dtype=np.float32)
        if allowed is not None and not len(allowed):
            return total
        for term, weight in query.items():
            number = self.vocabulary.get(term)
            if number is not None:
                part = slice(self.starts[number], self.starts[number + 1])
                if allowed is not None:
                    part = self._between(part, int(allowed[0]), int(allowed[-1]))
                total[self.entries[part]] += weight * self.weights[part]  # an entry occurs once
        return total

    def _between(self, part: slice, first: int, last: int) -> slice:
        """Of one term's postings, those from the entry `first` to the entry `last`."""
        start, end = np.searchsorted(self.entries[part], (first, last + 1))
        return slice(part.start + start, part.start + end)

    def attainable(self, query: Mapping[str, float]) -> float:
        """What an entry would score that repeats every term without end."""
        weights = (weight * self.rarity(term) for term, weight in query.items())
        return (SATURATION + 1 + PRESENCE) * math.fsum(weights)


def build_keywords(bags: Iterable[list[str]], printed: Mapping[str, int] | None = None) -> Keywords:
    """Index entries given as their terms, repeats included.

    `printed`: word → in how many entries it is printed; kept for a library that grows.
    """
    vocabulary: dict[str, int] = {}
    postings, sizes = _counted(bags, vocabulary)
    return _weighed(vocabulary, postings, sizes, printed or {})


def grown_keywords(
    before: Keywords,
    moved: NDArray[np.int64],
    bags: Mapping[int, list[str]],
    count: int,
    printed: Mapping[str, int],
) -> Keywords:
    """The index of `count` entries, most of which `before` has: equal to one built anew.

    `moved`: for each entry of `before` its new position, or -1; `bags`: those at the others.
    """
    stays = moved >= 0
    old = moved[before.entries]
    kept = old >= 0
    vocabulary = dict(before.vocabulary)
    new = np.fromiter(sorted(bags), dtype=np.int64)
    (terms, rows, repeats), lengths = _counted((bags[position] for position in new), vocabulary)
    earlier = np.repeat(np.arange(len(before.vocabulary)), np.diff(before.starts))
    term = np.concatenate([earlier[kept], terms])
    entry = np.concatenate([old[kept], new[rows]])
    # Quick: it is two rows of rising numbers.
    order = np.argsort(term * max(count, 1) + entry, kind="stable")
    both = np.concatenate([before.repeats[kept], repeats])
    sizes = np.zeros(count, dtype=np.int64)
    sizes[moved[stays]] = before.sizes[stays]
    sizes[new] = lengths
    return _weighed(vocabulary, (term[order], entry[order], both[order]), sizes, printed)


def _counted(
    bags: Iterable[list[str]], vocabulary: dict[str, int]
) -> tuple[_Postings, NDArray[np.int64]]:
    """Term, bag and repeats of each posting, terms and then bags rising; the size of each bag."""
    flat, lengths = array("q"), array("q")
    for bag in bags:
        flat.extend(vocabulary.setdefault(term, len(vocabulary)) for term in bag)
        lengths.append(len(bag))
    sizes = np.array(lengths, dtype=np.int64)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    width = max(len(sizes), 1)
    keys, repeats = np.unique(np.array(flat, dtype=np.int64) * width + owner, return_counts=True)
    return (keys // width, keys % width, repeats), sizes


def _weighed(
    vocabulary: Mapping[str, int],
    postings: _Postings,
    sizes: NDArray[np.int64],
    printed: Mapping[str, int],
) -> Keywords:
    """The index of these postings; terms that no entry has any more are left out."""
    term, entry, repeats = postings
    frequency = np.bincount(term, minlength=len(vocabulary))
    if not frequency.all():
        number = np.cumsum(frequency > 0) - 1
        vocabulary = {word: int(number[i]) for word, i in vocabulary.items() if frequency[i]}
        term, frequency = number[term], frequency[frequency > 0]
    rarity = _rarity(len(sizes), frequency)
    average = max(float(sizes.mean()), 1.0) if len(sizes) else 1.0
    norm = SATURATION * (1 - LENGTH + LENGTH * sizes / average)
    weights = rarity[term] * (repeats * (SATURATION + 1) / (repeats + norm[entry]) + PRESENCE)
    return Keywords(
        count=len(sizes),
        vocabulary=vocabulary,
        starts=np.concatenate([[0], np.cumsum(frequency)]).astype(np.int64),
        entries=entry.astype(np.int32),
        weights=weights.astype(np.float32),
        repeats=repeats.astype(np.int32),
        sizes=sizes.astype(np.int32),
        printed=np.array([printed.get(word, 0) for word in vocabulary], dtype=np.int32),
    )


def save_keywords(keywords: Keywords, file: Path) -> None:
    """Write one `.npz`; no pickle, so that a swapped file cannot run code."""
    terms = "\n".join(keywords.vocabulary).encode()
    np.savez(
        file,
        count=np.array(keywords.count),
        terms=np.frombuffer(terms, dtype=np.uint8),
        starts=keywords.starts,
        entries=keywords.entries,
        weights=keywords.weights,
        repeats=keywords.repeats,
        sizes=keywords.sizes,
        printed=keywords.printed,
    )


def load_keywords(file: Path) -> Keywords:
    """Read what `save_keywords` wrote."""
    with np.load(file, allow_pickle=False) as stored:
        terms = stored["terms"].tobytes().decode()
        return Keywords(
            count=int(stored["count"]),
            vocabulary={term: i for i, term in enumerate(terms.split("\n") if terms else [])},
            starts=stored["starts"],
            entries=stored["entries"],
            weights=stored["weights"],
            repeats=stored["repeats"],
            sizes=stored["sizes"],
            printed=stored["printed"],
        )


def _rarity(count: int, frequency: NDArray[np.int64] | np.float64) -> NDArray[np.float64]:
    return np.asarray(np.log1p((count - frequency + 0.5) / (frequency + 0.5)))
