"""The assistant over the papers that ship, opened once for all tests that ask it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

from benchmarks.questions import TODAY, shipped_assistant
from bot.answers import Answered, Clarify, Outcome, Silent, as_row
from bot.dialogue import Assistant
from bot.messages import Turn
from bot.profiles import Profile
from bot.understanding import Understood
from knowledge.library import Library
from knowledge.vietnamese import fold

HAI_PHONG = "hai-phong-gddt-2023"
HAI_PHONG_2024 = "hai-phong-gddt-cv-2024"
HUNG_YEN = "hung-yen-khcn-2024"
LANG_SON = "lang-son-khdt-2023"
IA_HDRAI = "ia-hdrai-2022-2027"
DECISION = "407-qd-ttg"
DIRECTIVE = "07-ct-ttg"
LOCAL = (HAI_PHONG, HAI_PHONG_2024, HUNG_YEN, LANG_SON, IA_HDRAI)

__all__ = ["TODAY", "Answered", "Clarify", "Silent", "as_row"]


@cache
def assistant() -> Assistant:
    """The shipped assistant."""
    return shipped_assistant()


def library() -> Library:
    """Its papers."""
    return assistant().library


def ask(
    question: str,
    *,
    today: date = TODAY,
    history: Sequence[tuple[str, str]] = (),
    unit: str | None = None,
) -> Outcome:
    """One question; `history`: (what the person wrote, what was answered), oldest first."""
    turns: list[Turn] = []
    for user, answer in history:
        turns += [Turn("user", user), Turn("assistant", answer)]
    return assistant().ask(question, today=today, history=tuple(turns), unit=unit)


def documents_of(outcome: Outcome) -> set[str]:
    """Ids of the papers cited."""
    return set() if isinstance(outcome, Clarify) else {s.document for s in outcome.sources}


def cited(outcome: Outcome) -> set[tuple[str, str]]:
    """Papers and addresses cited."""
    if isinstance(outcome, Clarify):
        return set()
    return {(s.document, s.address) for s in outcome.sources}


def profiles() -> tuple[Profile, ...]:
    """What each shipped paper can be named by."""
    return assistant()._profiles


def read(text: str, *, today: date = TODAY) -> Understood:
    """A question taken apart as the assistant takes it apart."""
    return assistant()._read(text, today)


def folded(text: object) -> str:
    """For comparing sentences."""
    return fold(str(text))
