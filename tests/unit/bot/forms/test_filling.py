"""The check of the four criteria in a conversation, with whatever comes between."""

from __future__ import annotations

import re

import pytest
from pydantic import TypeAdapter

from bot.forms import criteria
from bot.forms.definition import load_form
from bot.forms.engine import Progress
from bot.standing import Conversation
from bot.texts import choices, say
from knowledge.library import SHIPPED, load_library
from tests.builders import an_incoming
from tests.talking import Talk, labels

START = "kiểm tra tiêu chí"


def begun(*answers: str) -> Talk:
    return Talk().say(START, *answers)


def question(talk: Talk) -> str:
    """The number of the question that was asked last."""
    found = re.search(r"\((\d+)/\d+\)", talk.replies[-1].text)
    return found[1] if found else ""


def tap(talk: Talk, label: str) -> Talk:
    [button] = [button for button in talk.replies[-1].buttons if button.label == label]
    return talk.press(button)


def test_straight_through_the_note_says_what_was_told() -> None:
    talk = begun("Nghị quyết về học phí", "Quyết định 407", "Có", "Có", "Có", "Có")
    assert say("form.review") in talk.reply.text
    note = talk.say("xem kết quả").reply
    assert "Dự thảo: Nghị quyết về học phí" in note.text
    assert f"khai: {say('criteria.met')}." in note.text
    assert "— III.4, 407-qd-ttg" in note.text
    assert "21/11/2026" in note.text
    assert labels(note) == [say("commands.checklist"), *choices("criteria.asks")]
    assert len(note.buttons) == 5
    [made] = talk.helper.notes
    assert (made.draft, made.verdict, made.by) == ("Nghị quyết về học phí", "met", "")
    assert (talk.state.form, talk.state.filling) == (None, False)
    assert talk.helper.asked == []


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        (("có", "có", "có", "có"), "met"),
        (("có", "không", "có", "chưa rõ"), "not_met"),
        (("có", "có", "chua ro", "có"), "unknown"),
    ],
)
@pytest.mark.parametrize("plan", ["407", "hai phong", "ia hdrai"])
def test_what_it_comes_to(plan: str, answers: tuple[str, ...], verdict: str) -> None:
    note = begun("bỏ qua", plan, *answers, "xong").reply.text
    assert f"khai: {say(f'criteria.{verdict}')}." in note
    assert "Dự thảo: không ghi" in note
    assert "không phải truyền thông" not in note


def test_the_reach_is_asked_as_the_plan_writes_it() -> None:
    for plan, words, clause in (
        ("407", "toàn tỉnh", "— III.2, 407-qd-ttg"),
        ("Hải Phòng", "toàn thành phố", "— II.2, hai-phong-gddt-2023"),
        ("Ia H’Drai", "toàn huyện", "— II.1, ia-hdrai-2022-2027"),
    ):
        asked = begun("bỏ qua", plan, "có", "có", "có").reply.text
        assert words in asked
        assert clause in asked


def test_choices_may_be_tapped_typed_or_numbered() -> None:
    talk = tap(tap(begun(), "Bỏ qua"), "Quyết định 407")
    assert question(talk.say("1")) == "4"
    assert question(tap(talk, "Không")) == "5"
    assert talk.state.form is not None
    assert talk.state.form.answers["proposal"] == "co"
    assert talk.state.form.answers["rights"] == "khong"


def test_an_old_button_answers_no_other_question() -> None:
    talk = begun("bỏ qua", "407")
    [yes] = [button for button in talk.reply.buttons if button.label == "Có"]
    talk.press(yes)
    assert question(talk.press(yes)) == "4"
    assert talk.reply.text.startswith(say("form.wrong_tap"))
    assert talk.state.form is not None
    assert "rights" not in talk.state.form.answers


def test_a_wrong_answer_is_told_why_with_an_example() -> None:
    talk = begun("bỏ qua", "407", "hơi hơi")
    assert talk.reply.text.startswith("Tôi chưa rõ ý")
    assert "ví dụ: Có" in talk.reply.text
    assert question(talk) == "3"
    assert talk.helper.asked == []


