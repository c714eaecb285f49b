"""An index that grew out of the one before is the one that would be built anew."""

from __future__ import annotations

import random

import numpy as np
import pytest

from index.encoder import Encodes
from index.growing import search_after
from index.search import Entry, Search, search_over
from tests.unit.index.small_library import ENTRIES, HashingEncoder

WORDS = [
    "kế",
    "hoạch",
    "truyền",
    "thông",
    "chính",
    "sách",
    "báo",
    "cáo",
    "hợpphổ",
    "biến",
    "pháp",
    "luật",
    "hợp",
    "phổ",
    "biến",
    "phápluật",
    "nước",
    "sạch",
    "đất",
    "đai",
    "học",
    "phí",
    "20/9/2023",
    "05",
    "Zalo",
    "podcast",
    "truyềnthông",
    "sở",
    "phòng",
]
QUESTIONS = ("truyền thông chính sách", "phổ biến pháp luật", "hợp phổ", "nước sachj", "20/9/2023")


class Counting(HashingEncoder):
    """Remembers how many texts it was given."""

    texts = 0

    def encode(self, texts):  # type: ignore[no-untyped-def]
        self.texts += len(texts)
        return super().encode(texts)


def entries(chance: random.Random, document: str) -> list[Entry]:
    return [
        Entry(document, f"I.{number}", chance.choice(WORDS), " ".join(chance.choices(WORDS, k=9)))
        for number in range(chance.randint(1, 4))
    ]


def assert_equal(one: Search, other: Search) -> None:
    assert one.entries == other.entries
    first, second = one.keywords, other.keywords
    assert first.vocabulary.keys() == second.vocabulary.keys()
    assert (first.sizes == second.sizes).all()
    for term, a in first.vocabulary.items():
        b = second.vocabulary[term]
        here = slice(first.starts[a], first.starts[a + 1])
        there = slice(second.starts[b], second.starts[b + 1])
        assert (first.entries[here] == second.entries[there]).all(), term
        assert (first.weights[here] == second.weights[there]).all(), "bit for bit"
        assert first.printed[a] == second.printed[b], term
    if one.vectors is None or other.vectors is None:
        assert one.vectors is other.vectors
    else:
        np.testing.assert_array_equal(one.vectors.matrix(), other.vectors.matrix())
    for question in QUESTIONS:
        assert one.find(question) == other.find(question)


@pytest.mark.parametrize("encoder", [None, HashingEncoder()], ids=["keywords", "both legs"])
@pytest.mark.parametrize("seed", range(12))
def test_papers_come_go_change_and_move(seed: int, encoder: Encodes | None) -> None:
    chance = random.Random(seed)
    papers = {f"p{number}": entries(chance, f"p{number}") for number in range(8)}
    search = search_over([e for paper in papers.values() for e in paper], encoder)
    for step in range(5):
        name = chance.choice(sorted(papers))
        match chance.choice(("new", "gone", "changed", "moved")):
            case "new":
                papers = {f"n{step}": entries(chance, f"n{step}"), **papers}
            case "gone" if len(papers) > 1:
                del papers[name]
            case "changed":
                papers[name] = entries(chance, name)
            case _:
                papers[name] = papers.pop(name)
        now = [e for paper in papers.values() for e in paper]
        search = search_after(search, now, encoder)
        assert_equal(search, search_over(now, encoder))


def test_a_word_that_becomes_known_cuts_the_glued_ones_of_the_papers_before_it() -> None:
    old = [*ENTRIES, Entry("a", "1", "", "Chợ rauxanh"), Entry("a", "2", "", "Các loại rau")]
    new = [*old, Entry("b", "1", "", "Cây xanh")]
    before = search_over(old)
    assert "rau_xanh" not in before.keywords
    after = search_after(before, new)
    assert "rau_xanh" in after.keywords
    assert_equal(after, search_over(new))


def test_only_what_is_new_is_encoded() -> None:
    before = search_over(ENTRIES, HashingEncoder())
    counting = Counting()
    search_after(before, [*ENTRIES, Entry("b", "1", "", "Bản thảo")], counting)
    assert counting.texts == 1


def test_another_model_encodes_everything() -> None:
    before = search_over(ENTRIES, HashingEncoder())
    other = Counting("other")
    search_after(before, ENTRIES, other)
    assert other.texts == len(ENTRIES)


def test_nothing_is_left_of_a_library_that_is_emptied() -> None:
    after = search_after(search_over(ENTRIES, HashingEncoder()), (), HashingEncoder())
    assert after.find("kế hoạch") == []
    assert "sach" not in after.keywords
