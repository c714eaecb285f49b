"""When an approved answer may be said, and that it is said whole with its clauses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.answers import LONGEST_LEAD, LONGEST_TEXT, text_of
from bot.approved import Approved, Quoted, covers, fault_of, may_be_said, outcome_of, too_long
from knowledge.library import Library
from knowledge.organisations import Body, Organisations, Status, load_organisations, with_own
from knowledge.readers import PUBLIC
from tests.builders import a_document

TODAY = date(2026, 11, 21)
OFFICERS = PUBLIC | {"officers"}
UNIT = OFFICERS | {"units:12"}
CLAUSE = Quoted("hai-phong-gddt-2023", "II.1", "gửi kế hoạch trước ngày 20/9/2023")
APPROVED = Approved(
    id=1,
    questions=("Hạn gửi là ngày nào?",),
    text="Các trường gửi trước ngày 20/9/2023.",
    quoted=(CLAUSE,),
    audience=PUBLIC,
    approved_on=TODAY,
    review_on=TODAY + timedelta(days=30),
)
LIBRARY = Library((a_document(),))
NAMES = load_organisations()


@pytest.mark.parametrize(
    ("changes", "readers", "said"),
    [
        ({}, PUBLIC, True),
        ({"review_on": TODAY}, PUBLIC, True),  # its last day is one of them
        ({"review_on": TODAY - timedelta(days=1)}, PUBLIC, False),
        ({"approved_on": TODAY + timedelta(days=1)}, PUBLIC, False),  # asked as of an earlier day
        ({"quoted": ()}, PUBLIC, False),  # never without a clause
        ({"quoted": (CLAUSE, replace(CLAUSE, address="II.7"))}, PUBLIC, False),
        ({"quoted": (replace(CLAUSE, quote="trước ngày 21/9/2023"),)}, PUBLIC, False),
        ({"quoted": (replace(CLAUSE, quote=""),)}, PUBLIC, False),
        ({"quoted": (replace(CLAUSE, document="khac"),)}, PUBLIC, False),
        ({"audience": frozenset({"officers"})}, PUBLIC, False),
        ({"audience": frozenset({"officers"})}, OFFICERS, True),
        ({"audience": frozenset({"units:12"})}, OFFICERS, False),
        ({"audience": frozenset({"units:12"})}, UNIT, True),
    ],
)
def test_an_answer_is_said_while_it_stands(
    changes: dict[str, object], readers: frozenset[str], said: bool
) -> None:
    approved = replace(APPROVED, **changes)  # type: ignore[arg-type]
    assert may_be_said(approved, LIBRARY, TODAY, readers) is said


@pytest.mark.parametrize(
    ("paper", "audience", "covered"),
    [
        (("public",), {"public"}, True),
        (("officers",), {"public"}, False),
        (("officers",), {"officers"}, True),
        (("officers",), {"units:12"}, True),
        (("units:12",), {"units:12"}, True),
        (("units:12",), {"units:13"}, False),
        (("units:12",), {"officers"}, False),
        (("units:12", "units:13"), {"units:13"}, True),
        (("officers",), {"officers", "units:12"}, True),
        (("officers",), {"public", "officers"}, False),
    ],
)
def test_a_paper_bears_answers_for_its_own_readers_only(
    paper: tuple[str, ...], audience: set[str], covered: bool
) -> None:
    assert covers(paper, frozenset(audience)) is covered
    library = Library((a_document(audience=paper),))
    assert fault_of(CLAUSE, library, frozenset(audience)) == (None if covered else "hidden")


def test_it_is_told_with_its_clauses_and_until_when_it_counts() -> None:
    outcome = outcome_of(APPROVED, LIBRARY, TODAY, NAMES, "https://x/documents/a#II.1")
    assert outcome.lead.splitlines() == [
        "Các trường gửi trước ngày 20/9/2023.",
        "“gửi kế hoạch trước ngày 20/9/2023”",
        "— Mục II.1 (Tổ chức thực hiện), Kế hoạch năm 2023 của Sở GDĐT Hải Phòng",
        "Câu trả lời này đã được cơ quan duyệt, rà soát đến ngày 21/12/2026.",
        "Xem điều khoản: https://x/documents/a#II.1",
    ]
    assert outcome.status == "Hết kỳ kế hoạch từ 01/01/2024; tra cứu ngày 21/11/2026"
    assert [(s.address, s.quote) for s in outcome.sources] == [("II.1", CLAUSE.quote)]


@pytest.mark.parametrize("length", [200, 700, 1_300, 1_500])
def test_a_long_answer_is_never_cut(length: int) -> None:
    text = ("Nội dung đã duyệt. " * 100)[:length].strip()
    long = replace(APPROVED, text=text)
    outcome = outcome_of(long, LIBRARY, TODAY, NAMES)
    assert too_long(long, LIBRARY, TODAY, NAMES) == 0
    assert text in text_of(outcome)
    assert "Mục II.1" in outcome.lead
    assert len(outcome.lead) + len(outcome.status) + 1 <= LONGEST_LEAD
    assert len(text_of(outcome)) <= LONGEST_TEXT


def test_a_text_that_leaves_no_room_for_its_clauses_is_too_long() -> None:
    long = replace(APPROVED, text="x" * LONGEST_TEXT)
    over = too_long(long, LIBRARY, TODAY, NAMES)
    assert over > 0
    fits = replace(long, text="x" * (LONGEST_TEXT - over))
    assert too_long(fits, LIBRARY, TODAY, NAMES) == 0
    assert len(text_of(outcome_of(fits, LIBRARY, TODAY, NAMES))) == LONGEST_TEXT


def test_what_became_of_a_body_is_told_as_the_office_has_it() -> None:
    gone = Status("Sở Mới A không còn", "Luật số 72/2025/QH15", date(2025, 7, 1))
    own = with_own(NAMES, Organisations((Body("Sở Mới A", (), "other", (gone,)),), (), {}))
    identity = replace(a_document().identity, issuer="Sở Mới A")
    library = Library((a_document(identity=identity),))
    assert "Sở Mới A không còn" in outcome_of(APPROVED, library, TODAY, own).status
    assert "Sở Mới A không còn" not in outcome_of(APPROVED, library, TODAY, NAMES).status
