"""What an added paper is called, when it is the same paper, and what document.toml says."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.documents import Identity, Validity
from knowledge.library import Library
from service.describing import Description, Paper, describe, is_id, name_paper, slug, to_toml
from tests.builders import a_document

TODAY = date(2026, 11, 21)
DIGEST = a_document(
    "407-qd-ttg",
    identity=Identity(number="407/QĐ-TTg", issuer="Thủ tướng Chính phủ", date="2022-03-30"),
    short_title="Quyết định 407/QĐ-TTg (bản tóm lược)",
    digest=True,
    validity=Validity("in_force", "chưa thấy văn bản thay thế"),
)
PLAN = a_document(
    "hai-phong-gddt-2023",
    identity=Identity(
        number="/KH-SGDĐT", issuer="Sở GDĐT Hải Phòng", date="2023", title="Truyền thông 2023"
    ),
)
LIBRARY = Library((DIGEST, PLAN))


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        # The paper of a digest, as far as it says.
        (Identity(number="407/QĐ-TTg"), "407-qd-ttg"),
        (
            Identity(number="407/QĐ-TTG", issuer="THỦ TƯỚNG CHÍNH PHỦ", date="2022-03-30"),
            "407-qd-ttg",
        ),
        # The same number of another year or another office is another paper.
        (Identity(number="407/QĐ-TTg", date="2024-05-01"), "407-qd-ttg-2024"),
        (Identity(number="407/QĐ-TTg", issuer="Bộ A", date="2022"), "407-qd-ttg-bo-a-2022"),
        (Identity(number="12/KH-UBND", issuer="UBND xã B"), "12-kh-ubnd"),
        # A blank number: the title decides.
        (
            Identity(
                number="/KH-SGDĐT",
                issuer="Sở GDĐT Hải Phòng",
                date="2023-08",
                title="TRUYỀN THÔNG 2023",
            ),
            "hai-phong-gddt-2023",
        ),
        (
            Identity(number="/KH-SGDĐT", issuer="Sở GDĐT Hải Phòng", date="2023", title="Khác"),
            "kh-sgddt-so-gddt-hai-phong-2023",
        ),
        (Identity(title="Kế hoạch năm 2024"), "ke-hoach-nam-2024"),
        (Identity(), "van-ban"),
    ],
)
def test_a_paper_is_named_by_its_number_or_by_what_it_says(
    identity: Identity, expected: str
) -> None:
    assert name_paper(identity, LIBRARY) == expected


def test_two_papers_that_say_nothing_are_two_papers() -> None:
    library = Library((a_document("van-ban", identity=Identity()),))
    assert name_paper(Identity(), library) == "van-ban-2"


def test_an_official_text_keeps_what_was_reviewed_of_its_digest() -> None:
    described = describe("407-qd-ttg", Paper(Identity(), "", "a.pdf"), DIGEST, None, TODAY)
    assert described.short_title == "Quyết định 407/QĐ-TTg"
    assert described.validity == DIGEST.validity
    assert describe("x", Paper(Identity(), "", "a"), DIGEST, " Tên  mới ", TODAY).short_title == (
        "Tên mới"
    )


@pytest.mark.parametrize(
    ("title", "years", "status", "reason"),
    [
        ("Truyền thông chính sách năm 2024", (2024, 2024), "expired", "hết kỳ kế hoạch"),
        ("Truyền thông chính sách năm 2026", (2026, 2026), "period", "kỳ kế hoạch năm 2026"),
        ("Đề án giai đoạn 2022 - 2027", (2022, 2027), "period", "kỳ kế hoạch 2022–2027"),
        ("Đề án giai đoạn 2027-2022", None, "unknown", "chưa được cán bộ xác nhận hiệu lực"),
        ("Phê duyệt Đề án", None, "unknown", "chưa được cán bộ xác nhận hiệu lực"),
    ],
)
def test_a_plan_counts_for_the_years_in_its_title(
    title: str, years: tuple[int, int] | None, status: str, reason: str
) -> None:
    described = describe("a", Paper(Identity(title=title), "", "a.txt"), None, None, TODAY)
    assert (described.years, described.validity.status) == (years, status)
    assert described.validity.reason == reason


@pytest.mark.parametrize(
    ("identity", "text", "expected"),
    [
        (
            Identity(kind="Kế hoạch", number="12/KH-STP", issuer="SỞ TƯ PHÁP", place="Hà Nam"),
            "SỞ TƯ PHÁP … của Sở\nTư pháp",
            "Kế hoạch 12/KH-STP của Sở Tư pháp Hà Nam",
        ),
        (
            Identity(kind="Quyết định", number="1/QĐ-BTP", issuer="BỘ TƯ PHÁP", place="Hà Nội"),
            "",
            "Quyết định 1/QĐ-BTP của BỘ TƯ PHÁP",
        ),
        (
            Identity(kind="Công văn", issuer="Sở A", date="2024-03"),
            "",
            "Công văn năm 2024 của Sở A",
        ),
        (Identity(title="Hướng dẫn"), "", "Hướng dẫn"),
        (Identity(), "", "tệp.docx"),
    ],
)
def test_the_short_title_says_what_the_paper_says(
    identity: Identity, text: str, expected: str
) -> None:
    assert (
        describe("a", Paper(identity, text, "tệp.docx"), None, None, TODAY).short_title == expected
    )


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@given(words, words, st.none() | words)
def test_what_is_written_can_be_read(title: str, issuer: str, number: str | None) -> None:
    described = Description(
        id="a",
        short_title=title,
        identity=Identity(issuer=issuer, number=number),
        validity=Validity("period", "kỳ", until=date(2027, 12, 31)),
        years=(2022, 2027),
        implements=(issuer,),
        audience=("public",),
        source=title,
    )
    read = tomllib.loads(to_toml(described))
    assert (read["short_title"], read["years"], read["implements"]) == (
        title,
        [2022, 2027],
        [issuer],
    )
    assert read["identity"] == {"issuer": issuer} | ({"number": number} if number else {})
    assert read["validity"]["until"] == date(2027, 12, 31)


@given(st.text(max_size=200))
def test_whatever_a_paper_is_called_its_id_is_a_safe_folder_name(text: str) -> None:
    assert slug(text) == "" or is_id(slug(text))
