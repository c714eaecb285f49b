"""Questions that lean on the ones before: what they inherit, and what they do not."""

from __future__ import annotations

import pytest

from tests.unit.bot.shipped import (
    DECISION,
    HAI_PHONG,
    HAI_PHONG_2024,
    HUNG_YEN,
    IA_HDRAI,
    LANG_SON,
    Answered,
    Clarify,
    Silent,
    ask,
    cited,
    documents_of,
)

OF_LANG_SON = (
    "Kế hoạch 2023 của Sở KHĐT Lạng Sơn thực hiện công văn nào?",
    "“Công văn số 643/UBND-KGVX ngày 30/5/2023 của UBND tỉnh”.",
)
OF_IA_HDRAI = ("Kế hoạch Ia H'Drai có gửi Tòa án huyện không?", "Có, “Tòa án nhân dân huyện”.")
OF_LETTER = (
    "Công văn 2024 của Sở Giáo dục Hải Phòng về 407 yêu cầu gì về nhận thức?",
    "Mục 1: “Tiếp tục chỉ đạo quán triệt, nâng cao nhận thức về vai trò, tầm quan trọng”.",
)
OF_BODY = (
    "Theo kế hoạch 2023 của Sở GDĐT Hải Phòng thì Văn phòng Sở làm gì?",
    "Văn phòng Sở chủ trì, phối hợp với báo chí phản ánh hoạt động của ngành.",
)
OF_TASK = (
    "Sở KH&CN Hưng Yên: ai chủ trì tuyên truyền quy định về truyền thông dự thảo chính sách?",
    "Mục II.1.a: “Thanh tra Sở.”",
)


@pytest.mark.parametrize(
    ("before", "question", "clause"),
    [
        (OF_LANG_SON, "Kế hoạch gửi cho sở nào khác không?", (LANG_SON, "recipients")),
        (OF_TASK, "Gặp khó khăn thì kêu ai?", (HUNG_YEN, "closing")),
    ],
)
def test_a_whole_question_that_several_papers_answer_is_asked_of_the_one_spoken_of(
    before: tuple[str, str], question: str, clause: tuple[str, str]
) -> None:
    assert isinstance(ask(question), Clarify)
    assert clause in cited(ask(question, history=[before]))


def test_after_two_papers_a_whole_question_is_asked_back() -> None:
    both = ("Kế hoạch Hưng Yên và Lạng Sơn khác nhau ở người ký thế nào?", "Hai người khác nhau.")
    assert isinstance(ask("Gặp khó khăn khi thực hiện thì báo ai?", history=[both]), Clarify)


@pytest.mark.parametrize("question", ["Ai ký kế hoạch này?", "ngày ban hành?"])
def test_what_is_asked_of_the_paper_inherits_no_subject(question: str) -> None:
    outcome = ask(question, history=[OF_IA_HDRAI])
    assert isinstance(outcome, Silent)
    assert {address for _, address in cited(outcome)} == {"head"}


def test_its_own_subject_goes_before_the_earlier_one() -> None:
    outcome = ask("Về nguồn lực thì nói sao?", history=[OF_LETTER])
    assert (HAI_PHONG_2024, "2") in cited(outcome)


def test_where_the_earlier_subject_leads_nowhere_the_body_is_asked_about_alone() -> None:
    outcome = ask("Còn Văn phòng Sở thì sao?", history=[OF_TASK])
    assert isinstance(outcome, Answered)
    assert cited(outcome) == {(HUNG_YEN, "III.1.5")}


@pytest.mark.parametrize("question", ["Còn bên Thanh tra?", "thế bên thanh tra thì làm gì"])
def test_a_body_of_the_paper_is_known_by_a_part_of_its_name(question: str) -> None:
    assert cited(ask(question, history=[OF_BODY])) == {(HAI_PHONG, "III#2.1")}


def test_the_body_that_is_pointed_at_comes_along() -> None:
    before = ("Thanh tra Sở GD&ĐT Hải Phòng làm gì trong kế hoạch 2023?", "“Tham mưu …”.")
    outcome = ask("Họ có phải theo dõi dư luận không?", history=[before])
    assert (HAI_PHONG, "III#2.1") in cited(outcome)


