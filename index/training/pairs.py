"""What is held beside what: title and text, a passage and its article, related articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from index.training.corpus import Articles, Numbers

WINDOW = 256  #: syllables of an article that are read at once
PASSAGE = (5, 25)  #: syllables of a passage that stands in for a question
KEPT = 0.1  #: share of passages that stay in their article too
TITLED = 0.5  #: share of articles shown with their title to a question made of the title
COMMON = 5  #: a title that more articles share says too little

Pair = tuple[Numbers, Numbers]


class Pairs:
    """Draws batches of (question, article) pairs; the same seed draws the same batches."""

    def __init__(self, articles: Articles, links: list[tuple[int, int]], seed: int) -> None:
        """Prepare to draw from the articles and from links between them."""
        self._articles = articles
        self._links = links
        self._random = np.random.default_rng(seed)
        shared = Counter(articles.titles)
        self._telling = np.array([0 < shared[title] <= COMMON for title in articles.titles])

    def batches(self, size: int) -> Iterator[list[Pair]]:
        """Endless batches; every other one keeps to a few topics, where telling apart is hard."""
        while True:
            everywhere = self._random.permutation(len(self._articles.ids))
            by_topic = self._shuffled_topics()
            for at in range(0, len(everywhere) - size, size):
                for order in (everywhere, by_topic):
                    chosen = order[at : at + size]
                    made = [self._pair(int(article)) for article in chosen]
                    yield [pair for pair in made if len(pair[0]) and len(pair[1])]

    def _shuffled_topics(self) -> NDArray[np.int64]:
        names = sorted(set(self._articles.topics))
        rank = dict(zip(names, self._random.permutation(len(names)), strict=True))
        keys = np.array([rank[topic] for topic in self._articles.topics])
        return np.lexsort((self._random.random(len(keys)), keys))

    def _pair(self, article: int) -> Pair:
        draw = self._random.random()
        if self._links and draw < 0.15:
            one, other = self._links[self._random.integers(len(self._links))]
            return self._related(one, other)
        if draw < 0.55 and self._telling[article]:
            return self._titled(article)
        return self._passage(article)

    def _titled(self, article: int) -> Pair:
        start, body = self._articles.starts[article], self._articles.bodies[article]
        title = self._articles.terms(start, body)
        text = self._window(article)
        if self._random.random() < TITLED:
            text = np.concatenate([title, text])
        return title, text

    def _passage(self, article: int) -> Pair:
        a = self._articles
        start, body, end = a.starts[article], a.bodies[article], a.starts[article + 1]
        length = int(self._random.integers(*PASSAGE))
        at = int(self._random.integers(body, max(body + 1, end - length)))
        stop = min(at + length, end)
        if self._random.random() < KEPT:
            return a.terms(at, stop), np.concatenate([a.terms(start, body), self._window(article)])
        before, after = max(body, at - WINDOW // 2), min(end, stop + WINDOW // 2)
        rest = [a.terms(start, body), a.terms(before, at), a.terms(stop, after)]
        return a.terms(at, stop), np.concatenate(rest)

    def _related(self, one: int, other: int) -> Pair:
        a = self._articles
        question = a.terms(a.starts[one], min(a.bodies[one] + PASSAGE[1], a.starts[one + 1]))
        title = a.terms(a.starts[other], a.bodies[other])
        return question, np.concatenate([title, self._window(other)])

    def _window(self, article: int) -> Numbers:
        body, end = self._articles.bodies[article], self._articles.starts[article + 1]
        at = int(self._random.integers(body, max(body + 1, end - WINDOW)))
        return self._articles.terms(at, min(at + WINDOW, end))
