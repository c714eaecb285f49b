"""Every question of one file, asked once and kept for all tests."""

from __future__ import annotations

from functools import cache

from benchmarks.questions import SEEN, TODAY
from bot.answers import Outcome
from bot.evaluation import Question, read_questions
from tests.unit.bot.shipped import assistant

QUESTIONS = SEEN / "ask.jsonl"


@cache
def questions() -> tuple[Question, ...]:
    """The questions of the file."""
    return tuple(read_questions(QUESTIONS))


@cache
def outcomes() -> dict[str, Outcome]:
    """Outcome by the id of its question."""
    return {
        q.id: assistant().ask(q.text, today=q.today or TODAY, history=q.history, unit=q.unit)
        for q in questions()
    }
