"""A button that is tapped while the form stands elsewhere: it does nothing there, and says so."""

from __future__ import annotations

import pytest

from bot.forms.definition import Choice
from bot.messages import Button
from bot.standing import KeptFile
from bot.texts import say
from tests.builders import an_incoming
from tests.talking import FakeRegistry, Talk, labels

BACK, SAVE, SKIP = (say(f"commands.form_{name}") for name in ("back", "save", "skip"))
DONE = say("commands.form_done")


def commenting(*said: str) -> Talk:
    talk = Talk()
    talk.helper.registry.offered["drafts"] = (Choice("11", "11. Nghị quyết"), Choice("12", "12. X"))
    return talk.say("gopy 12", *said)


def labelled(talk: Talk, label: str) -> Button:
    [button] = [button for button in talk.replies[-1].buttons if button.label == label]
    return button


def page(number: int) -> KeptFile:
    return KeptFile(
        f"trang{number}.jpg", 9, sha256=f"{number:064}", media_type="image/jpeg", picture=True
    )


@pytest.mark.parametrize("label", [BACK, SAVE, SKIP])
def test_a_button_of_an_earlier_question_leaves_the_form_where_it_is(label: str) -> None:
    talk = commenting("Mức thu nên thấp hơn")
    old = labelled(talk, label)
    before = talk.say("không").state
    assert "(4/4)" in talk.reply.text
    told = talk.press(old).reply.text
    assert told.startswith(say("form.wrong_tap"))
    assert "(4/4)" in told
    assert (talk.state.form, talk.state.filling) == (before.form, True)


@pytest.mark.parametrize("label", [BACK, SAVE])
def test_a_button_of_a_question_leaves_the_review_where_it_is(label: str) -> None:
    talk = commenting("Mức thu nên thấp hơn", "không")
    old = labelled(talk, label)
    talk.say("không")
    told = talk.press(old).reply.text
    assert told.startswith(say("form.wrong_tap"))
    assert say("form.review") in told
    assert talk.state.filling


@pytest.mark.parametrize("label", [BACK, SAVE, say("commands.form_edit"), "Gửi góp ý"])
def test_a_button_of_the_review_does_nothing_at_a_question(label: str) -> None:
    talk = commenting("Mức thu nên thấp hơn", "không", "không")
    old = labelled(talk, label)
    talk.say("sửa 2")
    assert "(2/4)" in talk.press(old).reply.text
    assert talk.state.filling
    assert talk.helper.registry.kept == []


def test_back_tapped_twice_goes_back_once() -> None:
    talk = commenting("Mức thu nên thấp hơn", "không")
    back = labelled(talk, BACK)
    assert "(3/4)" in talk.press(back).reply.text
    assert "(3/4)" in talk.press(back).reply.text


def test_typed_it_goes_back_from_wherever_one_is() -> None:
    talk = commenting("Mức thu nên thấp hơn", "không")
    assert "(2/4)" in talk.say("quay lai", "Quay lại").reply.text
    assert talk.say("luu, lam sau").reply.text == say("form.saved")


def test_where_it_was_shown_it_works() -> None:
    talk = commenting("Mức thu nên thấp hơn")
    assert "(2/4)" in talk.press(labelled(talk, BACK)).reply.text
    assert talk.press(labelled(talk, SAVE)).reply.text == say("form.saved")
    assert not talk.state.filling


def test_a_button_of_another_form_answers_no_question_of_the_same_name() -> None:
    talk = commenting("Mức thu nên thấp hơn")
    skips_files = labelled(talk, SKIP)
    talk.say("phản ánh", "Phòng không còn")
    assert "tệp kèm theo" in talk.reply.text
    assert talk.press(skips_files).reply.text.startswith(say("form.wrong_tap"))
    assert talk.state.form is not None
    assert "files" not in talk.state.form.answers


def test_done_of_the_pages_does_not_say_that_a_duty_is_done() -> None:
    talk = Talk().say("nộp kế hoạch", "riêng").hear(an_incoming("", event="file"), [page(1)])
    done = labelled(talk, DONE)
    talk.say("báo cáo", "Việc riêng")
    assert "đến đâu" in talk.reply.text
    assert talk.press(done).reply.text.startswith(say("form.wrong_tap"))


def test_a_name_that_may_have_been_meant_is_no_text_elsewhere() -> None:
    talk = Talk()
    talk.helper.registry = FakeRegistry(mine=())
    near = talk.say("đăng ký", "ng").reply.buttons[0]
    talk.say("Trường THPT Ngô Quyền", "Trần Văn An")
    assert talk.press(near).reply.text.startswith(say("form.wrong_tap"))
    assert talk.state.form is not None
    assert "post" not in talk.state.form.answers


def test_an_answer_to_mend_is_that_of_the_form_it_was_shown_for() -> None:
    talk = commenting("Mức thu nên thấp hơn", "không", "không", "sửa")
    mends = labelled(talk, "Góp ý")
    talk.say("phản ánh", "Phòng không còn", "không", "không")
    assert say("form.review") in talk.reply.text
    assert talk.press(mends).reply.text.startswith(say("form.wrong_tap"))


def test_of_a_form_that_was_given_up_none_is_said_to_be_sent() -> None:
    """The last that was sent is another one."""
    talk = commenting("Mức thu nên thấp hơn", "không", "không", "gửi")
    talk.say("phản ánh", "Phòng không còn")
    old = labelled(talk, SKIP)
    talk.say("hủy")
    assert talk.press(old).reply.text == say("form.none")


def test_on_a_form_that_rests_it_says_so() -> None:
    talk = commenting("Mức thu nên thấp hơn")
    save = labelled(talk, SAVE)
    talk.press(save)
    assert talk.press(save).reply.text == say("form.paused")


# --- what is neither text nor button nor file ---------------------------------------------------


@pytest.mark.parametrize("event", ["voice", "sticker", "location", "contact", "unknown", "secret"])
def test_the_form_goes_on_after_what_it_cannot_take(event: str) -> None:
    talk = commenting().hear(an_incoming("", event=event))
    told, asked = talk.replies
    assert told.text
    assert "(2/4)" in asked.text
    assert labels(asked) == [BACK, SAVE]
    assert talk.state.filling
    assert "(3/4)" in talk.say("Mức thu nên thấp hơn").reply.text


def test_it_goes_on_after_a_button_that_nobody_knows_any_more() -> None:
    talk = commenting().hear(an_incoming("", event="press", button="1.99.0.00000000"))
    told, asked = talk.replies
    assert told.text == say("chat.old_button")
    assert "(2/4)" in asked.text


def test_without_a_form_nothing_is_asked() -> None:
    [told] = Talk().hear(an_incoming("", event="voice")).replies
    assert told.text == say("chat.voice")
