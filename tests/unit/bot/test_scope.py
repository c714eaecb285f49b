"""Whose paper is meant, and that no other paper answers in its stead."""

from __future__ import annotations

import pytest

from bot.answers import text_of
from bot.scope import Scope, resolve
from tests.unit.bot.shipped import (
    DECISION,
    DIRECTIVE,
    HAI_PHONG,
    HAI_PHONG_2024,
    HUNG_YEN,
    IA_HDRAI,
    LANG_SON,
    LOCAL,
    Answered,
    Clarify,
    Silent,
    ask,
    documents_of,
    folded,
    profiles,
    read,
)


def scope(question: str, unit: tuple[str, ...] = ()) -> Scope:
    return resolve(read(question), profiles(), unit)


def ids(found: Scope) -> set[str]:
    return {p.document.id for p in found.profiles}


MEANT = [
    # by place
    ("huyện Ia H'Drai nộp báo cáo khi nào", {IA_HDRAI}),
    ("kế hoạch của Hải Phòng", {HAI_PHONG, HAI_PHONG_2024}),
    ("kế hoạch Hải Phòng năm 2023", {HAI_PHONG}),
    ("công văn năm 2024 của Hải Phòng", {HAI_PHONG_2024}),
    ("công văn của Hải Phòng", {HAI_PHONG_2024}),
    ("hp 2023", {HAI_PHONG}),
    ("ls 2023", {LANG_SON}),
    # by issuer
    ("Sở Khoa học và Công nghệ giao ai chủ trì", {HUNG_YEN}),
    ("skhdt giao ai", {LANG_SON}),
    ("sgddt yêu cầu gì", {HAI_PHONG, HAI_PHONG_2024}),
    # by number
    ("qd407 ai ký", {DECISION}),
    ("Chỉ thị 07 nói gì", {DIRECTIVE}),
    # "-TTg" belongs to the number; it does not name every paper of the Prime Minister.
    ("Chỉ thị 07/CT-TTg", {DIRECTIVE}),
    ("Quyết định số 407/QĐ-TTg giao Bộ Tư pháp làm gì", {DECISION}),
    # a place and a year narrow each other
    ("Sở GDĐT Hải Phòng năm 2024", {HAI_PHONG_2024}),
    # two places, one paper each
    ("Ia H'Drai và Lạng Sơn giao ai", {IA_HDRAI, LANG_SON}),
    ("Sở KHCN Hưng Yên và huyện Ia H'Drai", {HUNG_YEN, IA_HDRAI}),
]


@pytest.mark.parametrize(("question", "expected"), MEANT)
def test_the_papers_meant(question: str, expected: set[str]) -> None:
    found = scope(question)
    assert ids(found) == expected
    assert found.named
    assert not found.missing


def test_nothing_named_means_every_paper() -> None:
    found = scope("ai chủ trì xây dựng nội dung")
    assert ids(found) == {DECISION, DIRECTIVE, *LOCAL}
    assert not found.named


MISSING = [
    ("Sở GDĐT Đà Nẵng nộp khi nào", "place"),
    ("UBND huyện Sa Thầy giao phòng nào", "place"),
    # Each is in a paper, never together.
    ("Sở GDĐT Hưng Yên nộp khi nào", "body"),
    ("so khcn lang son giao ai", "body"),
    ("Thông tư 99/2021/TT-BYT quy định gì", "paper"),
]


@pytest.mark.parametrize(("question", "kind"), MISSING)
def test_what_no_paper_meets_is_missing(question: str, kind: str) -> None:
    assert kind in [k for k, _ in scope(question).missing]


CITED_ONLY = [
    ("Kế hoạch 126/KH-UBND của Hưng Yên giao ai", HUNG_YEN),
    ("công văn 643/UBND-KGVX yêu cầu gì", LANG_SON),
    ("thông tư 56/2023/TT-BTC chi bao nhiêu", HUNG_YEN),
    ("Kế hoạch 1745 của Kon Tum", IA_HDRAI),
]


@pytest.mark.parametrize(("question", "where"), CITED_ONLY)
def test_a_paper_that_is_only_cited_is_known_as_that(question: str, where: str) -> None:
    found = scope(question)
    assert where in {d.id for _, d in found.cited}
    assert "paper" not in [k for k, _ in found.missing]


# --- the same, as an outcome --------------------------------------------------------------------

ELSEWHERE = [
    "Hạn gửi kế hoạch truyền thông chính sách của Sở GDĐT Đà Nẵng là ngày nào?",
    "so gddt da nang nop ke hoach khi nao",
    "Sở KHCN Hải Phòng năm 2024 giao trung tâm nào đăng bài?",
    "Sở GDĐT Hưng Yên nộp báo cáo khi nào?",
    "UBND huyện Sa Thầy giao phòng nào tổng hợp báo cáo?",
    "kế hoạch của tỉnh Cà Mau ai ký",
    "Bộ Y tế phân công ai chủ trì truyền thông chính sách?",
    "Người ký kế hoạch của Sở Tài chính Lạng Sơn là ai?",
    "UBND huyện Sơn Hà giao phòng nào tổng hợp báo cáo?",
]


@pytest.mark.parametrize("question", ELSEWHERE)
def test_nothing_is_answered_for_another_place_or_body(question: str) -> None:
    assert isinstance(ask(question), Silent)


