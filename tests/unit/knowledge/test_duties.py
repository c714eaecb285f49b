"""Who does what, with whom, by when, reporting to whom."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from knowledge.bodies import body_before_verb, split_bodies
from knowledge.documents import Duty
from knowledge.duties import read_duties
from knowledge.library import SHIPPED
from knowledge.reading.clean import clean
from knowledge.reading.outline import read_clauses
from knowledge.recipients import recipient_of

PAPERS = Path(__file__).parent / "papers"
SEEDS = [f.parent.name for f in sorted(SHIPPED.glob("*/text.txt")) if "ttg" not in f.parent.name]


def duties_in(text: str, year: int | None = None) -> tuple[Duty, ...]:
    return read_duties(text, read_clauses(text), year=year)


@cache
def duties_of(paper: str) -> tuple[Duty, ...]:
    file = SHIPPED / paper / "text.txt"
    file = file if file.exists() else PAPERS / f"{paper}.txt"
    return duties_in(file.read_bytes().decode("utf-8"))


def one(paper: str, address: str, words: str = "") -> Duty:
    (found,) = [d for d in duties_of(paper) if d.address == address and words in d.duty]
    return found


LEADS = [
    ("hung-yen-khcn-2024", "II.1", ["Thanh tra Sở"], ["Các phòng, đơn vị"]),
    (
        "hung-yen-khcn-2024",
        "II.2.1",
        [
            "Phòng, đơn vị được giao tham mưu soạn thảo văn bản quy phạm pháp luật của HĐND và "
            "UBND tỉnh"
        ],
        ["Các phòng, đơn vị khác có liên quan"],
    ),
    (
        "lang-son-khdt-2023",
        "II.1",
        [
            "Văn phòng Sở",
            "phòng Đăng ký kinh doanh",
            "phòng Quản lý đầu tư ngoài ngân sách",
        ],
        ["Các phòng, đơn vị thuộc Sở"],
    ),
    (
        "ia-hdrai-2022-2027",
        "III.6",
        [
            "Cơ quan Tổ chức - Nội vụ",
            "Phòng Tư pháp",
            "Phòng Giáo dục và Đào tạo (Phụ trách lĩnh vực Văn hóa - Thông tin)",
            "Trung tâm Văn hóa - Thể thao - Du lịch và Truyền thông huyện",
        ],
        ["Các cơ quan, đơn vị có liên quan"],
    ),
    ("ia-hdrai-2022-2027", "III.7", ["Phòng Tư pháp", "Ủy ban nhân dân các xã"], None),
    (
        "ke-hoach-xa",
        "B.1.1",
        ["Phòng Văn hóa - Xã hội"],
        ["Các trưởng thôn", "Đoàn Thanh niên xã", "Hội Liên hiệp Phụ nữ xã"],
    ),
    (
        "quyet-dinh",
        "2.I.2",
        ["Sở Tư pháp", "Sở Văn hóa, Thể thao và Du lịch"],
        ["Báo và Đài An Hải"],
    ),
    ("ke-hoach-nfd", "II.I.2", ["Thanh tra Sở"], []),
    ("cong-van", "3", ["Văn phòng Sở"], []),
]


@pytest.mark.parametrize(("paper", "address", "leads", "coordinates"), LEADS)
def test_leads_and_coordinators(
    paper: str, address: str, leads: list[str], coordinates: list[str] | None
) -> None:
    duty = one(paper, address)
    assert list(duty.leads) == leads
    if coordinates is not None:
        assert list(duty.coordinates) == coordinates


def test_one_duty_for_each_task_at_the_clause_that_states_it() -> None:
    assert [d.address for d in duties_of("hung-yen-khcn-2024")] == [
        *("II.1", "II.2.1", "II.2.2", "II.3", "II.4", "III.1.1", "III.1.2", "III.1.3"),
        *("III.1.4", "III.1.4", "III.1.4", "III.1.5", "III.1.6", "III.1.6"),
    ]
    assert [d.address for d in duties_of("ia-hdrai-2022-2027")] == [
        *(f"III.{n}" for n in range(1, 8)),
        *("V.1.1", "V.1.2", "V.1.2", "V.1.3", "V.1.3", "V.1.4", "V.1.5", "V.1.6", "V.1.7"),
        *("V.2", "V.2", "V.3", "V.3"),
    ]
    assert [d.address for d in duties_of("quyet-dinh")] == ["2.I.1", "2.I.2", "2.II.3", "3", "5"]


def test_the_reports_of_hai_phong() -> None:
    plan = one("hai-phong-gddt-2023", "III#2.6", "Kế hoạch thực hiện")
    assert plan.leads == ("Các Phòng GDĐT quận, huyện", "trường THPT", "đơn vị trực thuộc")
    assert (plan.recipient, plan.via) == ("Sở GDĐT", "Thanh tra Sở")
    assert (plan.when.kind, plan.when.before) == ("before", date(2023, 9, 20))
    assert plan.when.end == date(2023, 9, 19)
    report = one("hai-phong-gddt-2023", "III#2.6", "Báo cáo kết quả")
    assert (report.recipient, report.when.before) == ("Sở GDĐT", date(2023, 12, 10))
    assert one("hai-phong-gddt-2023", "III#2.6", "đột xuất").when.kind == "instruction"


def test_the_reports_of_the_district() -> None:
    half = one("ia-hdrai-2022-2027", "V.3", "Báo cáo kết quả")
    assert half.leads == ("Các phòng, ban, ngành cấp huyện và Ủy ban nhân dân các xã",)
    assert (half.recipient, half.when.recurrence) == ("Phòng Tư pháp", "FREQ=YEARLY;BYMONTH=6,12")
    assert one("ia-hdrai-2022-2027", "V.3", "tổng hợp, xây dựng").recipient == "Sở Tư pháp"


def test_a_report_through_somebody() -> None:
    duty = one("cong-van", "2")
    assert (duty.recipient, duty.via) == ("Sở Tư pháp", "Phòng Phổ biến, giáo dục pháp luật")
    assert duty.when.text == "trước ngày 18/6/2025"


def test_what_is_not_stated_is_not_made_up() -> None:
    assert one("hung-yen-khcn-2024", "II.4").coordinates == ()
    no_time = one("lang-son-khdt-2023", "II.2").when
    assert (no_time.text, no_time.kind) == (None, "none")
    only_time = one("hai-phong-gddt-2023", "III.2.a")
    assert (only_time.leads, only_time.when.text) == ((), "Năm 2023")
    assert duties_in("I. MỤC ĐÍCH\n1. Nâng cao nhận thức của các cơ quan, đơn vị.") == ()


@pytest.mark.parametrize("paper", [*SEEDS, *(f.stem for f in sorted(PAPERS.glob("*.txt")))])
def test_a_quote_is_one_contiguous_piece(paper: str) -> None:
    file = SHIPPED / paper / "text.txt"
    file = file if file.exists() else PAPERS / f"{paper}.txt"
    text = file.read_bytes().decode("utf-8")
    by_address = {clause.address: clause for clause in read_clauses(text)}
    for duty in duties_of(paper):
        clause = by_address[duty.address]
        assert duty.quote in clean(text[clause.start : clause.end])


@pytest.mark.parametrize(
    ("line", "leads", "coordinates", "when"),
    [
        (
            "1. Tập huấn. Đơn vị chủ trì: Sở A; đơn vị phối hợp: Sở B; thời gian: Quý II/2024.",
            *(("Sở A",), ("Sở B",), "Quý II/2024"),
        ),
        (
            "1. Họp báo (Chủ trì: Phòng A; phối hợp: các đơn vị; hoàn thành trước 30/6/2024).",
            *(("Phòng A",), ("các đơn vị",), "trước 30/6/2024"),
        ),
        ("1. Họp báo\nĐơn vị thực hiện: Phòng A, Phòng B.", ("Phòng A", "Phòng B"), (), None),
        ("1. Giao Phòng A theo dõi trước ngày 1/2/2024.", ("Phòng A",), (), "trước ngày 1/2/2024"),
        ("1. Phòng A có trách nhiệm phối hợp với Sở B lập sổ.", ("Phòng A",), ("Sở B",), None),
    ],
)  # fmt: skip
def test_roles_within_a_line(
    line: str, leads: tuple[str, ...], coordinates: tuple[str, ...], when: str | None
) -> None:
    (duty,) = duties_in(f"I. NHIỆM VỤ\n{line}\n2. Hết.")
    assert (duty.leads, duty.coordinates, duty.when.text) == (leads, coordinates, when)


def test_rows_without_numbers_belong_to_their_clause() -> None:
    text = (
        "I. NHIỆM VỤ\nNội dung | Chủ trì | Phối hợp | Thời hạn\n"
        "Họp báo | Phòng A | Phòng B; Phòng C | Quý I/2024\nTọa đàm | Phòng B | | 30/4/2024\n"
    )
    first, second = duties_in(text)
    assert (first.address, first.duty, first.coordinates) == (
        "I",
        "Họp báo",
        ("Phòng B", "Phòng C"),
    )
    assert (second.leads, second.when.kind) == (("Phòng B",), "by")
    assert second.when.end == date(2024, 4, 30)


def test_two_deadlines_in_a_sentence_are_two_duties() -> None:
    first, second = (duty for duty in duties_of("phan-muc-lien") if duty.address == "4")
    assert first.leads == second.leads == ("Các sở, ngành và Ủy ban nhân dân các phường, xã",)
    assert first.when.text == "trước ngày 20 tháng cuối quý"
    assert second.when.text == "trước ngày 30/11 hằng năm"


def test_a_body_named_before_its_deadline() -> None:
    text = (
        "I. VIỆC\n1. Phân công\n1.1. UBND các huyện ban hành kế hoạch, hoàn thành trước 15/4/2024."
    )
    (duty,) = duties_in(text)
    assert (duty.leads, duty.when.before) == (("UBND các huyện",), date(2024, 4, 15))


def test_a_date_without_a_year_takes_the_papers() -> None:
    text = "I. VIỆC\n1. Giao Phòng A báo cáo Sở B trước ngày 15/6."
    (duty,) = duties_in(text, year=2024)
    assert (duty.when.before, duty.recipient) == (date(2024, 6, 15), "Sở B")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Phòng Tư pháp.", ["Phòng Tư pháp"]),
        ("Phòng A; Phòng B", ["Phòng A", "Phòng B"]),
        ("Văn phòng Sở, phòng Đăng ký kinh doanh", ["Văn phòng Sở", "phòng Đăng ký kinh doanh"]),
        # Commas within a name:
        ("Các Phòng GDĐT quận, huyện", ["Các Phòng GDĐT quận, huyện"]),
        ("Phòng Văn hóa, Khoa học và Thông tin", ["Phòng Văn hóa, Khoa học và Thông tin"]),
        ("Các phòng, đơn vị khác có liên quan", ["Các phòng, đơn vị khác có liên quan"]),
        ("Hội đồng phối hợp phổ biến, giáo dục pháp luật huyện", None),
        ("Phòng A (phụ trách B, Phòng C)", None),
        ("Các sở, ban, ngành; Ủy ban nhân dân các xã, phường", [
            "Các sở, ban, ngành", "Ủy ban nhân dân các xã, phường",
        ]),
        ("", []),
    ],
)  # fmt: skip
def test_lists_of_bodies(value: str, expected: list[str] | None) -> None:
    assert list(split_bodies(value)) == ([value] if expected is None else expected)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Văn phòng Sở chủ trì, phối hợp", "Văn phòng Sở"),
        ("Hội đồng phối hợp phổ biến pháp luật chỉ đạo", "Hội đồng phối hợp phổ biến pháp luật"),
        ("Sở Thông tin và Truyền thông hướng dẫn", "Sở Thông tin và Truyền thông"),
        ("Tổ chức hội nghị triển khai", None),
        ("Phòng ngừa, theo dõi", None),
        ("Báo cáo kết quả thực hiện", None),
        ("Trường hợp vướng mắc, báo cáo Sở", None),
    ],
)
def test_who_a_sentence_begins_with(text: str, name: str | None) -> None:
    pair = body_before_verb(text)
    assert (pair[0] if pair else None) == name


@pytest.mark.parametrize(
    ("text", "recipient", "via"),
    [
        ("gửi báo cáo về Sở GDĐT.", "Sở GDĐT", None),
        ("gửi về Sở GDĐT (qua Thanh tra Sở) như sau:", "Sở GDĐT", "Thanh tra Sở"),
        ("gửi Phòng Tư pháp (Cơ quan Thường trực) để tổng hợp", "Phòng Tư pháp", None),
        ("báo cáo Ủy ban nhân dân tỉnh 06 tháng và năm", "Ủy ban nhân dân tỉnh", None),
        ("Báo cáo kết quả trước ngày 1/2 để tổng hợp báo cáo Ủy ban nhân dân", None, None),
        ("Báo cáo đột xuất khi có yêu cầu.", None, None),
        ("Giao Sở A xây dựng báo cáo chung trình Sở B trong tháng 5.", "Sở B", None),
    ],
)
def test_to_whom_a_task_reports(text: str, recipient: str | None, via: str | None) -> None:
    assert recipient_of(text) == (recipient, via)


def test_a_preamble_may_ask_before_the_first_number() -> None:
    text = (
        "CHỈ THỊ\nVề truyền thông\n\n"
        "Thời gian qua, nhiều cơ quan chủ trì soạn thảo còn xem nhẹ.\n\n"
        "Chủ tịch UBND tỉnh yêu cầu Giám đốc các sở trực tiếp chỉ đạo việc truyền thông.\n\n"
        "Yêu cầu các xã gửi kế hoạch về Sở A chậm nhất ngày 15/9/2025.\n\n"
        "UBND tỉnh đề nghị các sở thực hiện một số nội dung sau:\n\n1. Sở A lập sổ."
    )
    found = [(duty.address, duty.leads, duty.recipient) for duty in duties_in(text)]
    assert found[:2] == [
        ("preamble", ("Giám đốc các sở",), None),
        ("preamble", ("các xã",), "Sở A"),
    ]
    assert [address for address, _, _ in found[2:]] == ["1"]


def test_a_title_between_two_items_is_no_task() -> None:
    text = "I. VIỆC\n1. Sở A:\na) Lập sổ.\nb) Theo dõi.\nTổ chức truyền thông\n2. Sở B:\na) Họp.\n"
    text += "Chế độ báo cáo:\na) Các xã gửi báo cáo về Sở A trước ngày 5/6/2025."
    found = [(duty.address, duty.duty) for duty in duties_in(text)]
    assert [address for address, _ in found] == ["I.1.a", "I.1.b", "I.2.a", "I.2.a#2"]


def test_aims_without_a_number_end_at_the_first_numbered_part() -> None:
    text = (
        "KẾ HOẠCH\nTruyền thông năm 2024\n\nMỤC ĐÍCH, YÊU CẦU\n- Phòng A phải nắm chắc.\n\n"
        "A. NHIỆM VỤ\nNhiệm vụ 1: Lập sổ.\nChủ trì: Phòng A\nHoàn thành: Hằng tháng\n"
        "Nhiệm vụ 2: Họp.\nChủ trì: Phòng B\n\nB. TỔ CHỨC THỰC HIỆN\n1. Phòng A theo dõi.\n"
    )
    found = [(duty.address, duty.leads) for duty in duties_in(text)]
    assert found == [("A.1", ("Phòng A",)), ("A.2", ("Phòng B",)), ("B.1", ("Phòng A",))]