def test_a_question_in_between_is_answered_and_the_form_goes_on() -> None:
    talk = begun("bỏ qua", "407", "thế đề nghị xây dựng là gì vậy?")
    assert talk.helper.asked[0][0] == "thế đề nghị xây dựng là gì vậy?"
    answered, again = talk.replies
    assert answered.kind == "answer"
    assert question(talk) == "3"
    assert labels(again)[:3] == ["Có", "Không", "Chưa rõ"]
    assert question(talk.say("có")) == "4"


def test_a_question_is_no_name_of_a_draft() -> None:
    talk = begun("hạn nộp?")
    assert talk.helper.asked[0][0] == "hạn nộp?"
    assert question(talk) == "1"


def test_when_the_papers_ask_back_that_comes_first() -> None:
    talk = begun("bỏ qua", "407", "hạn nộp nào?")
    assert talk.reply.kind == "clarify"
    talk.say("2")
    assert talk.asked[-1] == "hạn nộp Huyện Ia H’Drai"
    assert question(talk) == "3"


def test_a_command_in_between_leaves_the_form_where_it_was() -> None:
    talk = begun("bỏ qua", "407", "trợ giúp")
    assert question(talk) == "3"
    talk.say("hỏi việc khác")
    assert talk.replies[0].text == say("form.paused")
    assert not talk.state.filling
    talk.say("có")
    assert talk.asked == ["có"]
    assert question(talk.say("làm tiếp")) == "3"


def test_saved_it_waits_and_a_restart_changes_nothing() -> None:
    talk = begun("bỏ qua", "407", "có", "lưu, làm sau")
    assert talk.reply.text == say("form.saved")
    kept = TypeAdapter(Conversation)
    talk.state = kept.validate_python(kept.dump_python(talk.state, mode="json"))
    assert talk.say("tiêu chí?").asked == ["tiêu chí?"]
    assert question(talk.say("làm tiếp")) == "4"
    assert talk.say("làm sau", START).reply.text.startswith("Anh/chị đang làm dở")


def test_back_and_mending_from_the_review() -> None:
    talk = begun("bỏ qua", "407", "có", "quay lại")
    assert question(talk) == "3"
    talk.say("không", "có", "có", "có", "sửa 3")
    assert question(talk) == "3"
    assert "3. Tiêu chí 1, phải lập đề nghị xây dựng: Chưa rõ" in talk.say("chua ro").reply.text
    wrong = say("form.wrong_review", submit=say("commands.form_submit"))
    assert talk.say("gì cơ").reply.text.startswith(wrong)


def test_cancelled_nothing_is_left() -> None:
    talk = begun("Nghị quyết về học phí", "hủy")
    assert talk.reply.text == say("form.cancelled")
    assert talk.state.form is None
    assert talk.say("làm tiếp").reply.text == say("form.none")
    assert talk.say("hủy").reply.text == say("form.none")


def test_a_draft_of_a_form_that_is_no_more_is_let_go() -> None:
    talk = Talk(state=Conversation(form=Progress("ngay-xua", 3), filling=True))
    assert talk.say("hạn nộp").asked == ["hạn nộp"]
    assert talk.say("làm tiếp").reply.text == say("form.none")


def test_erasing_takes_the_form_along() -> None:
    talk = begun("Nghị quyết về học phí", "xóa dữ liệu", "xác nhận xóa")
    assert talk.state.form is None


def test_a_form_is_never_filled_in_a_group() -> None:
    talk = Talk().in_group(START)
    assert talk.reply.text == say("chat.group_private")
    assert talk.state.form is None


def test_a_sticker_in_between_harms_nothing() -> None:
    talk = begun("bỏ qua", "407").hear(an_incoming("", event="sticker"))
    assert question(talk.say("có")) == "4"


def test_at_most_five_buttons_stand_under_a_question() -> None:
    talk = begun()
    for text in ("bỏ qua", "407", "có", "có", "có", "có"):
        assert 1 <= len(talk.reply.buttons) <= 5
        talk.say(text)
    assert len(talk.reply.buttons) <= 5


def test_every_clause_of_the_form_stands_in_the_papers() -> None:
    library = load_library(SHIPPED)
    for field in load_form(criteria.FORM).fields:
        if field.clause:
            clause = library.get(field.clause.document).clause(field.clause.address)
            assert "tiêu chí" in clause.text + clause.heading
