"""The articles that the encoder learns from, as numbers of syllables and pairs."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.evaluation import json_lines
from index.words import PAIR, tokens

Numbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Articles:
    """All articles end to end: article i is `[starts[i], starts[i + 1])`, its title first.

    `units` has one number per syllable and `pairs` one per syllable with its right neighbour;
    −1 where the vocabulary has none.
    """

    ids: tuple[str, ...]
    topics: tuple[str, ...]
    titles: tuple[str, ...]  #: folded, to see which articles are called the same
    starts: NDArray[np.int64]
    bodies: NDArray[np.int64]  #: where the title ends
    units: Numbers
    pairs: Numbers

    def terms(self, start: int, end: int) -> Numbers:
        """The known units and pairs of one stretch."""
        found = np.concatenate([self.units[start:end], self.pairs[start : max(start, end - 1)]])
        return np.asarray(found[found >= 0])


def read_articles(folder: Path, size: int) -> tuple[Articles, list[str]]:
    """The articles of `corpus.jsonl.gz` and the `size` most widespread terms, commonest first."""
    rows = list(json_lines(folder / "corpus.jsonl.gz"))
    titles = [tokens(row["title"]) for row in rows]
    words = [title + tokens(row["text"]) for title, row in zip(titles, rows, strict=True)]
    vocabulary = _widespread(words, size)
    number = {term: i for i, term in enumerate(vocabulary)}
    lengths = np.array([len(each) for each in words], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    flat = [word for each in words for word in each]
    units = np.fromiter((number.get(word, -1) for word in flat), np.int32, len(flat))
    joined = (f"{left}{PAIR}{right}" for left, right in zip(flat, [*flat[1:], ""], strict=True))
    articles = Articles(
        ids=tuple(row["_id"] for row in rows),
        topics=tuple(row.get("dm", "") for row in rows),
        titles=tuple(" ".join(title) for title in titles),
        starts=starts,
        bodies=starts[:-1] + np.array([len(title) for title in titles]),
        units=units,
        pairs=np.fromiter((number.get(pair, -1) for pair in joined), np.int32, len(flat)),
    )
    return articles, vocabulary


def read_links(folder: Path, articles: Articles) -> list[tuple[int, int]]:
    """Pairs of articles that the codification itself calls related; [] when there is no file."""
    file = folder / "links.tsv.gz"
    if not file.is_file():
        return []
    place = {name: i for i, name in enumerate(articles.ids)}
    with gzip.open(file, "rt", encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.reader(stream, delimiter="\t") if len(row) >= 2]
    return [(place[a], place[b]) for a, b, *_ in rows if a in place and b in place and a != b]


def _widespread(words: list[list[str]], size: int) -> list[str]:
    """The terms that occur in most articles; two articles at least, for one teaches nothing."""
    spread: Counter[str] = Counter()
    for each in words:
        spread.update({*each, *map(PAIR.join, pairwise(each))})
    return [term for term, articles in spread.most_common(size) if articles > 1]
