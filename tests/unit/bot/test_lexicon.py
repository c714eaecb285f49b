"""The tables of how people ask: every pattern compiles and is folded; each facet has examples."""

from __future__ import annotations

import re
import tomllib

import pytest

from bot.lexicon import LEXICON, load_lexicon, says
from knowledge.vietnamese import fold
from tests.unit.bot.shipped import read

DATA = tomllib.loads(LEXICON.read_text("utf-8"))


def patterns() -> list[str]:
    """Every regular expression of the tables."""
    found = list(DATA["stop_phrases"])
    for row in (*DATA["facet"], *DATA["fact"]):
        found.extend(row["cues"])
    found.extend(row["evidence"] for row in DATA["fact"])
    for row in DATA["synonym"]:
        found.extend(row["says"])
    for parts in DATA["patterns"].values():
        found.extend(parts)
    return found


def test_every_pattern_compiles() -> None:
    assert len(patterns()) > 100
    for pattern in patterns():
        re.compile(pattern)


def test_no_pattern_matches_nothing_at_all() -> None:
    """One that matches the empty text would match every question."""
    assert [p for p in patterns() if re.compile(p).search("")] == []


@pytest.mark.parametrize("table", ["facet", "fact", "synonym", "patterns"])
def test_what_is_searched_in_folded_text_is_folded(table: str) -> None:
    if table == "patterns":
        found = [p for parts in DATA["patterns"].values() for p in parts]
    elif table == "synonym":
        found = [p for row in DATA[table] for p in (*row["says"], *row["means"])]
    else:
        found = [p for row in DATA[table] for p in row["cues"]]
    # Escapes such as \B and \W may be capital; letters may not, nor may they carry accents.
    plain = [re.sub(r"\\.", "", p) for p in found]
    wrong = [p for p in plain if p != fold(p) and "cảm ơn" not in p]
    assert wrong == []


def test_trade_words_are_folded() -> None:
    assert DATA["trade"] == fold(DATA["trade"])


def test_names_are_unique() -> None:
    lexicon = load_lexicon()
    facts = [f.name for f in lexicon.facts]
    assert len(set(facts)) == len(facts)


#: Facet → questions that ask for it, and questions that do not.
FACETS = {
    "when": (["nộp khi nào", "hạn nộp", "deadline nộp", "quý mấy"], ["ai nộp", "hạn chế là gì"]),
    "lead": (["ai chủ trì", "phòng nào phụ trách", "giao cho ai"], ["kinh phí lấy từ đâu"]),
    "coordinate": (["phối hợp với ai", "làm chung với ai"], ["ai chủ trì"]),
    "recipient": (["gửi về đâu", "nộp cho ai", "nơi nhận gồm những ai"], ["giao cho ai"]),
    "percent": (["bao nhiêu phần trăm", "tỷ lệ bao nhiêu", "đạt mấy %"], ["ai chủ trì"]),
    "money": (["kinh phí lấy từ đâu", "nguồn tiền ở đâu"], ["hình thức nào"]),
    "criteria": (["tiêu chí nào", "chính sách nào phải truyền thông"], ["ai ký"]),
    "content": (["nội dung truyền thông gồm gì"], ["ai ký"]),
    "form": (["hình thức nào", "qua kênh nào"], ["hạn nộp"]),
    "purpose": (["mục đích là gì", "để làm gì"], ["hạn nộp"]),
    "requirement": (["yêu cầu là gì"], ["hạn nộp"]),
    "guide": (["theo hướng dẫn của bộ nào"], ["ai hướng dẫn"]),
    "task": (["nhiệm vụ gì", "phải làm gì"], ["kinh phí lấy từ đâu"]),
    "signer": (["ai ký", "người ký là ai", "sep nao ky"], ["định kỳ khi nào", "kỳ báo cáo"]),
    "number": (["số hiệu là gì", "văn bản số mấy"], ["Sở nào chủ trì"]),
    "paper_date": (["ban hành ngày nào", "ban hành khi nào"], ["nộp ngày nào"]),
    "validity": (["còn hiệu lực không", "hết hiệu lực chưa"], ["hạn nộp"]),
    "basis": (["căn cứ văn bản nào", "cơ sở pháp lý"], ["ai ký"]),
    "scope": (["phạm vi áp dụng", "đối tượng nào"], ["ai ký"]),
    "definition": (["truyền thông dự thảo là gì", "nghĩa là sao"], ["ai ký"]),
    "start": (["bắt đầu từ lúc nào"], ["hạn nộp"]),
    "amount": (["bao nhiêu tiền"], ["kinh phí lấy từ đâu"]),
    "where": (["việc đó nằm ở mục nào", "văn bản nào quy định"], ["ai ký"]),
    "abolished": (["còn hoạt động không", "ai thay thế"], ["hạn nộp"]),
}


def test_every_facet_has_examples() -> None:
    # "which" is the weaker cue of "lead" and read as that.
    assert set(FACETS) == {f.name for f in load_lexicon().facets} - {"which"}


@pytest.mark.parametrize(
    ("facet", "question"), [(f, q) for f, (asked, _) in FACETS.items() for q in asked]
)
def test_a_question_that_asks_for_it(facet: str, question: str) -> None:
    assert facet in read(question).facets


@pytest.mark.parametrize(
    ("facet", "question"), [(f, q) for f, (_, others) in FACETS.items() for q in others]
)
def test_a_question_that_does_not(facet: str, question: str) -> None:
    assert facet not in read(question).facets


FACTS = [
    ("phone", "số điện thoại là gì"),
    ("email", "gửi qua email nào"),
    ("amount", "chi bao nhiêu tiền"),
    ("penalty", "nộp trễ bị phạt bao nhiêu"),
    ("form_number", "theo mẫu số mấy"),
    ("clock", "nộp lúc mấy giờ"),
    ("headcount", "bao nhiêu người tham gia"),
]


@pytest.mark.parametrize(("fact", "question"), FACTS)
def test_a_fact_seldom_stated_is_noticed(fact: str, question: str) -> None:
    assert fact in read(question).facts


@pytest.mark.parametrize("question", ["ai ký kế hoạch", "hạn nộp", "tiêu chí", "xử lý góp ý"])
def test_an_ordinary_question_asks_for_none(question: str) -> None:
    assert read(question).facts == ()


TURNS = [
    ("greeting", "xin chao", True),
    ("greeting", "chao ban", True),
    ("greeting", "chao ban ai ky ke hoach", False),  # a question with a greeting is a question
    ("thanks", "cam on nhieu", True),
    ("thanks", "ai cam on ai trong ke hoach hai phong", False),
    ("compares", "khac nhau the nao", True),
    ("compares", "ai chu tri", False),
    ("day_asked", "ngay nao", True),
    ("day_asked", "nam nao", False),
]


@pytest.mark.parametrize(("turn", "folded", "expected"), TURNS)
def test_turns_of_a_question(turn: str, folded: str, expected: bool) -> None:
    assert says(turn, folded) is expected
