"""What is for the assistant although an officer talks with the person."""

from __future__ import annotations

import pytest

from bot.commands import slash
from bot.conversation import Conversation
from bot.silence import is_for_assistant, words_of
from tests.builders import an_incoming
from tests.talking import Talk

ASKED = Talk().say("nào?").state  #: three papers to choose from
ERASING = Talk().say("xóa dữ liệu").state


@pytest.mark.parametrize(
    ("state", "text", "ours"),
    [
        (Conversation(), "xóa dữ liệu", True),
        (Conversation(), "XAC NHAN XOA", True),
        (Conversation(), "Kết thúc nhé", True),
        (Conversation(), "gặp cán bộ", False),
        (Conversation(), "chuyển kênh K7M2-P9QX", False),
        (Conversation(), "thôi ạ", False),
        (Conversation(), "1", False),
        (ASKED, "1", False),
        (ASKED, "thôi", False),
        (ERASING, "1", True),
        (ERASING, "2", True),
        (ERASING, "thôi", True),
        (ERASING, "hạn nộp?", False),
    ],
)
def test_only_erasing_and_ending_is(state: Conversation, text: str, ours: bool) -> None:
    assert is_for_assistant(state, an_incoming(text)) is ours


def test_a_secret_is_and_other_events_are_not() -> None:
    assert is_for_assistant(Conversation(), an_incoming("", event="secret"))
    for event in ("file", "voice", "sticker", "start", "unknown"):
        assert not is_for_assistant(ERASING, an_incoming("kết thúc", event=event))


def test_a_button_is_what_it_sends() -> None:
    confirm, keep = ERASING.offers[-1].buttons
    for button in (confirm, keep):
        assert is_for_assistant(ERASING, an_incoming("", event="press", button=button.id))
    assert words_of(ERASING, an_incoming("", event="press", button=confirm.id)) == slash(
        "erase_now"
    )
    assert words_of(ERASING, an_incoming("", event="press", button="?")) == ""
    choice = ASKED.offers[-1].buttons[0]
    assert not is_for_assistant(ASKED, an_incoming("", event="press", button=choice.id))
