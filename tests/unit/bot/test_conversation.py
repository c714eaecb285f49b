"""One message in, replies out: choices, commands, codes, files, groups."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assistance import Ended
from bot.channels.base import Limits
from bot.channels.rendering import render
from bot.messages import Enclosure, Event, Incoming, Turn
from bot.standing import Cited, Conversation, KeptFile
from bot.texts import say
from tests.builders import an_incoming
from tests.talking import (
    LONG,
    STATUS,
    FakeAssistance,
    FakeRegistry,
    Talk,
    labels,
)

# --- questions ----------------------------------------------------------------------------------


def test_a_follow_up_knows_what_was_said() -> None:
    talk = Talk().say("hạn nộp?", "còn gửi cho ai?")
    assert talk.helper.asked == [
        ("hạn nộp?", ()),
        ("còn gửi cho ai?", (Turn("user", "hạn nộp?"), Turn("assistant", "Trả lời: hạn nộp?"))),
    ]


def test_only_the_last_few_turns_are_kept() -> None:
    talk = Talk().say(*(f"câu {n}" for n in range(20)))
    assert len(talk.state.turns) == 10
    assert talk.state.turns[-2:] == (Turn("user", "câu 19"), Turn("assistant", "Trả lời: câu 19"))


def test_what_must_not_be_kept_is_nowhere_in_the_conversation() -> None:
    talk = Talk().say("hạn nộp?")
    before = talk.state
    assert talk.say("MẬT: điều X").reply.private
    assert talk.state == before


def test_a_secret_is_answered_without_its_words() -> None:
    talk = Talk().hear(an_incoming("", event="secret"))
    assert "Văn phòng Sở" in talk.reply.text
    assert (talk.asked, talk.state) == ([], Conversation())


@pytest.mark.parametrize("event", ["voice", "sticker", "location", "contact", "unknown"])
def test_what_is_not_text_gets_a_courteous_sentence_and_a_way_out(event: str) -> None:
    talk = Talk().hear(an_incoming("", event=event))
    assert talk.reply.text == say(f"chat.{event}")
    assert labels(talk.reply) == ["Gửi cho cán bộ"]
    talk.press(talk.reply.buttons[0])
    assert talk.helper.done == ["hand off"]


@pytest.mark.parametrize(
    "event", ["left", "returned", "operator", "withdrawn", "migrated", "ignored"]
)
def test_what_says_something_about_a_person_wants_no_reply(event: str) -> None:
    talk = Talk().hear(an_incoming("", event=event))
    assert (talk.replies, talk.state) == ((), Conversation())


# --- choices ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "2",
        " 2. ",
        "2)",
        "(2)",
        "Huyện Ia H’Drai",
        "huyen ia h'drai",
        "HUYỆN IA H’DRAI!",
        unicodedata.normalize("NFD", "Huyện Ia H’Drai"),
    ],
)
def test_a_choice_is_answered_by_its_number_or_its_label(typed: str) -> None:
    talk = Talk().say("nào?", typed)
    assert talk.asked[-1] == "hạn nộp Huyện Ia H’Drai"
    assert talk.reply.kind == "answer"


@pytest.mark.parametrize("typed", ["0", "4", "99"])
def test_a_number_that_is_no_choice_is_asked_again(typed: str) -> None:
    talk = Talk().say("nào?")
    talk.say(typed)
    assert talk.reply.text == say("chat.choose_one_of", count=3)
    talk.say("3")
    assert talk.asked[-1] == "hạn nộp Sở KH&CN Hưng Yên"


@pytest.mark.parametrize("typed", ["2023", "2 hay 3", "kế hoạch khác", "²", "1" * 4_000, "!"])
def test_anything_else_is_a_question(typed: str) -> None:
    assert Talk().say("nào?", typed).asked[-1] == typed


def test_a_number_means_nothing_when_no_choice_is_open() -> None:
    assert Talk().say("2").asked == ["2"]
    assert Talk().say("nào?", "1", "2").asked[-1] == "2"  # it was answered


def test_a_button_is_what_it_sends() -> None:
    talk = Talk().say("nào?")
    button = talk.reply.buttons[2]
    assert len(button.id.encode()) <= 64
    talk.press(button)
    assert talk.asked[-1] == "hạn nộp Sở KH&CN Hưng Yên"
    assert not talk.state.choosing


def test_an_older_button_still_works_and_a_very_old_one_says_so() -> None:
    talk = Talk().say("nào?")
    first = talk.reply.buttons[0]
    talk.say("nào?", "nào?").press(first)
    assert talk.asked[-1] == first.send
    talk.say(*["nào?"] * 5).press(first)
    assert talk.reply.text == say("chat.old_button")
    assert labels(talk.reply) == ["Trợ giúp"]
    assert len(talk.state.offers) == 5


@pytest.mark.parametrize("button", ["", "1.1.0", "gửi", "1.1.9.00000000", "😀" * 50])
def test_a_button_that_was_never_offered_does_no_harm(button: str) -> None:
    talk = Talk().say("nào?").hear(an_incoming("", event="press", button=button))
    assert talk.reply.text == say("chat.old_button")


def test_a_button_from_before_erasure_is_never_another_one() -> None:
    """Numbers begin anew with a new person, and old buttons stay in the chat."""
    old = Talk().say("nào?").reply.buttons[0]
    talk = Talk().say("xóa dữ liệu")
    assert talk.reply.buttons[0].id != old.id
    talk.press(old)
    assert talk.reply.text == say("chat.old_button")
    assert talk.helper.done == []


# --- long answers -------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["xem thêm", "Xem them", "/xemthem", "1"])
def test_the_rest_of_a_long_answer_is_sent_once(typed: str) -> None:
    talk = Talk().say("dài")
    assert labels(talk.reply) == ["Xem thêm"]
    assert talk.say(typed).reply.text == LONG
    assert talk.say("xem thêm").reply.text == say("chat.no_more")


def test_the_rest_of_an_answer_goes_with_the_next_one() -> None:
    talk = Talk().say("dài", "hạn nộp?", "xem thêm")
    assert talk.reply.text == say("chat.no_more")


def test_the_button_of_the_rest_stands_behind_the_others() -> None:
    talk = Talk().say("dài")
    talk.press(talk.reply.buttons[-1])
    assert talk.reply.text == LONG


# --- commands -----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["start", "help"])
def test_a_menu_has_at_most_five_entries_that_work(command: str) -> None:
    menu = Talk().say(f"/{command}").reply
    assert menu.text == say(f"chat.{command}")
    assert 0 < len(menu.buttons) <= 5
    for button in menu.buttons:
        talk = Talk().say(f"/{command}").press(button)
        assert talk.asked == []
        assert talk.replies


def test_to_begin_anew_forgets_what_was_said() -> None:
    talk = Talk().say("nào?")
    button = talk.reply.buttons[0]
    talk.say("hạn dài", "hỏi việc khác", "còn ai?")
    assert talk.helper.asked[-1] == ("còn ai?", ())
    assert talk.say("xem thêm").reply.text == say("chat.no_more")
    talk.press(button)  # what stands in the chat still works
    assert talk.asked[-1] == button.send


def test_duties_ask_for_the_unit_once() -> None:
    talk = Talk(FakeAssistance(registry=FakeRegistry(mine=()))).say("việc của tôi")
    assert "“đăng ký”" in talk.reply.text
    assert talk.reply.text.endswith(say("chat.which_unit"))
    talk.say(" Phòng Văn hóa ", "hạn nộp?")
    assert talk.asked == [say("chat.duties_of", unit="Phòng Văn hóa"), "hạn nộp?"]


@pytest.mark.parametrize(
    ("texts", "asked"),
    [
        (("việc của tôi", "Hạn nộp là khi nào?"), "Hạn nộp là khi nào?"),
        (("việc của tôi", "trợ giúp", "Phòng A"), "Phòng A"),
        (("việc của tôi", "hỏi việc khác", "Phòng A"), "Phòng A"),
    ],
)
def test_whoever_asks_something_else_is_not_taken_for_a_unit(
    texts: tuple[str, ...], asked: str
) -> None:
    assert Talk().say(*texts).asked == [asked]


def test_a_button_is_not_taken_for_a_unit() -> None:
    talk = Talk().say("nào?")
    button = talk.reply.buttons[0]
    talk.say("việc của tôi").press(button)
    assert talk.asked[-1] == button.send


def test_nothing_is_erased_before_it_is_confirmed() -> None:
    talk = Talk().say("nào?", "xóa dữ liệu")
    assert labels(talk.reply) == ["Xác nhận xóa", "Thôi, giữ lại"]
    assert talk.helper.done == []
    talk.say("2")
    assert (talk.reply.text, talk.helper.done) == (say("chat.kept"), [])
    talk.say("xóa dữ liệu", "thôi giữ lại")
    assert (talk.reply.text, talk.helper.done) == (say("chat.kept"), [])
    talk.say("xóa dữ liệu", "1")
    assert (talk.reply.text, talk.helper.done) == (say("chat.erased"), ["erase"])
    assert replace(talk.state, offered=0) == Conversation()


def test_an_officer_is_called() -> None:
    talk = Talk().say("gặp cán bộ")
    assert (talk.reply.text, talk.helper.done) == (
        say("chat.handed_off", hours="Cán bộ làm việc 07:30–11:30.", contact="Văn phòng Sở"),
        ["hand off"],
    )


@pytest.mark.parametrize("ended", get_args(Ended))
def test_what_is_over_by_the_persons_wish_is_said(ended: Ended) -> None:
    talk = Talk(FakeAssistance(ended=ended)).say("nào?", "ket thuc")
    assert talk.reply.text == say(f"chat.officer_{ended}")
    assert talk.helper.done == ["end"]
    assert not talk.state.choosing


def test_the_last_answer_is_made_ready_for_a_group() -> None:
    talk = Talk(FakeAssistance(files=(Enclosure("qr.png", "image/png", b""),)))
    assert talk.say("soạn tin gửi nhóm").reply.text == say("chat.nothing_to_pass_on")
    talk.say("hạn nộp?", "nào?", "soạn tin gửi nhóm")
    intro, text = talk.replies
    assert intro.text == say("chat.for_group_intro")
    assert "Trả lời: hạn nộp?" in text.text
    assert "Mục III.6, Kế hoạch Hải Phòng" in text.text
    assert STATUS in text.text
    assert text.enclosures == talk.helper.files


# --- another channel ----------------------------------------------------------------------------


def test_a_code_is_given_on_demand() -> None:
    talk = Talk().say("chuyển kênh")
    assert talk.reply.text.count("K7M2-P9QX") == 2
    assert talk.helper.done == ["code"]


@pytest.mark.parametrize("event", ["text", "start"])
def test_a_conversation_is_gone_on_with(event: str) -> None:
    there = Talk().say("hạn dài", "còn ai?").state
    talk = Talk(FakeAssistance(there=there)).say("nào?")
    text = "K7M2P9QX" if event == "start" else "chuyen kenh k7m2 p9qx"
    talk.hear(an_incoming(text, event=event))
    assert "“còn ai?”" in talk.reply.text
    assert talk.helper.done == ["join K7M2-P9QX"]
    assert talk.state.turns == there.turns
    assert talk.say("tiếp?").helper.asked[-1][1] == there.turns


def test_a_conversation_without_a_word_is_joined_too() -> None:
    talk = Talk(FakeAssistance(there=Conversation())).say("mã K7M2P9QX")
    assert talk.reply.text == say("chat.joined")


def test_a_wrong_code_changes_nothing() -> None:
    talk = Talk().say("nào?")
    before = talk.state
    assert talk.say("chuyển kênh K7M2P9QX").reply.text == say("chat.wrong_code")
    assert talk.state == before


def test_a_button_of_this_channel_is_never_one_of_the_other() -> None:
    there = Talk().say("xóa dữ liệu").state
    talk = Talk(FakeAssistance(there=there)).say("nào?")
    here = talk.reply.buttons[0]
    talk.say("chuyển kênh K7M2P9QX").press(here)
    assert talk.reply.text == say("chat.old_button")
    assert "erase" not in talk.helper.done


@pytest.mark.parametrize("payload", ["", "xin-chao", "K7M2P9Q"])
def test_a_start_without_a_code_greets(payload: str) -> None:
    talk = Talk().hear(an_incoming(payload, event="start"))
    assert talk.reply.text == say("chat.start")


# --- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "told"),
    [(1, "1 KB"), (20_480, "20 KB"), (1_500_000, "1,5 MB"), (20_000_000, "20,0 MB")],
)
def test_a_file_is_acknowledged(size: int, told: str) -> None:
    talk = Talk().hear(an_incoming("", event="file"), [KeptFile("kế hoạch.pdf", size)])
    assert talk.reply.text == say("chat.file_kept", name="kế hoạch.pdf", size=told)


def test_every_file_is_told_of() -> None:
    files = [KeptFile("a.pdf", 9), KeptFile("b.exe", 9, "loại tệp này không được nhận.")]
    refused, kept = Talk().hear(an_incoming("", event="file"), files).replies
    assert "a.pdf" in kept.text
    assert refused.text == "Tôi chưa nhận được tệp “b.exe”: loại tệp này không được nhận."


# --- groups -------------------------------------------------------------------------------------


def test_in_a_group_only_what_is_said_to_us_is_answered() -> None:
    talk = Talk().in_group("hạn nộp?", addressed=False)
    assert (talk.replies, talk.asked, talk.state) == ((), [], Conversation())
    assert talk.in_group("hạn nộp?").reply.text.startswith("Trả lời: hạn nộp?")


def test_in_a_group_an_answer_is_short_and_names_source_and_status() -> None:
    reply = Talk().in_group("dài").reply
    [message] = render(reply, "g", Limits(text_length=4_096, buttons=8))
    assert len(message.text) <= 500
    assert message.text.endswith(f"— Mục III.6, Kế hoạch Hải Phòng\n{STATUS}")
    assert (reply.more, reply.buttons) == ("", ())


def test_in_a_group_choices_are_within_the_same_limit() -> None:
    reply = Talk().in_group("nào?").reply
    for buttons in (0, 8):
        [message] = render(reply, "g", Limits(text_length=4_096, buttons=buttons))
        assert len(message.text) <= 500
    talk = Talk().in_group("nào?").in_group("2")
    assert talk.asked[-1] == "hạn nộp Huyện Ia H’Drai"


def test_in_a_group_a_button_is_for_all() -> None:
    talk = Talk().in_group("nào?")
    button = talk.reply.buttons[0]
    talk.in_group("", event="press", button=button.id, person="another")
    assert talk.asked[-1] == button.send
    talk.in_group("", event="press", button="1.9.9")
    assert talk.reply.text == say("chat.old_button")


def test_in_a_group_nothing_is_remembered_of_what_was_said() -> None:
    talk = Talk().in_group("hạn nộp?").in_group("còn ai?")
    assert talk.helper.asked == [("hạn nộp?", ()), ("còn ai?", ())]
    assert talk.state.turns == ()


@pytest.mark.parametrize(
    "text",
    [
        "việc của tôi", "xóa dữ liệu", "xác nhận xóa", "chuyển kênh", "chuyển kênh K7M2P9QX",
        "soạn tin gửi nhóm", "gặp cán bộ", "xem thêm", "trợ giúp", "/trogiup@troly_bot", "",
    ],
)  # fmt: skip
def test_in_a_group_nothing_personal_is_done(text: str) -> None:
    talk = Talk(FakeAssistance(there=Conversation(more="của người khác"))).in_group(text)
    assert talk.reply.text == say("chat.group_private")
    assert (talk.helper.done, talk.asked, talk.state) == ([], [], Conversation())


@pytest.mark.parametrize("event", ["file", "start"])
def test_in_a_group_files_and_greetings_are_for_private(event: str) -> None:
    talk = Talk().hear(an_incoming("x", event=event, group=True), [KeptFile("a.pdf", 9)])
    assert talk.reply.text == say("chat.group_private")


@pytest.mark.parametrize("event", ["voice", "sticker", "left", "ignored"])
def test_in_a_group_the_rest_is_not_spoken_of(event: str) -> None:
    assert Talk().in_group("", event=event).replies == ()


def test_in_a_group_a_secret_is_warned_of_without_its_words() -> None:
    talk = Talk().in_group("", event="secret")
    assert talk.reply.text == say("chat.group_secret")
    assert talk.reply.private
    assert len(talk.reply.text) <= 500
    overheard = an_incoming("", event="secret", group=True, addressed=False)
    assert Talk().hear(overheard).replies == ()


# --- the whole clause ---------------------------------------------------------------------------


def test_where_no_link_can_be_followed_the_clause_is_read_in_the_chat() -> None:
    talk = Talk(FakeAssistance(links=False)).say("dài")
    assert [button.label for button in talk.reply.buttons] == ["Xem thêm", "Xem cả điều"]
    talk.press(talk.reply.buttons[1])
    assert talk.reply.lead == "6. Nguyên văn III#2.6"
    assert talk.reply.status == STATUS
    assert talk.say("xem thêm").reply.lead == LONG  # the rest of the answer is still there


def test_where_answers_carry_links_it_is_not_offered_but_may_be_asked_for() -> None:
    talk = Talk().say("hạn?")
    assert talk.reply.buttons == ()
    assert talk.say("xem ca dieu").reply.lead == "6. Nguyên văn III#2.6"


def test_a_clause_that_is_gone_is_not_made_up() -> None:
    assert Talk().say("xem cả điều").reply.text == say("chat.no_clause")
    gone = Conversation(cited=Cited("withdrawn", "I", STATUS))
    assert Talk(state=gone).say("xem cả điều").reply.text == say("chat.no_clause")


def test_what_asks_back_offers_no_clause() -> None:
    talk = Talk(FakeAssistance(links=False)).say("nào?")
    assert "Xem cả điều" not in [button.label for button in talk.reply.buttons]


# --- whatever comes -----------------------------------------------------------------------------

said = st.one_of(
    st.sampled_from(
        ["nào?", "dài", "1", "2", "99", "việc của tôi", "xóa dữ liệu", "xác nhận xóa", "thôi",
         "chuyển kênh", "chuyển kênh K7M2P9QX", "xem thêm", "hỏi việc khác", "MẬT: x"]
    ),
    st.text(max_size=20),
)  # fmt: skip
messages = st.builds(
    lambda text, event, button, group: an_incoming(text, event=event, button=button, group=group),
    said,
    st.sampled_from(get_args(Event)),
    st.sampled_from(["", "1.1.0", "x"]),
    st.booleans(),
)


@given(st.lists(messages, max_size=12))
def test_whatever_comes_the_conversation_stays_small_and_answers_fit(
    incoming: list[Incoming],
) -> None:
    talk = Talk(FakeAssistance(there=Talk().say("nào?").state))
    for message in incoming:
        talk.hear(message, [KeptFile("a.pdf", 9)])
        assert len(talk.state.turns) <= 10
        assert len(talk.state.offers) <= 5
        assert not talk.state.choosing or talk.state.offers
        for reply in talk.replies:
            assert reply.text.strip()
            assert all(button.id and button.label for button in reply.buttons)
            assert not message.group or len(reply.lead) <= 500
    ids = [button.id for offer in talk.state.offers for button in offer.buttons]
    assert len(set(ids)) == len(ids)
