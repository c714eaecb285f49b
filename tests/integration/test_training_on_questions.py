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
from knowledge.vietnamese import fold

QUESTIONS = Path(__file__).parents[2] / "index" / "training" / "questions"
FILES = sorted(QUESTIONS.glob("*.jsonl"))


def rows(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def asked(question: object) -> str:
    return fold(" ".join(terms(str(question))))


def test_no_question_that_is_measured_is_learned_from() -> None:
    measured = {asked(question.text) for question in (*exam(), *seen(), *drills())}
    learned = {asked(row["question"]): row["question"] for file in FILES for row in rows(file)}
    assert [learned[key] for key in learned.keys() & measured] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_question_stands_beside_clauses_that_are_there(file: Path) -> None:
    document = load_library(LIBRARY).get(file.stem)
    addresses = {entry.address for entry in entries_of([document])}
    every = rows(file)
    assert {tuple(sorted(row)) for row in every} == {("addresses", "document", "question")}
    assert {row["document"] for row in every} == {file.stem}
    assert [row for row in every if not row["addresses"]] == []
    assert [row for row in every if not addresses.issuperset(row["addresses"])] == []  # type: ignore[arg-type]
    assert len({asked(row["question"]) for row in every}) == len(every)


def test_every_paper_that_ships_has_questions() -> None:
    assert {file.stem for file in FILES} == {d.id for d in load_library(LIBRARY).documents}


def test_learning_twice_gives_the_same_folder_and_brings_question_and_clause_nearer(
    tmp_path: Path,
) -> None:
    """In processes of their own: torch takes seconds and hundreds of megabytes."""
    question = "Khởi sự ra sao cho khỏi sót, khỏi trễ?"
    row = {"question": question, "document": "ia-hdrai-2022-2027", "addresses": ["IV.1"]}
    questions = tmp_path / "questions"
    questions.mkdir()
    (questions / "one.jsonl").write_text(f"{json.dumps(row)}\n{json.dumps(row)}\n", "utf-8")
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
    clause = load_library(LIBRARY).get("ia-hdrai-2022-2027").clause("IV.1")
    before, after = (
        one @ other
        for one, other in (
            encoder.encode([question, f"{clause.heading}\n{clause.text}"])
            for encoder in (Encoder(SHIPPED), Encoder(tmp_path / "1"))
        )
    )
    assert after > before + 0.1
    assert Encoder(tmp_path / "1").answers == Encoder(SHIPPED).answers is not None
