"""Lines in, lines out: the contract of `ask --batch`."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from datetime import date

import pytest

from service.commands.batch import answer_lines
from tests.fakes.answers import FakeAnswers

DAY = date(2026, 11, 21)


def answered(lines: Iterable[bytes], answers: FakeAnswers | None = None) -> list[dict[str, object]]:
    """What comes out."""
    return [dict(line) for line in answer_lines(lines, answers or FakeAnswers(), DAY)]


def test_one_line_out_for_each_line_in_and_in_their_order() -> None:
    lines = [json.dumps({"id": n, "question": "hạn nộp?"}).encode() for n in range(20)]
    assert [line["id"] for line in answered(lines)] == list(range(20))


def test_a_line_has_the_keys_of_the_contract() -> None:
    (line,) = answered([b'{"id": "a", "question": "h\xe1\xba\xa1n"}'])
    assert list(line) == ["id", "kind", "text", "citations", "choices", "milliseconds"]
    (line,) = answered(['{"question": "nào?"}'.encode()])
    assert line["choices"] == [{"label": "Hải Phòng", "send": "hạn nộp Hải Phòng"}]
    assert line["citations"] == []


@pytest.mark.parametrize(
    ("line", "id_"),
    [
        (b"not json", None),
        (b"[1]", None),
        (b"{}", None),
        (b'{"id": "a"}', "a"),
        (b'{"id": 3, "question": 5}', 3),
        (b'{"id": true, "question": 5}', None),
        (b'{"id": "a", "question": "  "}', "a"),
        (b'{"id": "a", "question": "' + b"x" * 2001 + b'"}', "a"),
        (b'{"id": "a", "question": "x", "today": "hom nay"}', "a"),
        (b'{"id": "a", "question": "\xff"}', None),
        (b"[" * 100_000, None),
    ],
)
def test_a_bad_line_says_so_and_the_next_is_answered(line: bytes, id_: object) -> None:
    bad, good = answered([line, '{"question": "hạn"}'.encode()])
    assert list(bad) == ["id", "error"]
    assert bad["id"] == id_
    assert bad["error"]
    assert good["kind"] == "answer"


def test_an_error_in_one_answer_costs_only_that_one(caplog: pytest.LogCaptureFixture) -> None:
    answers = FakeAnswers()
    decide = answers.decide

    def fail_once(question: object) -> object:
        answers.decide = decide
        raise ZeroDivisionError("detail")

    answers.decide = fail_once  # type: ignore[assignment]
    first, second = answered(
        [b'{"id": 1, "question": "a"}', b'{"id": 2, "question": "b"}'], answers
    )
    assert list(first) == ["id", "error"]
    assert second["kind"] == "silent"
    assert "detail" in caplog.text


def test_blank_lines_a_byte_order_mark_and_line_ends_of_windows_are_tolerated() -> None:
    lines = [b'\xef\xbb\xbf{"id": 1, "question": "a"}\r\n', b"\r\n", b'{"id": 2, "question": "b"}']
    assert [line["id"] for line in answered(lines)] == [1, 2]


def test_decomposed_accents_are_composed() -> None:
    answers = FakeAnswers()
    question = unicodedata.normalize("NFD", "hạn nộp ở Hải Phòng?")
    answered([json.dumps({"question": question}).encode()], answers)
    assert answers.asked[0][0].text == "hạn nộp ở Hải Phòng?"


def test_day_and_unit_of_the_command_count_where_a_line_names_none() -> None:
    answers = FakeAnswers()
    lines = [b'{"question": "a"}', b'{"question": "b", "today": "2023-01-02", "unit": "y"}']
    list(answer_lines(lines, answers, DAY, unit="x"))
    assert [(q.unit, day) for q, day in answers.asked] == [("x", DAY), ("y", date(2023, 1, 2))]


def test_what_a_question_file_adds_is_ignored() -> None:
    (line,) = answered([b'{"question": "a", "expected": "silent", "must_contain": ["x"]}'])
    assert line["kind"] == "silent"


def test_answers_come_while_questions_still_come() -> None:
    def slow() -> Iterable[bytes]:
        yield b'{"id": 1, "question": "a"}'
        raise AssertionError("read on before the first answer was taken")

    assert next(iter(answer_lines(slow(), FakeAnswers(), DAY)))["id"] == 1
