"""The questions that a comparison puts, and how each is answered, as people would be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import JsonValue
from sqlmodel import Session

from bot.answers import shorten
from bot.question_lines import Question as Known
from service.asking import Desk, Line, tell
from service.shapes import Question
from service.storage.comparisons import Month, said
from service.storage.question_set import question_set

MONTH = timedelta(days=30)
_MOST = 2_000  #: questions of the month
_LINES, _LETTERS = 4, 400  #: of an answer that are kept


@dataclass(frozen=True, slots=True)
class Put:
    """One question as it is put to both."""

    text: str
    times: int  #: in the month
    own: Known | None = None  #: of the office's set

    def to(
        self, desk: Desk, today: date, readers: frozenset[str]
    ) -> tuple[Line, dict[str, JsonValue]]:
        """The answer as programs read it, and the beginning of it for people."""
        own = self.own
        question = Question(
            self.text,
            history=own.history if own else (),
            unit=own.unit if own else None,
            today=own.today if own and own.today else today,
        )
        told = tell(desk, question, readers).told
        sources = told.reply.sources
        return told.row, {
            "kind": told.kind,
            "text": beginning(str(told.row["text"])),
            "cited": f"{sources[0].place}, {sources[0].title}" if sources else "",
        }


def questions(session: Session, month: Month) -> list[Put]:
    """The same each time it is called for one month: the office's set, then what was asked."""
    own, often = question_set(session), month.questions(session, _MOST)
    times = {said(each.text): each.times for each in often}
    # One with a history or a unit is another question than the same words alone.
    plain = {said(q.text) for q in own if not q.history and not q.unit}
    return [
        *(Put(q.text, times.get(said(q.text), 0), q) for q in own),
        *(Put(each.text, each.times) for each in often if said(each.text) not in plain),
    ]


def sort_of(before: Line, now: Line) -> str:
    """gained, lost, changed, or same: two answers that read the same and cite the same."""
    answered, answers = before["kind"] == "answer", now["kind"] == "answer"
    if answered != answers:
        return "gained" if answers else "lost"
    return "same" if before == now else "changed"


def beginning(text: str) -> str:
    """The first lines of an answer."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    shown = shorten("\n".join(lines[:_LINES]), _LETTERS)
    return shown if shown.endswith("…") or len(lines) <= _LINES else f"{shown}\n…"