def test_the_year_after_is_seen_from_the_year_spoken_of() -> None:
    before = ("Kế hoạch năm 2023 của Sở GDĐT Hải Phòng căn cứ vào đâu?", "“Công văn số 4411”.")
    outcome = ask("Công văn năm sau đó ai ký?", history=[before])
    assert cited(outcome) == {(HAI_PHONG_2024, "signature")}


def test_a_paper_that_the_answer_named_is_meant_by_its_kind_or_its_number() -> None:
    report = ("Bộ Tư pháp sơ kết Đề án 407 khi nào?", "“Có Báo cáo số 361/BC-BTP”.")
    assert isinstance(ask("ai ký báo cáo đó?", history=[report]), Silent)
    based = (
        "Kế hoạch 2023 của Sở GDĐT Hải Phòng căn cứ công văn nào?",
        "“Công văn số 4411/HĐPBGDPL” và “Công văn số 1309/UBND-KSTTHC ngày 7/6/2023”.",
    )
    question = "Cái 1309 ấy giao cho từng sở những việc gì cụ thể?"
    assert isinstance(ask(question, history=[based]), Silent)


def test_a_place_that_no_paper_knows_is_not_answered_by_the_paper_spoken_of() -> None:
    before = ("Ai chủ trì tập huấn truyền thông dự thảo ở Ia H'Drai?", "Mục III.6.")
    assert isinstance(ask("Thế huyện Sa Thầy thì ai chủ trì?", history=[before]), Silent)


def test_a_question_that_names_its_paper_takes_nothing_along() -> None:
    outcome = ask("Quyết định 407 ai ký?", history=[OF_LANG_SON])
    assert documents_of(outcome) == {DECISION}
    outcome = ask("Còn Ia H’Drai thì kinh phí ở đâu?", history=[OF_LANG_SON])
    assert documents_of(outcome) == {IA_HDRAI}


def test_one_paper_after_two_is_asked_back() -> None:
    both = ("Kế hoạch Hưng Yên và Lạng Sơn khác nhau ở người ký thế nào?", "Hai người khác nhau.")
    for question in ("Nó gửi cho những nơi nào?", "no gui cho nhung noi nao"):
        assert isinstance(ask(question, history=[both]), Clarify)


def test_a_choice_is_made_by_the_level_of_the_office() -> None:
    asked_back = (
        "Kinh phí thực hiện kế hoạch lấy từ nguồn nào?",
        "Anh/chị muốn hỏi kế hoạch của huyện Ia H’Drai hay của Sở KH&CN Hưng Yên?",
    )
    assert documents_of(ask("cái của huyện ấy", history=[asked_back])) == {IA_HDRAI}


def test_what_stands_before_thi_is_what_is_spoken_of() -> None:
    purpose = (
        "Mục đích của kế hoạch truyền thông chính sách Sở KH-ĐT Lạng Sơn?",
        "Mục I.1.a: “góp phần tạo sự đồng thuận”.",
    )
    assert (LANG_SON, "I.1.d") in cited(ask("Về công nghệ thì đặt ra gì?", history=[purpose]))


def test_a_question_that_named_its_paper_leaves_the_paper_before_it_behind() -> None:
    history = [
        ("Chỉ thị 07/CT-TTg ai ký?", "Phó Thủ tướng Trần Hồng Hà."),
        ("Sở GDĐT Hải Phòng 2023 tuyên truyền những luật nào?", "Luật Giáo dục 2019."),
    ]
    assert (HAI_PHONG, "signature") in cited(ask("Ai ký bản này?", history=history))


@pytest.mark.parametrize(
    "question", ["Tên nhóm Zalo là gì?", "Học viên có được tiền ăn, tiền xe không?"]
)
def test_a_fact_that_no_clause_states_is_not_answered_by_one_near_it(question: str) -> None:
    history = [("Sở KHĐT Lạng Sơn đăng chính sách lên đâu?", "Mục II.3: “các nhóm Zalo”.")]
    assert isinstance(ask(question, history=history), Silent)


@pytest.mark.parametrize("question", ["rồi mấy năm sau đó thì bao nhiêu?", "từ năm sau trở đi?"])
def test_the_years_after_are_seen_from_the_year_spoken_of(question: str) -> None:
    before = ("Năm 2022 Đề án 407 đặt tỷ lệ bao nhiêu?", "“70% số chính sách thuộc Đề án”.")
    assert (DECISION, "II.2.b") in cited(ask(question, history=[before]))
