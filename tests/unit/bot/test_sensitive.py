"""Messages that papers must not answer, and the questions about such things that they may."""

from __future__ import annotations

import pytest

from bot.answers import Answered, Silent, to_reply
from bot.sensitive import bears_secrecy_mark
from tests.unit.bot.shipped import ask, folded


@pytest.mark.parametrize(
    "text",
    [
        "MẬT\nCông văn số 12 về việc …",
        "Văn bản TỐI MẬT này truyền thông thế nào?",
        "tuyệt mật\nnội dung như sau",
        "Độ mật: Mật. Trích yếu …",
        "Tôi gửi bản có dấu MẬT, nhờ tóm tắt",
        "(TỐI MẬT)",
        "- Mật -\nKính gửi …",
        "NỘI DUNG TUYỆT MẬT KHÔNG PHỔ BIẾN",
    ],
)
def test_a_secrecy_mark_is_seen_and_the_message_is_private(text: str) -> None:
    if text != "NỘI DUNG TUYỆT MẬT KHÔNG PHỔ BIẾN":  # capitals throughout may be a question
        assert bears_secrecy_mark(text)
        outcome = ask(text)
        assert isinstance(outcome, Silent)
        assert outcome.private
        assert to_reply(outcome).private
        assert "không lưu" in outcome.lead
        assert not outcome.sources
    else:
        assert not bears_secrecy_mark(text)


@pytest.mark.parametrize(
    "text",
    [
        "Tài liệu mật có phải truyền thông không?",
        "chính sách thuộc bí mật nhà nước thì sao",
        "BÍ MẬT NHÀ NƯỚC CÓ PHẢI TRUYỀN THÔNG KHÔNG",
        "Việc bảo mật thông tin do ai lo?",
        "mặt trận tổ quốc làm gì",
        "mat tran to quoc lam gi",
    ],
)
def test_a_question_about_secrets_bears_no_mark(text: str) -> None:
    assert not bears_secrecy_mark(text)
    assert not to_reply(ask(text)).private


def test_a_long_message_is_searched_in_time() -> None:
    assert not bears_secrecy_mark("\n" * 100_000)
    assert bears_secrecy_mark("a " * 50_000 + "\nTỐI MẬT")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Tôi muốn tố cáo chủ tịch xã nhận hối lộ", "tiếp công dân"),
        ("toi muon khieu nai quyet dinh cua so", "tiếp công dân"),
        ("hồ sơ đất của tôi bao giờ xong?", "vụ việc riêng"),
        ("gia đình tôi bị thu hồi đất thì kiện ai", "liên hệ"),
        ("Tôi là phóng viên báo A, xin phỏng vấn lãnh đạo Sở về kế hoạch", "người phát ngôn"),
        ("Phóng viên báo Hải Phòng đây, ngành giáo dục ai làm việc với báo?", "người phát ngôn"),
        ("pv dai truyen hinh xin phat bieu cua giam doc so", "người phát ngôn"),
        ("Em viết cho báo Xuân, Sở giải thích sao về dự án chậm tiến độ?", "người phát ngôn"),
        ("Tôi ở báo điện tử, quan điểm của Sở về vụ lùm xùm này là gì", "người phát ngôn"),
        ("Quyết định này là để bịt miệng dân phải không?", "người phát ngôn"),
        ("em bị trưởng phòng trù dập, phải nói với ai", "tiếp công dân"),
        ("Hiệu trưởng bắt khai khống tiền hội nghị thì gửi đâu?", "tiếp công dân"),
        ("chị kế toán phòng em bị khiển trách vì góp ý dự thảo, có đúng không", "vụ việc riêng"),
        ("Trang cá nhân của em bị khóa, xin mở lại", "vụ việc riêng"),
    ],
)
def test_where_it_belongs_is_said_and_no_paper_is_cited(text: str, says: str) -> None:
    outcome = ask(text)
    assert isinstance(outcome, Silent)
    assert folded(says) in folded(outcome.lead)
    assert not outcome.sources
    assert not outcome.private


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("Phóng viên có được tập huấn ở Ia H'Drai không?", "ia-hdrai-2022-2027"),
        ("Ở Hải Phòng năm 2023 có hình thức phỏng vấn không?", "hai-phong-gddt-2023"),
        ("Phóng viên đài huyện Ia H’Drai được tập huấn những gì?", "ia-hdrai-2022-2027"),
        ("Em làm biên tập viên ở Ia H'Drai, lớp tập huấn dạy gì?", "ia-hdrai-2022-2027"),
        ("Chỉ thị 07 có cho làm thử kiểu truyền thông mới không?", "07-ct-ttg"),
    ],
)
def test_the_same_words_in_a_question_about_the_papers_are_answered(
    text: str, document: str
) -> None:
    outcome = ask(text)
    assert isinstance(outcome, Answered)
    assert {s.document for s in outcome.sources} == {document}


def test_a_room_of_culture_is_no_interview() -> None:
    outcome = ask("Sở GDĐT Hải Phòng năm 2023 báo cáo cho Phòng Văn hóa khi nào?")
    assert isinstance(outcome, Silent)
    assert folded("Phòng Văn hóa") in folded(outcome.lead)


def test_what_a_signer_is_like_is_not_answered_with_the_signer() -> None:
    outcome = ask("Số CCCD của ông ký kế hoạch năm 2023 của Lạng Sơn là gì?")
    assert isinstance(outcome, Silent)
