"""What was chosen is over while the form is filled in: it is told, and nothing written is lost."""

from __future__ import annotations

import pytest

from bot.forms.definition import Choice
from bot.registry import Acting
from bot.standing import KeptFile
from bot.texts import say
from tests.builders import an_incoming
from tests.talking import UNITS, FakeRegistry, Talk, labels

OPINION = "Mức thu nên thấp hơn ở miền núi"
OVER = "Dự thảo số 12 đã hết thời gian lấy góp ý"
BACK = say("commands.form_back")


def commenting(*said: str) -> Talk:
    return opened(Talk(), 11, 12, 13).say("gopy 12", *said)


def opened(talk: Talk, *numbers: int) -> Talk:
    """These drafts are open from now on, and no other."""
    talk.helper.registry.offered["drafts"] = tuple(
        Choice(str(n), f"{n}. Nghị quyết {n}", (f"gopy {n}",)) for n in numbers
    )
    return talk


def answers(talk: Talk) -> dict[str, str]:
    assert talk.state.form is not None
    return dict(talk.state.form.answers)


def page(number: int) -> KeptFile:
    return KeptFile(
        f"trang{number}.jpg", 9, sha256=f"{number:064}", media_type="image/jpeg", picture=True
    )


def sends(talk: Talk, *files: KeptFile) -> Talk:
    return talk.hear(an_incoming("", event="file"), files)


@pytest.mark.parametrize("opinion", [OPINION, f"ghi: {OPINION}"])
def test_what_is_written_to_a_draft_that_is_over_is_kept_for_another(opinion: str) -> None:
    talk = opened(commenting(), 11, 13).say(opinion)
    assert OVER in talk.reply.text
    assert f"“{OPINION}”" in talk.reply.text
    assert labels(talk.reply)[:2] == ["11. Nghị quyết 11", "13. Nghị quyết 13"]
    assert answers(talk) == {"comment": OPINION}
    assert "(3/4)" in talk.say("2").reply.text
    assert OVER not in talk.reply.text
    talk.say("không", "không", "gửi")
    [sent] = talk.helper.registry.kept
    assert (sent.answers["draft"], sent.answers["comment"]) == ("13", OPINION)


def test_the_only_other_draft_is_not_taken_unasked() -> None:
    talk = opened(commenting(OPINION), 11).say("không")
    assert OVER in talk.reply.text
    assert answers(talk) == {"comment": OPINION, "files": ""}
    assert "draft" not in answers(talk.say("làm tiếp"))


@pytest.mark.parametrize("said", ["gửi", "sửa 2", "quay lại", "không rõ"])
def test_it_is_told_whatever_is_done_at_the_review(said: str) -> None:
    talk = opened(commenting(OPINION, "không", "không"), 11).say(said)
    assert OVER in talk.reply.text
    assert "cho dự thảo nào" in talk.reply.text
    assert answers(talk)["comment"] == OPINION
    assert talk.helper.registry.kept == []


def test_it_is_told_whoever_comes_back_after_days() -> None:
    talk = opened(commenting(OPINION, "lưu, làm sau"), 11).say("làm tiếp")
    assert OVER in talk.reply.text
    assert "(3/4)" in talk.say("gopy 11", "nghi quyet 11").reply.text
    assert answers(talk) == {"draft": "11", "comment": OPINION}


def test_a_question_in_between_is_answered_and_then_it_is_told_once() -> None:
    talk = opened(commenting(OPINION), 11).say("ai chủ trì xây dựng nội dung truyền thông?")
    answered, asked = talk.replies
    assert answered.kind == "answer"
    assert OVER in asked.text
    assert "(3/4)" in talk.say("1").reply.text
    assert answers(talk) == {"draft": "11", "comment": OPINION}


def test_a_button_of_where_one_stood_does_nothing_where_one_stands_now() -> None:
    talk = commenting(OPINION)
    [back] = [button for button in talk.reply.buttons if button.label == BACK]
    assert OVER in opened(talk, 11).press(back).reply.text
    assert answers(talk) == {"comment": OPINION}


def test_a_tap_that_answered_counts_too() -> None:
    talk = commenting(OPINION)
    [skip] = [b for b in talk.reply.buttons if b.label == say("commands.form_skip")]
    assert OVER in opened(talk, 11).press(skip).reply.text
    assert answers(talk) == {"comment": OPINION, "files": ""}


def test_pages_that_were_gathered_stay() -> None:
    talk = sends(sends(commenting(OPINION), page(1)), page(2))
    assert OVER in sends(opened(talk, 11), page(3)).reply.text
    assert answers(talk)["files"].split() == [f"{n:064}" for n in (1, 2, 3)]
    talk = opened(sends(commenting(OPINION), page(1)), 11).say("xong")
    assert OVER in talk.reply.text
    assert "(4/4)" in talk.say("1").reply.text
    assert answers(talk)["files"] == f"{1:064}"


def test_when_none_is_open_it_rests_with_what_was_written() -> None:
    talk = opened(commenting()).say(OPINION)
    assert "không có dự thảo nào" in talk.reply.text
    assert say("form.paused") in talk.reply.text
    sends(talk, page(1))
    assert "(4/4)" in opened(talk, 12).say("làm tiếp", "xong").reply.text
    assert answers(talk) == {"draft": "12", "comment": OPINION, "files": f"{1:064}"}


def test_files_sent_before_anything_is_said_of_it_stay_as_well() -> None:
    talk = sends(opened(commenting(OPINION)), page(1))
    assert say("form.files_later", names="trang1.jpg") in talk.replies[0].text
    assert "không có dự thảo nào" in talk.replies[-1].text
    assert "1 trang" in opened(talk, 12).say("làm tiếp").reply.text


def test_a_text_written_for_a_unit_that_was_left_is_kept() -> None:
    units = tuple(Acting(n, UNITS[n], "", False, False, True) for n in UNITS)
    talk = Talk()
    talk.helper.registry = FakeRegistry(mine=units)
    talk.say("phản ánh", UNITS[7])
    talk.helper.registry.mine = (units[1], Acting(9, "Phòng khác", "", False, False, True))
    talk.say("Phòng không còn")
    assert say("form.gone", name="Thay mặt đơn vị") in talk.reply.text
    assert answers(talk)["problem"] == "Phòng không còn"
    assert [button.label for button in talk.reply.buttons][:2] == [UNITS[8], "Phòng khác"]


def test_a_duty_of_the_unit_that_was_mended_is_told_to_be_over() -> None:
    talk = Talk()
    units = tuple(Acting(n, UNITS[n], "", False, False, True) for n in UNITS)
    talk.helper.registry = FakeRegistry(mine=units)
    talk.helper.registry.duties = {"7": (Choice("v1", "Gửi báo cáo năm"),)}
    talk.say("báo cáo", UNITS[7], "gui bao cao nam", "chưa xong", "Đang chờ", "30/11", "sửa 1")
    talk.say(UNITS[8])
    assert say("form.gone", name="Việc") in talk.reply.text
    assert answers(talk)["reason"] == "Đang chờ"
