"""Two offices compared: each by the clause and the paper that are its own."""

from __future__ import annotations

import pytest

from bot.answers import Answered
from tests.unit.bot.shipped import (
    DECISION,
    DIRECTIVE,
    HAI_PHONG,
    HAI_PHONG_2024,
    HUNG_YEN,
    IA_HDRAI,
    LANG_SON,
    ask,
    cited,
    documents_of,
    library,
)


@pytest.mark.parametrize(
    "question",
    [
        "So vai trò của Văn phòng Sở ở Hưng Yên và ở Lạng Sơn",
        "Văn phòng Sở KHCN Hưng Yên và Văn phòng Sở KHĐT Lạng Sơn được giao việc khác nhau ra sao?",
    ],
)
def test_the_clause_that_gives_a_body_its_tasks_is_that_body_s(question: str) -> None:
    assert {(HUNG_YEN, "III.1.5"), (LANG_SON, "III.2")} <= cited(ask(question))


def test_a_paper_from_above_is_not_the_kind_of_paper_compared() -> None:
    asked = "Công văn của UBND về Chỉ thị 07 mà Sở GDĐT Hải Phòng với Lạng Sơn viện dẫn số mấy?"
    assert {HAI_PHONG, LANG_SON} <= set(documents_of(ask(asked)))


def test_each_of_two_years_has_its_own_kind_of_paper() -> None:
    asked = "Sở GDĐT Hải Phòng: kế hoạch 2023 với công văn 2024 căn cứ công văn nào của Hội đồng?"
    assert {HAI_PHONG, HAI_PHONG_2024} <= set(documents_of(ask(asked)))


def test_a_side_s_clause_is_the_one_ahead_when_the_side_is_asked_alone() -> None:
    asked = "So sánh phần công nghệ thông tin của Chỉ thị 07 với kế hoạch của Sở KHĐT Lạng Sơn"
    assert {(DIRECTIVE, "II.4"), (LANG_SON, "I.1.d")} <= cited(ask(asked))


@pytest.mark.parametrize(
    ("question", "clauses"),
    [
        (
            "Bộ Tư pháp được giao việc gì trong QĐ 407, và được giao việc gì trong CT 07?",
            {(DECISION, "V.1"), (DIRECTIVE, "III.1")},
        ),
        (
            "Chỉ thị 07 có đặt hạn cho các tỉnh không? Còn QĐ 407 thì năm 2022 phải xong những gì?",
            {(DIRECTIVE, "IV.1"), (DECISION, "II.2.a")},
        ),
        (
            "Chỉ thị 07 ban hành ngày bao nhiêu, và công văn 2024 của Sở GDĐT Hải Phòng bảo vướng "
            "mắc thì phản ánh về đâu?",
            {(DIRECTIVE, "head"), (HAI_PHONG_2024, "closing")},
        ),
        (
            "Người viết tài liệu kỹ năng ở trung ương là bộ nào; còn ở Hưng Yên ai soạn tài liệu?",
            {(DECISION, "IV.7"), (HUNG_YEN, "II.2.1.b")},
        ),
        (
            "So tiêu chí về phạm vi tác động: bản của Thủ tướng rộng tới đâu, bản của huyện "
            "Ia H'Drai rộng tới đâu",
            {(DECISION, "III.2"), (IA_HDRAI, "II.1")},
        ),
        (
            "Trung ương (QĐ 407), huyện Ia H'Drai và Sở KHCN Hưng Yên: ở mỗi cấp cơ quan nào giữ "
            "vai theo dõi, đôn đốc?",
            {(DECISION, "V.1"), (IA_HDRAI, "V.2"), (HUNG_YEN, "III.1.4")},
        ),
        (
            "Kế hoạch của Hưng Yên căn cứ kế hoạch của Hội đồng phối hợp số mấy? Còn Ia H'Drai thì "
            "theo kế hoạch tỉnh số mấy?",
            {(HUNG_YEN, "preamble"), (IA_HDRAI, "preamble")},
        ),
    ],
)
def test_each_side_is_asked_for_itself(question: str, clauses: set[tuple[str, str]]) -> None:
    assert clauses <= cited(ask(question))


def test_the_papers_that_cite_a_paper_are_told_with_the_words_that_cite_it() -> None:
    outcome = ask("Những văn bản địa phương nào có dẫn Chỉ thị 07/CT-TTg?")
    assert isinstance(outcome, Answered)
    assert set(documents_of(outcome)) == {HAI_PHONG, HAI_PHONG_2024, HUNG_YEN, LANG_SON}
    assert all("07/CT-TTg" in (source.quote or "") for source in outcome.sources)


