"""How well a ranking answers questions whose right entries are known."""

from __future__ import annotations

import csv
import gzip
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.search import Entry


@dataclass(frozen=True, slots=True)
class Quality:
    """Means over the questions, each 0..1."""

    questions: int
    ndcg_10: float
    recall_10: float
    first: float  #: share of questions whose first hit is right


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A corpus, questions on it, and which entries answer them."""

    entries: tuple[Entry, ...]
    questions: Mapping[str, str]
    answers: Mapping[str, frozenset[str]]  #: question id → ids of entries (`Entry.document`)


def measure(
    rankings: Mapping[str, Sequence[str]], answers: Mapping[str, frozenset[str]]
) -> Quality:
    """nDCG@10, recall@10 and right-at-first of ranked ids per question."""
    ranked = [(rankings.get(question, ()), right) for question, right in answers.items()]
    return Quality(
        questions=len(ranked),
        ndcg_10=_mean(_ndcg(ids[:10], right) for ids, right in ranked),
        recall_10=_mean(len(right.intersection(ids[:10])) / len(right) for ids, right in ranked),
        first=_mean(float(bool(ids) and ids[0] in right) for ids, right in ranked),
    )


def read_question_set(folder: Path) -> QuestionSet:
    """Read `corpus.jsonl.gz`, `queries.jsonl` and `qrels.tsv`; each article is one entry."""
    entries = tuple(
        Entry(row["_id"], "", row["title"], row["text"])
        for row in json_lines(folder / "corpus.jsonl.gz")
    )
    known = {entry.document for entry in entries}
    answers: dict[str, set[str]] = {}
    with (folder / "qrels.tsv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            if int(row["score"]) > 0 and row["corpus-id"] in known:
                answers.setdefault(row["query-id"], set()).add(row["corpus-id"])
    return QuestionSet(
        entries=entries,
        questions={row["_id"]: row["text"] for row in json_lines(folder / "queries.jsonl")},
        answers={question: frozenset(right) for question, right in answers.items()},
    )


def json_lines(file: Path) -> Iterator[dict[str, str]]:
    """The objects of a JSON-lines file, packed or not."""
    packed = file.read_bytes()
    lines = (gzip.decompress(packed) if file.suffix == ".gz" else packed).split(b"\n")
    for line in lines:
        if line.strip():
            yield json.loads(line)


def _ndcg(ids: Sequence[str], right: frozenset[str]) -> float:
    gain = sum(1 / math.log2(place + 2) for place, each in enumerate(ids) if each in right)
    best = sum(1 / math.log2(place + 2) for place in range(min(len(right), 10)))
    return gain / best


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else 0.0
