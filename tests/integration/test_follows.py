"""Right answers change with their papers: a few of those that `make prove` tries in all."""

from __future__ import annotations

from benchmarks.mutations import run
from benchmarks.questions import TODAY, exam


def test_answers_follow_their_papers() -> None:
    followed = list(run(8, exam("development"), TODAY))
    assert len(followed) == 8
    assert [f.mutation.question.id for f in followed if not f.good] == []
