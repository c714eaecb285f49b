"""Which reading of a question that leans on the talk before it is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from bot.answers import Answered, Outcome, Silent, as_row
from bot.choosing import ALONE, MERGED, Choice, Key, Other, Readings
from bot.messages import Source
from bot.understanding import Understood
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
    read,
)

OF_SIGNER = ("Kế hoạch 2023 của Sở KHĐT Lạng Sơn ai ký?", "Giám đốc Vũ Hoàng Quý ký.")
OF_OFFICE = (
    "Sở KHCN Hưng Yên giao Văn phòng Sở việc gì?",
    "Phối hợp với Sở Tài chính hướng dẫn các phòng lập dự toán và quyết toán kinh phí.",
)
OF_CENTRE = (
    "Trung tâm Văn hóa huyện Ia H'Drai được giao việc gì?",
    "Truyền thông về các dự thảo chính sách trên Đài truyền thanh.",
)
OF_COUNCIL = (
    "Hội đồng phổ biến giáo dục pháp luật huyện Ia H'Drai làm gì?",
    "Chỉ đạo, hướng dẫn, theo dõi việc triển khai.",
)
OF_TREND = (
    "Chỉ thị 07 yêu cầu dự báo xu hướng thông tin không?",
    "Có, “dự báo các xu hướng thông tin tích cực và tiêu cực”.",
)
OF_PRESS = (
    "Văn phòng Sở GDĐT Hải Phòng 2023 lo việc gì?",
    "Chủ trì, phối hợp với các cơ quan thông tấn, báo chí.",
)
OF_LETTER = (
    "Công văn 2024 của Sở GDĐT Hải Phòng yêu cầu đơn vị làm gì về nguồn lực?",
    "Rà soát, bố trí nguồn lực và các điều kiện bảo đảm cần thiết khác.",
)
OF_FAKES = ("Chỉ thị 07/CT-TTg nói gì về tin giả?", "Đấu tranh với tin giả và gỡ bỏ các tin này.")
OF_BASIS = (
    "Công văn năm 2024 của Sở GDĐT Hải Phòng nói về văn bản nào?",
    "Về triển khai thực hiện Quyết định số 407/QĐ-TTg năm 2024.",
)
OF_PERIOD = ("UBND xã ở huyện Ia H'Drai báo cáo theo kỳ nào?", "06 tháng và năm.")
ASKED_BACK = "Anh/chị hỏi theo văn bản nào?"


@pytest.mark.parametrize(
    ("before", "question", "clause"),
    [
        (OF_OFFICE, "Còn việc đăng văn bản lên cổng điện tử thì giao ai?", (HUNG_YEN, "III.1.6")),
        (OF_CENTRE, "Còn phòng lo tài chính thì sao?", (IA_HDRAI, "V.1.4")),
        (OF_TREND, "Còn tin giả thì sao?", (DIRECTIVE, "III.4")),
    ],
)
def test_another_subject_is_answered_by_its_own_clause(
    before: tuple[str, str], question: str, clause: tuple[str, str]
) -> None:
    assert clause in cited(ask(question, history=[before]))


@pytest.mark.parametrize("question", ["Gửi tới những đâu vậy?", "Nó gửi đi đâu thế?"])
def test_after_its_signer_the_addressees_of_the_paper_are_asked(question: str) -> None:
    assert cited(ask(question, history=[OF_SIGNER])) == {(LANG_SON, "recipients")}


def test_where_a_report_goes_is_not_whom_the_paper_goes_to() -> None:
    outcome = ask("Gửi cho ai?", history=[OF_PERIOD])
    assert (IA_HDRAI, "recipients") not in cited(outcome)


@pytest.mark.parametrize(
    ("before", "question", "clause"),
    [
        (OF_PRESS, "Thế còn Thanh tra sở làm gì trong kế hoạch đấy?", (HAI_PHONG, "III#2.1")),
        (OF_LETTER, "Có được gộp vào kế hoạch chung của trường không?", (HAI_PHONG_2024, "3")),
    ],
)
def test_an_office_without_a_name_is_the_one_spoken_of(
    before: tuple[str, str], question: str, clause: tuple[str, str]
) -> None:
    assert clause in cited(ask(question, history=[before]))


def test_a_paper_pointed_at_is_no_body() -> None:
    before = ("Kế hoạch 2023 của Sở KHĐT Lạng Sơn căn cứ công văn nào?", "Của UBND tỉnh.")
    assert cited(ask("Văn bản ấy do ai ký?", history=[before])) == {(LANG_SON, "signature")}


@pytest.mark.parametrize(
    ("before", "question", "document"),
    [
        (OF_FAKES, "Vậy việc thực hiện Quyết định 407 thì văn bản này giao ai?", DIRECTIVE),
        (OF_BASIS, "Nó có dính gì tới Chỉ thị 07 không?", HAI_PHONG_2024),
    ],
)
def test_the_paper_pointed_at_is_meant_and_not_the_one_it_speaks_of(
    before: tuple[str, str], question: str, document: str
) -> None:
    assert document in documents_of(ask(question, history=[before]))


@pytest.mark.parametrize(
    ("asked", "reply", "clause"),
    [
        (
            "Có cho thử nghiệm mô hình mới không?",
            "Chỉ thị của Thủ tướng về truyền thông chính sách ấy",
            (DIRECTIVE, "II.4"),
        ),
        (
            "Ai hướng dẫn lập dự toán với quyết toán?",
            "Hưng Yên nhé, cái của khoa học công nghệ ấy",
            (HUNG_YEN, "III.1.5"),
        ),
    ],
)
def test_a_reply_to_what_was_asked_back_asks_the_question_before(
    asked: str, reply: str, clause: tuple[str, str]
) -> None:
    assert clause in cited(ask(reply, history=[(asked, ASKED_BACK)]))


def test_what_the_papers_do_not_state_is_not_answered_by_the_clause_of_before() -> None:
    outcome = ask("Họ bầu mấy người vào ban đó?", history=[OF_COUNCIL])
    assert as_row(outcome)["kind"] == "silent"


def test_a_question_with_words_but_no_meaning_is_left_to_the_paper_spoken_of() -> None:
    outcome = ask("Báo cáo năm nộp chậm nhất ngày mấy tháng mấy?", history=[OF_PERIOD])
    assert as_row(outcome)["kind"] == "silent"


def test_the_paper_an_answer_names_by_its_number_is_spoken_of() -> None:
    before = (
        "Bộ Tư pháp ra kế hoạch biên soạn tài liệu số mấy?",
        "Kế hoạch số 3912/KH-BTP. (Quyết định 407/QĐ-TTg, mục VI.2)",
    )
    assert documents_of(ask("Còn 2023 thì bộ ra quyết định số mấy?", history=[before])) == {
        DECISION
    }


SILENT = Silent("", "")
WHOLE, OWN = read("ai ký kế hoạch"), read("gửi những đâu")


def test_a_surer_reading_must_be_so_by_more_than_its_handicap() -> None:
    meant = Readings(WHOLE, others=(Other(OWN, ALONE),))
    assert chosen(meant, "first", "other", {"first": 0.5, "other": 0.75}) == "other"
    assert chosen(meant, "first", "other", {"first": 0.6, "other": 0.75}) == "first"


def test_the_subject_of_before_never_answers_where_the_likelier_reading_is_silent() -> None:
    merged, alone = (Readings(WHOLE, others=(Other(OWN, more),)) for more in (MERGED, ALONE))
    assert chosen(merged, "", "other", {"other": 1.0}) == ""
    assert chosen(alone, "", "other", {"other": 1.0}) == "other"


def test_of_papers_not_learned_the_likelier_reading_is_kept() -> None:
    meant = Readings(WHOLE, others=(Other(OWN, ALONE),), stated=OWN)
    meaning = {"first": 0.0, "other": 1.0}
    assert chosen(meant, "first", "other", meaning, taught=False) == "first"


def chosen(
    meant: Readings, whole: str, own: str, meaning: Mapping[str, float], *, taught: bool = True
) -> str:
    """The address that is cited, "" for silence; `whole`, `own`: those that the readings cite."""
    addresses = {WHOLE.text: whole, OWN.text: own}

    def outcome(of: Understood) -> Outcome:
        address = addresses[of.text]
        source = Source("paper", "", address, "", None, digest=False)
        return Answered("", "", "", (source,)) if address else SILENT

    def surest(of: Understood, clauses: Sequence[Key]) -> float:
        return max((meaning[address] for _, address in clauses), default=0.0)

    found = Choice(outcome, surest, lambda _: taught).of(meant)
    return found.sources[0].address if isinstance(found, Answered) else ""
