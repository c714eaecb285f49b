"""A conversation of somebody who may read less than before, or other papers than everybody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.messages import Reply
from bot.standing import Conversation, within
from bot.texts import say
from knowledge.readers import OFFICERS, PUBLIC
from tests.talking import SOURCE, FakeAssistance, Talk, a_reply, labels

UNIT = OFFICERS | {"units:7"}


class Closed(FakeAssistance):
    """Answers from a paper that is not for everybody."""

    def answer(self, text: str, history: object, *, kept: bool = True) -> Reply:
        lead = f"Trả lời kín: {text}"
        return a_reply("answer", lead, more=lead * 2, sources=(replace(SOURCE, public=False),))


def test_of_a_closed_paper_the_clause_is_read_in_the_chat() -> None:
    talk = Talk(Closed(readers=OFFICERS)).say("hạn?")
    assert labels(talk.reply) == ["Xem thêm", "Xem cả điều"]
    assert talk.press(talk.reply.buttons[1]).reply.lead == "6. Nguyên văn III#2.6"


def test_a_closed_answer_is_not_passed_on() -> None:
    talk = Talk().say("hạn?")
    talk.helper = Closed(readers=OFFICERS)
    assert talk.say("hạn?", "soạn tin gửi nhóm").reply.text == say("chat.not_to_pass_on")
    talk.helper = FakeAssistance(readers=OFFICERS)
    assert "Trả lời: gì?" in talk.say("gì?", "soạn tin gửi nhóm").replies[1].text


@pytest.mark.parametrize("left", [PUBLIC, OFFICERS, OFFICERS | {"units:8"}])
def test_whoever_reads_less_finds_nothing_of_what_was_said(left: frozenset[str]) -> None:
    talk = Talk(Closed(readers=UNIT)).say("hạn?")
    assert talk.state.readers == ("officers", "units:7")
    offered = talk.reply.buttons
    talk.helper = FakeAssistance(readers=left)
    for text in ("xem thêm", "xem cả điều", "soạn tin gửi nhóm"):
        assert "kín" not in talk.say(text).reply.text
    assert talk.press(offered[0]).reply.text == say("chat.old_button")
    assert "kín" not in str(talk.state)
    assert talk.say("còn gửi cho ai?").helper.asked == [("còn gửi cho ai?", ())]


def test_whoever_reads_more_than_before_loses_nothing() -> None:
    before = Talk(FakeAssistance(readers=OFFICERS)).say("dài").state
    for readers in (OFFICERS, UNIT):
        now = within(before, readers)
        assert replace(now, readers=()) == replace(before, readers=())
    assert within(Conversation(more="a"), PUBLIC) == Conversation(more="a")


def test_what_is_begun_is_kept_by_whoever_reads_less() -> None:
    kept = Conversation(last_code="HS-7K2M9", told_pause=True, offered=3, readers=("officers",))
    assert within(kept, PUBLIC) == replace(kept, readers=())


@pytest.mark.parametrize("asked", ["xem thêm", "soạn tin gửi nhóm", "xem cả điều"])
def test_what_is_for_others_by_now_is_not_gone_on_with(asked: str) -> None:
    """A paper may be closed, or withdrawn, between an answer and the rest of it."""
    talk = Talk().say("dài")
    assert talk.state.more
    talk.helper = Withdrawn()
    assert talk.say(asked).reply.text == say("chat.no_clause")


class Withdrawn(FakeAssistance):
    """The papers are gone."""

    def clause(self, document: str, address: str) -> str:
        return ""
