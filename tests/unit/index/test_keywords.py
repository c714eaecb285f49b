"""BM25 against ten lines that are plainly right."""

import math
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from index.keywords import (
    LENGTH,
    PRESENCE,
    SATURATION,
    build_keywords,
    load_keywords,
    save_keywords,
)


def reference(bags: list[list[str]], query: dict[str, float]) -> list[float]:
    average = sum(map(len, bags)) / len(bags)
    scores = []
    for bag in bags:
        score = 0.0
        for term, weight in query.items():
            found = sum(term in other for other in bags)
            rarity = math.log(1 + (len(bags) - found + 0.5) / (found + 0.5))
            tf = Counter(bag)[term]
            norm = SATURATION * (1 - LENGTH + LENGTH * len(bag) / average)
            if tf:
                part = tf * (SATURATION + 1) / (tf + norm) + PRESENCE
                score += weight * rarity * part
        scores.append(score)
    return scores


def some_bags(count: int) -> list[list[str]]:
    draw = random.Random(407)
    words = [f"w{i}" for i in range(60)]
    return [
        draw.choices(words, weights=range(60, 0, -1), k=draw.randrange(0, 30)) for _ in range(count)
    ]


def test_scores_are_those_of_the_reference() -> None:
    bags = some_bags(120)
    keywords = build_keywords(bags)
    for query in ({"w0": 1.0}, {"w3": 1.0, "w59": 0.5, "w17": 2.0}, {"w1": 1.0, "new": 1.0}):
        np.testing.assert_allclose(keywords.scores(query), reference(bags, query), rtol=1e-5)


def test_a_word_never_seen_scores_nothing_and_is_the_rarest() -> None:
    keywords = build_keywords(some_bags(50))
    assert not keywords.scores({"new": 1.0}).any()
    assert "new" not in keywords
    assert keywords.rarity("new") > max(map(keywords.rarity, keywords.vocabulary))


def test_nothing_scores_more_than_is_attainable() -> None:
    bags = some_bags(100)
    keywords = build_keywords(bags)
    query = {"w0": 1.0, "w5": 0.5, "new": 1.0}
    assert keywords.scores(query).max() < keywords.attainable(query)


@pytest.mark.parametrize("bags", [[], [[]], [[], ["a"], []], some_bags(40)])
def test_what_is_saved_is_loaded(bags: list[list[str]], tmp_path: Path) -> None:
    keywords = build_keywords(bags)
    save_keywords(keywords, tmp_path / "k.npz")
    loaded = load_keywords(tmp_path / "k.npz")
    assert loaded.vocabulary == keywords.vocabulary
    assert loaded.count == len(bags)
    query = {"a": 1.0, "w2": 1.0}
    np.testing.assert_array_equal(loaded.scores(query), keywords.scores(query))
