"""What the last answer quoted: its paper and its clause are what a question after it means."""

from __future__ import annotations

import pytest

from bot.answers import Answered, Silent, as_row
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


OF_LETTER = (
    "Công văn 2024 của Sở GDĐT Hải Phòng thực hiện văn bản nào của thành phố?",
    "Thực hiện Công văn “số 13/VP-ĐC3” của Hội đồng phối hợp phổ biến, giáo dục pháp luật thành"
    " phố. (Công văn Sở GDĐT Hải Phòng năm 2024 – phần mở đầu)",
)
OF_GUIDE = (
    "Năm 2024 có văn bản nào hướng dẫn thực hiện Đề án 407 không?",
    "Có: “Ngày 20/5/2024, văn bản số 2540/HĐPH-PBGDPL hướng dẫn thực hiện Đề án trong năm 2024”."
    " (Quyết định 407/QĐ-TTg – mục VI.6)",
)
OF_OFFICE = (
    "Văn phòng Sở GDĐT Hải Phòng làm gì trên cổng thông tin, theo kế hoạch 2023?",
    "Văn phòng Sở “Thực hiện công tác truyền thông chính sách thường xuyên trên Cổng thông tin"
    " điện tử của ngành”. (Kế hoạch Sở GDĐT Hải Phòng năm 2023 – phần Tổ chức thực hiện)",
)
OF_DOCUMENTS = (
    "Bộ Tư pháp giới thiệu tài liệu kỹ năng truyền thông chính sách khi nào?",
    "“Tháng 8/2023”. (Quyết định 407/QĐ-TTg – mục VI.4)",
)


def test_a_paper_told_of_by_number_is_the_one_pointed_at() -> None:
    outcome = ask("văn bản ấy ban hành ngày mấy thế", history=[OF_LETTER])
    assert (HAI_PHONG_2024, "preamble") in cited(outcome)
    assert "16/4/2024" in str(as_row(outcome)["text"])


def test_who_signed_a_paper_that_is_only_told_of_is_not_known() -> None:
    assert isinstance(ask("văn bản đó ai ký vậy?", history=[OF_GUIDE]), Silent)


def test_a_paper_named_in_the_same_breath_is_the_one_pointed_at() -> None:
    before = (
        "Sở KHĐT Lạng Sơn giao phòng nào bồi dưỡng công chức?",
        "“Văn phòng Sở.” (Kế hoạch Sở KH&ĐT Lạng Sơn năm 2023 – mục II.4.a)",
    )
    outcome = ask("Thôi để sau. Qua Chỉ thị 07 đi, ai ký chỉ thị này?", history=[before])
    assert set(documents_of(outcome)) == {DIRECTIVE}


def test_the_work_of_the_body_spoken_of_is_meant() -> None:
    outcome = ask("kết quả thì báo cáo cho ai?", history=[OF_OFFICE])
    assert (HAI_PHONG, "III#2.2") in cited(outcome)


def test_how_many_is_asked_of_the_thing_and_not_when() -> None:
    outcome = ask("cái này có bao nhiêu chuyên đề?", history=[OF_DOCUMENTS])
    assert "11 chuyên đề" in str(as_row(outcome)["text"])


def test_the_paper_that_was_asked_for_is_the_one_pointed_at() -> None:
    """Its number stands first in the answer; a second one is what it is about."""
    before = (
        "Sở KH&ĐT Lạng Sơn dựa vào công văn nào của tỉnh để lập kế hoạch 2023?",
        "Công văn số 643/UBND-KGVX của UBND tỉnh về việc triển khai Chỉ thị số 07/CT-TTg.",
    )
    outcome = ask("Văn bản đó đề ngày nào vậy?", history=[before])
    assert cited(outcome) == {(LANG_SON, "preamble")}
    assert "30/5/2023" in as_row(outcome)["text"]


