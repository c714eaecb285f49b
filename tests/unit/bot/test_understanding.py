"""What a question names: tables of examples, with those that must not match."""

from __future__ import annotations

import unicodedata

import pytest

from knowledge.vietnamese import fold
from tests.unit.bot.shipped import read

HAI_PHONG, HUNG_YEN, LANG_SON, IA_HDRAI = "Hải Phòng", "Hưng Yên", "Lạng Sơn", "Ia H’Drai"

PLACES = [
    ("Kế hoạch của Hải Phòng", [HAI_PHONG]),
    ("KẾ HOẠCH CỦA HẢI PHÒNG", [HAI_PHONG]),
    ("ke hoach cua hai phong", [HAI_PHONG]),
    ("kh hp 2023", [HAI_PHONG]),
    ("tp hải phòng", [HAI_PHONG]),
    ("haiphong nop khi nao", [HAI_PHONG]),
    # A slip of the finger; the word is no Vietnamese syllable.
    ("hai phonh nộp khi nào", [HAI_PHONG]),
    # As a paper itself prints it, and as its abbreviation.
    ("Hung Yên nộp khi nào", [HUNG_YEN]),
    ("hy skhcn", [HUNG_YEN]),
    ("skhdt ls 2023", [LANG_SON]),
    # Every apostrophe, and none.
    ("huyện Ia H'Drai", [IA_HDRAI]),
    ("huyện Ia H’Drai", [IA_HDRAI]),
    ("huyen ia hdrai", [IA_HDRAI]),
    ("iahdrai", [IA_HDRAI]),
    ("Hải Phòng và Hưng Yên", [HAI_PHONG, HUNG_YEN]),
    # Places without a paper here are places all the same.
    ("Đà Nẵng nộp khi nào", ["Đà Nẵng"]),
    ("ubnd tp hn", ["Hà Nội"]),
    # Must not be read as a place: accents say otherwise, or the words are words.
    ("đánh giá lại kết quả", []),
    ("quản trị thông tin", []),
    ("phòng học nào", []),
    ("ai chủ trì", []),
]


@pytest.mark.parametrize(("text", "expected"), PLACES)
def test_places(text: str, expected: list[str]) -> None:
    assert list(read(text).places) == expected


STRANGERS = [
    ("UBND thị trấn Đắk Mâm giao ai?", "dak mam"),
    ("Xã Mường Vi báo cáo khi nào", "muong vi"),
]


@pytest.mark.parametrize(("text", "name"), STRANGERS)
def test_a_place_nobody_knows_is_a_stranger(text: str, name: str) -> None:
    understood = read(text)
    assert not understood.places
    assert fold(understood.strangers[0]) == name


@pytest.mark.parametrize(
    "text",
    [
        "huyen muong vi giao ai",  # without accents and capitals
        "thị xã Nghi Sơn làm gì",
    ],
)
def test_a_stranger_is_noticed_however_it_is_typed(text: str) -> None:
    assert read(text).strangers


@pytest.mark.parametrize(
    "text",
    [
        "các xã phải làm gì",
        "UBND huyện làm gì",
        "cấp tỉnh ai làm đầu mối",
        "huyện Ia H'Drai",
        "tỉnh",
    ],
)
def test_a_level_or_a_known_place_is_no_stranger(text: str) -> None:
    assert not read(text).strangers


