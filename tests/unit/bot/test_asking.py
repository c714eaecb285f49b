"""Laws of asking: any text gets an outcome within the limits; every spelling gets the same one."""

from __future__ import annotations

import json
import time
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.answers import LONGEST_LEAD, LONGEST_STATUS, LONGEST_TEXT, Outcome, text_of
from bot.dialogue import Assistant, to_reply
from knowledge.library import Library
from knowledge.vietnamese import fold
from tests.unit.bot.shipped import (
    HAI_PHONG,
    TODAY,
    Answered,
    Clarify,
    Silent,
    as_row,
    ask,
    assistant,
    cited,
    documents_of,
    library,
)
from tests.unit.bot.transcript import questions

LAW = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def is_well_formed(outcome: Outcome) -> None:
    """The contract's shape and lengths; clauses that exist."""
    row, reply = as_row(outcome), to_reply(outcome)
    assert list(row) == ["kind", "text", "citations", "choices"]
    assert row["kind"] in ("answer", "clarify", "silent")
    assert isinstance(row["text"], str)
    assert row["text"].strip()
    assert len(row["text"]) <= LONGEST_TEXT
    assert len(reply.status) <= LONGEST_STATUS
    assert reply.lead.strip()
    if row["kind"] == "answer":
        assert len(reply.lead) + 1 + len(reply.status) <= LONGEST_LEAD
        assert row["citations"]
    assert bool(row["choices"]) is (row["kind"] == "clarify")
    for citation in row["citations"]:  # type: ignore[attr-defined]
        assert set(citation) == {"document", "title", "address", "quote", "digest"}
        library().get(citation["document"]).clause(citation["address"])
        assert (citation["quote"] is None) is citation["digest"]
    if row["kind"] == "silent":
        assert len(row["citations"]) <= 3  # type: ignore[arg-type]
    json.dumps(row, ensure_ascii=False).encode("utf-8")


# --- any text -----------------------------------------------------------------------------------

#: Pieces of real questions, and what breaks patterns, formats and files.
SCRAPS = """
hạn nộp ai chủ trì Hải Phòng hp 2023 407 kế hoạch Sở GDĐT Hưng Yên tiêu chí là gì và khác 100%
quyết định chỉ thị 07 xã huyện Ia H'Drai 6 tháng ngày nào so sánh điểm c khoản 2 117/KH-SGDĐT
2015 luật thông tư ( [ * \\ .* { } %s {0} \u0301 \u200b \ufeff \x00 … – ’
"""
WORDS = st.sampled_from(SCRAPS.split())
PUNCTUATION = st.text("?!.,;:()[]{}*+\\|/^$-–…“”'\"`~@#%&=<>_", max_size=200)


@LAW
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
@example("")
@example(" \n\t\u00a0\u200b")
@example("\x00\x01\x1b[31m")
@example("👩🏽‍🏫👍🏿🇻🇳" * 20)
@example("ﷺ" * 50)
@example("Z̷̢̛̲̱a̴l̵g̶o̷" * 20)
@example("１２３ ４０７ ②")
@example("İSTANBUL ß ŉ ǆ")
@example("\u202eẢI PHÒNG")
def test_any_text_gets_an_outcome(text: str) -> None:
    is_well_formed(ask(text))


@LAW
@given(st.lists(WORDS, max_size=14).map(" ".join))
def test_words_of_the_trade_in_any_order(text: str) -> None:
    is_well_formed(ask(text))


@LAW
@given(PUNCTUATION)
def test_punctuation_alone_asks_nothing(text: str) -> None:
    outcome = ask(text)
    is_well_formed(outcome)
    assert isinstance(outcome, Silent)


@settings(LAW, max_examples=25)
@given(st.text(max_size=60), st.lists(WORDS, max_size=6).map(" ".join), st.text(max_size=60))
def test_any_history_and_any_unit(before: str, question: str, unit: str) -> None:
    before, unit = (t.encode("utf-8", "ignore").decode() for t in (before, unit))
    is_well_formed(ask(question, history=[(before, unit)], unit=unit))


