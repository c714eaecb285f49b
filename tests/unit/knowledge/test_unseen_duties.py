"""The duties of papers that the reader was not made for, beside what a careful person labelled."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from knowledge.reading.inspect import inspect_text
from tests.duty_scores import Score, labels_of, score
from tests.unit.knowledge.test_wrapped import break_up

PAPERS = sorted((Path(__file__).parents[2] / "papers_unseen").glob("*.txt"))
ENOUGH = 0.9  #: of the labelled duties, complete and right


@cache
def score_of(paper: Path) -> Score:
    return score(labels_of(paper), inspect_text(paper.read_text("utf-8")))


def test_nine_of_ten_duties_are_complete_and_right() -> None:
    scores = [score_of(paper) for paper in PAPERS]
    wrong = [
        (verdict.label["address"], verdict.label["duty_contains"], verdict.wrong)
        for one in scores
        for verdict in one.verdicts
        if verdict.wrong
    ]
    right, all_ = sum(one.right for one in scores), sum(len(one.verdicts) for one in scores)
    assert right >= ENOUGH * all_, wrong


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.stem)
def test_no_duty_is_invented(paper: Path) -> None:
    assert [(duty.address, duty.duty) for duty in score_of(paper).invented] == []


@pytest.mark.parametrize("width", [62, 70, 85, 100])
@pytest.mark.parametrize(
    "name", ["ke-hoach-benh-vien", "ke-hoach-bo", "ke-hoach-xa-muc", "quyet-dinh-tinh"]
)
def test_broken_lines_change_little(name: str, width: int) -> None:
    paper = next(paper for paper in PAPERS if paper.stem == name)
    lines = paper.read_text("utf-8").splitlines()
    broken = [
        part
        for line in lines
        for part in ([line] if set("|\t") & set(line) else break_up(line, width, False) or [""])
    ]
    again = score(labels_of(paper), inspect_text("\n".join(broken)))
    assert again.right >= ENOUGH * len(again.verdicts)
    assert again.invented == ()


def test_a_score_tells_what_is_wrong() -> None:
    found = inspect_text("I. VIỆC\n1. Giao Phòng A lập sổ trước ngày 15/6/2024.\n2. Giao Phòng B.")
    label = {
        "address": "I.1",
        "leads": ["Phòng B"],
        "coordinates": [],
        "duty_contains": "lập sổ",
        "when": {"kind": "by", "from": None, "to": "2024-06-14", "before": "2024-06-15"},
        "recipient": None,
        "via": None,
    }
    label["when"]["recurrence"] = None  # type: ignore[index]
    result = score([label, {**label, "duty_contains": "họp"}], found)
    assert result.verdicts[0].wrong == (
        "leads: ['Phòng A'], not ['Phòng B']",
        "when.kind: before, not by",
    )
    assert result.verdicts[1].wrong == ("missing",)
    assert (result.right, result.invented) == (0, ())
