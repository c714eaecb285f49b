"""Search quality and speed: python -m benchmarks.retrieval --data FOLDER [--data FOLDER …].

A folder holds corpus.jsonl.gz, queries.jsonl and qrels.tsv, or several such folders. Every question
is asked as written, half without accents and wholly without. Beside our figures stand those that
plain recipes reach on the same questions, where they are known.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from index.encoder import SHIPPED, Encoder
from index.evaluation import QuestionSet, measure, read_question_set
from index.search import Search, search_over
from knowledge.vietnamese import fold

Ranking = Callable[[str], Sequence[str]]

#: nDCG@10 and R@10 of other ways to search the same corpora with the same questions, as written.
OTHERS = {
    "zalo21_phapdien": {
        "rank_bm25, words at spaces": (0.549, 0.722),
        "bm25s, words at spaces": (0.613, 0.793),
        "bm25s, pyvi words": (0.663, 0.842),
        "bm25s, syllables and pairs": (0.727, 0.882),
        "the same, learned reranker": (0.798, 0.911),
        "the same, static vectors": (0.801, 0.906),
    },
    "alqac23": {
        "rank_bm25, words at spaces": (0.795, 0.896),
        "bm25s, words at spaces": (0.820, 0.932),
        "bm25s, pyvi words": (0.842, 0.934),
        "bm25s, syllables and pairs": (0.882, 0.961),
        "the same, learned reranker": (0.912, 0.959),
        "the same, static vectors": (0.908, 0.961),
    },
    "alqac22": {
        "rank_bm25, words at spaces": (0.860, 0.935),
        "bm25s, words at spaces": (0.871, 0.946),
        "bm25s, pyvi words": (0.893, 0.957),
        "bm25s, syllables and pairs": (0.928, 0.967),
        "the same, learned reranker": (0.939, 0.978),
        "the same, static vectors": (0.927, 0.978),
    },
}


def main() -> None:
    """Measure every question set named and print one table for each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, action="append", required=True)
    parser.add_argument("--encoder", type=Path, default=SHIPPED)
    options = parser.parse_args()
    encoder = Encoder(options.encoder)
    for folder in (each for data in options.data for each in _question_sets(data)):
        report(folder.name, read_question_set(folder), encoder)


def report(name: str, questions: QuestionSet, encoder: Encoder) -> None:
    """Print the quality of each leg and of both, and how long a question takes."""
    began = time.perf_counter()
    search = search_over(questions.entries, encoder)
    took = time.perf_counter() - began
    _say(f"\n## {name}: {len(questions.entries)} entries, {len(questions.answers)} questions")
    _say(f"indexed in {took:.0f} s\n")
    _say("| | nDCG@10 | R@10 | first right | p50 ms | p95 ms |\n|---|---|---|---|---|---|")
    for other, (ndcg, recall) in OTHERS.get(name, {}).items():
        _say(f"| {other} | {ndcg:.3f} | {recall:.3f} | | | |")
    for leg, ranking in _legs(search).items():
        for typed, rewrite in _TYPED.items():
            _say(f"| **{leg}**, {typed} | {_row(questions, ranking, rewrite)} |")


def _row(questions: QuestionSet, ranking: Ranking, rewrite: Callable[[str], str]) -> str:
    rankings, times = {}, []
    for question in questions.answers:
        text = rewrite(questions.questions[question])
        began = time.perf_counter()
        rankings[question] = ranking(text)
        times.append(1000 * (time.perf_counter() - began))
    quality = measure(rankings, questions.answers)
    middle, slow = np.percentile(times, [50, 95])
    return (
        f"{quality.ndcg_10:.3f} | {quality.recall_10:.3f} | {quality.first:.3f} "
        f"| {middle:.1f} | {slow:.1f}"
    )


def _legs(search: Search) -> dict[str, Ranking]:
    words = Search(search.entries, search.keywords, None, None)

    def dense(question: str) -> list[str]:
        if search.vectors is None or search.encoder is None:
            return []
        near = search.vectors.nearest(search.encoder.encode([question])[0], 10)
        return [search.entries[place].document for place in near]

    return {
        "BM25+": lambda question: [hit.document for hit in words.find(question, limit=10)],
        "dense": dense,
        "both": lambda question: [hit.document for hit in search.find(question, limit=10)],
    }


def _half(question: str) -> str:
    """Every other word without accents, as when somebody types in a hurry."""
    words = question.split()
    return " ".join(fold(word) if i % 2 else word for i, word in enumerate(words))


_TYPED: dict[str, Callable[[str], str]] = {
    "as written": str,
    "half accented": _half,
    "no accents": fold,
}


def _question_sets(folder: Path) -> list[Path]:
    return sorted(file.parent for file in folder.rglob("qrels.tsv"))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
