"""The questions that a comparison puts, and how each is answered, as people would be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import JsonValue
from sqlmodel import Session

from bot.answers import shorten
from bot.question_lines import Question as Known
from knowledge.readers import Readers
from service.asking import Desk, Line, tell
from service.shapes import Question
from service.storage.comparisons import Month, said
from service.storage.question_set import question_set

MONTH = timedelta(days=30)
_MOST = 2_000  #: questions of the month
_LINES, _LETTERS = 6, 500  #: of an answer that are kept
_LEAD = 120  #: letters before the first that differs


@dataclass(frozen=True, slots=True)
class Put:
    """One question as it is put to both."""

    text: str
    times: int  #: in the month
    own: Known | None = None  #: of the office's set

    def to(self, desk: Desk, today: date, readers: Readers) -> tuple[Line, dict[str, JsonValue]]:
        """The answer as programs read it, and its kind and first clause for people."""
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


def side_by_side(before: str, now: str) -> tuple[str, str]:
    """Of both answers what a person needs: their beginnings, from where they begin to differ."""
    pairs = enumerate(zip(before, now, strict=False))
    common = next((at for at, (one, other) in pairs if one != other), min(len(before), len(now)))
    if before == now or common < _LETTERS - _LEAD:
        return beginning(before), beginning(now)
    start = max(before.rfind(" ", 0, common - _LEAD), before.rfind("\n", 0, common - _LEAD)) + 1
    return f"… {beginning(before[start:])}", f"… {beginning(now[start:])}"


def beginning(text: str) -> str:
    """The first lines of an answer."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    shown = shorten("\n".join(lines[:_LINES]), _LETTERS)
    return shown if shown.endswith("…") or len(lines) <= _LINES else f"{shown}\n…"
