"""Facts that papers seldom state: heard in questions, and not where they are not asked for."""

from __future__ import annotations

import pytest

from bot.answers import Answered
from tests.unit.bot.shipped import Silent, ask, cited, read

HEARD = [
    ("Có phát bằng tiếng Tày, tiếng Nùng không?", "language"),
    ("Tài liệu có dịch sang tiếng dân tộc không?", "language"),
    ("Giao ban báo chí vào thứ mấy?", "weekday"),
    ("Ai duyệt tài liệu trước khi đăng?", "approver"),
    ("Kế hoạch của trường có phải trình Sở phê duyệt không?", "approver"),
    ("Lớp bồi dưỡng do thầy nào dạy?", "teacher"),
    ("Học xong có được cấp chứng chỉ không?", "certificate"),
    ("Chấm theo thang điểm nào?", "marks"),
    ("Tiền chuyển vào số tài khoản nào?", "account"),
    ("Thanh toán cần hóa đơn gì?", "voucher"),
    ("Nộp bản giấy hay bản mềm?", "medium"),
    ("Chọn báo nào để phối hợp?", "which_outlet"),
    ("Dùng phần mềm nào để nhận góp ý?", "which_software"),
    ("Công ty nào đã hỗ trợ?", "which_firm"),
    ("Xã đã ban hành kế hoạch năm nay chưa?", "done_yet"),
    ("Ai làm tổ trưởng?", "team"),
    ("Giao Phó Giám đốc nào chỉ đạo?", "who_named"),
    ("Hồ sơ phải lưu bao nhiêu năm?", "keeping"),
    ("Nộp trễ thì bị nhắc nhở bằng hình thức nào?", "penalty"),
    ("Xin bản sao công văn của thành phố", "medium"),
    ("Doanh nghiệp đóng góp tối thiểu bao nhiêu?", "amount"),
    ("Bao lâu thì phải trả lời ý kiến của dân?", "duration"),
    ("Kết quả thực tế năm 2024 đạt mấy phần trăm?", "reached"),
    ("Ông ấy sinh năm bao nhiêu?", "person_life"),
    ("Phương pháp tính tỷ lệ 100% là gì?", "formula"),
    ("Tên nhóm Zalo là gì?", "press_named"),
    ("Làm tốt thì được khen thưởng thế nào?", "praise"),
    ("Danh sách cán bộ được cử đi học gồm ai?", "person_name"),
    ("Cho biết tên từng dự thảo sẽ truyền thông", "part_name"),
    ("Hai phụ lục giới thiệu tháng 8/2023 tên là gì?", "part_name"),
    ("Chuyên đề số 5 nói về cái gì?", "part_content"),
]
NOT_HEARD = [
    ("Đăng lên Cổng thông báo nào cũng được à?", "press_named"),
    ("Kế hoạch năm 2023 đặt kết quả gì?", "reached"),
    ("Tiếng nói của người dân được nghe ra sao?", "language"),
    ("Tiêu chí thứ mấy nói về phạm vi?", "weekday"),
    ("Chứng từ quyết toán thì ai hướng dẫn?", "voucher"),
    ("Đăng lên Cổng thông báo nào cũng được à?", "which_outlet"),
    ("Các tổ chức nào được khuyến khích?", "team"),
    ("Luật Báo chí được ghi ngày bao nhiêu?", "amount"),
    ("Chỉ tiêu năm 2022 là bao nhiêu?", "amount"),
    ("Bao lâu phải báo cáo kết quả một lần?", "duration"),
    ("Đề án kéo dài trong bao lâu?", "duration"),
    ("Báo cáo số mấy, hôm nào?", "duration"),
    ("Danh sách nơi nhận gồm những ai?", "person_name"),
    ("Kể tên các văn bản làm căn cứ", "part_name"),
]


@pytest.mark.parametrize(("question", "fact"), HEARD)
def test_a_fact_is_heard(question: str, fact: str) -> None:
    assert fact in read(question).facts


@pytest.mark.parametrize(("question", "fact"), NOT_HEARD)
def test_a_fact_is_not_heard(question: str, fact: str) -> None:
    assert fact not in read(question).facts


def test_spending_is_no_target() -> None:
    spent = read("Chi tiêu cho kế hoạch lấy từ đâu?").facets
    aimed = read("Chỉ tiêu cho năm 2022 là bao nhiêu?").facets
    assert "percent" not in spent
    assert "percent" in aimed


def test_first_and_last_year_say_how_long() -> None:
    outcome = ask("Đề án 407 kéo dài trong bao lâu?")
    assert isinstance(outcome, Answered)
    assert ("407-qd-ttg", "III.5") in cited(outcome)


@pytest.mark.parametrize(
    "question",
    [
        "Kế hoạch huyện Ia H’Drai có yêu cầu dịch tài liệu ra tiếng Gia Rai không?",
        "Năm 2024 Sở KH&CN Hưng Yên phải tổ chức mấy hội thảo về dự thảo chính sách?",
        "Ai duyệt tài liệu truyền thông dự thảo trước khi đăng lên Cổng của Sở KHCN Hưng Yên?",
        # "Hằng năm" names no month.
        "Kế hoạch hằng năm của xã ở Ia H’Drai phải ban hành trước tháng mấy?",
    ],
)
def test_silent_on_a_fact_that_is_not_stated(question: str) -> None:
    assert isinstance(ask(question), Silent)
