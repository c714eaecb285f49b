"""The encoder learns which clause answers, never from questions that it is measured by."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.questions import drills, exam, seen
from index.encoder import SHIPPED, Encoder
from index.search import entries_of
from index.words import terms
from knowledge.library import SHIPPED as LIBRARY
from knowledge.library import load_library

QUESTIONS = Path(__file__).parents[2] / "index" / "training" / "questions"
FILES = sorted(QUESTIONS.glob("*.jsonl"))
#: Of no paper: what is asked there, none of them answers.
OFF_TOPIC = "off-topic"


def rows(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def asked(question: object) -> str:
    return " ".join(terms(str(question)))


def test_no_question_that_is_measured_is_learned_from() -> None:
    measured = {asked(question.text) for question in (*exam(), *seen(), *drills())}
    learned = {asked(row["question"]): row["question"] for file in FILES for row in rows(file)}
    assert [learned[key] for key in learned.keys() & measured] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_question_stands_beside_clauses_that_are_there(file: Path) -> None:
    paper = "" if file.stem == OFF_TOPIC else file.stem
    documents = [load_library(LIBRARY).get(paper)] if paper else []
    addresses = {entry.address for entry in entries_of(documents)}
    every = rows(file)
    assert {tuple(sorted(row)) for row in every} == {("addresses", "document", "question")}
    assert {row["document"] for row in every} == {paper}
    assert any(not row["addresses"] for row in every)  # near misses
    assert [row for row in every if not addresses.issuperset(row["addresses"])] == []  # type: ignore[arg-type]
    assert len({asked(row["question"]) for row in every}) == len(every)


def test_every_paper_that_ships_has_questions() -> None:
    papers = {d.id for d in load_library(LIBRARY).documents}
    assert {file.stem for file in FILES} - {OFF_TOPIC} == papers
    assert Encoder(SHIPPED).taught == papers


def test_learning_twice_gives_the_same_folder_and_brings_question_and_clause_nearer(
    tmp_path: Path,
) -> None:
    """In processes of their own: torch takes seconds and hundreds of megabytes."""
    question = "Khởi sự ra sao cho khỏi sót, khỏi trễ?"
    missed = "Đội ngũ phóng viên, biên tập viên trên địa bàn huyện mặc đồng phục màu gì?"
    row = {"question": question, "document": "ia-hdrai-2022-2027", "addresses": ["IV.1"]}
    miss = {"question": missed, "document": "ia-hdrai-2022-2027", "addresses": []}
    questions = tmp_path / "questions"
    questions.mkdir()
    lines = (json.dumps(each) for each in (row, row, miss, miss))
    (questions / "one.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    command = [sys.executable, "-m", "index.training.answers", "--rounds", "5"]
    each = [
        subprocess.Popen(
            [*command, "--questions", str(questions), "--out", str(tmp_path / seed)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            stderr=subprocess.DEVNULL,
        )
        for seed in ("1", "2")
    ]
    assert [process.wait(120) for process in each] == [0, 0]
    for name in ("model.safetensors", "tokenizer.json", "modules.json", "troly.json"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()
    paper, learned = load_library(LIBRARY).get("ia-hdrai-2022-2027"), Encoder(tmp_path / "1")
    texts = [question, missed, paper.clause("IV.1").text, paper.clause("III.6.1").text]
    before, after = (encoder.encode(texts) for encoder in (Encoder(SHIPPED), learned))
    assert after[0] @ after[2] > before[0] @ before[2] + 0.1
    assert after[1] @ after[3] < before[1] @ before[3] - 0.1
    assert learned.answers == Encoder(SHIPPED).answers is not None
    assert learned.taught == {"ia-hdrai-2022-2027"}
