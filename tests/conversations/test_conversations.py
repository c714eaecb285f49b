"""Transcripts played through the assistant: what it said is the history of the next question.

A turn: `says` (or `taps`, the label of a choice just offered), `gets` (answer, clarify, silent),
and optionally `document`, `address` (it or a clause below it), `contains`, `lacks` (folded, in the
whole answer), `only` (no other paper is cited).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
import yaml

from bot.answers import Clarify, Outcome, as_row, to_reply
from bot.messages import Turn
from knowledge.vietnamese import collapse
from tests.unit.bot.shipped import TODAY, assistant, cited, documents_of, folded

FOLDER = Path(__file__).parent
KEYS = {"says", "taps", "gets", "document", "address", "contains", "lacks", "only"}
TRANSCRIPTS = [
    pytest.param(transcript, id=f"{path.stem}-{transcript['about']}")
    for path in sorted(FOLDER.glob("*.yaml"))
    for transcript in yaml.safe_load(path.read_text("utf-8"))
]


def typed(turn: Mapping[str, str], last: Outcome | None) -> str:
    if "says" in turn:
        return turn["says"]
    assert isinstance(last, Clarify), "a choice is tapped but none was offered"
    return next(b.send for b in last.choices if b.label == turn["taps"])


def check(turn: Mapping[str, object], outcome: Outcome) -> None:
    row = as_row(outcome)
    said = collapse(folded(row["text"]))
    assert row["kind"] == turn["gets"], row
    for part in turn.get("contains", []):  # type: ignore[attr-defined]
        assert folded(part) in said, row
    for part in turn.get("lacks", []):  # type: ignore[attr-defined]
        assert folded(part) not in said, row
    document, address = turn.get("document"), turn.get("address")
    if document:
        assert document in documents_of(outcome), row
    if turn.get("only"):
        assert documents_of(outcome) == {document}, row
    if address:
        places = [a for d, a in cited(outcome) if d == document]
        assert any(a == address or a.startswith(f"{address}.") for a in places), row


@pytest.mark.parametrize("transcript", TRANSCRIPTS)
def test_transcript(transcript: Mapping[str, object]) -> None:
    turns: list[dict[str, str]] = transcript["turns"]  # type: ignore[assignment]
    today = date.fromisoformat(str(transcript.get("today", TODAY)))
    unit = str(transcript["unit"]) if transcript.get("unit") else None
    history: list[Turn] = []
    last: Outcome | None = None
    for turn in turns:
        assert set(turn) <= KEYS, "a misspelt key would check nothing"
        question = typed(turn, last)
        last = assistant().ask(question, today=today, history=tuple(history), unit=unit)
        check(turn, last)
        history += [Turn("user", question), Turn("assistant", to_reply(last).text)]


def test_there_are_transcripts() -> None:
    assert len(TRANSCRIPTS) >= 15
