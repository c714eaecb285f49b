"""The report of an evaluation: its figures, what it lists, that it is safe and stands alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from bot.evaluation import SPELLINGS, Judged, Question, judge, tally
from service import report_figures, reporting
from service.report_figures import figures, tables, texts
from service.reporting import evaluation_page, reason_of, result_of

DAY = date(2026, 11, 21)
EVIL = '<img src=x onerror="alert(1)">'
PAPER = "hai-phong-gddt-2023"
TITLE = "Kế hoạch năm 2023 của Sở GDĐT Hải Phòng"


def a_row(kind: str = "answer", text: str = "trước ngày 20/9/2023", **changes: Any) -> Any:
    """What was answered."""
    cited = {"document": PAPER, "title": TITLE, "address": "III#2.6", "quote": None}
    row = {"kind": kind, "text": text, "citations": [cited], "choices": []}
    return {**row, **changes}


def a_question(id_: str = "q1", expected: str = "answer", **changes: Any) -> Question:
    """A question about a deadline."""
    values = {"text": "Hạn nộp là ngày nào?", "kind": "deadline", "document": PAPER}
    values |= {"address": "III#2.6", "must_contain": ("20/9/2023",)}
    return Question(**{"id": id_, "expected": expected, **values, **changes})


def judged(question: Question, row: Any = None, spelling: Any = "written") -> Judged:
    """`question` with this answer."""
    row = row or a_row()
    return Judged(question, spelling, row, judge(question, row), True, True, 8.25)


RIGHT = judged(a_question())
CONFIDENT = judged(a_question("q2"), a_row(text="trước ngày 1/1/2024"))
REFUSED = judged(a_question("q3"), a_row("silent", "không nêu"))
OTHER = judged(a_question("q4", "silent"), a_row("clarify", "Văn bản nào?", citations=[]))
UNANSWERABLE = judged(a_question("q5", "silent", address=None))
MIXED = [RIGHT, RIGHT, RIGHT, RIGHT, CONFIDENT, REFUSED, OTHER, UNANSWERABLE]


class Page(HTMLParser):
    """Tags with attributes, and the text that can be read."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, Mapping[str, str | None]]] = []
        self.words = ""
        self.inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.inside = tag

    def handle_data(self, data: str) -> None:
        if self.inside != "style":
            self.words = " ".join(f"{self.words} {data}".split())


def read(judged: list[Judged], before: list[Judged] | None = None) -> Page:
    return Page(evaluation_page(judged, DAY, before))


def test_the_headline_says_what_was_counted() -> None:
    words = read(MIXED).words
    assert "Chấm ngày 21/11/2026 · 5 câu hỏi · 1 cách gõ mỗi câu · 8 lượt hỏi" in words
    assert "50,0% lượt hỏi được trả lời đúng Khoảng tin cậy 95%: 21,5% – 78,5%" in words
    assert "khoảng 50 lượt được trả lời đúng, 25 lượt sai mà nói chắc, 12 lượt từ chối" in words
    assert "Đúng: 4 Sai mà chắc: 2 Từ chối oan: 1 Chưa đúng, nhưng không khẳng định gì: 1" in words
    assert "một nửa số lượt dưới 8,2 mili giây" in words


def test_every_figure_is_explained_beside_its_value() -> None:
    words = read(MIXED).words
    values = {"right": "50,0%", "confident": "25,0%", "refused": "12,5%", "unanswerable": "12,5%"}
    for key, value in values.items():
        figure = texts()["figures"][key]
        assert f"{figure['name']} {value} {' '.join(figure['means'].split())}" in words


def test_a_bar_is_whole_and_told_in_words() -> None:
    row = figures("", tally(MIXED))
    assert [segment.width for segment in row.segments] == [50, 25, 12.5, 12.5]
    assert [segment.start for segment in row.segments] == [0, 50, 75, 87.5]
    page = read(MIXED)
    bars = [a for tag, a in page.tags if tag == "svg"]
    assert len(bars) == 1 + 1 + 2 + 1  # all, one spelling, two outcomes, one kind
    assert str(bars[0]["aria-label"]).startswith("Đúng: 4, Sai mà chắc: 2")


def test_what_was_not_asked_has_no_figure() -> None:
    assert figures("", tally([UNANSWERABLE])).clause == "–"
    assert figures("", tally([])).right == "–"
    assert "0 lượt hỏi" in read([]).words


def test_thousands_and_decimals_are_written_as_vietnamese_does() -> None:
    row = figures("", tally([RIGHT] * 1109 + [CONFIDENT]))
    assert (row.asked, row.right) == ("1.110", "99,9%")


def test_the_tables_name_every_group() -> None:
    everywhere = [judged(a_question(), spelling=spelling) for spelling in SPELLINGS]
    words = read([*everywhere, OTHER]).words
    for name in ("như viết", "không dấu", "nửa dấu", "trả lời", "nói là văn bản không nêu"):
        assert name in words


def test_kinds_with_failures_come_first_and_the_rest_is_one_row() -> None:
    many = [judged(a_question(kind=f"loại {number:02}")) for number in range(30)]
    wrong = judged(a_question(kind="loại 29"), a_row("silent"))
    [_, _, (_, kinds)] = tables([*many, wrong])
    assert (kinds[0].name, kinds[0].right) == ("loại 29", "50,0%")
    assert (kinds[-1].name, kinds[-1].asked) == ("6 loại còn lại", "6")
    assert sum(int(row.asked) for row in kinds) == 31


