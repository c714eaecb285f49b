"""Whom a sentence tells to do what, and where the names that it prints end."""

from __future__ import annotations

import pytest

from knowledge.bodies import split_roles
from knowledge.duties import read_duties
from knowledge.reading.outline import read_clauses
from knowledge.statements import read_statement

# sentence, leads, coordinators
SENTENCES = [
    (
        "Giao Phòng A theo dõi tin xấu; trường hợp có tin sai thì phối hợp với Công an xã xử lý.",
        *(["Phòng A"], ["Công an xã"]),
    ),
    (
        "Phòng A tập huấn phóng viên, phối hợp với Hội B và Trường C chuẩn bị tài liệu.",
        *(["Phòng A"], ["Hội B và Trường C"]),
    ),
    (
        "Phòng A hướng dẫn các xã phối hợp với Công an xã xử lý tin xấu.",
        *(["Phòng A"], []),
    ),
    (
        "Giao Phòng A (chủ trì, phối hợp với Sở B) thẩm định dự toán.",
        *(["Phòng A"], ["Sở B"]),
    ),
    (
        "Giao nhiệm vụ cho Phòng Tổng hợp chủ trì, phối hợp cùng các phòng chuyên môn xây dựng kế "
        "hoạch.",
        *(["Phòng Tổng hợp"], ["các phòng chuyên môn"]),
    ),
    (
        "Giao Trung tâm Kiểm định xây dựng thiết kế đồ họa thông tin.",
        *(["Trung tâm Kiểm định xây dựng"], []),
    ),
    (
        "Sở A chủ trì, phối hợp với Sở B; Bệnh viện C biên soạn tài liệu.",
        *(["Sở A"], ["Sở B", "Bệnh viện C"]),
    ),
    (
        "Các sở, ban, ngành; UBND các huyện, thành phố gửi báo cáo về Sở A.",
        *(["Các sở, ban, ngành", "UBND các huyện, thành phố"], []),
    ),
    ("Các đơn vị sự nghiệp công lập trực thuộc gửi báo cáo.", ["Các đơn vị sự nghiệp công lập trực "
     "thuộc"], []),
    ("Đơn vị soạn thảo chủ trì, phối hợp với Thanh tra Sở giải trình.", ["Đơn vị soạn thảo"], [
        "Thanh tra Sở"
    ]),
    ("Thứ Sáu hằng tuần: Khoa Khám bệnh đọc bản tin, phối hợp với Phòng A.", ["Khoa Khám bệnh"], [
        "Phòng A"
    ]),
    ("Kiểm tra chéo do Phòng A thực hiện 6 tháng một lần.", ["Phòng A"], []),
    ("Hoàn thành trước ngày 2/9. Giao Phòng Kinh tế chủ trì.", ["Phòng Kinh tế"], []),
    ("Sở A đề nghị các sở, ngành gửi văn bản góp ý.", ["các sở, ngành"], []),
    ("Đề nghị Ủy ban Mặt trận Tổ quốc xã: Phối hợp với UBND xã giám sát.", [
        "Ủy ban Mặt trận Tổ quốc xã"
    ], ["UBND xã"]),
    ("Người phát ngôn có trách nhiệm cung cấp thông tin.", ["Người phát ngôn"], []),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "leads", "coordinates"), SENTENCES)
def test_who_is_told(sentence: str, leads: list[str], coordinates: list[str]) -> None:
    found = read_statement(sentence)
    assert found is not None
    assert (list(found.leads), list(found.coordinates)) == (leads, coordinates)


@pytest.mark.parametrize(
    "sentence",
    [
        "Hằng tháng tổng hợp kết quả báo cáo Thường trực Đảng ủy, lãnh đạo UBND xã.",
        "Căn cứ nhiệm vụ của cơ quan, đơn vị chủ động rà soát.",
        "Bộ Y tế đã ban hành hướng dẫn.",
        "Nội dung thuộc lĩnh vực do phòng, đơn vị được giao phụ trách.",
        "Khi đăng tải phải ghi rõ nguồn.",
    ],
)
def test_a_sentence_that_names_nobody(sentence: str) -> None:
    assert read_statement(sentence) is None


def test_a_name_ends_where_the_paper_shows_elsewhere_that_it_does() -> None:
    sentence = "Phòng Kế hoạch tổng hợp điểm các dự thảo."
    found = read_statement(sentence, ("Phòng Kế hoạch tổng hợp",))
    assert found is not None
    assert (found.leads, found.task) == (("Phòng Kế hoạch tổng hợp",), "điểm các dự thảo.")


def test_roles_in_brackets() -> None:
    assert split_roles("Phòng A (chủ trì), Phòng B, Phòng C (phối hợp)") == (
        ("Phòng A", "Phòng B"),
        ("Phòng C",),
    )


def test_a_row_may_be_broken_and_its_header_repeated() -> None:
    header = "STT\tNội dung\tĐơn vị chủ trì\tĐơn vị phối hợp\tThời hạn\n"
    text = (
        f"I. BẢNG PHÂN CÔNG\n{header}A. CÔNG TÁC CHUNG\n"
        "1\tHọp báo về\ndự thảo\tPhòng A\t\t30/6/2024\n"
        f"{header}2\tTọa đàm\tPhòng B\tPhòng A; các xã,\nphường\tQuý I/2024\n"
        "II. KINH PHÍ\nNgân sách."
    )
    first, second = read_duties(text, read_clauses(text))
    assert (first.address, first.duty, first.leads) == ("I.1", "Họp báo về dự thảo", ("Phòng A",))
    assert (first.coordinates, first.when.kind) == ((), "by")
    assert second.coordinates == ("Phòng A", "các xã, phường")


def test_a_heading_without_a_number_heads_what_follows() -> None:
    text = (
        "1. Việc chung\nPhòng A:\na) Lập sổ;\nb) Mở sổ.\nPhòng B:\na) Đọc sổ.\n"
        "TỔ CHỨC THỰC HIỆN\n1. Phòng C\nTheo dõi."
    )
    found = [(d.address, d.leads) for d in read_duties(text, read_clauses(text))]
    assert found == [
        ("1.a", ("Phòng A",)),
        ("1.b", ("Phòng A",)),
        ("1.a#2", ("Phòng B",)),
        ("1#2", ("Phòng C",)),
    ]


def test_what_a_report_holds_is_no_task() -> None:
    text = (
        "I. BÁO CÁO\n1. Các đơn vị gửi báo cáo về Sở A trước ngày 5/12/2024, nội dung gồm:\n"
        "- Số dự thảo;\n- Khó khăn, vướng mắc."
    )
    (duty,) = read_duties(text, read_clauses(text))
    assert (duty.leads, duty.recipient) == (("Các đơn vị",), "Sở A")


def test_aims_and_rules_are_nobodys_task() -> None:
    text = (
        "I. NGUYÊN TẮC\n1. Đơn vị nào soạn thảo thì đơn vị đó có trách nhiệm truyền thông.\n"
        "II. NHIỆM VỤ\n1. Phòng A lập sổ.\n2. Tài liệu truyền thông phải ghi rõ nguồn."
    )
    (duty,) = read_duties(text, read_clauses(text))
    assert duty.address == "II.1"
