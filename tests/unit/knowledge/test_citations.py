"""Addresses and numbers of papers: written for people, found in what they write."""

from __future__ import annotations

import re
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.citations import anchor, find_addresses, find_numbers, from_anchor, in_words
from knowledge.documents import FIXED_ADDRESSES, DigestEntry, Document, Identity, Validity
from knowledge.errors import CitationNotFound
from knowledge.library import SHIPPED, Library, load_library
from knowledge.reading.labels import to_roman
from knowledge.reading.outline import read_clauses


@cache
def library() -> Library:
    return load_library(SHIPPED)


def document(text: str, *entries: DigestEntry) -> Document:
    validity = Validity("unknown", "chưa rõ")
    return Document(
        "thu", Identity(), text, read_clauses(text), (), validity, "Thử", digest=bool(entries),
        entries=entries,
    )  # fmt: skip


ROMAN = st.integers(1, 39).map(to_roman)
NUMBER = st.integers(1, 30).map(str)
LETTER = st.sampled_from("abcdđeghiklmnopq")
MARK = st.sampled_from(["", "#2", "#3"])
ADDRESSES = st.builds(
    lambda first, mark, rest, letter: ".".join([first + mark, *rest, *letter]),
    st.one_of(ROMAN, NUMBER),
    MARK,
    st.lists(NUMBER, max_size=2),
    st.lists(LETTER, max_size=1),
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.one_of(ADDRESSES, st.sampled_from(FIXED_ADDRESSES)))
def test_an_anchor_is_safe_and_leads_back(address: str) -> None:
    assert from_anchor(anchor(address)) == address
    assert re.fullmatch(r"[\w.~đ]+", anchor(address))


def test_the_anchor_of_a_repeated_number() -> None:
    assert anchor("III#2.6") == "III~2.6"


@settings(max_examples=200, deadline=None, derandomize=True)
@given(ADDRESSES)
def test_an_address_that_is_written_is_found(address: str) -> None:
    (found,) = find_addresses(f"Xem mục {address} của Kế hoạch.")
    assert found.address == address


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mục III.6", ["III.6"]),
        ("muc iii.6", ["III.6"]),
        ("điểm c khoản 2 phần I", ["I.2.c"]),
        ("mục 2, phần III Quyết định số 407/QĐ-TTg", ["III.2"]),
        ("khoản 2 Điều 5", ["5.2"]),
        ("điểm đ khoản 2 Điều 10", ["10.2.đ"]),
        ("điều 5 khoản 2 điểm c", ["5.2.c"]),
        ("ĐIỂM a, Khoản 1, điều 3", ["3.1.a"]),
        ("phần thứ hai, mục I", ["II.I"]),
        ("mục III#2.6", ["III#2.6"]),
        ("phần I và mục 2", ["I", "2"]),
        ("dieu 5", ["5"]),
        # Must not be read as an address:
        ("mục tiêu, mục đích của kế hoạch", []),
        ("điều kiện hưởng trợ cấp", []),
        ("điểm mới của luật", []),
        ("phần mềm", []),
        ("khoản chi 20/9", []),
    ],
)
def test_addresses_in_a_question(text: str, expected: list[str]) -> None:
    assert [found.address for found in find_addresses(text)] == expected


@pytest.mark.parametrize("text", ["mức 100%", "mức 70 %", "muc 100 phần trăm", "phần 50%"])
def test_a_share_is_no_address(text: str) -> None:
    assert not find_addresses(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Quyết định số 407/QĐ-TTg ngày 30/3/2022", [("407/QĐ-TTg", "407", None, "QĐ-TTg")]),
        ("Thông tư số 56/2023/TT-BTC", [("56/2023/TT-BTC", "56", 2023, "TT-BTC")]),
        ("Luật số 64/2025/QH15", [("64/2025/QH15", "64", 2025, "QH15")]),
        ("643/UBND-KGVX và 4411/HĐPBGDPL", [
            ("643/UBND-KGVX", "643", None, "UBND-KGVX"),
            ("4411/HĐPBGDPL", "4411", None, "HĐPBGDPL"),
        ]),
        ("117/kh-sgddt", [("117/kh-sgddt", "117", None, "kh-sgddt")]),
        ("qd 407 và chỉ thị số 07", [("407", "407", None, ""), ("07", "07", None, "")]),
        # Must not be read as a number of a paper:
        ("trước ngày 20/9/2023, hạn 30/11", []),
        ("kế hoạch 2 năm, quyết định 3 tháng", [("2", "2", None, "")][:0]),
        ("100% chính sách", []),
    ],
)  # fmt: skip
def test_numbers_of_papers(text: str, expected: list[tuple[str, str, int | None, str]]) -> None:
    found = find_numbers(text)
    assert [(n.text, n.number, n.year, n.sign) for n in found] == expected
    assert all(text[n.start : n.end] == n.text for n in found)


@pytest.mark.parametrize(
    ("paper", "address", "words"),
    [
        ("hai-phong-gddt-2023", "III#2.6", "Mục III.6 (Tổ chức thực hiện)"),
        ("hai-phong-gddt-2023", "II", "Mục II (Phạm vi và nội dung truyền thông)"),
        ("hai-phong-gddt-cv-2024", "1", "Mục 1"),
        ("hai-phong-gddt-cv-2024", "recipients", "phần “Kính gửi”"),
        ("hai-phong-gddt-cv-2024", "recipients#2", "phần “Nơi nhận”"),
        ("hung-yen-khcn-2024", "head", "phần mở đầu"),
        ("hung-yen-khcn-2024", "preamble", "phần căn cứ"),
        ("hung-yen-khcn-2024", "closing", "phần kết"),
        ("hung-yen-khcn-2024", "signature", "phần chữ ký"),
    ],
)
def test_addresses_in_words(paper: str, address: str, words: str) -> None:
    assert in_words(library().get(paper), address) == words


def test_articles_are_named_from_the_inside_out() -> None:
    paper = document("Điều 5. Tên\n1. Một.\n2. Hai:\na) A;\nb) B;\nc) C.\nĐiều 6. Hết.")
    assert in_words(paper, "5.2.c") == "điểm c khoản 2 Điều 5"
    assert in_words(paper, "6") == "Điều 6"


def test_an_inferred_number_of_a_digest_is_never_shown() -> None:
    text = "III. Phạm vi\n1. Khái niệm\nA.\n4. Thời điểm truyền thông\nNgay từ khi lấy ý kiến."
    read = DigestEntry("III", ("S1",), "read")
    guessed = DigestEntry("III.4", ("S1",), "inferred", numbered=False)
    paper = document(text, read, guessed)
    assert in_words(paper, "III.4") == "Phần III (thời điểm truyền thông)"
    assert in_words(document(text, DigestEntry("III", ("S1",), "inferred", False)), "III.4") == (
        "phần “thời điểm truyền thông”"
    )


def test_an_address_that_is_not_there_is_refused() -> None:
    with pytest.raises(CitationNotFound, match="IX"):
        in_words(library().get("hung-yen-khcn-2024"), "IX")