def test_a_question_without_a_kind_is_named_in_vietnamese() -> None:
    assert "answer" not in read([judged(a_question(kind="answer"), a_row("silent"))]).words


@pytest.mark.parametrize(
    ("one", "result", "reason"),
    [
        (RIGHT, "right", ""),
        (CONFIDENT, "confident", "Thiếu nội dung “20/9/2023”"),
        (REFUSED, "refused", "Lẽ ra phải trả lời, trợ lý lại nói là văn bản không nêu"),
        (OTHER, "other", "Lẽ ra phải nói là văn bản không nêu, trợ lý lại hỏi lại"),
        (UNANSWERABLE, "confident", "Lẽ ra phải nói là văn bản không nêu, trợ lý lại trả lời"),
        (judged(a_question(address="II.1")), "confident", "Dẫn sai điều khoản"),
        (judged(a_question(document="407-qd-ttg")), "confident", "Dẫn sai văn bản"),
    ],
)
def test_a_failure_is_named_for_people(one: Judged, result: str, reason: str) -> None:
    assert (result_of(one), reason_of(one)) == (result, reason)


def test_a_failure_shows_what_was_expected_answered_and_cited() -> None:
    words = read([CONFIDENT]).words
    assert "q2 deadline · như viết" in words
    assert f"Cần có trả lời · {TITLE} III#2.6 · có nội dung “20/9/2023”" in words
    assert "Trợ lý trả lời (chưa đúng) trước ngày 1/1/2024" in words
    assert f"Đã dẫn {TITLE} III#2.6" in words
    assert "không dẫn điều khoản nào" in read([OTHER]).words


def test_spellings_that_fail_alike_are_one_case() -> None:
    question = a_question(text="Hạn nộp?")
    alike = [judged(question, a_row("silent"), spelling) for spelling in SPELLINGS]
    page = read(alike)
    assert sum(tag == "article" for tag, _ in page.tags) == 1
    assert "như viết, không dấu, nửa dấu" in page.words
    assert "Đã gõ" not in page.words
    assert "Đã gõ Han nop?" in read(alike[1:2]).words


def test_without_failures_it_says_so() -> None:
    page = read([RIGHT])
    assert texts()["no_failures"] in page.words
    assert "article" not in {tag for tag, _ in page.tags}
    assert texts()["changes_title"] not in page.words


def test_changed_answers_are_shown_from_worse_to_same() -> None:
    other = a_row(text="hết ngày 20/9/2023")
    after = [RIGHT, judged(a_question("q6"), other), RIGHT, RIGHT]
    before = [CONFIDENT, RIGHT, RIGHT, RIGHT]
    words = read(after, before).words
    assert "2 lượt có câu trả lời khác: 1 lượt từ sai thành đúng, 0 lượt từ đúng thành sai" in words
    assert "Tỷ lệ đúng của chỉ mục kia: 75,0%" in words
    assert "Chỉ mục kia trả lời (chưa đúng) trước ngày 1/1/2024" in words
    assert words.index("trước ngày 1/1/2024") < words.index("hết ngày 20/9/2023")
    assert texts()["no_changes"] in read([RIGHT], [RIGHT]).words


def test_long_lists_are_cut_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "_LISTED", 2)
    failing = [judged(a_question(f"q{number}"), a_row("silent")) for number in range(5)]
    page = read(failing)
    assert sum(tag == "article" for tag, _ in page.tags) == 2
    assert "… và 3 mục nữa" in page.words


def test_foreign_text_stays_text() -> None:
    cited = {"document": EVIL, "title": EVIL, "address": EVIL, "quote": None}
    question = a_question(
        EVIL, text=EVIL, kind=EVIL, document=EVIL, address=EVIL + "1", must_contain=(EVIL,)
    )
    row = a_row(text=EVIL, citations=[cited], choices=[{"label": EVIL, "send": EVIL}])
    html = evaluation_page([judged(question, row)], DAY, [RIGHT], [EVIL])
    assert EVIL not in html
    assert html.count("&lt;img src=x") >= 9
    assert "img" not in {tag for tag, _ in Page(html).tags}


def test_the_page_stands_alone() -> None:
    html = evaluation_page(MIXED, DAY, [RIGHT] * 8)
    tags = Page(html).tags
    assert not {tag for tag, _ in tags} & {"script", "link", "img", "iframe", "object", "form", "a"}
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]
    assert not re.search(r"https?:|//|url\(|@import|data:", html.replace("<!doctype html>", ""))
    assert "content=\"default-src 'none'" in html


def test_every_sentence_is_used() -> None:
    service = Path(str(reporting.__file__)).parent
    files = [service / "templates" / "evaluation.html", service / "commands" / "evaluate.py"]
    files += [Path(str(module.__file__)) for module in (reporting, report_figures)]
    code = "\n".join(file.read_text("utf-8") for file in files)
    unused = [key for key in texts() if f"t.{key}" not in code and f'"{key}"' not in code]
    assert unused == []
