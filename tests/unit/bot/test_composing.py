"""What an answer is made of: verbatim quotes, digests in other words, one honest status line."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.answers import LONGEST_LEAD, LONGEST_STATUS, LONGEST_TEXT
from bot.dialogue import to_reply
from bot.evaluation import ask_all
from bot.messages import Source
from bot.texts import say
from knowledge.documents import Document
from knowledge.library import SHIPPED
from knowledge.reading.clean import clean
from tests.unit.bot.shipped import (
    DECISION,
    HAI_PHONG,
    HAI_PHONG_2024,
    HUNG_YEN,
    IA_HDRAI,
    LANG_SON,
    TODAY,
    Answered,
    Silent,
    as_row,
    ask,
    assistant,
    documents_of,
    folded,
    library,
)
from tests.unit.bot.transcript import outcomes, questions

DIGEST_MARK = "Theo bản tóm lược (chưa đối chiếu bản gốc)"


def answers() -> list[Answered]:
    return [o for o in outcomes().values() if isinstance(o, Answered)]


def sources() -> list[Source]:
    """Every clause behind an answer or a silence."""
    found = [s for o in outcomes().values() if isinstance(o, (Answered, Silent)) for s in o.sources]
    assert len(found) > 200
    return found


def source_text(document: Document, address: str) -> str:
    """The stored text of the clause, cleaned as quotes are."""
    clause = document.clause(address)
    return clean(document.text[clause.start : clause.end])


# --- quotes -------------------------------------------------------------------------------------


def test_every_quote_is_found_in_the_source_inside_its_clause() -> None:
    for source in set(sources()):
        if source.digest:
            continue
        assert source.quote, source
        assert source.quote in source_text(library().get(source.document), source.address), source


def test_the_stored_texts_are_the_files_that_ship() -> None:
    """What quotes are checked against is the file itself."""
    for document in library().documents:
        file = SHIPPED / document.id / "text.txt"
        assert document.text == file.read_bytes().decode("utf-8")


def test_a_quote_has_no_ellipsis_of_ours() -> None:
    for source in set(sources()):
        if source.quote and "…" in source.quote:
            assert source.quote in source_text(library().get(source.document), source.address)


def test_what_stands_in_quotation_marks_is_a_quote() -> None:
    """The text of an answer quotes its citations and nothing else; "…" marks what was cut."""
    for outcome in answers():
        quoted = [q for s in outcome.sources if (q := s.quote)]
        for block in re.findall(r"^“(.*)”$", outcome.more or outcome.lead, re.MULTILINE):
            start = block.removesuffix("…").rstrip()
            assert any(q == block or q.startswith(start) for q in quoted), block


def test_every_answer_has_a_citation_with_its_address_in_words() -> None:
    for question, outcome in outcomes().items():
        if isinstance(outcome, Answered):
            assert outcome.sources, question
            whole = outcome.more or outcome.lead
            first = outcome.sources[0]
            assert first.place in whole, question
            assert first.place in outcome.lead, question


# --- digests ------------------------------------------------------------------------------------


def test_a_digest_has_no_quote_and_never_stands_in_quotation_marks() -> None:
    told = [(o, s) for o in answers() for s in o.sources if s.digest]
    assert len(told) > 20
    for outcome, source in told:
        assert source.quote is None
        whole = outcome.more or outcome.lead
        assert DIGEST_MARK in whole
        document = library().get(source.document)
        for block in re.findall(r"^“(.*)”$", whole, re.MULTILINE):
            assert block.removesuffix("…").rstrip() not in clean(document.text), block


def test_a_row_of_a_digest_says_so() -> None:
    row = as_row(ask("Theo Quyết định 407, tiêu chí nào thì phải truyền thông?"))
    for citation in row["citations"]:  # type: ignore[attr-defined]
        assert citation["digest"] is True
        assert citation["quote"] is None
    assert "tóm lược" in str(row["text"])


def inferred() -> list[tuple[str, str]]:
    return [
        (d.id, e.address)
        for d in library().documents
        if d.digest
        for e in d.entries
        if not e.numbered
    ]


def test_an_inferred_number_is_never_shown() -> None:
    hidden = dict.fromkeys(inferred())
    shown = [s for s in sources() if (s.document, s.address) in hidden]
    assert shown
    for source in shown:
        number = re.escape(source.address)
        assert not re.search(rf"(?<![\w.]){number}(?![\w.])", source.place), source


def test_the_criteria_reprinted_by_a_plan_are_that_plans() -> None:
    outcome = ask("Tiêu chí chính sách phải truyền thông của huyện Ia H'Drai là gì?")
    assert isinstance(outcome, Answered)
    [document] = documents_of(outcome)
    assert document == IA_HDRAI
    assert any(s.quote and "toàn huyện" in s.quote for s in outcome.sources)


# --- lengths ------------------------------------------------------------------------------------


def test_every_outcome_keeps_to_its_lengths() -> None:
    for question, outcome in outcomes().items():
        reply = to_reply(outcome)
        assert len(reply.text) <= LONGEST_TEXT, question
        assert len(reply.status) <= LONGEST_STATUS, question
        shown = len(reply.lead) + 1 + len(reply.status)
        assert shown <= LONGEST_LEAD or isinstance(outcome, Silent), question
        assert reply.lead.strip(), question


def test_the_first_message_names_the_paper() -> None:
    for question, outcome in outcomes().items():
        if isinstance(outcome, Answered):
            assert outcome.sources[0].title in outcome.lead, question


def test_a_silence_fits_the_first_message() -> None:
    for outcome in outcomes().values():
        if isinstance(outcome, Silent):
            assert len(outcome.lead) + 1 + len(outcome.status) <= LONGEST_LEAD


def test_every_answer_carries_the_day_of_the_look_up() -> None:
    for question, outcome in outcomes().items():
        if isinstance(outcome, Answered):
            assert folded("tra cứu ngày") in folded(outcome.status), question
            assert "\n" not in outcome.status


# --- silences -----------------------------------------------------------------------------------


def test_a_silence_names_at_most_three_clauses_and_says_that_they_do_not_answer() -> None:
    silences = [o for o in outcomes().values() if isinstance(o, Silent)]
    assert len(silences) > 40
    for outcome in silences:
        assert len(outcome.sources) <= 3
        if outcome.sources:
            assert "không trả lời câu hỏi này" in outcome.lead


# --- expired, before and after the end ----------------------------------------------------------

DEADLINE = "Hạn gửi kế hoạch năm 2023 về Sở GDĐT Hải Phòng là ngày nào?"


def test_a_past_deadline_never_leads_bare() -> None:
    outcome = ask(DEADLINE)
    assert isinstance(outcome, Answered)
    assert outcome.lead.startswith("Năm 2023 (đã hết hạn): trước ngày 20/9/2023")
    assert outcome.sources[0].address == "III#2.6"


@pytest.mark.parametrize(
    ("today", "over"),
    [
        (date(2023, 9, 1), False),
        (date(2023, 9, 19), False),  # the last day: "trước ngày 20/9"
        (date(2023, 9, 20), True),
        (date(2023, 12, 31), True),
        (date(2024, 1, 1), True),
        (TODAY, True),
    ],
)
def test_a_deadline_is_past_from_its_day_on(today: date, over: bool) -> None:
    outcome = ask(DEADLINE, today=today)
    assert isinstance(outcome, Answered)
    first = outcome.lead.splitlines()[0]
    assert "trước ngày 20/9/2023" in first
    assert ("đã hết hạn" in first) is over


def test_no_past_date_leads_bare() -> None:
    """Whatever is asked: a first line with a day that is over says that it is over."""
    for question, outcome in outcomes().items():
        if not isinstance(outcome, Answered):
            continue
        first = outcome.lead.splitlines()[0]
        deadline = re.search(
            r"(?:trước|chậm nhất|đến) (?:hết )?ngày (\d{1,2})/(\d{1,2})/(\d{4})", first
        )
        today = next(q.today for q in questions() if q.id == question) or TODAY
        if deadline and not first.startswith("“"):
            day, month, year = (int(part) for part in deadline.groups())
            over = date(year, month, day) <= today
            assert ("đã hết" in first) is over, question


#: Document, last day it counts.
ENDS = [
    ("Ai ký kế hoạch năm 2023 của Sở GDĐT Hải Phòng?", HAI_PHONG, date(2023, 12, 31)),
    ("Ai ký công văn năm 2024 của Sở GDĐT Hải Phòng?", HAI_PHONG_2024, date(2024, 12, 31)),
    ("Ai ký kế hoạch của Sở KH&CN Hưng Yên?", HUNG_YEN, date(2024, 12, 31)),
    ("Ai ký kế hoạch của Sở KHĐT Lạng Sơn?", LANG_SON, date(2023, 12, 31)),
    ("Kinh phí thực hiện ở huyện Ia H'Drai lấy từ đâu?", IA_HDRAI, date(2027, 12, 31)),
]


@pytest.mark.parametrize(("question", "document", "last"), ENDS)
def test_a_paper_is_over_after_its_last_day(question: str, document: str, last: date) -> None:
    after = date(last.year + 1, 1, 1)
    before, beyond = ask(question, today=last), ask(question, today=after)
    assert isinstance(before, Answered)
    assert isinstance(beyond, Answered)
    assert documents_of(before) == documents_of(beyond) == {document}
    since = f"{after:%d/%m/%Y}"
    assert since not in before.status.split("tra cứu")[0]
    assert since in beyond.status.split("tra cứu")[0]
    assert f"{last:%d/%m/%Y}" in before.status


@pytest.mark.parametrize(
    ("today", "word"),
    [(date(2023, 12, 31), "Còn trong kỳ"), (date(2027, 12, 31), "Còn trong kỳ")],
)
def test_a_period_that_runs(today: date, word: str) -> None:
    outcome = ask("Kế hoạch huyện Ia H'Drai còn hiệu lực không?", today=today)
    assert isinstance(outcome, Answered)
    assert outcome.lead.startswith(word)


def test_a_period_that_is_over() -> None:
    outcome = ask("Kế hoạch huyện Ia H'Drai còn hiệu lực không?", today=date(2028, 1, 1))
    assert isinstance(outcome, Answered)
    assert "hết" in outcome.lead.splitlines()[0]


def test_the_decision_is_in_force() -> None:
    outcome = ask("Quyết định 407 còn hiệu lực không?")
    assert isinstance(outcome, Answered)
    assert documents_of(outcome) == {DECISION}
    assert "chưa thấy văn bản thay thế" in outcome.lead


def test_a_period_is_said_whole() -> None:
    outcome = ask("Thời gian thực hiện Đề án ở huyện Ia H'Drai đến khi nào?")
    assert isinstance(outcome, Answered)
    first = outcome.lead.splitlines()[0]
    assert "2022" in first
    assert "2027" in first


# --- bodies that no longer exist ----------------------------------------------------------------

ABOLISHED = [
    (
        "Gặp vướng mắc theo kế hoạch 2023 của Sở GDĐT Hải Phòng thì phản ánh về đâu?",
        "84/2025/QH15",
    ),
    (
        "Ai chủ trì phổ biến quy định về truyền thông ở Sở KHCN Hưng Yên?",
        "84/2025/QH15",
    ),
    ("UBND các xã ở Ia H'Drai gửi báo cáo 6 tháng cho ai?", "72/2025/QH15"),
]


@pytest.mark.parametrize(("question", "basis"), ABOLISHED)
def test_an_abolished_body_is_in_the_status_line_with_its_paper(question: str, basis: str) -> None:
    outcome = ask(question)
    assert isinstance(outcome, Answered)
    assert basis in outcome.status
    assert "01/7/2025" in outcome.status


@pytest.mark.parametrize(
    ("question", "basis"),
    ABOLISHED,
)
def test_a_body_is_not_abolished_before_its_day(question: str, basis: str) -> None:
    outcome = ask(question, today=date(2023, 6, 1))
    assert isinstance(outcome, Answered)
    assert basis not in outcome.status


def test_no_successor_is_asserted() -> None:
    """The papers do not say who receives reports today."""
    outcome = ask("Thanh tra Sở GDĐT Hải Phòng còn nữa không, ai thay thế?")
    assert isinstance(outcome, (Answered, Silent))
    assert "84/2025" in as_row(outcome)["text"]  # type: ignore[operator]
    assert "thanh tra tinh" not in folded(as_row(outcome)["text"])


# --- slips of the source ------------------------------------------------------------------------

SLIPS = [
    (
        "tập huấn cho tuyên truyền viên pháp luật các xã ở Ia H'Drai về kiến thức gì",
        "thiếu chữ “truyền”",
    ),
    ("Sở KHCN Hưng Yên: đơn vị phối hợp tiếp nhận góp ý, phản biện là ai?", "các cá nhân"),
    ("Sở KHĐT Lạng Sơn phải thực hiện quy định tại những luật nào về cung cấp thông tin?", "2016"),
]


@pytest.mark.parametrize(("question", "note"), SLIPS)
def test_a_slip_that_is_quoted_has_its_note(question: str, note: str) -> None:
    outcome = ask(question)
    assert isinstance(outcome, Answered), outcome
    assert note in (outcome.more or outcome.lead)


def test_a_slip_that_is_not_quoted_has_none() -> None:
    outcome = ask("Ai ký kế hoạch của Sở KH&CN Hưng Yên?")
    assert isinstance(outcome, Answered)
    assert say("note", note="").split(":")[0] not in (outcome.more or outcome.lead)


def test_every_slip_is_quoted_as_it_is_printed() -> None:
    """Nothing is corrected inside a quote."""
    slips = [(d.id, slip) for d in library().documents for slip, _ in d.notes]
    assert slips
    for document, slip in slips:
        assert slip in clean(library().get(document).text) or slip in library().get(document).text


def test_the_questions_are_those_of_the_file() -> None:
    first = questions()[0]
    judged = ask_all(assistant(), [first], TODAY, ("written",))
    assert judged[0].row == as_row(outcomes()[first.id])


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Ai chủ trì bồi dưỡng công chức ở Sở KHĐT Lạng Sơn?", "đã hết kỳ"),  # no year: today
        ("Hạn gửi kế hoạch về Sở GDĐT Hải Phòng là ngày nào?", "đã hết hạn"),
    ],
)
def test_without_a_year_the_first_words_say_that_the_paper_is_over(
    question: str, says: str
) -> None:
    outcome = ask(question)
    assert isinstance(outcome, Answered)
    assert says in outcome.lead.splitlines()[0]
    named = ask(question.replace("?", " năm 2023?"), today=date(2023, 6, 1))
    assert isinstance(named, Answered)
    assert "đã hết" not in named.lead.splitlines()[0]
    current = ask("Kinh phí thực hiện ở huyện Ia H'Drai lấy từ đâu?")
    assert isinstance(current, Answered)
    assert "đã hết" not in current.lead.splitlines()[0]


@pytest.mark.parametrize(
    ("question", "lines"),
    [
        # to whom, and when
        (
            "Xã ở Ia H'Drai báo cáo mấy tháng một lần, gửi phòng nào?",
            ["Phòng Tư pháp", "06 tháng và năm"],
        ),
        # Whoever works with the one who is asked about, not that one again.
        (
            "Ai phối hợp với Ban Tuyên giáo Huyện ủy Ia H'Drai định hướng truyền thông?",
            ["Phòng Giáo dục và Đào tạo", "Ban Tuyên giáo"],
        ),
    ],
)
def test_each_thing_asked_for_has_a_line(question: str, lines: list[str]) -> None:
    outcome = ask(question)
    assert isinstance(outcome, Answered)
    first, second = outcome.lead.splitlines()[:2]
    assert lines[0] in first
    assert lines[1] in second


def test_what_a_cited_paper_says_is_not_told_though_a_held_one_is_named_beside_it() -> None:
    outcome = ask("Báo cáo số 361/BC-BTP sơ kết Đề án 407 nêu ra những hạn chế gì?")
    assert isinstance(outcome, Silent)
    assert "361" in as_row(outcome)["text"].splitlines()[0]  # type: ignore[attr-defined]