GDDT, KHCN, KHDT = "Sở Giáo dục và Đào tạo", "Sở Khoa học và Công nghệ", "Sở Kế hoạch và Đầu tư"
BODIES = [
    ("Sở Giáo dục và Đào tạo", [GDDT]),
    ("SỞ GIÁO DỤC VÀ ĐÀO TẠO", [GDDT]),
    ("so giao duc va dao tao", [GDDT]),
    ("sgddt hp", [GDDT]),
    ("Sở GDĐT", [GDDT]),
    ("Sở GD&ĐT", [GDDT]),
    ("sở khcn", [KHCN]),
    ("Sở KH&CN", [KHCN]),
    ("sở kh&đt", [KHDT]),
    ("skhdt", [KHDT]),
    ("Thanh tra Sở", ["Thanh tra Sở"]),
    ("chánh thanh tra sở là ai", ["Thanh tra Sở"]),
    ("vp so lam gi", ["Văn phòng Sở"]),
    ("phong tu phap", ["Phòng Tư pháp"]),
    ("Phòng Tư pháp và Phòng Giáo dục và Đào tạo", ["Phòng Tư pháp", "Phòng Giáo dục và Đào tạo"]),
    ("ubnd xã", ["Ủy ban nhân dân xã"]),
    # The longest name wins: not the department of education, nor justice.
    ("Phòng Giáo dục và Đào tạo", ["Phòng Giáo dục và Đào tạo"]),
    # "số" is a number here, not "Sở".
    ("so ke hoach cua hai phong", []),
    ("Văn bản nào quy định?", []),
]


@pytest.mark.parametrize(("text", "expected"), BODIES)
def test_bodies(text: str, expected: list[str]) -> None:
    assert list(read(text).bodies) == expected


PAPERS = [
    ("qd407", ["407"]),
    ("QĐ 407", ["407"]),
    ("qđ 407/qđ-ttg", ["407"]),
    ("quyết định số 407", ["407"]),
    ("QUYẾT ĐỊNH 407", ["407"]),
    ("đề án 407", ["407"]),
    ("chỉ thị 07", ["7"]),
    ("chi thi 7", ["7"]),
    ("CT 07/CT-TTg", ["7"]),
    ("117/KH-SGDĐT", ["117"]),
    ("643/UBND-KGVX", ["643"]),
    ("thông tư 56/2023/TT-BTC", ["56/2023"]),
    ("Nghị định 09/2017", ["9/2017"]),
    ("Quyết định 407 và Chỉ thị 07", ["407", "7"]),
    # Numbers that name no paper.
    ("báo cáo 6 tháng gửi ai", []),
    ("báo cáo 06 tháng, năm", []),
    ("bc 6 thang nop ai", []),
    ("11 chuyên đề", []),
    ("4 tiêu chí", []),
    ("100% chính sách", []),
    ("trước ngày 20/9/2023", []),
    ("kế hoạch 2023", []),
    ("công văn 2024", []),
    ("khoản 2", []),
]


@pytest.mark.parametrize(("text", "expected"), PAPERS)
def test_papers(text: str, expected: list[str]) -> None:
    assert [p.number for p in read(text).papers] == expected


def test_the_kind_and_symbols_of_a_paper_are_kept() -> None:
    [paper] = read("Chỉ thị 07-CT/TW của Ban Bí thư").papers
    assert paper.kind == "chi thi"
    assert "tw" in paper.symbols


YEARS = [
    ("năm 2023 nộp khi nào", [2023]),
    ("kh hp 2023", [2023]),
    ("giai đoạn 2022-2027", [2022, 2027]),
    ("hạn nộp trước ngày 20/9/2023", [2023]),
    ("năm nay nộp khi nào", [2026]),
    ("nam ngoai nop khi nao", [2025]),
    ("sang năm nộp khi nào", [2027]),
    ("hai năm trước nộp khi nào", [2024]),
    ("sau năm 2027 nộp cho ai", [2028]),
    ("sau 2027 nộp cho ai", [2028]),
    ("tháng 3/2025 nộp gì", [2025]),
    ("năm sau nộp khi nào", [2027]),
    # The year belongs to the name of a law, not to the question.
    ("có tập huấn Luật Giáo dục 2019 không", []),
    ("tap huan luat giao duc 2019", []),
    # The number of a paper, not a year; nor the day on which a cited paper was issued.
    ("quyết định 407 nói gì", []),
    ("Kế hoạch 126/KH-UBND ngày 07/7/2022 nói gì", []),
    ("Thông tư 56/2023/TT-BTC", []),
    ("11 chuyên đề và 02 phụ lục", []),
]


@pytest.mark.parametrize(("text", "expected"), YEARS)
def test_years(text: str, expected: list[int]) -> None:
    assert list(read(text).years) == expected


