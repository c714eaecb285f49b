"""Offices, districts and years that no paper is of get no answer from the papers of others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.questions import TODAY
from bot.answers import text_of
from tests.unit.bot.shipped import (
    DECISION,
    DIRECTIVE,
    HAI_PHONG,
    HUNG_YEN,
    IA_HDRAI,
    Answered,
    Silent,
    ask,
    documents_of,
    folded,
    read,
)
from tests.unit.bot.test_many_papers import over, paper

ELSEWHERE = [
    # a district of a province of which only a department's papers are held
    ("huyện Khoái Châu lập dự toán đề án ntn", "khoai chau"),
    ("Huyện Bình Gia giao phòng nào chủ trì truyền thông dự thảo chính sách?", "binh gia"),
    ("kế hoạch của thị xã Mỹ Hào giao ai chủ trì", "my hao"),
    ("Huyện Hữu Lũng tỉnh Lạng Sơn có kế hoạch truyền thông riêng không?", "huu lung"),
    # the town of the province's name
    ("tp Lạng Sơn giao phòng nào làm truyền thông", "tp lang son"),
    ("thành phố Hưng Yên giao ai chủ trì truyền thông dự thảo chính sách", "thanh pho hung yen"),
    ("phòng gd tp Vinh gửi bc đâu", "vinh"),
    # departments by their initials
    ("Sở TN&MT Hưng Yên ai chủ trì truyền thông chính sách?", "so tai nguyen va moi truong"),
    ("Kế hoạch của Sở LĐ-TB&XH Lạng Sơn có những hình thức gì?", "so lao dong"),
    ("Cục Hải quan Hải Phòng phải gửi kế hoạch cho ai?", "cuc hai quan"),
    # offices that no table lists
    ("Ban Quản lý khu kinh tế Đồng Đăng ai lo truyền thông chính sách?", "dong dang"),
    ("Viện Chiến lược và Chính sách ai phụ trách truyền thông?", "vien chien luoc va chinh sach"),
    ("Học viện Tư pháp thực hiện Chỉ thị 07 thế nào?", "hoc vien tu phap,"),
    ("Công an Hải Phòng triển khai chỉ thị 07 ra sao?", "cong an hai phong"),
    ("cong an hai phong trien khai chi thi 07 ra sao", "cong an hai phong"),
    # another department of the province, named or the asker's own
    ("Sở Tư pháp Hưng Yên ban hành kế hoạch thực hiện Đề án 407 thì ai chủ trì?", "so tu phap"),
    ("tôi làm ở sở y tế hải phòng, kế hoạch của sở tôi phân công ai", "so y te"),
    ("UBND tỉnh Đăk Lăk giao ai chủ trì đề án 407", "dak lak"),
]
YEARS = [
    ("giai đoạn 2028-2030 huyện sẽ làm tiếp thế nào", "2028–2030"),
    ("Đề án truyền thông chính sách giai đoạn 2017-2021 có mục tiêu gì?", "2017–2021"),
    ("kế hoạch truyền thông chính sách năm 2022 của sở KHCN Hưng Yên có gì", "2022"),
    ("kh 2022 sgd hp thanh tra làm gì", "2022"),
    ("kinh phí năm 2026 của sở cho việc này lấy ở đâu", "2026"),
    ("Kế hoạch năm 2026 của Bộ Tư pháp thực hiện đề án 407 là quyết định số mấy?", "2026"),
    ("Hướng dẫn thực hiện đề án 407 năm 2026 là văn bản số mấy?", "2026"),
    ("Có chỉ thị truyền thông chính sách năm 2024 thay cho chỉ thị 07 không?", "2024"),
    ("Sang năm 2028 thì văn bản nào giao xã mình làm truyền thông chính sách?", "2028"),
]
MEANT = [
    ("Phòng giáo dục quận Ngô Quyền gửi báo cáo tổng kết 2023 cho ai trong Sở?", HAI_PHONG),
    ("huyện ia hdrai bắt đầu truyền thông dự thảo từ lúc nào", IA_HDRAI),
    ("kế hoạch năm 2023 của Bộ Tư pháp thực hiện đề án 407 là quyết định số mấy?", DECISION),
    ("Chỉ thị 07/CT-TTg năm 2023 giao Bộ Tư pháp làm gì?", DIRECTIVE),
    ("viên chức nào được tập huấn ở Sở KHCN Hưng Yên", HUNG_YEN),
    (
        "Công văn của Hội đồng PBGDPL thành phố mà bản kế hoạch giáo dục Hải Phòng 2023 dựa vào "
        "mang số mấy, ra ngày nào?",
        HAI_PHONG,
    ),
    ("Quyết định 407 do ai ký, để bác ghi vào sổ họp chi hội cựu chiến binh", DECISION),
]


@pytest.mark.parametrize(("question", "name"), ELSEWHERE)
def test_an_office_elsewhere_is_named_and_gets_no_answer(question: str, name: str) -> None:
    found = ask(question)
    assert isinstance(found, Silent)
    assert name in folded(text_of(found))


@pytest.mark.parametrize(("question", "year"), YEARS)
def test_a_year_that_no_paper_is_of_gets_no_answer(question: str, year: str) -> None:
    found = ask(question)
    assert isinstance(found, Silent)
    assert year in text_of(found)


@pytest.mark.parametrize(("question", "document"), MEANT)
def test_a_paper_is_not_lost_to_a_name_beside_it(question: str, document: str) -> None:
    found = ask(question)
    assert isinstance(found, Answered)
    assert document in documents_of(found)


@pytest.mark.parametrize(
    "question",
    [
        "công an xã có phải tuyên truyền không",
        "học viên nào được tập huấn",
        "vien chuc nao duoc tap huan",
        "trường ở quận Lê Chân nộp báo cáo khi nào",
        "thành phố Hải Phòng giao ai tham mưu",
    ],
)
def test_no_office_is_read_into_other_words(question: str) -> None:
    assert not read(question).elsewhere


@pytest.mark.parametrize(
    ("issuer", "place", "question"),
    [
        (
            "Ban Quản lý khu kinh tế Đồng Đăng",
            "Lạng Sơn",
            "Ban Quản lý khu kinh tế Đồng Đăng báo cáo về đất đai trước ngày nào?",
        ),
        (
            "Ủy ban nhân dân huyện Khoái Châu",
            "Khoái Châu",
            "huyện Khoái Châu báo cáo về đất đai trước ngày nào?",
        ),
        (
            "Công an tỉnh Hưng Yên",
            "Hưng Yên",
            "Công an tỉnh Hưng Yên báo cáo về đất đai trước ngày nào?",
        ),
    ],
)
def test_an_office_is_not_elsewhere_where_the_library_has_its_paper(
    issuer: str, place: str, question: str
) -> None:
    own = paper(1, "Hà Nam")
    own = replace(own, identity=replace(own.identity, issuer=issuer, place=place))
    outcome = over([own]).ask(question, today=TODAY)
    assert isinstance(outcome, Answered)
    assert {s.document for s in outcome.sources} == {own.id}
    assert isinstance(over([paper(2, "Hà Nam")]).ask(question, today=TODAY), Silent)


@pytest.mark.parametrize(
    "question",
    ["Năm 2027 Sở KHĐT Lạng Sơn đặt mục tiêu gì?", "sang năm sở KHĐT Lạng Sơn đặt mục tiêu gì"],
)
def test_a_year_that_stands_below_or_in_a_title_is_no_year_of_the_clause(question: str) -> None:
    found = ask(question)
    assert isinstance(found, Silent)
    assert "2027" in found.lead
