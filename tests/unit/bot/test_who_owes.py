"""Who has not handed in: asked by whoever works at the desk, not taken for other questions."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta

import pytest

from bot.channels.rendering import length
from bot.who_owes import DutyOfUnits, UnitOwing, understood
from tests.talking import FakeAssistance, FakeRegistry, Talk, labels

TODAY = date(2026, 11, 21)
LAST = date(2026, 12, 9)
DAY = timedelta(days=1)


def a_duty(*names: str, last_day: date = LAST, **changes: object) -> DutyOfUnits:
    values: dict[str, object] = {
        "title": "Kế hoạch truyền thông chính sách năm 2026.",
        "source": "Mục III.6 (Tổ chức thực hiện), Kế hoạch năm 2026",
        "plan": True,
        "due_on": last_day,
        "total": len(names) + 3,
        "done": 3,
        "units": tuple(UnitOwing(name, last_day) for name in names),
    }
    return DutyOfUnits(**{**values, **changes})  # type: ignore[arg-type]


def talk(*duties: DutyOfUnits, may: bool = True) -> Talk:
    return Talk(FakeAssistance(registry=FakeRegistry(progress=duties if may else None)))


def plain(text: str) -> str:
    folded = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in folded if not unicodedata.combining(c)).lower().rstrip("?")


ASKED = [
    ("đơn vị nào chưa nộp kế hoạch?", "open", True),
    ("Đơn vị nào chưa nộp?", "open", None),
    ("Hiện nay còn những đơn vị nào chưa nộp báo cáo ạ?", "open", False),
    ("Cho tôi biết trường nào vẫn chưa gửi kế hoạch năm 2026", "open", True),
    ("trường THPT nào còn nợ báo cáo", "open", False),
    ("Ai chưa nộp kế hoạch?", "open", True),
    ("danh sách đơn vị chưa nộp báo cáo", "open", False),
    ("Liệt kê các trường chưa nộp kế hoạch đến hôm nay", "open", True),
    ("Bao nhiêu đơn vị chưa báo cáo?", "open", False),
    ("đơn vị nào chưa có kế hoạch?", "open", True),
    ("Tình hình nộp kế hoạch của các đơn vị", "open", True),
    ("còn đơn vị nào trễ hạn báo cáo?", "late", False),
    ("Có đơn vị nào quá hạn không?", "late", None),
    ("phòng nào nộp trễ hạn?", "late", None),
    ("những đơn vị đang trễ hạn", "late", None),
    ("bao nhiêu đơn vị đã nộp rồi?", "done", None),
    ("Đã có bao nhiêu trường nộp kế hoạch?", "done", True),
    ("mấy trường nộp rồi", "done", None),
    ("Đơn vị nào đã gửi báo cáo?", "done", False),
]


@pytest.mark.parametrize(("typed", "which", "plans"), ASKED)
def test_as_it_is_asked_with_accents_and_without(
    typed: str, which: str, plans: bool | None
) -> None:
    for spelled in (typed, plain(typed), typed.upper(), unicodedata.normalize("NFD", typed)):
        asked = understood(spelled)
        assert asked is not None, spelled
        assert (asked.which, asked.plans, asked.part) == (which, plans, 1)


@pytest.mark.parametrize(
    "typed",
    [
        "đơn vị nào phải nộp kế hoạch?",
        "Đơn vị nào nộp kế hoạch?",
        "bao nhiêu đơn vị phải nộp báo cáo?",
        "bao nhiêu đơn vị nộp kế hoạch?",
        "Những đơn vị nào gửi báo cáo về Sở trước ngày 10/12?",
        "đơn vị nào chưa nộp kế hoạch thì bị xử lý thế nào?",
        "Các đơn vị chưa nộp kế hoạch phải làm gì?",
        "Các trường chậm nộp báo cáo có bị phê bình không?",
        "đơn vị trễ hạn báo cáo thì sao",
        "Ai đôn đốc các đơn vị chưa nộp báo cáo?",
        "Đơn vị nào theo dõi, tổng hợp các đơn vị chưa nộp?",
        "Đơn vị nào đã nộp kế hoạch được miễn báo cáo?",
        "Đơn vị nào chủ trì?",
        "Đơn vị nào đã ban hành kế hoạch năm 2023?",
        "Theo kế hoạch, đơn vị nào chưa nộp?",
        "Ai nộp kế hoạch?",
        "Nộp trễ hạn thì báo cáo ai?",
        "đơn vị nào chưa nộp vì lý do gì",
        "Danh sách đơn vị phải nộp báo cáo",
        "Kế hoạch nêu các trường đã nộp những gì",
        "trường tôi chưa nộp kế hoạch",
        "tình hình nộp kế hoạch gửi về đâu",
    ],
)
def test_questions_to_the_papers_stay_theirs(typed: str) -> None:
    for spelled in (typed, plain(typed)):
        said = talk(a_duty("Trường A")).say(spelled)
        assert said.asked == [spelled]
        assert said.helper.registry.which == []


def test_of_how_many_by_when_and_where_it_stands() -> None:
    late = UnitOwing("Trường B", LAST - 30 * DAY)
    duty = a_duty("Trường A", units=(late, UnitOwing("Trường A", LAST)), total=5)
    text = talk(duty).say("đơn vị nào chưa nộp?").reply.text
    assert "đến thứ Bảy 21/11/2026" in text
    assert "Hạn: hết thứ Tư 09/12/2026." in text
    assert "3/5 đơn vị đã nộp; 2 đơn vị chưa nộp." in text
    assert "Căn cứ: Mục III.6 (Tổ chức thực hiện), Kế hoạch năm 2026." in text
    overdue = "Quá hạn (1):\n• Trường B (hạn riêng: hết 09/11/2026)"
    assert overdue in text
    assert text.index(overdue) < text.index("Chưa nộp, còn trong hạn (1):\n• Trường A")


def test_those_that_have() -> None:
    said = talk(a_duty("Trường A", total=1, done=1)).say("bao nhiêu đơn vị đã nộp rồi?")
    assert said.helper.registry.which == ["done"]
    assert "Cả 1 đơn vị đã nộp." in said.reply.text
    assert "Đã nộp (1):\n• Trường A" in said.reply.text


def test_plans_or_reports_alone() -> None:
    duties = a_duty("Trường A"), a_duty("Trường B", plan=False, title="Báo cáo kết quả", source="")
    plans = talk(*duties).say("đơn vị nào chưa nộp kế hoạch?").reply.text
    assert ("Trường A" in plans, "Trường B" in plans) == (True, False)
    reports = talk(*duties).say("đơn vị nào chưa nộp báo cáo?").reply.text
    assert ("Trường A" in reports, "Trường B" in reports) == (False, True)
    assert "yêu cầu của cơ quan" in reports
    assert "2. Báo cáo kết quả" in talk(*duties).say("đơn vị nào chưa nộp?").reply.text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("đơn vị nào chưa nộp?", "còn đơn vị chưa nộp"),
        ("đơn vị nào trễ hạn?", "đơn vị nào quá hạn"),
        ("bao nhiêu đơn vị đã nộp rồi?", "chưa ghi nhận đơn vị nào đã nộp"),
        ("đơn vị nào chưa nộp kế hoạch?", "như Anh/chị hỏi"),
    ],
)
def test_nobody(typed: str, told: str) -> None:
    said = talk().say(typed)
    assert told in said.reply.text
    assert said.asked == []


def test_others_learn_who_may_and_where_their_own_list_is() -> None:
    said = talk(a_duty("Trường A"), may=False).say("đơn vị nào chưa nộp kế hoạch?")
    assert "Trường A" not in said.reply.text
    assert "“việc của tôi”" in said.reply.text
    assert labels(said.reply) == ["Việc của tôi"]
    assert said.asked == []


def test_a_long_list_comes_in_parts() -> None:
    names = [f"Trường trung học phổ thông số {n:03}" for n in range(120)]
    said = talk(a_duty(*names), a_duty("Trường cuối")).say("đơn vị nào chưa nộp?")
    seen, count = "", 0
    while True:
        text = said.reply.text
        assert length(text) <= 1_800
        seen, count = seen + text, count + 1
        assert f"Phần {count}/" in text
        if not said.reply.buttons:
            break
        assert labels(said.reply) == ["Xem tiếp"]
        said = said.press(said.reply.buttons[0]) if count % 2 else said.say("xem tiếp")
    assert count > 2
    assert [n for n in names if seen.count(n) != 1] == []
    assert "Trường cuối" in said.reply.text
    assert "(tiếp theo)" in seen
    assert said.asked == []


@pytest.mark.parametrize("part", ["phần 99", "phan 0"])
def test_a_part_that_is_not_there_is_the_nearest(part: str) -> None:
    said = talk(a_duty("Trường A")).say(f"đơn vị nào chưa nộp, {part}")
    assert "Trường A" in said.reply.text


def test_in_a_group_it_is_not_told() -> None:
    said = talk(a_duty("Trường A")).in_group("đơn vị nào chưa nộp kế hoạch?")
    assert "nhắn riêng" in said.reply.text
    assert said.asked == []


def test_within_a_form_it_is_an_answer() -> None:
    said = talk(a_duty("Trường A")).say("phản ánh", "đơn vị nào chưa nộp")
    assert said.helper.registry.which == []
