"""What is asked about, looked at apart from how and of whom it is asked."""

from __future__ import annotations

import pytest

from bot.lexicon import load_lexicon
from bot.matter import Matter, matter_of
from tests.unit.bot.shipped import Answered, Silent, ask, read

#: Acts that none of the plans speaks of.
UNSTATED = (
    "gỡ tin sai sự thật",
    "đo lường mức độ hài lòng",
    "công bố kết quả khảo sát",
    "dịch tài liệu sang tiếng dân tộc",
    "xử phạt đơn vị nộp chậm",
    "kiểm tra loa truyền thanh",
)
FRAMES = (
    "Ở {whose}, ai {act}?",
    "{whose} giao phòng nào {act}",
    "Ở {whose}, khi nào {act}?",
    "{whose} có quy định việc {act} không?",
    "kế hoạch {whose} nói gì về việc {act}",
)
PLANS = ("Sở KH&CN Hưng Yên", "Sở KH&ĐT Lạng Sơn")


@pytest.mark.parametrize("whose", PLANS)
@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("act", UNSTATED)
def test_an_act_that_no_clause_speaks_of_is_not_answered(act: str, frame: str, whose: str) -> None:
    assert isinstance(ask(frame.format(act=act, whose=whose)), Silent)


@pytest.mark.parametrize(
    "question",
    [
        "Ở Sở KH&CN Hưng Yên, ai đưa bài lên cổng thông tin của Sở?",
        "Sở KH&ĐT Lạng Sơn giao phòng nào bồi dưỡng công chức làm truyền thông?",
        "Ở huyện Ia H'Drai, khi nào tập huấn cho phóng viên?",
        "Sở GDĐT Hải Phòng năm 2023 có quy định việc theo dõi dư luận không?",
    ],
)
def test_an_act_in_other_words_is(question: str) -> None:
    assert isinstance(ask(question), Answered)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Ở Hưng Yên, ai in ấn tài liệu?", "in an tai lieu"),
        ("Hưng Yên giao phòng nào thiết kế tờ rơi", "thiet ke to roi"),
        ("Khi nào Lạng Sơn kiểm tra đài phát thanh?", "kiem tra dai phat thanh"),
    ],
)
def test_how_and_of_whom_is_left_out(question: str, text: str) -> None:
    matter = matter_of(read(question), load_lexicon())
    assert matter is not None
    assert matter.text == text


@pytest.mark.parametrize(
    "question",
    [
        "Mục III.6 kế hoạch Ia H'Drai giao ai chủ trì?",
        "Phòng Tư pháp huyện Ia H'Drai phải làm gì?",
        "Sở KH&CN Hưng Yên căn cứ vào đâu?",
        "So sánh kinh phí của Hưng Yên và Lạng Sơn",
        "Ai chủ trì?",
    ],
)
def test_where_that_is_said_otherwise_nothing_is_left_to_look_at(question: str) -> None:
    assert matter_of(read(question), load_lexicon()) is None


def test_the_share_of_its_words() -> None:
    matter = Matter("in an tai lieu", frozenset(("in", "an", "tai", "lieu")))
    assert matter.share_in("xay dung tai lieu noi dung") == 0.5
    assert matter.share_in("") == 0


def test_a_report_to_somebody_whom_the_clause_does_not_name() -> None:
    wanted = "Trường THPT ở Hải Phòng năm 2023 gửi báo cáo {} trước ngày nào?"
    assert isinstance(ask(wanted.format("về Sở GDĐT")), Answered)
    for stranger in ("lên Hội đồng nhân dân thành phố", "cho Thủ tướng", "về Bộ trưởng"):
        assert isinstance(ask(wanted.format(stranger)), Silent), stranger


def test_a_target_is_no_count_of_other_things() -> None:
    assert isinstance(ask("Kế hoạch Lạng Sơn đặt chỉ tiêu bao nhiêu hội thảo trong năm?"), Silent)
    assert isinstance(ask("Kế hoạch Lạng Sơn đặt chỉ tiêu bao nhiêu phần trăm?"), Answered)
