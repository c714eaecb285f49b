"""A clause with all below it, as text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.whole_clauses import whole_clause
from knowledge.documents import DigestEntry
from knowledge.errors import CitationNotFound
from knowledge.library import SHIPPED, load_library
from tests.builders import a_document

TEXT = """KẾ HOẠCH
I. NHIỆM VỤ
1. Các trường:
a) Gửi kế hoạch trước ngày 20/9/2023;
b) Gửi báo cáo.
- Báo cáo đột xuất khi có yêu cầu.
2. Thanh tra Sở tổng hợp.
II. TỔ CHỨC THỰC HIỆN
"""


def test_a_clause_is_told_with_its_labels_and_all_that_is_below() -> None:
    told = whole_clause(a_document(text=TEXT), "I.1")
    assert told.splitlines() == [
        "1. Các trường",
        "a) Gửi kế hoạch trước ngày 20/9/2023;",
        "b) Gửi báo cáo.",
        "- Báo cáo đột xuất khi có yêu cầu.",
        "— Mục I.1 (Nhiệm vụ), Kế hoạch năm 2023 của Sở GDĐT Hải Phòng",
    ]


def test_a_digest_is_called_one_and_shows_no_number_that_nobody_has_read() -> None:
    entry = DigestEntry("I", (), "inferred", numbered=False)
    told = whole_clause(replace(a_document(text=TEXT), digest=True, entries=(entry,)), "I")
    assert told.startswith("Theo bản tóm lược (chưa đối chiếu bản gốc): NHIỆM VỤ")
    assert "“" not in told.split("—")[0]


def test_there_is_no_clause_without_an_address() -> None:
    with pytest.raises(CitationNotFound):
        whole_clause(a_document(text=TEXT), "IX")


@pytest.mark.parametrize("paper", load_library(SHIPPED).documents, ids=lambda paper: paper.id)
def test_every_clause_of_the_shipped_papers_can_be_told(paper: object) -> None:
    for clause in paper.clauses:  # type: ignore[attr-defined]
        told = whole_clause(paper, clause.address)  # type: ignore[arg-type]
        assert len(told) < 7_000
        assert paper.short_title in told  # type: ignore[attr-defined]
