"""What a unit owes, asked for and answered in the chat, as people type it."""

from __future__ import annotations

from datetime import date

import pytest

from bot.forms.definition import Choice
from bot.offers import pressed
from bot.owed import OwedDuty, answers_to, told
from bot.registry import Acting
from tests.builders import an_incoming
from tests.talking import FakeAssistance, FakeRegistry, Talk, labels

TODAY = date(2026, 11, 21)


def owed(id_: int = 12, **changes: object) -> OwedDuty:
    values: dict[str, object] = {
        "id": id_,
        "unit": "Trường THPT Ngô Quyền",
        "unit_id": 7,
        "title": "Báo cáo kết quả truyền thông chính sách.",
        "source": "Mục III.6 (Tổ chức thực hiện), Kế hoạch năm 2026",
        "printed": "trước ngày 10/12/2026",
        "own_date": False,
        "recipient": "Sở GDĐT",
        "form": "bao-cao",
        "last_day": date(2026, 12, 9),
        "working_day": date(2026, 12, 9),
    }
    return OwedDuty(**{**values, **changes})  # type: ignore[arg-type]


def talk(*duties: OwedDuty, confirmed: bool = True) -> Talk:
    offered = tuple(Choice(f"a{duty.id}", duty.title) for duty in duties)
    units = (Acting(7, "Trường THPT Ngô Quyền", "", False, False, confirmed),)
    registry = FakeRegistry(mine=units, owing=duties, offered={"duties": offered})
    return Talk(FakeAssistance(registry=registry))


@pytest.mark.parametrize(
    "typed",
    [
        "việc của tôi",
        "tôi còn việc gì phải nộp?",
        "toi con viec gi phai nop",
        "han nop cua truong toi",
        "Trường tôi còn nợ báo cáo gì không?",
        "don vi minh con phai nop gi",
        "đơn vị tôi sắp đến hạn gì",
        "phòng em còn thiếu báo cáo nào",
        "tôi chưa nộp gì",
    ],
)
def test_ones_own_list_as_it_is_asked_for(typed: str) -> None:
    replies = talk(owed()).say(typed).replies
    assert "Mục III.6 (Tổ chức thực hiện)" in replies[-1].text
    assert "trước ngày 10/12/2026 (hết thứ Tư 09/12/2026)" in replies[-1].text


@pytest.mark.parametrize(
    "typed",
    [
        "hạn nộp kế hoạch của các trường THPT là khi nào",
        "phòng GDĐT phải nộp kế hoạch trước ngày nào",
        "Sở tư pháp chủ trì việc gì",
        "báo cáo gửi về đâu",
        "thời hạn gửi báo cáo năm 2023",
        "đơn vị nào chủ trì",
    ],
)
def test_other_questions_go_to_the_papers(typed: str) -> None:
    said = talk(owed()).say(typed)
    assert said.asked == [typed]


def test_nothing_is_owed() -> None:
    said = talk().say("việc của tôi")
    assert "không ghi nhận việc nào" in said.reply.text


def test_whoever_acts_for_no_unit_is_asked_for_one() -> None:
    said = talk(owed(), confirmed=False).say("việc của tôi")
    assert "Mục III.6" not in said.reply.text
    assert talk(confirmed=False).say("V12").asked == ["V12"]


def test_several_are_opened_one_by_one() -> None:
    said = talk(*(owed(n) for n in range(1, 8))).say("việc của tôi")
    assert labels(said.reply) == [*(f"Việc V{n}" for n in range(1, 6)), "Thêm tất cả vào lịch"]
    assert all(f"V{n}, hết 09/12/2026" in said.reply.text for n in range(1, 8))
    said.press(said.reply.buttons[1])
    assert "Mã việc: V2." in said.reply.text
    assert [b.send for b in said.reply.buttons] == [
        "V2 đã nộp", "V2 nộp ngay", "V2 đường khác", "V2 lùi hạn", "V2 nhắc sau",
        "V2 thêm vào lịch",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("V12 đã nộp", "Hoàn thành ngày nào?"),
        ("v12 da nop roi", "Hoàn thành ngày nào?"),
        ("V12 nộp ngay", "Hoàn thành ngày nào?"),
        ("việc V12 đường khác", "Đơn vị đã gửi qua đường nào?"),
        ("v12 xin lui han", "Vì lý do gì?"),
    ],
)
def test_an_answer_begins_the_report_where_it_is_not_known(typed: str, question: str) -> None:
    assert question in talk(owed()).say(typed).replies[-1].text


def test_a_plan_is_handed_in_as_a_plan() -> None:
    said = talk(owed(form="nop-ke-hoach")).say("V12 nộp ngay")
    assert "kế hoạch" in said.replies[0].text.lower()
    assert said.state.form is not None
    assert said.state.form.form == "nop-ke-hoach"
    assert said.state.form.known["owed.duty"] == "a12"


def test_put_off() -> None:
    said = talk(owed()).say("V12 nhắc sau")
    assert labels(said.reply) == ["Ngày mai", "Sau 3 ngày", "Sau 1 tuần"]
    said.press(said.reply.buttons[1])
    assert "thứ Ba 24/11/2026" in said.reply.text
    assert said.helper.registry.later == [(12, 3)]