def test_the_place_without_a_paper_is_named() -> None:
    outcome = ask("Sở GDĐT Đà Nẵng nộp kế hoạch khi nào?")
    assert isinstance(outcome, Silent)
    assert "da nang" in folded(outcome.lead)


ANOTHER_YEAR = [
    "Năm 2025 các trường ở Hải Phòng nộp kế hoạch về Sở GDĐT trước ngày nào?",
    "ai ky ke hoach nam 2022 cua so khdt lang son",
    "Sở KHCN Hưng Yên năm 2026 giao ai chủ trì?",
    "Hạn nộp kế hoạch năm nay của Sở GDĐT Hải Phòng?",
    "Giai đoạn 2028-2032 huyện Ia H'Drai làm gì?",
]


@pytest.mark.parametrize("question", ANOTHER_YEAR)
def test_nothing_is_answered_for_another_year(question: str) -> None:
    outcome = ask(question)
    assert isinstance(outcome, Silent)


NO_CONTENT = [
    "kh 117/kh-sgdđt nói gì",
    "Thông tư 56/2023/TT-BTC quy định mức chi bao nhiêu một buổi?",
    "Thông tư 99/2021/TT-BYT quy định gì?",
    "Chỉ thị 07-CT/TW của Ban Bí thư giao nhiệm vụ gì?",
]


@pytest.mark.parametrize("question", NO_CONTENT)
def test_a_paper_that_is_not_here_is_not_spoken_for(question: str) -> None:
    assert isinstance(ask(question), Silent)


def test_two_places_are_answered_side_by_side() -> None:
    outcome = ask("Nguồn kinh phí của Sở KHCN Hưng Yên và huyện Ia H'Drai khác nhau thế nào?")
    assert isinstance(outcome, Answered)
    assert documents_of(outcome) == {HUNG_YEN, IA_HDRAI}


# --- the unit of whoever asks -------------------------------------------------------------------

UNITS = [
    ("hạn nộp kế hoạch là khi nào", "Trường THPT Thái Phiên, Hải Phòng", HAI_PHONG),
    ("kinh phí lấy từ đâu", "UBND xã, huyện Ia H'Drai", IA_HDRAI),
    ("kinh phí lấy từ đâu", "Sở Khoa học và Công nghệ tỉnh Hưng Yên", HUNG_YEN),
    ("ai ký kế hoạch", "Sở KH&ĐT Lạng Sơn", LANG_SON),
]


@pytest.mark.parametrize(("question", "unit", "document"), UNITS)
def test_the_unit_chooses_when_the_question_does_not(
    question: str, unit: str, document: str
) -> None:
    outcome = ask(question, unit=unit)
    assert isinstance(outcome, Answered)
    assert documents_of(outcome) == {document}


def test_a_place_in_the_question_wins_over_the_unit() -> None:
    outcome = ask("Ai ký kế hoạch của Sở KHĐT Lạng Sơn?", unit="Sở KH&CN Hưng Yên")
    assert isinstance(outcome, Answered)
    assert documents_of(outcome) == {LANG_SON}


def test_a_unit_without_a_paper_changes_nothing() -> None:
    question = "kinh phí lấy từ đâu"
    assert ask(question, unit="Phường 5, Cà Mau") == ask(question)


# --- asking back --------------------------------------------------------------------------------

AMBIGUOUS = [
    "kinh phi lay tu dau",
    "Thanh tra Sở được giao những việc gì?",
    "ai ký kế hoạch",
    "Phòng Giáo dục và Đào tạo phải làm gì?",
    "Hạn nộp báo cáo là khi nào?",
    "Góp ý, phản biện của bà con thì đơn vị nào tiếp nhận xử lý?",
]


@pytest.mark.parametrize("question", AMBIGUOUS)
def test_a_choice_leads_to_that_very_paper(question: str) -> None:
    outcome = ask(question)
    assert isinstance(outcome, Clarify)
    assert len(outcome.choices) >= 2
    titles = {p.document.short_title: p.document.id for p in profiles()}
    for button in outcome.choices:
        assert button.label in titles
        chosen = ask(button.send)
        assert not isinstance(chosen, Clarify), button.send
        assert documents_of(chosen) == {titles[button.label]}, button.send
        # A paper may be chosen that turns out not to print it; then that is what is said.
        assert isinstance(chosen, Answered) or question == "ai ký kế hoạch", button.send


@pytest.mark.parametrize(
    "question",
    [
        "Điều 5 quyết định 407 nói gì?",
        "khoản 12 mục IX quyết định 407",
        "mục VIII kế hoạch Hải Phòng 2023 nói gì",
        "han nop ke hoach cua huyen ia hdrai",  # a report is due there, no plan
    ],
)
def test_what_no_paper_has_is_not_answered_with_something_else(question: str) -> None:
    assert isinstance(ask(question), Silent)


@pytest.mark.parametrize(
    ("question", "papers"),
    [
        ("so sánh hạn nộp Hải Phòng và Hưng Yên", {HAI_PHONG, HUNG_YEN}),
        ("so sánh kinh phí Lạng Sơn và Ia H'Drai", {LANG_SON, IA_HDRAI}),
    ],
)
def test_a_comparison_cites_every_paper_named(question: str, papers: set[str]) -> None:
    outcome = ask(question)
    assert isinstance(outcome, Answered)
    assert papers <= documents_of(outcome)
    assert "không nêu" in text_of(outcome)
