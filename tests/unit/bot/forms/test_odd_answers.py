"""People on phones: without accents, with courtesy, with half a sentence around what they mean."""

from __future__ import annotations

import pytest

from bot.forms.definition import Choice
from bot.texts import say
from tests.talking import FakeRegistry, Talk

OPINION = "Mức thu nên thấp hơn ở miền núi"


def commenting(*said: str) -> Talk:
    talk = Talk()
    talk.helper.registry = FakeRegistry(mine=())
    talk.helper.registry.offered["drafts"] = (Choice("12", "12. Nghị quyết"), Choice("11", "11. X"))
    return talk.say("gopy 12", *said)


def reporting(*said: str) -> Talk:
    talk = Talk()
    talk.helper.registry.offered["duties"] = (Choice("v1", "Gửi báo cáo năm"),)
    return talk.say("báo cáo", "1", *said)


def answers(talk: Talk) -> dict[str, str]:
    assert talk.state.form is not None
    return dict(talk.state.form.answers)


@pytest.mark.parametrize(
    "said",
    [
        "sua so 2", "sửa mục số 2", "Sua cau so 2 nhe", "em muốn sửa câu 2 ạ", "sửa lại câu 2",
        "cho em sửa câu số 2 với ạ", "câu 2 sai rồi", "cau so 2 bi nham", "sua gop y", "Sửa góp ý",
        "sua2",
    ],
)  # fmt: skip
def test_an_answer_is_mended_however_it_is_said(said: str) -> None:
    talk = commenting(OPINION, "không", "không", said)
    assert "(2/4)" in talk.reply.text
    assert say("form.review") in talk.say("Ý kiến khác hẳn").reply.text
    assert answers(talk)["comment"] == "Ý kiến khác hẳn"


@pytest.mark.parametrize("said", ["sửa câu 9", "sửa", "câu 2 hay lắm", "sửa chữa đường", "22"])
def test_what_mends_nothing_changes_nothing(said: str) -> None:
    talk = commenting(OPINION, "không", "không")
    before = answers(talk)
    assert answers(talk.say(said)) == before
    assert talk.helper.registry.kept == []


@pytest.mark.parametrize("said", ["ok gửi đi", "OK, gửi luôn ạ", "dạ gửi ạ", "gui gop y"])
def test_it_is_sent_with_some_courtesy(said: str) -> None:
    assert commenting(OPINION, "không", "không", said).helper.registry.kept


@pytest.mark.parametrize("said", ["đồng ý", "Tôi đồng ý", "nhất trí", "không đồng ý"])
def test_who_agrees_with_a_draft_has_said_so(said: str) -> None:
    talk = commenting(said)
    assert "(3/4)" in talk.reply.text
    assert answers(talk)["comment"] == said
    talk.say("không", "không", "đồng ý")
    assert talk.reply.text.startswith(say("form.wrong_review", submit="Gửi góp ý"))


@pytest.mark.parametrize("said", ["😀", "👍👍", "...", "?!", "---"])
def test_signs_alone_are_no_comment(said: str) -> None:
    talk = commenting(said)
    assert "(2/4)" in talk.replies[-1].text
    assert "comment" not in answers(talk)


def test_an_opinion_with_a_sign_is_one() -> None:
    assert answers(commenting("Rất tốt 👍"))["comment"] == "Rất tốt 👍"


@pytest.mark.parametrize("said", ["ko", "Ko có ạ", "k có", "không có đâu ạ", "dạ không nhé"])
def test_no_is_said_in_many_ways(said: str) -> None:
    talk = commenting(OPINION, said)
    assert "(4/4)" in talk.reply.text
    assert answers(talk)["files"] == ""


@pytest.mark.parametrize("said", ["không nêu tên nhé", "dạ không cần nêu tên ạ", "ko nêu tên"])
def test_who_gives_no_name_has_none(said: str) -> None:
    assert answers(commenting(OPINION, "không", said))["person"] == ""


@pytest.mark.parametrize("said", ["không muốn nói", "ko nói tên được"])
def test_a_refusal_is_no_name(said: str) -> None:
    talk = commenting(OPINION, "không", said)
    assert talk.reply.text.startswith(say("form.wrong_person"))


@pytest.mark.parametrize(
    "said",
    ["Trần Văn An", "tên tôi là Trần Văn An", "Dạ em là Trần Văn An", "Họ và tên: Trần Văn An",
     "ten em la Trần Văn An", "Tôi tên là Trần Văn An"],
)  # fmt: skip
def test_a_name_is_taken_out_of_its_sentence(said: str) -> None:
    assert answers(commenting(OPINION, "không", said))["person"] == "Trần Văn An"


@pytest.mark.parametrize(
    ("said", "outcome"),
    [("xin lùi hạn ạ", "lui-han"), ("dạ em xin lui han", "lui-han"), ("đã xong rồi ạ", "xong"),
     ("da hoan thanh roi a", "xong"), ("chua xong a", "chua"), ("xong", "xong")],
)  # fmt: skip
def test_a_choice_with_courtesy_is_that_choice(said: str, outcome: str) -> None:
    talk = reporting(said)
    assert answers(talk)["outcome"] == outcome


def test_elsewhere_the_same_words_begin_a_form() -> None:
    assert "(2/14)" in commenting_officer("xin lùi hạn").reply.text


def commenting_officer(said: str) -> Talk:
    talk = Talk()
    talk.helper.registry.offered["drafts"] = (Choice("12", "12. Nghị quyết"),)
    talk.helper.registry.offered["duties"] = (Choice("v1", "Gửi báo cáo năm"),)
    return talk.say("gopy 12", said)


@pytest.mark.parametrize(
    "said", ["0912 345 678", "số 0912345678", "0912.345.678 gọi giờ hành chính ạ", "+84912345678"]
)
def test_a_number_is_taken_out_of_its_sentence(said: str) -> None:
    talk = Talk().say("phản ánh", "Phòng không còn", "ko có", said)
    assert answers(talk)["phone"] == "0912345678"


@pytest.mark.parametrize(
    "said", ["0912345678 hoặc 0987654321", "09123", "12/0912345678", "091234567890123"]
)
def test_what_is_not_one_number_is_none(said: str) -> None:
    talk = Talk().say("phản ánh", "Phòng không còn", "không", said)
    assert "phone" not in answers(talk)


@pytest.mark.parametrize("said", ["mùng 5 tháng chạp", "ram thang 7", "mùng 2 tháng giêng"])
def test_days_of_the_moon_are_asked_for_anew(said: str) -> None:
    talk = reporting("đã xong", said)
    assert talk.reply.text.startswith(say("form.wrong_lunar", example="hôm qua, hoặc 20/9/2026"))


def test_a_day_that_there_is_not() -> None:
    talk = reporting("đã xong", "ngày 31/2")
    assert talk.reply.text.startswith(say("form.wrong_date", example="hôm qua, hoặc 20/9/2026"))