@pytest.mark.parametrize("typed", ["V99", "V99 đã nộp"])
def test_what_is_anothers_is_not_there(typed: str) -> None:
    said = talk(owed()).say(typed)
    assert "Tôi không thấy việc V99" in said.reply.text
    assert said.state.form is None


def test_an_old_reminder_can_still_be_tapped() -> None:
    """It came unasked, so that no offer of the conversation knows its buttons."""
    button = answers_to(owed())[0]
    assert pressed((), button.id) == "V12 đã nộp"
    assert len(button.id.encode()) <= 64
    said = talk(owed())
    said.hear(an_incoming("", event="press", button=button.id))
    assert "Hoàn thành ngày nào?" in said.replies[-1].text


def test_in_the_middle_of_another_form() -> None:
    said = talk(owed()).say("phản ánh").say("V12 đã nộp")
    assert said.state.form is not None
    assert said.state.form.form == "bao-cao"
    assert [rest.form for rest in said.state.resting] == ["phan-anh"]


def test_a_reminder_is_answered_whatever_is_being_filled_in() -> None:
    said = talk(owed()).say("phản ánh")
    said.hear(an_incoming("", event="press", button=answers_to(owed())[0].id))
    assert said.state.form is not None
    assert said.state.form.form == "bao-cao"


@pytest.mark.parametrize("typed", ["Đơn vị còn thiếu số liệu", "Trường còn phải chờ ý kiến"])
def test_what_answers_a_form_asks_for_no_list(typed: str) -> None:
    said = talk(owed()).say("V12 xin lùi hạn").say(typed)
    assert "Dự kiến hoàn thành ngày nào?" in said.replies[-1].text


def test_late_and_on_the_last_day() -> None:
    late = told([owed(last_day=date(2026, 11, 19))], TODAY).text
    assert "Hạn hết thứ Năm 19/11/2026 đã qua. Hệ thống chưa ghi nhận" in late
    assert "Hôm nay là ngày cuối." in told([owed(last_day=TODAY, working_day=TODAY)], TODAY).text
    own = told([owed(own_date=True)], TODAY).text
    assert "Hạn do cơ quan đặt: hết thứ Tư 09/12/2026" in own
    working = told([owed(working_day=date(2026, 12, 8))], TODAY).text
    assert "Ngày làm việc cuối: thứ Ba 08/12/2026." in working
    assert "yêu cầu của cơ quan" in told([owed(source="")], TODAY).text


@pytest.mark.parametrize(
    "typed",
    [
        "V12 thêm vào lịch", "v12 them vao lich", "việc V12 vào lịch", "V12: lịch",
        "thêm V12 vào lịch", "them viec v12 vao lich dien thoai",
    ],
)  # fmt: skip
def test_into_a_calendar(typed: str) -> None:
    said = talk(owed(11), owed(12)).say(typed)
    assert [file.content for file in said.reply.enclosures] == [b"12"]
    assert "hết thứ Tư 09/12/2026" in said.reply.text
    assert said.asked == []


@pytest.mark.parametrize(
    "typed",
    ["thêm việc của tôi vào lịch", "them tat ca viec vao lich", "lưu hạn của trường tôi vào lịch"],
)
def test_all_that_is_ahead_into_a_calendar(typed: str) -> None:
    said = talk(owed(10, last_day=date(2026, 11, 20)), owed(11), owed(12)).say(typed)
    assert [file.content for file in said.reply.enclosures] == [b"11 12"]
    assert "2 việc" in said.reply.text


def test_a_button_for_it_stands_under_what_is_ahead() -> None:
    said = talk(owed()).say("việc của tôi")
    last = said.reply.buttons[-1]
    assert (last.label, last.spare) == ("Thêm vào lịch", True)
    assert "“V12 thêm vào lịch”" in said.reply.text
    assert said.press(last).reply.enclosures
    several = told([owed(1), owed(2)], TODAY)
    last = several.buttons[-1]
    assert (last.label, last.spare) == ("Thêm tất cả vào lịch", True)
    assert len(last.id.encode()) <= 64  # it may stand under a message that nobody asked for
    pressed_ = talk(owed(1), owed(2)).hear(an_incoming("", event="press", button=last.id))
    assert [file.content for file in pressed_.reply.enclosures] == [b"1 2"]


def test_what_is_late_goes_into_no_calendar() -> None:
    late = owed(last_day=date(2026, 11, 20))
    said = talk(late).say("việc của tôi")
    assert "Thêm vào lịch" not in labels(said.reply)
    assert "lịch" not in said.reply.text
    for typed in ("V12 thêm vào lịch", "thêm việc của tôi vào lịch"):
        assert said.say(typed).reply.enclosures == ()
        assert "vào lịch" in said.reply.text
    assert talk(owed(last_day=TODAY)).say("V12 thêm vào lịch").reply.enclosures


def test_nobody_elses_goes_into_a_calendar() -> None:
    assert "không thấy việc V99" in talk(owed()).say("V99 thêm vào lịch").reply.text
    said = talk(owed(), confirmed=False).say("thêm việc của tôi vào lịch")
    assert said.reply.enclosures == ()
    assert "chờ xác nhận" in said.reply.text
