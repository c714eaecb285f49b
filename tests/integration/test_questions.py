"""The question files: well formed, as many and as mixed as they must be, and answered right."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from benchmarks.questions import DRILLS, FOLDER, SEEN, TODAY, drills, exam, seen
from bot.evaluation import (
    SPELLINGS,
    Judged,
    Question,
    ask_all,
    groups,
    judge,
    read_questions,
    spelled,
    tally,
    wilson,
)
from knowledge.vietnamese import collapse, fold
from tests.unit.bot.shipped import assistant, library

FILES = [file for folder in (FOLDER, SEEN, DRILLS) for file in sorted(folder.glob("*.jsonl"))]
#: Part → right, at least, and wrong though answered, at most.
LEAST = {
    "seen": (0.965, 0.025),
    "development": (0.975, 0.015),
    "set-aside": (0.955, 0.025),
    "drills": (0.9, 0.07),
}
KEYS = {
    *("id", "question", "expected", "document", "address", "must_contain", "kind", "style"),
    *("history", "unit", "today"),
}


@cache
def judged(part: str) -> tuple[Judged, ...]:
    """The answers to a part of the exam, in all spellings."""
    apart = {"seen": seen, "drills": drills}
    questions = apart[part]() if part in apart else exam(part)
    return tuple(ask_all(assistant(), questions, TODAY))


@pytest.mark.timeout(400)  # seven thousand questions, beside other tests on a small machine
@pytest.mark.parametrize("part", list(LEAST))
def test_the_questions_are_answered_right(
    part: str, record_property: Callable[[str, object], None]
) -> None:
    least, confident = LEAST[part]
    counts = tally(judged(part))
    record_property(
        "figures",
        f"{part}: {counts.share:.1%} of {counts.asked} right, {counts.confident} wrong though "
        f"answered, {counts.refused} refused though answerable",
    )
    # Only figures: what is wrong in the part set aside must not be seen by whoever tunes.
    assert counts.share >= least
    assert counts.confident <= confident * counts.asked
    for _spelling, each in groups(judged(part), lambda j: j.spelling):
        assert each.share >= least - 0.02


def test_every_quote_is_verbatim() -> None:
    assert [j.question.id for j in judged("development") if not j.verbatim] == []
    assert sum(not j.verbatim for j in judged("set-aside")) == 0


def test_there_are_enough_questions_of_every_kind() -> None:
    """600: a quarter to refuse, a tenth to ask back, a tenth follow-ups, a twentieth compared."""
    every = exam()
    expected = Counter(q.expected for q in every)
    kinds = Counter(q.kind for q in every)
    assert len(every) >= 600
    assert expected["silent"] >= len(every) / 4
    assert expected["clarify"] >= len(every) / 10
    assert kinds["follow_up"] >= len(every) / 10
    assert kinds["comparison"] >= len(every) / 20
    aside = sum(q.set_aside for q in every)
    assert 0.27 * len(every) < aside < 0.40 * len(every)
    assert {q.document for q in every if q.expected == "answer"} >= {
        d.id for d in library().documents
    }


def test_ids_are_unique() -> None:
    ids = Counter(q.id for q in exam())
    assert [i for i, n in ids.items() if n > 1] == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_no_question_stands_twice(path: Path) -> None:
    asked = Counter((collapse(fold(q.text)), q.history, q.unit) for q in read_questions(path))
    assert [q for q, n in asked.items() if n > 1] == []


def well_formed(line: Mapping[str, object]) -> list[str]:
    """What is wrong with a line."""
    wrong = [f"unknown key {key}" for key in line if key not in KEYS]
    for key in ("id", "question", "kind"):
        if not (isinstance(line.get(key), str) and str(line[key]).strip()):
            wrong.append(key)
    must = line.get("must_contain")
    if not (isinstance(must, list) and all(isinstance(m, str) and m for m in must)):
        wrong.append("must_contain")
    if line.get("expected") == "answer" and not line.get("document"):
        wrong.append("an answer without a document")
    for turn in line.get("history") or []:  # type: ignore[attr-defined]
        if set(turn) != {"role", "content"} or turn["role"] not in ("user", "assistant"):
            wrong.append("history")
    if line.get("today"):
        date.fromisoformat(str(line["today"]))
    document, address = line.get("document"), line.get("address")
    if document and document not in library():
        wrong.append(f"no paper {document}")
    elif address and not document:
        wrong.append("an address without a document")
    elif address and address not in {c.address for c in library().get(str(document)).clauses}:
        wrong.append(f"no clause {document} {address}")
    return wrong


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_line_is_well_formed(path: Path) -> None:
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert {line.get("id"): w for line in lines if (w := well_formed(line))} == {}


# --- the judge ----------------------------------------------------------------------------------

ROW = {
    "kind": "answer",
    "text": "Năm 2023 (đã hết hạn): trước ngày 20/9/2023",
    "citations": [{"document": "hai-phong-gddt-2023", "address": "III#2.6"}],
}


@pytest.mark.parametrize(
    ("changed", "right"),
    [
        ({}, True),
        ({"address": "III#2"}, True),  # a clause below the one expected
        ({"address": None}, True),
        ({"must_contain": ()}, True),
        ({"must_contain": ("10/12/2023",)}, False),
        ({"address": "III#2.60"}, False),
        ({"address": "III"}, False),  # the other III, not a parent
        ({"document": "lang-son-khdt-2023"}, False),
        ({"expected": "silent"}, False),
        ({"expected": "clarify"}, False),
    ],
)
def test_the_judge_judges_as_the_contract_says(changed: dict[str, object], right: bool) -> None:
    values: dict[str, object] = {
        "expected": "answer",
        "document": "hai-phong-gddt-2023",
        "address": "III#2.6",
        "must_contain": ("truoc ngay 20/9/2023",),
        **changed,
    }
    question = Question(id="1", text="?", kind="when", **values)  # type: ignore[arg-type]
    assert (judge(question, ROW) == "") is right


def test_every_spelling_keeps_the_letters() -> None:
    text = "Sở KH&CN Hưng Yên gửi báo cáo trước ngày 20/9/2023 đến đâu?"
    assert spelled(text, "written") == text
    assert spelled(text, "bare") == "So KH&CN Hung Yen gui bao cao truoc ngay 20/9/2023 den dau?"
    half = spelled(text, "half")
    assert half not in (text, spelled(text, "bare"))
    assert fold(half) == fold(text)
    assert spelled(text, "half") == half  # the same at every run


def test_spellings_of_one_question_are_never_split() -> None:
    for question in exam()[:50]:
        for spelling in SPELLINGS:
            typed = Question("1", spelled(question.text, spelling), "answer", "x")
            plain = Question("1", question.text, "answer", "x")
            assert typed.set_aside == plain.set_aside


def test_the_interval_is_wilsons() -> None:
    low, high = wilson(95, 100)
    assert (round(low, 3), round(high, 3)) == (0.888, 0.978)
    assert wilson(0, 0) == (0.0, 1.0)