def test_a_list_of_recipients_without_the_body_does_not_name_it() -> None:
    outcome = ask("Kế hoạch nào ghi Sở Tư pháp trong phần nơi nhận?")
    assert isinstance(outcome, Answered)
    assert set(documents_of(outcome)) == {HAI_PHONG, HUNG_YEN, IA_HDRAI}
    assert all("Sở Tư pháp" in (source.quote or "") for source in outcome.sources)


def test_a_long_clause_is_quoted_where_it_says_what_is_asked() -> None:
    outcome = ask("KH nào có ghi tổ chức tọa đàm, kể hết ra cho mình")
    assert isinstance(outcome, Answered)
    quoted = {s.document for s in outcome.sources if "tọa đàm" in (s.quote or "")}
    assert {HAI_PHONG, HUNG_YEN, LANG_SON} <= quoted
    assert outcome.sources[-1].place in (outcome.more or outcome.lead)


@pytest.mark.parametrize(
    ("question", "papers"),
    [
        (
            "Trong Chỉ thị 07, KH Hải Phòng 2023 và KH Lạng Sơn, mỗi văn bản nói gì về công nghệ?",
            {DIRECTIVE, HAI_PHONG, LANG_SON},
        ),
        (
            "So nhóm nội dung phải truyền thông trong QĐ 407, KH Hưng Yên, KH Ia H'Drai",
            {DECISION, HUNG_YEN, IA_HDRAI},
        ),
    ],
)
def test_a_national_paper_in_a_list_with_plans_is_one_of_the_sides(
    question: str, papers: set[str]
) -> None:
    assert papers <= set(documents_of(ask(question)))


def test_a_share_that_is_compared_is_quoted() -> None:
    outcome = ask("Chỉ tiêu phần trăm của Hưng Yên và của Ia H'Drai có bằng nhau ko?")
    assert isinstance(outcome, Answered)
    assert all("100%" in (s.quote or "") for s in outcome.sources)


@pytest.mark.parametrize(
    ("question", "papers"),
    [
        ("Quyết định 407 còn hiệu lực không? Chỉ thị 07 thì sao?", {DECISION, DIRECTIVE}),
        ("Quyết định 407 thực hiện đến bao giờ? Chỉ thị 07 thì sao?", {DECISION, DIRECTIVE}),
        ("Sở KH&CN Hưng Yên thực hiện đến bao giờ? Quyết định 407 thì sao?", {HUNG_YEN, DECISION}),
    ],
)
def test_what_is_asked_of_a_paper_is_asked_of_the_one_named_after_it(
    question: str, papers: set[str]
) -> None:
    assert papers <= set(documents_of(ask(question)))


def test_a_side_with_little_to_quote_leaves_its_room_to_the_other() -> None:
    found = ask("Hội nghị, tọa đàm ở Hưng Yên và Hải Phòng năm 2023 khác gì nhau?")
    assert isinstance(found, Answered)
    quotes = {s.document: s.quote or "" for s in found.sources}
    long = library().get(HUNG_YEN).clause("II.2.2.a").text
    assert quotes[HUNG_YEN] == long
    assert len(long) > 900
    assert "Luật phòng, chống tham nhũng" in quotes[HAI_PHONG]
    assert quotes[HUNG_YEN] in found.more
    assert quotes[HAI_PHONG] in found.more


def test_no_side_is_cut_off_by_the_end_of_the_answer() -> None:
    found = ask("So tiêu chí của QĐ 407, Hải Phòng 2023 và Ia H'Drai khác nhau chỗ nào?")
    assert isinstance(found, Answered)
    assert len({s.document for s in found.sources}) == 3
    assert all(s.quote is None or s.quote in found.more for s in found.sources)
    assert "(4)" in found.more  # the digest, to its last criterion


def test_papers_compared_are_named_once_above_what_they_say() -> None:
    found = ask("Hội nghị, tọa đàm ở Hưng Yên và Hải Phòng năm 2023 khác gì nhau?")
    assert isinstance(found, Answered)
    for title in {s.title for s in found.sources}:
        assert found.more.count(title) == 1


def test_lines_of_one_clause_have_one_address_below_them() -> None:
    found = ask("Ia H'Drai khi nào bắt đầu cử người đi tập huấn?")
    assert isinstance(found, Answered)
    quoted = [s for s in found.sources if s.address == "III.6"]
    assert len(quoted) > 1
    assert (found.more or found.lead).count("— Mục III.6 (") == 1
