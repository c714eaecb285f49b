"""Stopping what is said to everybody, following a draft: by a tap, or however it is typed."""

from __future__ import annotations

import pytest

from bot.conversation import Conversation
from bot.news_talk import unfollowing, unsubscribing
from bot.silence import is_for_assistant
from bot.texts import say
from tests.builders import an_incoming
from tests.talking import Talk, labels


def test_one_tap_stops_it_and_says_how_to_have_it_again() -> None:
    talk = Talk().press(unsubscribing())
    assert talk.helper.registry.news == ["off"]
    assert talk.reply.text == say("news.stopped")
    assert labels(talk.reply) == ["Nhận tin lại"]
    talk.press(talk.reply.buttons[0])
    assert talk.helper.registry.news == ["off", "on"]
    assert talk.reply.text == say("news.started")


@pytest.mark.parametrize(
    ("typed", "news"),
    [
        ("ngừng nhận tin", "off"),
        ("ngung nhan tin", "off"),
        ("Tôi muốn ngừng nhận tin ạ", "off"),
        ("nhận tin", "on"),
        ("nhan tin", "on"),
        ("theo dõi GOPY 12", "on 12"),
        ("theo doi gop y so 12", "on 12"),
        ("Theo dõi dự thảo 12.", "on 12"),
        ("thôi theo dõi GOPY 12", "off 12"),
        ("ngung theo doi du thao so 12", "off 12"),
        ("bỏ theo dõi gopy12", "off 12"),
    ],
)
def test_it_is_read_however_it_is_typed(typed: str, news: str) -> None:
    assert Talk().say(typed).helper.registry.news == [news]


@pytest.mark.parametrize(
    "question",
    ["ai theo dõi kế hoạch?", "theo dõi thi hành pháp luật là gì", "nhận tin báo ở đâu?",
     "theo dõi 12 đơn vị thế nào", "ngừng nhận tin từ khi nào?"],
)  # fmt: skip
def test_a_question_is_none_of_it(question: str) -> None:
    talk = Talk().say(question)
    assert talk.helper.registry.news == []
    assert talk.asked == [question]


def test_a_draft_is_followed_with_the_way_out_beside_it() -> None:
    talk = Talk().say("theo dõi GOPY 12")
    assert talk.reply.text == say("news.followed", number=12)
    talk.press(talk.reply.buttons[0])
    assert talk.helper.registry.news == ["on 12", "off 12"]
    assert talk.reply.text == say("news.unfollowed", number=12)
    assert Talk().say("theo dõi GOPY 13").reply.text == say("news.no_draft", number=13)


def test_a_form_goes_on_where_it_was() -> None:
    talk = Talk().say("phản ánh")
    assert talk.state.filling
    asked = talk.replies[-1].text
    for button in (unsubscribing(), unfollowing(12)):
        talk.press(button)
        assert talk.state.filling
        assert len(talk.replies) == 2
        assert asked.splitlines()[-1] in talk.replies[-1].text
    assert talk.helper.registry.news == ["off", "off 12"]


@pytest.mark.parametrize("typed", ["ngừng nhận tin", "thôi theo dõi GOPY 12"])
def test_it_is_heard_while_an_officer_talks(typed: str) -> None:
    assert is_for_assistant(Conversation(), an_incoming(typed))
    assert not is_for_assistant(Conversation(), an_incoming("theo dõi GOPY 12"))


def test_ids_are_short_enough_for_every_platform() -> None:
    for button in (unsubscribing(), unfollowing(999_999)):
        assert len(button.id.encode()) <= 64