@pytest.mark.parametrize(
    "piece",
    ["a", "hạn nộp ", "407 ", "?", "👍", "Hải Phòng ", "\n", "a\u0301", "(((", "qđ407/", "1.2.3."],
)
def test_a_hundred_kilobytes_are_answered_in_time(piece: str) -> None:
    text = piece * (100_000 // len(piece.encode()))
    began = time.process_time()
    is_well_formed(ask(text))
    assert time.process_time() - began < 3


# --- every way of typing ------------------------------------------------------------------------


def sample() -> list[str]:
    """Questions that carry accents, every sixth."""
    asked = [
        question.text
        for question in questions()
        if not question.history and not question.unit and not question.today
    ]
    return [q for q in asked if fold(q) != q.lower()][::6]


@pytest.mark.parametrize("question", sample())
def test_accents_composed_or_apart_are_one_question(question: str) -> None:
    composed = ask(unicodedata.normalize("NFC", question))
    apart = ask(unicodedata.normalize("NFD", question))
    assert as_row(composed)["kind"] == as_row(apart)["kind"]
    assert cited(composed) == cited(apart)


#: Without accents two words may be one; so these are checked where the words stay apart.
PLAIN = [
    "Hạn gửi kế hoạch truyền thông chính sách năm 2023 về Sở GDĐT Hải Phòng là ngày nào?",
    "Ai ký kế hoạch của Sở Kế hoạch và Đầu tư Lạng Sơn?",
    "Kinh phí thực hiện ở huyện Ia H’Drai lấy từ đâu?",
    "Ở Sở KH&CN Hưng Yên, ai chủ trì xây dựng nội dung truyền thông?",
    "Chính sách nào thì phải truyền thông theo Quyết định 407?",
    "Quyết định 407 ban hành ngày nào?",
    "Kinh phí lấy từ đâu?",
    "Thời tiết Hải Phòng ngày mai có mưa không?",
    "Sở GDĐT Đà Nẵng nộp kế hoạch khi nào?",
    "UBND các xã ở Ia H'Drai gửi báo cáo 6 tháng cho ai?",
    "Thanh tra Sở được giao những việc gì?",
]


@pytest.mark.parametrize("question", PLAIN)
@pytest.mark.parametrize(
    "typed",
    [fold, str.upper, str.lower, lambda q: fold(q).upper(), lambda q: fold(q).rstrip("?")],
    ids=["bare", "CAPITALS", "small", "BARE CAPITALS", "no question mark"],
)
def test_every_way_of_typing_is_one_question(question: str, typed) -> None:  # type: ignore[no-untyped-def]
    one, other = ask(question), ask(typed(question))
    assert as_row(one)["kind"] == as_row(other)["kind"]
    assert cited(one) == cited(other)


SHORT = [
    ("han gui kh 2023 sgddt hp", "hai-phong-gddt-2023", "III#2.6"),
    ("sgddt hp han gui bc 2023", "hai-phong-gddt-2023", "III#2.6"),
    ("skhcn hy kinh phi lay dau", "hung-yen-khcn-2024", "II.5"),
    ("ia hdrai bc 6 thang gui ai", "ia-hdrai-2022-2027", "V.3"),
    ("qd 407 tieu chi", "407-qd-ttg", "III.2"),
    ("skhdt ls ai ky kh 2023", "lang-son-khdt-2023", "signature"),
]


@pytest.mark.parametrize(("question", "document", "address"), SHORT)
def test_chat_abbreviations_are_ordinary_input(question: str, document: str, address: str) -> None:
    outcome = ask(question)
    assert isinstance(outcome, Answered)
    assert (document, address) in cited(outcome)


# --- the same question, the same answer ---------------------------------------------------------


def test_asking_changes_nothing() -> None:
    question = "Kinh phí thực hiện ở huyện Ia H’Drai lấy từ đâu?"
    first = ask(question)
    for other in ("xin chào", "ai ký", "", "Đà Nẵng"):
        ask(other)
    assert ask(question) == first


def test_an_empty_history_is_none() -> None:
    assert ask("ai ký kế hoạch", history=[]) == ask("ai ký kế hoạch")
    assert isinstance(ask("ai ký kế hoạch", today=TODAY), Clarify)


def test_another_plan_that_means_it_as_well_is_not_passed_over() -> None:
    """Words choose Hưng Yên; by meaning Hải Phòng gives the same work to somebody, too."""
    outcome = ask("đăng bài lên cổng thông tin của sở là bộ phận nào lo")
    assert isinstance(outcome, Clarify)


def test_the_capacity_of_a_signer_is_quoted() -> None:
    outcome = ask("Ai ký kế hoạch của Sở KH&ĐT Lạng Sơn?")
    assert isinstance(outcome, Answered)
    assert [s.quote for s in outcome.sources] == ["GIÁM ĐỐC Vũ Hoàng Quý"]


def test_an_answer_links_to_no_page_that_not_everybody_may_open() -> None:
    ready = assistant()
    question = "Hạn gửi kế hoạch năm 2023 về Sở GDĐT Hải Phòng là ngày nào?"
    url = "https://hoi.example.vn"
    for audience, linked in ((("public",), True), (("officers", "units:3"), False)):
        papers = (
            replace(d, audience=audience) if d.id == HAI_PHONG else d
            for d in ready.library.documents
        )
        asked = Assistant(Library(tuple(papers)), ready.search, public_url=url)
        outcome = asked.ask(question, today=TODAY)
        assert documents_of(outcome) == {HAI_PHONG}
        assert (url in text_of(outcome)) is linked
        assert isinstance(outcome, Answered)
        assert outcome.sources[0].public is linked
