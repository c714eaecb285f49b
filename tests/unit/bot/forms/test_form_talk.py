"""Every form in a conversation: straight through, mended, interrupted, put aside, sent once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from bot.forms.definition import Choice, load_form, read_form
from bot.registry import Acting, Candidate, FilledForm
from bot.standing import Conversation, KeptFile
from bot.texts import say
from tests.builders import an_incoming
from tests.talking import UNITS, FakeRegistry, Talk, labels

SCHOOL = Acting(7, UNITS[7], "hai-phong-gddt-2023", False, False, True)
OFFICE = Acting(8, UNITS[8], "", False, True, True)
FACTS = {
    "number": "12/KH-THPT", "date": "2026-09-20", "title": "Kế hoạch truyền thông",
    "signatory": "Trần Văn An", "year": "2026",
}  # fmt: skip


def paper(name: str = "ke-hoach.docx", sha256: str = "a", **values: Any) -> KeptFile:
    return KeptFile(name, 20_000, sha256=sha256 * 64, media_type="application/msword", **values)


def page(number: int, **values: Any) -> KeptFile:
    return KeptFile(
        f"trang{number}.jpg", 9_000, sha256=f"{number:064}", media_type="image/jpeg",
        picture=True, **values,
    )  # fmt: skip


def sends(talk: Talk, *files: KeptFile) -> Talk:
    return talk.hear(an_incoming("", event="file"), files)


def tap(talk: Talk, label: str) -> Talk:
    [button] = [button for button in talk.replies[-1].buttons if button.label == label]
    return talk.press(button)


def kept(talk: Talk) -> FilledForm:
    [filled] = talk.helper.registry.kept
    return filled


def restarted(talk: Talk) -> Talk:
    """The conversation comes back from where it lies."""
    adapter = TypeAdapter(Conversation)
    talk.state = adapter.validate_json(adapter.dump_json(talk.state))
    return talk


# --- submitting a plan --------------------------------------------------------------------------


def test_the_file_first_fills_in_what_it_says() -> None:
    talk = sends(Talk(), paper(facts=FACTS))
    assert labels(talk.reply) == [say("commands.submit_plan"), say("commands.report")]
    talk = tap(talk, say("commands.submit_plan"))
    assert "(2/9)" in talk.reply.text
    assert "dấu Mật" in talk.reply.text
    review = talk.say("kế hoạch riêng", "bỏ qua").reply.text
    for line in ("4. Số, ký hiệu: 12/KH-THPT", "5. Ngày ban hành: 20/09/2026", "8. Năm: 2026"):
        assert f"{line} (đọc từ tệp)" in review
    receipt = talk.say("gửi").reply.text
    assert "HS-00001" in receipt
    assert load_form("nop-ke-hoach").receipt in receipt
    assert kept(talk).answers["number"] == "12/KH-THPT"
    assert [file.name for file in kept(talk).files] == ["ke-hoach.docx"]
    assert (talk.state.form, talk.state.filling, talk.state.early) == (None, False, ())


def test_without_anything_to_read_it_is_asked() -> None:
    talk = Talk().say("nop ke hoach", "long ghep")
    sends(talk, paper())
    talk.say("12/KH-THPT", "hôm qua", "Kế hoạch truyền thông", "Trần Văn An", "2026", "bỏ qua")
    assert talk.say("gui").helper.registry.kept
    assert kept(talk).answers == {
        "unit": "7", "form_of_plan": "long-ghep", "files": "a" * 64, "number": "12/KH-THPT",
        "date": "2026-11-20", "title": "Kế hoạch truyền thông", "signatory": "Trần Văn An",
        "year": "2026", "note": "",
    }  # fmt: skip


def test_pages_are_gathered_in_order_until_done() -> None:
    talk = Talk().say("nộp kế hoạch", "riêng")
    for number in (1, 2, 3):
        sends(talk, page(number))
    assert "3 trang" in talk.reply.text
    assert labels(talk.reply)[0] == "Xong"
    assert "(4/9)" in talk.say("xong").reply.text
    assert talk.state.form is not None
    assert talk.state.form.answers["files"].split() == [f"{n:064}" for n in (1, 2, 3)]


def test_a_blurred_page_is_told_and_kept() -> None:
    talk = sends(Talk().say("nộp kế hoạch", "riêng"), page(1, blurred=True))
    assert "có vẻ mờ" in talk.reply.text
    assert "1 trang" in talk.reply.text


def test_the_same_page_twice_is_one() -> None:
    talk = Talk().say("nộp kế hoạch", "riêng")
    sends(sends(talk, page(1)), page(1))
    assert "1 trang" in talk.reply.text


def test_a_file_that_comes_late_is_taken_where_it_belongs() -> None:
    talk = sends(Talk().say("nộp kế hoạch", "riêng"), paper())
    sends(talk, paper("phu-luc.docx", "b"))
    assert "(4/9)" in talk.reply.text
    talk.say("bỏ qua", "bỏ qua", "Kế hoạch", "bỏ qua", "2026", "bỏ qua", "gửi")
    assert [file.name for file in kept(talk).files] == ["ke-hoach.docx", "phu-luc.docx"]


def test_files_sent_anew_take_the_place_of_the_first() -> None:
    talk = sends(Talk().say("nộp kế hoạch", "riêng"), paper(facts=FACTS))
    talk.say("bỏ qua", "sửa 3")
    sends(talk, paper("ban-moi.docx", "b"))
    assert "3. Tệp: ban-moi.docx" in talk.reply.text


def test_what_is_to_be_mended_may_be_tapped() -> None:
    talk = sends(Talk().say("nộp kế hoạch", "riêng"), paper(facts=FACTS)).say("bỏ qua")
    assert "Tên kế hoạch?" in tap(tap(talk, "Sửa"), "Tên kế hoạch").reply.text
    assert "6. Tên kế hoạch: Kế hoạch mới" in talk.say("Kế hoạch mới").reply.text


def test_too_many_files_are_refused_and_nothing_is_lost() -> None:
    talk = Talk().say("nộp kế hoạch", "riêng")
    for number in range(30):
        sends(talk, page(number))
    before = talk.state.form
    assert say("form.wrong_too_many") in sends(talk, page(31)).reply.text
    assert talk.state.form == before


def test_a_wrong_file_is_refused_and_the_form_stands_where_it_was() -> None:
    talk = Talk().say("nộp kế hoạch", "riêng")
    before = talk.state
    sends(talk, KeptFile("x.exe", 9, "loại tệp này không được nhận."))
    refused, asked = talk.replies
    assert "x.exe" in refused.text
    assert "(3/9)" in asked.text
    assert talk.state.form == before.form
    assert talk.say("gì đây").reply.text.startswith(say("form.wrong_files"))


def test_a_question_in_between_is_answered_and_the_form_goes_on() -> None:
    talk = sends(Talk().say("nộp kế hoạch", "riêng"), paper())
    answered, asked = talk.say("ai chủ trì xây dựng nội dung truyền thông?").replies
    assert answered.kind == "answer"
    assert "(4/9)" in asked.text


def test_put_aside_for_days_and_over_restarts() -> None:
    talk = sends(Talk().say("nộp kế hoạch", "riêng"), page(1))
    talk.say("lưu, làm sau", "hỏi việc khác", "kinh phí lấy từ đâu")
    assert "1 trang" in restarted(talk).say("làm tiếp").reply.text
    assert "(4/9)" in sends(restarted(talk), page(2)).say("xong").reply.text


def test_another_form_lets_the_first_rest() -> None:
    talk = sends(Talk().say("nộp kế hoạch", "riêng"), paper())
    talk.say("báo cáo", "hủy")
    assert "(4/9)" in talk.say("làm tiếp").reply.text


def test_sent_twice_is_one_record() -> None:
    talk = sends(Talk().say("nộp kế hoạch", "riêng"), paper(facts=FACTS)).say("bỏ qua")
    old = talk.replies[-1].buttons[0]
    talk.press(old)
    assert "HS-00001" in talk.press(old).reply.text
    assert "HS-00001" in talk.say("gửi").reply.text
    assert len(talk.helper.registry.kept) == 1


def test_sent_and_corrected_it_is_a_new_version() -> None:
    talk = sends(Talk().say("nộp kế hoạch", "riêng"), paper(facts=FACTS)).say("bỏ qua", "gửi")
    talk.say("hồ sơ của tôi")
    assert labels(talk.reply) == ["Sửa HS-00001", "Rút HS-00001"]
    tap(talk, "Sửa HS-00001").say("sửa 6", "Kế hoạch mới", "gửi")
    first, second = talk.helper.registry.kept
    assert (first.previous, second.previous) == ("", "HS-00001")
    assert second.answers["title"] == "Kế hoạch mới"
    assert second.files == first.files


def test_taken_back_only_after_asking() -> None:
    talk = sends(Talk().say("nộp kế hoạch", "riêng"), paper(facts=FACTS)).say("bỏ qua", "gửi")
    talk.say("rut ho so hs-00001")
    assert talk.helper.registry.withdrawn == []
    tap(talk, say("records.sure"))
    assert talk.helper.registry.withdrawn == ["HS-00001"]
    assert say("records.state_withdrawn") in talk.say("rút HS-00001").reply.text


def test_nobody_reaches_the_record_of_another() -> None:
    for text in ("rút HS-7K2M9", "sửa HS-7K2M9", "xác nhận rút HS-7K2M9", "/rut HS-7K2M9"):
        talk = Talk().say(text)
        assert talk.reply.text == say("records.unknown", code="HS-7K2M9")
        assert talk.helper.registry.withdrawn == []


def test_an_edited_form_keeps_the_answers_that_it_takes() -> None:
    talk = sends(Talk().say("nộp kế hoạch", "riêng"), paper())
    shipped = load_form("nop-ke-hoach")
    edited = replace(shipped, version=2, fields=shipped.fields[1:])
    talk.helper.registry.forms["nop-ke-hoach"] = edited
    assert "(3/8)" in talk.say("lưu, làm sau", "làm tiếp").reply.text
    assert "vừa được sửa" in talk.reply.text


# --- for whom -----------------------------------------------------------------------------------


def of(*units: Acting) -> Talk:
    talk = Talk()
    talk.helper.registry = FakeRegistry(mine=units)
    return talk


@pytest.mark.parametrize("wish", ["nộp kế hoạch", "báo cáo", "phản ánh vướng mắc"])
def test_a_citizen_gets_no_form_of_officers(wish: str) -> None:
    talk = of().say(wish)
    assert talk.state.form is None
    assert labels(talk.reply) == [say("commands.register")]


def test_who_acts_for_several_units_says_for_which_once() -> None:
    talk = of(SCHOOL, OFFICE).say("nộp kế hoạch")
    assert labels(talk.reply)[:2] == [UNITS[7], UNITS[8]]
    assert "kế hoạch riêng" in tap(talk, UNITS[7]).reply.text


def test_a_shared_account_asks_who_is_acting() -> None:
    talk = of(SCHOOL, OFFICE).say("nộp kế hoạch")
    assert "Người đang gửi là ai" in tap(talk, UNITS[8]).reply.text
    assert "riêng hay lồng ghép" in talk.say("Trần Văn An").reply.text


def test_a_unit_of_others_cannot_be_named() -> None:
    talk = of(SCHOOL, OFFICE).say("nộp kế hoạch", "/dien nop-ke-hoach.unit 9")
    assert "thay mặt đơn vị nào" in talk.reply.text
    assert talk.state.form is not None
    assert talk.state.form.answers == {}


def test_a_unit_that_was_lost_meanwhile_is_asked_anew() -> None:
    talk = sends(of(SCHOOL, OFFICE).say("nộp kế hoạch", UNITS[7], "riêng"), paper(facts=FACTS))
    talk.say("bỏ qua")
    talk.helper.registry.mine = (OFFICE, replace(SCHOOL, unit_id=9, name="Phòng khác"))
    assert "thay mặt đơn vị nào" in talk.say("gửi").reply.text
    assert talk.helper.registry.kept == []


@pytest.mark.parametrize("answer", ["gửi", "sửa 2", "làm tiếp", "ai chủ trì xây dựng nội dung?"])
def test_who_acts_for_no_unit_any_more_sends_nothing(answer: str) -> None:
    talk = sends(of(SCHOOL).say("nộp kế hoạch", "riêng"), paper(facts=FACTS)).say("bỏ qua")
    talk.helper.registry.mine = ()
    talk.say(answer)
    assert "dành cho cán bộ đã đăng ký" in talk.replies[-1].text
    assert talk.helper.registry.kept == []
    talk.helper.registry.mine = (SCHOOL,)
    assert "xem lại" in talk.say("làm tiếp").reply.text


# --- agreeing -----------------------------------------------------------------------------------


def test_nothing_is_kept_before_the_person_agrees() -> None:
    talk = of(SCHOOL)
    talk.helper.registry.consents.clear()
    asked = talk.say("nộp kế hoạch").reply
    assert say("consent.purpose_submit") in asked.text
    assert labels(asked) == ["Đồng ý", "Không đồng ý"]
    assert talk.state.form is None
    assert talk.say("không đồng ý").state.agreeing is None
    assert talk.helper.registry.consents == set()
    assert "(2/9)" in talk.say("nộp kế hoạch", "đồng ý").reply.text
    assert talk.helper.registry.consents == {"submit"}
    assert "(2/9)" in talk.say("hủy", "nộp kế hoạch").reply.text  # asked once


def test_an_agreement_taken_back_is_asked_for_again() -> None:
    talk = Talk().say("nộp kế hoạch", "rút đồng ý")
    assert talk.helper.registry.consents
    tap(talk, say("commands.withdraw_now"))
    assert talk.helper.registry.consents == set()
    assert (talk.state.form, talk.state.resting) == (None, ())
    assert say("consent.purpose_submit") in talk.say("nộp kế hoạch").reply.text


# --- acting for a unit --------------------------------------------------------------------------


def test_an_invitation_names_the_unit() -> None:
    for said in ("mã đơn vị K7M2-P9QX", "ma don vi k7m2p9qx", "/start DVK7M2P9QX", "K7M2-P9QX"):
        talk = of()
        talk.helper.registry.invitations["K7M2-P9QX"] = UNITS[7]
        assert "(2/3)" in talk.say(said).reply.text
        talk.say("Trần Văn An", "Giáo viên")
        assert UNITS[7] in talk.reply.text
        assert talk.say("gửi").reply.text == say("register.asked", unit=UNITS[7])
        [filled] = talk.helper.registry.registered
        assert filled.known["invite.code"] == "K7M2-P9QX"
        assert filled.answers == {"unit": UNITS[7], "person": "Trần Văn An", "post": "Giáo viên"}


def test_a_link_that_begins_the_conversation_names_what_it_is_for() -> None:
    talk = of()
    talk.helper.registry.invitations["K7M2-P9QX"] = UNITS[7]
    assert "(2/3)" in talk.hear(an_incoming("DVK7M2P9QX", event="start")).reply.text
    number_12 = commenting(12).say("GOPY 12").reply.text
    assert commenting(12).hear(an_incoming("GOPY12", event="start")).reply.text == number_12
    assert commenting(11).hear(an_incoming("GOPY12", event="start")).reply.text == say(
        "drafts.closed", number="12"
    )


def test_without_an_invitation_the_unit_is_looked_up() -> None:
    talk = of().say("đăng ký", "bệnh viện")
    assert talk.reply.text.startswith(
        say("form.wrong_unit", example="Trường Trung học phổ thông Ngô Quyền")
    )
    talk.say("ng")
    assert labels(talk.reply)[:2] == [UNITS[7], UNITS[8]]
    assert "Họ và tên" in tap(talk, UNITS[8]).reply.text


def test_a_code_that_is_none() -> None:
    assert Talk().say("mã đơn vị K7M2-P9QX").reply.text == say("register.wrong_code")


def test_the_head_confirms_who_waits() -> None:
    head = replace(SCHOOL, head=True)
    talk = of(head)
    talk.helper.registry.waiting = (Candidate(4, "Trần Văn An", "Giáo viên", UNITS[7]),)
    tap(talk.say("người của đơn vị"), "Xác nhận Trần Văn An")
    assert talk.helper.registry.decided == [(4, True)]
    assert talk.say("/tuchoi 5").reply.text == say("people.gone")


@pytest.mark.parametrize("asked", ["người của đơn vị", "hồ sơ của đơn vị"])
@pytest.mark.parametrize("unit", [SCHOOL, replace(SCHOOL, head=True, confirmed=False)])
def test_only_a_confirmed_head_sees_what_is_the_units(asked: str, unit: Acting) -> None:
    assert of(unit).say(asked).reply.text == say("records.heads_only")


# --- the other forms ----------------------------------------------------------------------------

DUTY = Choice("v0001", "Gửi báo cáo kết quả (trước ngày 10/12/2026)")


def reporting() -> Talk:
    talk = of(SCHOOL)
    talk.helper.registry.offered["duties"] = (DUTY,)
    return talk.say("báo cáo")


def test_a_duty_is_reported_as_done() -> None:
    talk = tap(reporting(), DUTY.label).say("đã xong", "hôm qua", "45/BC-THPT", "bỏ qua")
    talk.say("3", "12", "bỏ qua", "bỏ qua", "Chưa có kinh phí", "bỏ qua", "bỏ qua", "gửi")
    answers = kept(talk).answers
    assert (answers["duty"], answers["outcome"], answers["done_on"]) == (
        "v0001",
        "xong",
        "2026-11-20",
    )
    assert (answers["drafts"], answers["activities"], answers["comments"]) == ("3", "12", "")


@pytest.mark.parametrize("units", [(SCHOOL,), (SCHOOL, OFFICE)])
def test_the_duties_are_those_of_the_unit_that_was_chosen(units: tuple[Acting, ...]) -> None:
    talk = of(*units)
    talk.helper.registry.duties = {"7": (DUTY,)}
    talk.say("báo cáo")
    if len(units) > 1:
        tap(talk, UNITS[7])
    assert "việc nào" in talk.reply.text
    assert labels(talk.reply)[:2] == [DUTY.label, "Việc khác"]


def test_a_unit_without_duties_names_its_own() -> None:
    talk = of(SCHOOL, OFFICE)
    talk.helper.registry.duties = {"7": (DUTY,)}
    assert "Đó là việc gì" in tap(talk.say("báo cáo"), UNITS[8]).say("Trần Văn An").reply.text


def test_a_duty_was_sent_another_way() -> None:
    talk = tap(reporting(), DUTY.label).say("da gui bang duong khac")
    assert "chờ đối chiếu" in talk.reply.text
    talk.say("email", "bỏ qua", "20/11")
    talk.say("bỏ qua", "gửi")
    assert kept(talk).answers["sent_on"] == "2026-11-20"


@pytest.mark.parametrize(("said", "outcome"), [("chưa xong", "chua"), ("xin lùi hạn", "lui-han")])
def test_a_duty_is_late(said: str, outcome: str) -> None:
    talk = tap(reporting(), DUTY.label).say(said, "Đang chờ phòng Tài chính", "30/11", "gửi")
    assert kept(talk).answers["outcome"] == outcome
    assert kept(talk).answers["expected_on"] == "2026-11-30"


def test_an_outcome_that_changes_takes_its_answers_along() -> None:
    talk = tap(reporting(), DUTY.label).say("chưa xong", "Đang chờ", "30/11", "sửa 3", "xong rồi")
    assert "Hoàn thành ngày nào" in talk.reply.text
    assert talk.state.form is not None
    assert "reason" not in talk.state.form.answers


def test_a_difficulty_goes_to_whom_the_office_names() -> None:
    talk = of(SCHOOL)
    told = "Nay là: Thanh tra tỉnh. Liên hệ: 0225 000 000."
    talk.helper.registry.offered["bodies"] = (
        Choice("b1", "Thanh tra Sở", (), told), Choice("b2", "Phòng Tư pháp"),
    )  # fmt: skip
    assert told in tap(talk.say("phản ánh"), "Thanh tra Sở").reply.text
    talk.say("Phòng không còn", "bỏ qua", "0912 345 678", "gửi")
    assert kept(talk).answers == {
        "unit": "7", "body": "b1", "problem": "Phòng không còn", "files": "", "phone": "0912345678",
    }  # fmt: skip


def commenting(*numbers: int) -> Talk:
    talk = of()
    talk.helper.registry.offered["drafts"] = tuple(
        Choice(str(n), f"{n}. Nghị quyết {n}", (), f"Tóm tắt {n}") for n in numbers
    )
    return talk


@pytest.mark.parametrize("said", ["GOPY 12", "gop y 12", "góp ý dự thảo số 12", "/gopy 12"])
def test_a_draft_is_commented_by_its_number(said: str) -> None:
    talk = commenting(11, 12).say(said)
    assert "Tóm tắt 12" in talk.reply.text
    talk.say("Mức thu nên thấp hơn", "bỏ qua", "bỏ qua", "gửi")
    assert kept(talk).answers == {
        "draft": "12", "comment": "Mức thu nên thấp hơn", "files": "", "person": "",
    }  # fmt: skip


def test_a_draft_is_chosen_from_the_list() -> None:
    talk = commenting(11, 12).say("góp ý")
    assert "Tóm tắt 11" in tap(talk, "11. Nghị quyết 11").reply.text


@pytest.mark.parametrize("again", ["gopy 12", "gopy 11", "góp ý"])
def test_a_comment_that_was_begun_is_not_thrown_away(again: str) -> None:
    talk = commenting(11, 12).say("gopy 12", "Mức thu nên thấp hơn", again)
    assert "(3/4)" in talk.reply.text
    assert talk.state.form is not None
    assert talk.state.form.answers == {"draft": "12", "comment": "Mức thu nên thấp hơn"}


def test_a_draft_that_is_closed() -> None:
    talk = commenting(11).say("gopy 12")
    assert talk.reply.text == say("drafts.closed", number="12")
    assert talk.state.form is None


def test_without_a_draft_there_is_nothing_to_comment() -> None:
    talk = of().say("góp ý")
    assert "không có dự thảo nào" in talk.reply.text
    assert talk.state.form is None


def test_a_draft_that_closes_meanwhile_takes_no_comment() -> None:
    talk = commenting(12).say("gopy 12", "Mức thu nên thấp hơn", "bỏ qua", "bỏ qua")
    talk.helper.registry.offered.clear()
    for said in ("gửi", "làm tiếp"):
        assert "không có dự thảo nào" in talk.say(said).reply.text
    assert talk.helper.registry.kept == []


@pytest.mark.parametrize(
    "question",
    [
        "bao cao ket qua nam 2023 gui truoc ngay nao",
        "có phải truyền thông chính sách này không ạ",
        "đơn vị nào chủ trì xây dựng nội dung?",
        "kinh phí thực hiện lấy từ đâu",
    ],
)
def test_a_question_is_one_without_its_mark_too(question: str) -> None:
    talk = commenting(12).say("gopy 12", question)
    assert talk.asked == [question]
    assert talk.state.form is not None
    assert "comment" not in talk.state.form.answers


@pytest.mark.parametrize(
    "comment",
    [
        "Cần nói rõ ai chịu trách nhiệm",
        "Không nên thu",
        "Nên lùi đến khi nào đủ tiền mới thu",
        "Tại sao lại thu theo đầu người, trong khi nhiều hộ đông con, thu nhập thấp, ở rất xa đây, "
        "không có việc làm ổn định quanh năm và đã phải đóng nhiều khoản khác như thế thì có công "
        "bằng gì?",
    ],
)
def test_what_only_looks_like_a_question_is_a_comment(comment: str) -> None:
    talk = commenting(12).say("gopy 12", comment)
    assert talk.state.form is not None
    assert talk.state.form.answers["comment"] == comment


def test_no_is_an_answer_where_none_is_needed() -> None:
    talk = commenting(12).say("gopy 12", "Mức thu nên thấp hơn", "khong co", "Không ạ")
    assert talk.state.form is not None
    assert talk.state.form.answers["files"] == talk.state.form.answers["person"] == ""


def test_a_complaint_is_no_comment() -> None:
    talk = commenting(12).say("gopy 12", "Tôi tố cáo ông chủ tịch xã nhận tiền")
    assert talk.reply.text.startswith(say("form.wrong_complaint"))
    assert talk.state.form is not None
    assert "comment" not in talk.state.form.answers


def test_one_answer_of_several_is_picked_and_dropped_by_tapping() -> None:
    talk = of(SCHOOL)
    talk.helper.registry.forms["gop-y"] = read_form("""
