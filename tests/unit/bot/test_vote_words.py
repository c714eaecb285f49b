"""What is a vote on the last answer and what is not, and what is said to it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation import respond
from bot.messages import Reply, Turn
from bot.standing import Conversation
from bot.texts import say
from bot.votes import Vote, hinted, vote_of
from tests.builders import an_incoming
from tests.talking import FakeAssistance

ASKED = Conversation(asked=7)


@pytest.mark.parametrize(
    ("text", "vote"),
    [
        ("👍", Vote(True)),
        (" 👍🏽 ", Vote(True)),
        ("👍👍👍", Vote(True)),
        ("👎\ufe0f", Vote(False)),
        ("👎 sai ngày rồi", Vote(False, "sai ngày rồi")),
        ("👎: thiếu phụ lục", Vote(False, "thiếu phụ lục")),
        ("Hữu ích ạ", Vote(True)),
        ("chua dung", Vote(False)),
        ("Chưa đúng: sai ngày rồi", Vote(False, "sai ngày rồi")),
        ("Sai rồi, ngày 20 mới đúng", Vote(False, "ngày 20 mới đúng")),
        ("/huuich", Vote(True)),
        ("Hạn nộp: ngày nào?", None),
        ("Chưa đúng hạn thì sao?", None),
        ("Kế hoạch này 👍", None),
        ("", None),
    ],
)
def test_a_vote_is_told_from_a_question(text: str, vote: Vote | None) -> None:
    assert vote_of(text) == vote


@pytest.mark.parametrize(
    ("text", "kept", "said"),
    [
        ("👍", "vote 7 True", "vote.thanks"),
        ("👎", "vote 7 False", "vote.what_is_wrong"),
        ("👎 sai ngày rồi", "vote 7 False sai ngày rồi", "vote.thanks"),
        ("chưa đúng", "vote 7 False", "vote.what_is_wrong"),
    ],
)
def test_a_vote_is_kept_and_thanked_for(text: str, kept: str, said: str) -> None:
    assistance = FakeAssistance()
    state, (reply,) = respond(ASKED, an_incoming(text), assistance)
    assert (assistance.done, reply.text) == ([kept], say(said))
    assert assistance.asked == []
    assert state.asked == 7  # another vote takes its place


def test_without_an_answer_there_is_nothing_to_vote_on() -> None:
    assistance = FakeAssistance()
    _, (reply,) = respond(Conversation(), an_incoming("👎"), assistance)
    assert (assistance.done, reply.text) == ([], say("vote.nothing"))


def test_in_a_group_nobody_votes() -> None:
    assistance = FakeAssistance()
    _, (reply,) = respond(ASKED, replace(an_incoming("👍"), group=True), assistance)
    assert (assistance.done, reply.text) == ([], say("chat.group_private"))


def test_how_to_vote_is_said_once_where_there_is_room() -> None:
    answer = Reply("answer", "Trước ngày 20/9.", "", "Trước ngày 20/9.", "Hết kỳ")
    turns = tuple(Turn("user", "?") for _ in range(6))
    state = Conversation(turns=turns)
    told, reply = hinted(state, answer)
    assert reply.lead == f"Trước ngày 20/9.\n{say('vote.hint')}"
    assert hinted(told, answer) == (told, answer)
    for other in (
        replace(answer, kind="silent"),
        replace(answer, lead="x" * 590),
    ):
        assert hinted(state, other) == (state, other)
    first = Conversation(turns=turns[:4])
    assert hinted(first, answer) == (first, answer)
