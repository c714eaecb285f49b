"""What a ranking is worth."""

import gzip
import json
import math
from pathlib import Path

import pytest

from index.evaluation import measure, read_question_set


def test_a_perfect_and_an_empty_ranking() -> None:
    answers = {"q": frozenset({"a", "b"})}
    best = measure({"q": ["b", "a", "c"]}, answers)
    assert (best.ndcg_10, best.recall_10, best.first) == (1, 1, 1)
    worst = measure({}, answers)
    assert (worst.questions, worst.ndcg_10, worst.recall_10, worst.first) == (1, 0, 0, 0)


def test_the_right_one_in_third_place() -> None:
    quality = measure({"q": ["x", "y", "a"]}, {"q": frozenset({"a"})})
    assert quality.ndcg_10 == pytest.approx(1 / math.log2(4))
    assert (quality.recall_10, quality.first) == (1, 0)


def test_only_the_first_ten_count() -> None:
    ranked = [str(i) for i in range(10)] + ["a"]
    assert measure({"q": ranked}, {"q": frozenset({"a"})}).recall_10 == 0


def test_a_question_set_is_read_from_its_folder(tmp_path: Path) -> None:
    rows = [{"_id": f"luật@{i}", "title": "Điều", "text": f"khoản {i}"} for i in (1, 2)]
    lines = "\n".join(json.dumps(row) for row in rows)
    (tmp_path / "corpus.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "gì?"}\n', "utf-8")
    (tmp_path / "qrels.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq\tluật@1\t1\nq\tluật@2\t0\nq\tabsent\t1\n", "utf-8"
    )
    read = read_question_set(tmp_path)
    assert [entry.document for entry in read.entries] == ["luật@1", "luật@2"]
    assert read.questions == {"q": "gì?"}
    assert read.answers == {"q": frozenset({"luật@1"})}
