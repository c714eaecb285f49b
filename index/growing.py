"""The index of a library that has changed a little, from the one before: equal to one built anew.

Words and vectors of the entries that stay are taken over. What a new paper changes for all of
them, how rare each word is and where glued words are cut, is reckoned again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.encoder import Encodes
from index.keywords import Keywords, grown_keywords
from index.search import Entry, Search, bag_of, glued, readable, search_over, words_of
from index.vectors import Vectors, build_vectors

_MOST_NEW = 0.5  #: share of entries from which taking over the others saves nothing


def search_after(
    before: Search, entries: Sequence[Entry], encoder: Encodes | None = None
) -> Search:
    """The index of `entries`, with what `before`, made by the same code, has of them."""
    earlier = {entry: position for position, entry in enumerate(before.entries)}
    moved = np.full(len(before.entries), -1, dtype=np.int64)
    fresh: list[int] = []
    for position, entry in enumerate(entries):
        at = earlier.pop(entry, None)
        if at is None:
            fresh.append(position)
        else:
            moved[at] = position
    if len(fresh) > _MOST_NEW * len(entries):
        return search_over(entries, encoder)
    gone = [before.entries[at] for at in np.flatnonzero(moved < 0)]
    keywords = _keywords(before, entries, moved, fresh, gone)
    vectors = _vectors(before, entries, encoder, moved, fresh) if entries else None
    return Search(tuple(entries), keywords, vectors, encoder)


def _keywords(
    before: Search,
    entries: Sequence[Entry],
    moved: NDArray[np.int64],
    fresh: Sequence[int],
    gone: Sequence[Entry],
) -> Keywords:
    words = {position: words_of(entries[position]) for position in fresh}
    old = _printed(before.keywords)
    printed = Counter(old)
    for each in words.values():
        printed.update(set(each))
    for entry in gone:
        printed.subtract(set(words_of(entry)))
    printed = +printed
    parts = glued(printed)
    moved = moved.copy()
    for at in _cut_otherwise(before.keywords, glued(old), parts):
        if moved[at] >= 0:
            words[int(moved[at])] = words_of(before.entries[at])
            moved[at] = -1
    bags = {position: bag_of(each, parts) for position, each in words.items()}
    return grown_keywords(before.keywords, moved, bags, len(entries), printed)


def _printed(keywords: Keywords) -> dict[str, int]:
    counted = zip(keywords.vocabulary, keywords.printed.tolist(), strict=True)
    return {word: count for word, count in counted if count}


def _cut_otherwise(
    keywords: Keywords, old: Mapping[str, list[str]], new: Mapping[str, list[str]]
) -> NDArray[np.int64]:
    """Entries with a glued word that is cut otherwise now that other words are known."""
    changed = [word for word in {*old, *new} if old.get(word) != new.get(word)]
    found = [keywords.holding(word) for word in changed]
    return np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)


def _vectors(
    before: Search,
    entries: Sequence[Entry],
    encoder: Encodes | None,
    moved: NDArray[np.int64],
    fresh: Sequence[int],
) -> Vectors | None:
    if encoder is None:
        return None
    same = before.encoder is not None and before.encoder.fingerprint == encoder.fingerprint
    if not same or before.vectors is None:
        return build_vectors(encoder.encode([readable(entry) for entry in entries]))
    old = before.vectors.matrix()
    stays = moved >= 0
    matrix = np.empty((len(entries), old.shape[1]), dtype=np.float32)
    matrix[moved[stays]] = old[stays]
    if fresh:
        matrix[list(fresh)] = encoder.encode([readable(entries[at]) for at in fresh])
    return build_vectors(matrix)
