"""Questions with known answers as lines of JSON: read, and written so that they can be read again.

A question file has one JSON object per line: what `troly ask --batch` reads, and beside it
`expected` (answer, clarify, silent), `document`, `address`, `must_contain`, `kind`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot.messages import Turn
from bot.texts import say
from knowledge.vietnamese import collapse, fold

EXPECTED = ("answer", "clarify", "silent")  #: what can be right

_ASIDE = 3  #: every third question, by its hash, is set aside


class BadQuestions(Exception):
    """A question file cannot be used; the message says which line and why."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what a right answer must be."""

    id: str
    text: str
    expected: str
    kind: str
    document: str | None = None
    address: str | None = None
    must_contain: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
    unit: str | None = None
    today: date | None = None

    @property
    def set_aside(self) -> bool:
        """Whether its hash sets it aside; the same for every spelling of one question."""
        said = collapse(fold(" ".join([*(t.content for t in self.history), self.text])))
        return int(hashlib.sha256(said.encode()).hexdigest(), 16) % _ASIDE == 0


def read_questions(path: Path) -> list[Question]:
    """The questions of a file; raises BadQuestions for a line that cannot be judged."""
    return read_lines(path.read_text("utf-8-sig"), path.name)


def read_lines(text: str, name: str) -> list[Question]:
    """The questions of a text; raises BadQuestions, which begins with `name` and the line."""
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found.append(_question(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise BadQuestions(f"{name}:{number}: {error}") from error
    return found


def line_of(question: Question) -> str:
    """The question as a line that `read_lines` reads as the same; without what it does not say."""
    said = {
        "id": question.id,
        "question": question.text,
        "expected": question.expected,
        "document": question.document,
        "address": question.address,
        "must_contain": list(question.must_contain),
        "kind": question.kind,
        "history": [{"role": t.role, "content": t.content} for t in question.history],
        "unit": question.unit,
        "today": question.today.isoformat() if question.today else None,
    }
    return json.dumps({key: value for key, value in said.items() if value}, ensure_ascii=False)


def _question(line: dict[str, Any]) -> Question:
    if line["expected"] not in EXPECTED:
        raise ValueError(say("questions.expected"))
    if not str(line["question"]).strip():
        raise ValueError(say("questions.empty"))
    today = line.get("today")
    return Question(
        id=str(line["id"]),
        text=str(line["question"]),
        expected=line["expected"],
        kind=str(line.get("kind") or line["expected"]),
        document=line.get("document"),
        address=line.get("address"),
        must_contain=tuple(line.get("must_contain") or ()),
        history=tuple(Turn(t["role"], t["content"]) for t in line.get("history") or ()),
        unit=line.get("unit"),
        today=date.fromisoformat(today) if today else None,
    )
