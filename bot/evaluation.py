"""How well questions with known answers are answered: asked, judged, counted."""

from __future__ import annotations

import hashlib
import math
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from bot.answers import as_row
from bot.dialogue import Assistant
from bot.messages import Turn
from bot.question_lines import BadQuestions, Question, read_questions
from knowledge.vietnamese import collapse, fold

# What callers need to ask and to judge, from one place.
__all__ = ["BadQuestions", "Question", "read_questions"]

Spelling = Literal["written", "bare", "half"]
SPELLINGS: tuple[Spelling, ...] = ("written", "bare", "half")
PARTS = ("all", "development", "set-aside")
Row = dict[str, Any]

_Z95 = 1.96  #: standard deviations of a 95 % interval


@dataclass(frozen=True, slots=True)
class Judged:
    """One question in one spelling, its answer, and what is wrong with it ("" when right)."""

    question: Question
    spelling: Spelling
    row: Row
    wrong: str
    clause_right: bool  #: the right clause is cited (an answer was expected and given)
    verbatim: bool  #: every quote stands in its clause
    milliseconds: float

    @property
    def confident(self) -> bool:
        """Wrong, and said as an answer."""
        return bool(self.wrong) and self.row["kind"] == "answer"

    @property
    def refused(self) -> bool:
        """Silent, though the question can be answered."""
        return self.question.expected == "answer" and self.row["kind"] == "silent"


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts over some judged questions."""

    asked: int
    right: int
    confident: int  #: wrong though answered
    refused: int  #: silent though answerable
    unanswerable: int  #: answered though it should have been refused or asked back
    answered: int  #: answers given where one was expected
    clause_right: int  #: of those, with the right clause cited

    @property
    def share(self) -> float:
        """Right, 0–1."""
        return self.right / self.asked if self.asked else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of `share` (Wilson)."""
        return wilson(self.right, self.asked)


def spelled(text: str, spelling: Spelling) -> str:
    """`text` as written, without accents, or with every other word (by hash) without."""
    if spelling == "written":
        return text
    parts = re.split(r"(\s+)", text)
    bare = [
        _unaccented(part) if spelling == "bare" or _drops(part, i) else part
        for i, part in enumerate(parts)
    ]
    return "".join(bare)


def part_of(questions: Iterable[Question], part: str) -> list[Question]:
    """Those of "development", of "set-aside", or "all"."""
    return [q for q in questions if part == "all" or q.set_aside == (part == "set-aside")]


def ask_all(
    assistant: Assistant,
    questions: Sequence[Question],
    today: date,
    spellings: Sequence[Spelling] = SPELLINGS,
    progress: Callable[[], None] = lambda: None,
) -> list[Judged]:
    """Every question in every spelling, asked and judged."""
    judged = []
    for question in questions:
        for spelling in spellings:
            judged.append(_ask(assistant, question, spelling, today))
            progress()
    return judged


def judge(question: Question, row: Row) -> str:
    """Why the row is not right; "" when it is."""
    if row["kind"] != question.expected:
        return f"{row['kind']} instead of {question.expected}"
    if question.expected != "answer":
        return ""
    lacking = parts_lacking(question, row)
    return f"lacks {lacking[0]!r}" if lacking else _wrong_clause(question, row)


def parts_lacking(question: Question, row: Row) -> list[str]:
    """What the text must contain and does not, whatever its accents."""
    text = collapse(fold(str(row["text"])))
    return [part for part in question.must_contain if collapse(fold(part)) not in text]


def tally(judged: Iterable[Judged]) -> Tally:
    """The counts that matter."""
    every = list(judged)
    answered = [j for j in every if j.question.expected == "answer" and j.row["kind"] == "answer"]
    return Tally(
        asked=len(every),
        right=sum(not j.wrong for j in every),
        confident=sum(j.confident for j in every),
        refused=sum(j.refused for j in every),
        unanswerable=sum(
            j.question.expected != "answer" and j.row["kind"] == "answer" for j in every
        ),
        answered=len(answered),
        clause_right=sum(j.clause_right for j in answered),
    )


def groups(judged: Sequence[Judged], key: Callable[[Judged], str]) -> Iterator[tuple[str, Tally]]:
    """Counts per value of `key`, in alphabetical order."""
    for value in sorted({key(j) for j in judged}):
        yield value, tally(j for j in judged if key(j) == value)


def changes(before: Sequence[Judged], after: Sequence[Judged]) -> list[tuple[Judged, Judged]]:
    """Pairs of the same question and spelling whose answers differ."""
    return [(old, new) for old, new in zip(before, after, strict=True) if old.row != new.row]


def wilson(right: int, asked: int) -> tuple[float, float]:
    """The 95 % interval of a share, 0–1."""
    if not asked:
        return 0.0, 1.0
    share, square = right / asked, _Z95**2
    middle = (share + square / (2 * asked)) / (1 + square / asked)
    half = _Z95 * math.sqrt(share * (1 - share) / asked + square / (4 * asked**2))
    half /= 1 + square / asked
    return max(0.0, middle - half), min(1.0, middle + half)


def _ask(assistant: Assistant, question: Question, spelling: Spelling, today: date) -> Judged:
    history = tuple(
        Turn(t.role, spelled(t.content, spelling) if t.role == "user" else t.content)
        for t in question.history
    )
    text = spelled(question.text, spelling)
    began = time.perf_counter()
    outcome = assistant.ask(
        text, today=question.today or today, history=history, unit=question.unit
    )
    spent = (time.perf_counter() - began) * 1000
    row = as_row(outcome)
    cited_right = row["kind"] == "answer" and not _wrong_clause(question, row)
    return Judged(
        question, spelling, row, judge(question, row), cited_right, _verbatim(assistant, row), spent
    )


def _wrong_clause(question: Question, row: Row) -> str:
    cited = [(c["document"], c["address"]) for c in row["citations"]]
    document, address = question.document, question.address
    if document and not any(d == document for d, _ in cited):
        return f"cites {cited} instead of {document}"
    if address and not any(
        d == document and (a == address or a.startswith(f"{address}.")) for d, a in cited
    ):
        return f"cites {cited} instead of {address}"
    return ""


def _verbatim(assistant: Assistant, row: Row) -> bool:
    """Whether each quote is one contiguous piece of the text of its clause or of those below."""
    for citation in row["citations"]:
        if citation["quote"] is None:
            continue
        document = assistant.library.get(citation["document"])
        address = citation["address"]
        texts = [
            t
            for c in document.clauses
            if c.address == address or c.address.startswith(f"{address}.")
            for t in (c.heading, c.text)
        ]
        if citation["quote"] not in collapse(" ".join(texts)):
            return False
    return True


def _unaccented(text: str) -> str:
    """Without accents, capitals kept: "Sở KH&CN" → "So KH&CN"."""
    folded = [fold(letter) for letter in text]
    return "".join(
        f.upper() if letter.isupper() else f for letter, f in zip(text, folded, strict=True)
    )


def _drops(word: str, at: int) -> bool:
    return hashlib.sha256(f"{at}:{word}".encode()).digest()[0] % 2 == 0
