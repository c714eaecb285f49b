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


@dataclass(frozen=True, slots=True)
class Keywords:
    """The inverted index: postings of term `i` lie between `starts[i]` and `starts[i + 1]`."""

    count: int  #: entries, those without a term included
    vocabulary: Mapping[str, int]
    starts: NDArray[np.int64]
    entries: NDArray[np.int32]
    weights: NDArray[np.float32]

    def __contains__(self, term: str) -> bool:
        return term in self.vocabulary

    def frequency(self, term: str) -> int:
        """In how many entries the term occurs."""
        number = self.vocabulary.get(term)
        return 0 if number is None else int(self.starts[number + 1] - self.starts[number])

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


def build_keywords(bags: Iterable[list[str]]) -> Keywords:
    """Index entries given as their terms, repeats included."""
    vocabulary: dict[str, int] = {}
    flat, lengths = array("q"), array("q")
    for bag in bags:
        flat.extend(vocabulary.setdefault(term, len(vocabulary)) for term in bag)
        lengths.append(len(bag))
    sizes = np.array(lengths, dtype=np.int64)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    width = max(len(sizes), 1)
    keys, repeats = np.unique(np.array(flat, dtype=np.int64) * width + owner, return_counts=True)
    term, entry = keys // width, keys % width
    frequency = np.bincount(term, minlength=len(vocabulary))
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
        )


def _rarity(count: int, frequency: NDArray[np.int64] | np.float64) -> NDArray[np.float64]:
    return np.asarray(np.log1p((count - frequency + 0.5) / (frequency + 0.5)))
