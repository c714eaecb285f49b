"""What the last answer quoted: its paper and its clause are what a question after it means."""

from __future__ import annotations

import pytest

from bot.answers import Answered, Silent, as_row
from tests.unit.bot.shipped import (
    DECISION,
    DIRECTIVE,
    HAI_PHONG,
    HAI_PHONG_2024,
    IA_HDRAI,
    LANG_SON,
    ask,
    cited,
    documents_of,
)

OF_RESOURCES = (
    "Ở Sở GDĐT Hải Phòng có văn bản nào yêu cầu rà soát nguồn lực cho đề án không?",
    "Có: “Rà soát, bố trí nguồn lực…” (Công văn của Sở GDĐT Hải Phòng năm 2024 – mục 2).",
)
OF_LESSONS = (
    "Huyện Ia H'Drai có tập huấn phóng viên không?",
    "“Tổ chức tập huấn cho đội ngũ phóng viên, biên tập viên”\n"
    "— Mục III.6.1 (Nhiệm vụ và giải pháp chủ yếu), Kế hoạch 2022–2027 của UBND huyện Ia H’Drai",
)
OF_PROGRAMME = (
    "Bộ TTTT đã làm gì theo Chỉ thị 07?",
    "Ban hành Chương trình hành động kèm Quyết định số 765/QĐ-BTTTT"
    " (Chỉ thị 07/CT-TTg – mục III.3).",
)
OF_REPORT = (
    "Đề án 407 đã được sơ kết chưa?",
    "Rồi, Bộ Tư pháp có báo cáo ngày 10/11/2023 (Quyết định 407/QĐ-TTg – mục VI.5).",
)
OF_INSTITUTIONS = (
    "Huyện Ia H'Drai: Phòng Tư pháp chủ trì việc gì về thể chế?",
    "Hoàn thiện chính sách, thể chế. (Kế hoạch của huyện Ia H’Drai – mục III.2)",
)


def test_of_two_papers_of_a_place_the_one_that_was_quoted_is_meant() -> None:
    outcome = ask("Văn bản ấy căn cứ vào công văn nào?", history=[OF_RESOURCES])
    assert set(documents_of(outcome)) == {HAI_PHONG_2024}


def test_a_source_in_brackets_says_whose_paper_is_spoken_of() -> None:
    before = (
        "Việc tập huấn cho phóng viên thế nào?",
        "“Tổ chức tập huấn cho phóng viên” (Kế hoạch của huyện Ia H’Drai – mục III.6.1).",
    )
    outcome = ask("Còn báo cáo viên với các ban của HĐND thì sao?", history=[before])
    assert set(documents_of(outcome)) == {IA_HDRAI}


def test_when_a_part_is_done_its_task_says() -> None:
    outcome = ask("Mấy lớp ấy bắt đầu từ khi nào?", history=[OF_LESSONS])
    assert isinstance(outcome, Answered)
    assert "Quý III năm 2022" in as_row(outcome)["text"]


@pytest.mark.parametrize(
    ("before", "question", "clause", "stated"),
    [
        (OF_PROGRAMME, "Cái đó ban hành ngày nào và ai ký?", (DIRECTIVE, "III.3"), "28/4/2023"),
        (OF_REPORT, "Báo cáo ấy số mấy?", (DECISION, "VI.5"), "361/BC-BTP"),
    ],
)
def test_a_paper_that_the_answer_told_of_is_the_one_asked_about(
    before: tuple[str, str], question: str, clause: tuple[str, str], stated: str
) -> None:
    outcome = ask(question, history=[before])
    assert clause in cited(outcome)
    assert isinstance(outcome, Answered)
    assert stated in as_row(outcome)["text"]


def test_who_signed_a_report_only_a_clause_that_tells_of_it_says() -> None:
    assert isinstance(ask("Ai ký báo cáo đó?", history=[OF_REPORT]), Silent)


def test_after_what_is_asked_of_a_clause_its_signer_is_still_that_of_the_paper() -> None:
    before = (
        "Ở Sở KHĐT Lạng Sơn ai cập nhật trang web?",
        "Văn phòng Sở (Kế hoạch năm 2023 của Sở KH&ĐT Lạng Sơn – mục III.2).",
    )
    assert cited(ask("Ai ký vậy?", history=[before])) == {(LANG_SON, "signature")}


def test_whose_help_is_asked_for_is_that_of_the_task_quoted() -> None:
    outcome = ask("Cơ quan phối hợp là ai?", history=[OF_INSTITUTIONS])
    assert (IA_HDRAI, "III.2") in cited(outcome)


def test_the_place_holds_over_a_question_that_names_none() -> None:
    first = ("Lạng Sơn: mục đích kế hoạch là gì?", "“Tạo sự đồng thuận”.")
    second = ("Có mục nào nói nâng cao nhận thức cho công chức không?", "Có, mục I.1.c.")
    outcome = ask("Về những vấn đề gì?", history=[first, second])
    assert set(documents_of(outcome)) == {LANG_SON}


def test_the_kind_of_paper_answers_which_of_two_was_meant() -> None:
    before = (
        "Ở Sở GDĐT Hải Phòng ai được gửi văn bản?",
        "Sở có Kế hoạch năm 2023 và Công văn năm 2024. Anh/chị hỏi văn bản nào?",
    )
    assert set(documents_of(ask("bản kế hoạch", history=[before]))) == {HAI_PHONG}