@pytest.mark.parametrize(
    ("first", "question", "clause"),
    [
        (
            "Sở KH&ĐT Lạng Sơn: cùng Văn phòng sở làm báo cáo truyền thông là đơn vị nào?",
            "còn nơi nhận gồm những ai?",
            (LANG_SON, "recipients"),
        ),
        (
            "Sở KH&ĐT Lạng Sơn: cùng Văn phòng sở làm báo cáo truyền thông là đơn vị nào?",
            "còn chỉ tiêu bao nhiêu phần trăm?",
            (LANG_SON, "I.2.b"),
        ),
        (
            "Sở GDĐT Hải Phòng 2023: trường cấp 3 có phải tự soạn kế hoạch không",
            "thế tiêu chí chính sách phải truyền thông?",
            (HAI_PHONG, "II.2"),
        ),
    ],
)
def test_what_a_paper_states_of_itself_is_not_sought_in_the_task_before(
    first: str, question: str, clause: tuple[str, str]
) -> None:
    before = ask(first)
    assert isinstance(before, Answered)
    assert clause in cited(ask(question, history=[(first, as_row(before)["text"])]))


def test_the_paper_s_money_is_not_asked_of_the_body_spoken_of() -> None:
    talk = (
        "Sở KHCN Hưng Yên giao Thanh tra Sở làm gì trong kế hoạch 2024?",
        "Thanh tra Sở “Chủ trì, tham mưu lãnh đạo Sở”. — Mục III.1.4, Kế hoạch năm 2024",
    )
    assert (HUNG_YEN, "II.5") in cited(ask("thế còn kinh phí?", history=[talk]))


def test_a_phone_number_of_the_signer_is_not_the_signer_s_name() -> None:
    talk = (
        "Ai ký kế hoạch truyền thông 2024 của Sở KHCN Hưng Yên?",
        "Phó Giám đốc Nguyễn Xuân Hải ký thay Giám đốc. — phần chữ ký, Kế hoạch năm 2024",
    )
    assert isinstance(ask("số điện thoại của người ký là gì?", history=[talk]), Silent)
    assert isinstance(ask("E-mail của người ký Chỉ thị 07?"), Silent)


def test_what_else_is_asked_of_the_same() -> None:
    talk = (
        "Bên Lạng Sơn dùng kênh nào để truyền thông?",
        "“hội nghị, tọa đàm” — Mục II.3, Kế hoạch năm 2023 của Sở KH&ĐT Lạng Sơn",
    )
    assert (LANG_SON, "II.3") in cited(ask("ngoài ra còn cách nào nữa không", history=[talk]))


def test_to_be_afraid_names_no_office() -> None:
    talk = (
        "QĐ 407 nói truyền thông dự thảo là gì?",
        "Là việc bên soạn thảo chủ động đưa nội dung đến mọi người. (Quyết định 407 – mục III.1)",
    )
    found = cited(ask("nó có thay cho việc lấy ý kiến không, tôi sợ làm hai lần", history=[talk]))
    assert {document for document, _ in found} == {DECISION}


def test_money_is_told_by_all_of_its_short_section() -> None:
    found = cited(ask("Kinh phí thực hiện ở huyện Ia H’Drai lấy từ đâu?"))
    assert {(IA_HDRAI, "IV.1"), (IA_HDRAI, "IV.2")} <= found


@pytest.mark.parametrize(
    ("before", "then"),
    [
        ("Sở GDĐT Hải Phòng 2023: hạn báo cáo là khi nào?", "Quyết định 407 thì thế nào"),
        ("Huyện Ia H'Drai: thực hiện đến bao giờ?", "vậy bên Chỉ thị 07?"),
        ("Huyện Ia H'Drai: có nhắc mạng xã hội không?", "còn Chỉ thị 07?"),
        ("Sở KH&CN Hưng Yên: ai cập nhật cổng thông tin?", "vậy bên Quyết định 407?"),
    ],
)
def test_the_same_of_another_paper_is_refused_as_if_asked_by_itself(before: str, then: str) -> None:
    told = ask(before)
    assert isinstance(told, Answered)
    assert isinstance(ask(then, history=[(before, told.more or told.lead)]), Silent)
