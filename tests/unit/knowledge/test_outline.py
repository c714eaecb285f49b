"""Texts as trees: addresses, headings, texts, and the text again."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.documents import Clause
from knowledge.library import SHIPPED
from knowledge.reading.clean import clean
from knowledge.reading.outline import read_clauses, rebuild

PAPERS = Path(__file__).parent / "papers"
SEEDS = [f for f in sorted(SHIPPED.glob("*/text.txt")) if "ttg" not in f.parent.name]
FILES = [*SEEDS, *sorted(PAPERS.glob("*.txt"))]


def read(file: Path) -> str:
    return file.read_bytes().decode("utf-8")


def addresses(text: str) -> list[str]:
    return [clause.address for clause in read_clauses(text)]


def numbered(text: str) -> list[str]:
    fixed = {"head", "preamble", "recipients", "closing", "signature"}
    return [a for a in addresses(text) if a.split("#")[0] not in fixed]


def clause_of(text: str, address: str) -> Clause:
    return next(clause for clause in read_clauses(text) if clause.address == address)


def check(text: str) -> None:
    """What holds for every text, however odd."""
    clauses = read_clauses(text)
    assert rebuild(text, clauses) == text
    by_address = {clause.address: clause for clause in clauses}
    assert len(by_address) == len(clauses)
    seen: set[str] = set()
    for clause in clauses:
        assert 0 <= clause.start <= clause.end <= len(text)
        if clause.parent is not None:
            assert clause.parent in seen, "parents come before children"
            above = by_address[clause.parent]
            assert above.start <= clause.start <= clause.end <= above.end
        seen.add(clause.address)
        assert clause.text == " ".join(piece.text for piece in clause.pieces)
        for piece in clause.pieces:
            assert piece.text
            assert piece.text == clean(text[piece.start : piece.end])


BITS = [
    *("I. ", "II. ", "III. ", "A. ", "B. ", "Mục 1. ", "Phần I", "Phần thứ hai", "Chương II"),
    *("Điều 1. ", "Điều 2. ", "1. ", "2. ", "1.1. ", "2.1. ", "a) ", "b. ", "đ) ", "(1) ", "i) "),
    *("- ", "+ ", "– ", "• ", "* ", "**", "*", "^{x}", "^{", "}", "[bookmark: m_1]", "“", "”"),
    *("\t", "\xa0", "  ", "\n", "\n\n", "\f", "\r\n", "\r", "\u2028", "# ", "> ", "(", ")"),
    *("2", "\n\n3\n\n", "- 2 -", "Trang 1", "-----", "\u0302", "\u0301", "a\u0302", "\u200b"),
    *("Căn cứ Luật", "KẾ HOẠCH", "QUYẾT ĐỊNH", "Kính gửi:", "Nơi nhận:", "KT. GIÁM ĐỐC", "PHỤ LỤC"),
    *("Số: 12/KH-UBND", "V/v báo cáo", "Sở Tư pháp chủ trì", "trước ngày 20/9/2023.", "như sau:"),
    *(";", ":", ".", "./.", "Trong quá trình thực hiện, nếu có vướng mắc"),
]
ROWS = ["|", "TT | Nội dung | Chủ trì | Thời gian\n", "1 | Họp | Sở | Quý I\n"]
MIXES = st.lists(st.one_of(st.sampled_from(BITS + ROWS), st.text(max_size=4)), max_size=40).map(
    "".join
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(MIXES)
def test_any_mix_gives_its_text_back(text: str) -> None:
    check(text)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.sampled_from(FILES), st.integers(0, 25_000), st.sampled_from(BITS))
def test_a_paper_with_something_put_in_gives_its_text_back(
    file: Path, place: int, bit: str
) -> None:
    text = read(file)
    check(text[:place] + bit + text[place:])


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_every_paper_gives_its_text_back(file: Path) -> None:
    check(read(file))


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_decomposed_accents_give_the_same_tree(file: Path) -> None:
    composed = unicodedata.normalize("NFC", read(file))
    decomposed = unicodedata.normalize("NFD", composed)
    check(decomposed)
    seen = [(c.address, c.label, c.heading, c.text) for c in read_clauses(decomposed)]
    assert seen == [(c.address, c.label, c.heading, c.text) for c in read_clauses(composed)]


def test_a_lost_word_is_noticed() -> None:
    text = "I. MỤC ĐÍCH\n- Một việc.\n- Hai việc."
    (clause,) = read_clauses(text)
    short = Clause(
        clause.address, "I.", "MỤC ĐÍCH", "", clause.start, clause.end, None, clause.pieces[:1]
    )
    with pytest.raises(ValueError, match="lost"):
        rebuild(text, [short])


EXPECTED = {
    "quyet-dinh": (
        "head preamble 1 1.1 1.2 1.2.a 1.2.b 1.2.c 1.2.d 1.2.đ 1.2.e 1.3 2 2.I 2.I.1 2.I.2 2.II "
        "2.II.3 3 4 5 recipients signature"
    ),
    "ke-hoach-xa": (
        "head preamble A A.1 A.2 A.2.1 A.2.2 A.2.2.a A.2.2.b B B.1 B.1.1 B.1.2 B.2 B.2.1 B.2.2 "
        "C C.1 C.2 C.3 closing recipients signature"
    ),
    "cong-van": "head recipients preamble 1 2 3 3.a 3.b closing recipients#2 signature",
    "ke-hoach-nfd": (
        "head I I.I I.I.1 I.I.2 I.II II II.I II.I.1 II.I.2 II.II II.II.1 II.II.2 closing "
        "recipients signature"
    ),
    "phan-muc-lien": (
        "head preamble I 1 1.1 1.2 2 II II.1 3 3.1 3.1.a 3.1.b 3.2 II.2 4 5 recipients"
    ),
}


@pytest.mark.parametrize("paper", EXPECTED)
def test_unlike_papers_have_the_addresses_they_print(paper: str) -> None:
    assert addresses(read(PAPERS / f"{paper}.txt")) == EXPECTED[paper].split()


def test_a_sentence_broken_over_lines_and_pages_is_one_piece() -> None:
    clause = clause_of(read(PAPERS / "cong-van.txt"), "2")
    assert len(clause.pieces) == 1
    assert "qua hộp thư của Phòng để tổng hợp. Đơn vị không có" in clause.text
    first = clause_of(read(PAPERS / "cong-van.txt"), "1")
    assert "tại điểm a khoản 2. Điều 4 của Quy chế phối hợp. Số liệu" in first.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The number of a broken date, khoản or amount opens no clause.
        ("1. Gửi trước ngày\n20. Không gửi muộn.\n2. Hết.", ["1", "2"]),
        ("1. Quy định tại\nĐiều 5. Theo đó làm.\n2. Hết.", ["1", "2"]),
        ("1. Theo quy định tại khoản\n2. Điều 5 Luật này.\n2. Hết.", ["1", "2"]),
        ("Hoàn thành vào\n20. Bổ sung sau.", []),
        ("Điều 1. Phạm vi\nTheo\nĐiều 5 của Luật này.\nĐiều 2. Hiệu lực.", ["1", "2"]),
        # A compound number replaces its prefix, and letters go below it.
        (
            "II. A\n2. Tên\n2.1. Việc\na) Một;\nb) Hai.",
            ["II", "II.2", "II.2.1", "II.2.1.a", "II.2.1.b"],
        ),
        ("I. A\n1.1. Một.\n1.2. Hai.", ["I", "I.1.1", "I.1.2"]),
        (
            "I. A\n1. Tên\n1.1. B\n1.1.1. Một.\n1.1.2. Hai.",
            ["I", "I.1", "I.1.1", "I.1.1.1", "I.1.1.2"],
        ),
        # The same number twice, and what stands below the second.
        (
            "I. A\n1. B.\nIII. C\n1. D.\nIII. E\n1. G.",
            ["I", "I.1", "III", "III.1", "III#2", "III#2.1"],
        ),
        # đ and e, with and without đ.
        ("a) A;\nb) B;\nc) C;\nd) D;\nđ) E;\ne) G.", ["a", "b", "c", "d", "đ", "e"]),
        ("a. A;\nb. B;\nc. C;\nd. D;\ne. E.", ["a", "b", "c", "d", "e"]),
        # Every way of printing a number.
        ("I - A\n1/ B.\n2/ C.\nII - D", ["I", "I.1", "I.2", "II"]),
        ("(1) A.\n(2) B.", ["1", "2"]),
        ("1. A\n1) B;\n2) C.\n2. D.", ["1", "1.1", "1.2", "2"]),
        ("01. A.\n02. B.", ["1", "2"]),
        ("1.Mục đích.\n2.Yêu cầu.", ["1", "2"]),
        ("Phần I\nTÊN\nPhần II\nTÊN", ["I", "II"]),
        ("PHẦN THỨ NHẤT\nTÊN\n1. A.\nPHẦN THỨ HAI\nTÊN", ["I", "I.1", "II"]),
        ("Mục 1. A\n1.1. B.\nMục 2. C", ["1", "1.1", "2"]),
        # Articles go on from chapter to chapter and hold khoản and điểm.
        (
            "Chương I\nA\nĐiều 1. B\n1. C:\na) D;\nb) E.\nChương II\nG\nĐiều 2. H",
            ["I", "1", "1.1", "1.1.a", "1.1.b", "II", "2"],
        ),
        ("Điều 1. Phê duyệt như sau:\nI. A\n1. B.\nĐiều 2. C.", ["1", "1.I", "1.I.1", "2"]),
        # Tasks with their word; "tháng" and "số" end a line without awaiting a letter.
        (
            "A. VIỆC\nNhiệm vụ 1: B.\nHằng tháng\n* Nhiệm vụ 2: C.\nNội dung 1: D.",
            ["A", "A.1", "A.2", "A.2.1"],
        ),
        ("1. Việc\n2. Chuyển đổi số\na) A;\nb) B.", ["1", "2", "2.a", "2.b"]),
        # A list below a list of the same kind, told by the colon.
        ("1. A, gồm:\n1. B;\n2. C.\n2. D.", ["1", "1.1", "1.2", "2"]),
        # Bullets have no address.
        ("1. A\n- B;\n+ C.\n2. D", ["1", "2"]),
        # A period broken at its dash, a page number, a rule.
        ("1. Giai đoạn 2022\n- 2027 trên địa bàn.\n2. B.", ["1", "2"]),
        ("1. A của các\n\n2\n\nđơn vị.\n\n2. B.", ["1", "2"]),
        # Markdown.
        ("## I. MỤC ĐÍCH\n\n**1. Mục đích**\n\nA.\n\n**2.** B.", ["I", "I.1", "I.2"]),
    ],
)
def test_addresses(text: str, expected: list[str]) -> None:
    assert numbered(text) == expected
    check(text)


@pytest.mark.parametrize(
    ("text", "address", "heading", "own"),
    [
        ("1. Mục đích\n- Một.", "1", "Mục đích", "- Một."),
        ("1. Thời điểm: Ngay từ khi lấy ý kiến.", "1", "Thời điểm", "Ngay từ khi lấy ý kiến."),
        ("1. Rà soát văn bản.\n2. Hết.", "1", "", "Rà soát văn bản."),
        ("1. Rà soát văn bản\n2. Hết", "1", "", "Rà soát văn bản"),
        ("1. Nội dung gồm:\n- Một.", "1", "", "Nội dung gồm: - Một."),
        (
            "1. Thực hiện các quy định, như: Luật Báo chí.",
            "1",
            "",
            "Thực hiện các quy định, như: Luật Báo chí.",
        ),
        ("1. Các phòng, ban:\n- Một.", "1", "Các phòng, ban", "- Một."),
        ("Điều 1. Phạm vi\nQuyết định này áp dụng.", "1", "Phạm vi", "Quyết định này áp dụng."),
        (
            "Điều 1. Phạm vi điều chỉnh. Quyết định này quy định.",
            "1",
            "Phạm vi điều chỉnh",
            "Quyết định này quy định.",
        ),
        ("1. Họp (Chủ trì: Phòng A).", "1", "", "Họp (Chủ trì: Phòng A)."),
        ("I. **TÊN** ^{1}\n1. Một", "I", "TÊN 1", ""),
    ],
)
def test_headings(text: str, address: str, heading: str, own: str) -> None:
    clause = clause_of(text, address)
    assert (clause.heading, clause.text) == (heading, own)


def test_role_lines_after_the_last_task_speak_for_all_of_them() -> None:
    text = read(SHIPPED / "ia-hdrai-2022-2027" / "text.txt")
    assert clause_of(text, "III.6").text.startswith("- Cơ quan chủ trì: Cơ quan Tổ chức - Nội vụ")
    assert "chủ trì" not in clause_of(text, "III.6.3").text


def test_role_lines_of_each_task_stay_with_it() -> None:
    text = read(SHIPPED / "hai-phong-gddt-2023" / "text.txt")
    assert clause_of(text, "III.2.c").text.endswith("Thời gian thực hiện: Năm 2023")
    assert clause_of(text, "III.2").text == ""


def test_the_deadline_of_hai_phong() -> None:
    text = read(SHIPPED / "hai-phong-gddt-2023" / "text.txt")
    clause = clause_of(text, "III#2.6")
    assert clause.heading == "Chế độ thông tin báo cáo"
    assert "trước ngày 20/9/2023" in clause.text
    assert text[clause.start :].startswith("6. Chế độ thông tin báo cáo")
    assert "**ngày 20/9/2023**" in text[clause.start : clause.end]


def test_a_decision_and_what_it_issues_are_two_papers() -> None:
    text = (
        "QUYẾT ĐỊNH\nBan hành Kế hoạch\n\nCăn cứ Luật A;\n\nQUYẾT ĐỊNH:\n\n"
        "Điều 1. Ban hành Kế hoạch.\n\nNơi nhận:\n- Như trên.\n\nCHỦ TỊCH\n\nA.B\n\n"
        "KẾ HOẠCH\nNăm 2024\n(Kèm theo Quyết định số 1/QĐ-UBND)\n\n"
        "I. MỤC ĐÍCH\n1. Một.\n\nPHỤ LỤC\nTT | Nhiệm vụ | Chủ trì | Thời gian\n1 | Họp |"
        " Phòng A | Quý I/2024\n"
    )
    assert addresses(text) == [
        *("head", "preamble", "1", "recipients", "signature"),
        *("head#2", "I", "I.1", "head#3", "1#2"),
    ]
    check(text)


@pytest.mark.parametrize(
    "last",
    [
        "Trong quá trình triển khai, nếu có vướng mắc, đề nghị phản ánh về Sở./.",
        "Trên đây là Kế hoạch của Sở, yêu cầu các phòng thực hiện.",
        "Căn cứ nội dung Kế hoạch này, các cơ quan chủ động triển khai./.",
    ],
)
def test_the_farewell_is_no_part_of_the_last_clause(last: str) -> None:
    body = "KẾ HOẠCH\nNăm 2024\n\nI. VIỆC\n\n1. Phòng A\n\n- Làm việc này."
    text = f"{body}\n\n{last}\n\nNơi nhận:\n- A."
    assert clause_of(text, "I.1").text == "- Làm việc này."
    assert clause_of(text, "closing").text == last


def test_empty_and_blank_texts_have_no_clauses() -> None:
    assert read_clauses("") == ()
    assert read_clauses(" \n\n\t\f") == ()


def test_an_article_stands_beside_the_one_before_whatever_that_one_holds() -> None:
    text = (
        "QUYẾT ĐỊNH:\n\nĐiều 1. Phê duyệt Đề án với nội dung sau:\n\nI. PHẠM VI\n\n"
        "1. Đề án áp dụng trên cả nước.\n\nĐiều 2. Quyết định này có hiệu lực từ ngày ký.\n\n"
        "Điều 3. Các bộ chịu trách nhiệm thi hành."
    )
    clauses = {c.address: c for c in read_clauses(text)}
    assert [clauses[a].parent for a in ("1", "1.I", "1.I.1", "2", "3")] == [
        None,
        "1",
        "1.I",
        None,
        None,
    ]
    assert clauses["1"].end <= clauses["2"].start
