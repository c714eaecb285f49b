"""Questions whose answers are one message each, all different, whatever was asked before them.

`channels_questions.txt` was chosen from the development part of the exam by asking each alone and
in talks of ten in any order. So an answer tells which question it belongs to.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

from benchmarks.questions import shipped_assistant
from bot.answers import plain
from bot.dialogue import to_reply

_FILE = Path(__file__).with_name("channels_questions.txt")
A_TALK = 10  #: questions of one person


@cache
def questions() -> tuple[str, ...]:
    """All of them."""
    return tuple(_FILE.read_text("utf-8").splitlines())


def talk(person: int, count: int = A_TALK) -> Sequence[str]:
    """What this person asks, nothing twice; the same in every run."""
    return random.Random(407_000 + person).sample(questions(), count)


@cache
def marks(today: date) -> dict[str, str]:
    """How each question's answer begins → the question."""
    assistant = shipped_assistant()
    begun = {mark(plain(to_reply(assistant.ask(q, today=today)))): q for q in questions()}
    assert len(begun) == len(questions()), "two questions have answers that begin alike"
    return begun


def mark(answer: str) -> str:
    """What tells one answer from the others."""
    return answer.strip().split("\n")[0]
