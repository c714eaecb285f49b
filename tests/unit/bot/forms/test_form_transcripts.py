"""The transcripts of the forms, played over the papers that ship without a channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.answers import to_reply
from bot.messages import Reply, Turn
from bot.whole_clauses import source_line
from knowledge.vietnamese import collapse, fold
from tests.talking import FakeAssistance, Talk, labels
from tests.unit.bot import shipped

FOLDER = Path(__file__).parents[3] / "conversations/forms"
FORMS = {file.stem: file for file in sorted(FOLDER.glob("*.yaml"))}


class Answering(FakeAssistance):
    """Answers from the papers that ship."""

    def answer(self, text: str, history: Sequence[Turn]) -> Reply:
        return to_reply(shipped.assistant().ask(text, today=self.today, history=tuple(history)))

    def place(self, document: str, address: str) -> str:
        paper = self.paper(document)
        return source_line(paper, address) if paper else ""


def take(talk: Talk, turn: Mapping[str, Any]) -> None:
    """One turn as a person takes it; a choice is tapped in the newest reply that has it."""
    if "taps" in turn:
        offered = [b for reply in talk.replies for b in reply.buttons if b.label == turn["taps"]]
        talk.press(offered[-1])
    else:
        talk.say(str(turn.get("says", turn.get("numbers"))))


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_filled_in_as_its_transcript_says(form: str) -> None:
    talk = Talk(Answering())
    for turn in yaml.safe_load(FORMS[form].read_text("utf-8")):
        take(talk, turn)
        told = "\n".join("\n".join((reply.text, *labels(reply))) for reply in talk.replies)
        said, end = collapse(fold(told)), 0
        for piece in turn["hears"]:
            found = said.find(collapse(fold(piece)), end)
            assert found >= 0, (turn, piece, told)
            end = found + len(collapse(fold(piece)))
