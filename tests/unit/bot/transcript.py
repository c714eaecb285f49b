"""Every question of the development file, asked once and kept for all tests."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from benchmarks.questions import TODAY, read_questions
from bot.answers import Outcome
from bot.messages import Turn
from tests.unit.bot.shipped import assistant

QUESTIONS = Path(__file__).parents[2] / "questions" / "ask.jsonl"


@cache
def outcomes() -> dict[str, Outcome]:
    """Outcome by the id of its question."""
    found = {}
    for line in read_questions(QUESTIONS):
        turns = line.get("history") or []
        history = tuple(Turn(t["role"], t["content"]) for t in turns)  # type: ignore[attr-defined]
        unit = line.get("unit")
        found[str(line["id"])] = assistant().ask(
            str(line["question"]),
            today=date.fromisoformat(str(line.get("today") or TODAY)),
            history=history,
            unit=str(unit) if unit else None,
        )
    return found