#: What each abbreviation stands for, folded.
ABBREVIATIONS = [
    ("vbqppl", "van ban quy pham phap luat"),
    ("ttcs", "truyen thong chinh sach"),
    ("ubnd tp", "uy ban nhan dan"),
    ("kh này", "ke hoach"),
    ("bc 6 thang", "bao cao"),
]


@pytest.mark.parametrize(("text", "full"), ABBREVIATIONS)
def test_abbreviations(text: str, full: str) -> None:
    assert full in read(text).folded


#: One question, typed in every way: what it names is the same.
SAME = [
    "Hạn gửi kế hoạch năm 2023 về Sở Giáo dục và Đào tạo Hải Phòng là ngày nào?",
    "Theo Quyết định 407/QĐ-TTg, Phòng Tư pháp huyện Ia H’Drai làm gì?",
    "Sở KH&CN Hưng Yên: ai chủ trì, ai phối hợp?",
]


@pytest.mark.parametrize("text", SAME)
@pytest.mark.parametrize(
    "typed",
    [
        lambda t: unicodedata.normalize("NFD", t),
        fold,
        str.upper,
        lambda t: fold(t).translate(str.maketrans("", "", "?:,.")),
        lambda t: t.replace(" ", "  ").replace("?", " ???"),
        lambda t: t.replace(" ", "\u00a0"),
    ],
    ids=["NFD", "bare", "CAPITALS", "no punctuation", "spaces", "hard spaces"],
)
def test_however_it_is_typed(text: str, typed) -> None:  # type: ignore[no-untyped-def]
    one, other = read(text), read(typed(text))
    for name in ("places", "bodies", "years", "facets", "kinds"):
        assert getattr(one, name) == getattr(other, name), name
    assert [p.number for p in one.papers] == [p.number for p in other.papers]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kế hoạhc năm 2023", "hoach"),  # letters swapped
        ("truyền thônng", "thong"),
    ],
)
def test_a_mistyped_word_is_read_as_the_papers_word(typed: str, meant: str) -> None:
    assert meant in read(typed).folded.split()


@pytest.mark.parametrize("text", ["", " ", "?", "...", "!!!", "\u200b", "\n\t"])
def test_nothing_names_nothing(text: str) -> None:
    understood = read(text)
    named = (understood.places, understood.bodies, understood.papers, understood.content)
    assert not any(named)


@pytest.mark.parametrize(
    ("text", "facets", "facts"),
    [
        # "sở nào" typed bare is "so nao": no number is asked for.
        ("O cap tinh thi so nao dung moi lo viec nay?", ("lead",), ()),
        ("Chỉ thị số nào giao việc này?", ("number",), ()),
        # Who, before what it is about.
        ("Bộ phận nào chỉ giúp việc lập dự toán kinh phí?", ("lead", "money"), ()),
        ("Khái niệm truyền thông dự thảo là gì, do ai làm?", ("definition",), ()),
        ("Cuối bản kế hoạch đứng tên ai?", ("signer",), ()),
        # Something is in the way: to whom it is told.
        ("Bị vướng thì báo phòng nào?", ("recipient",), ()),
        # Who is trained, not who trains; to what end, not which task.
        ("Ai được cử đi bồi dưỡng kỹ năng ở huyện?", (), ()),
        ("Lập kế hoạch để làm gì?", ("purpose",), ()),
        # The date of the paper; "hồ sơ: KH" asks for no number.
        ("Kế hoạch này ký mùng mấy?", ("paper_date",), ()),
        ("Xin hồ sơ: KH này đề tháng, năm nào?", ("paper_date",), ()),
        # A phone to read on is no phone number.
        ("Có nhắn tin qua nhóm trên điện thoại không?", (), ()),
        ("Cho xin mail của phòng?", (), ("email",)),
    ],
)
def test_what_is_asked_for(text: str, facets: tuple[str, ...], facts: tuple[str, ...]) -> None:
    understood = read(text)
    assert understood.facets[: len(facets)] == facets
    assert bool(facets) == bool(understood.facets)
    assert understood.facts == facts