id: gop-y
version: 3
title: Thử
intro: Vài câu.
ends: record
fields:
  - id: how
    type: choices
    name: Hình thức
    question: Những hình thức nào?
    choices: [{value: web, label: Trang web}, {value: loa, label: Loa}, {value: hop, label: Họp}]
  - {id: sure, type: yes_no, name: Chắc, question: "Chắc chưa?"}
""")
    tap(tap(tap(talk.say("góp ý"), "Họp"), "Trang web"), "Họp")
    assert say("form.picked", labels="Trang web") in talk.reply.text
    assert "Chắc chưa" in talk.say("xong").reply.text
    assert "1. Hình thức: Trang web" in talk.say("rồi ạ", "dạ có").reply.text
    assert "1. Hình thức: Loa; Họp" in talk.say("sửa 1", "2, 3").reply.text


@pytest.mark.parametrize("form", ["dang-ky", "nop-ke-hoach", "bao-cao", "phan-anh", "gop-y"])
def test_what_ships_is_worded_for_people(form: str) -> None:
    told = load_form(form)
    for field in told.fields:
        assert field.question.endswith((".", "?"))
        assert field.example or field.choices or field.source or field.kind == "files"
        assert len({choice.label for choice in field.choices}) == len(field.choices)
    assert told.submit
    assert told.purpose


def test_buttons_of_a_form_that_is_over_do_nothing() -> None:
    talk = commenting(12).say("gopy 12", "Mức thu nên thấp hơn")
    old = next(b for b in talk.reply.buttons if b.label == say("commands.form_skip"))
    talk.say("hủy")
    assert talk.press(old).reply.text == say("form.none")
