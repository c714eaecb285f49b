"""Outcomes as the contract prints them and as a chat shows them."""

from __future__ import annotations

import json
from datetime import date

import pytest

from bot.answers import (
    LONGEST_LEAD,
    LONGEST_STATUS,
    LONGEST_TEXT,
    Answered,
    Clarify,
    Outcome,
    Silent,
    as_row,
    kind_of,
    shorten,
    text_of,
    to_reply,
)
from bot.dialogue import Assistant
from bot.messages import Button, Source
from tests.unit.bot.shipped import assistant

SOURCE = Source("plan", "Kế hoạch năm 2023", "III#2.6", "Mục III.6", "trước ngày 20/9/2023", False)
DIGEST = Source("407", "Quyết định 407 (bản tóm lược)", "III.2", "Phần III.2", None, True)
STATUS = "Hết kỳ kế hoạch từ 01/01/2024; tra cứu ngày 21/11/2026"
ANSWERED = Answered("Trước ngày 20/9/2023", "", STATUS, (SOURCE, DIGEST))
CLARIFY = Clarify("Văn bản nào?", (Button("Hải Phòng", "hạn nộp (theo Hải Phòng)"),))
SILENT = Silent("Văn bản không nêu.", STATUS, (SOURCE,))


def test_the_limits_are_those_of_the_contract() -> None:
    assert (LONGEST_TEXT, LONGEST_LEAD, LONGEST_STATUS) == (1_800, 600, 120)


def test_an_answer_as_a_row() -> None:
    assert as_row(ANSWERED) == {
        "kind": "answer",
        "text": f"Trước ngày 20/9/2023\n{STATUS}",
        "citations": [
            {
                "document": "plan",
                "title": "Kế hoạch năm 2023",
                "address": "III#2.6",
                "quote": "trước ngày 20/9/2023",
                "digest": False,
            },
            {
                "document": "407",
                "title": "Quyết định 407 (bản tóm lược)",
                "address": "III.2",
                "quote": None,
                "digest": True,
            },
        ],
        "choices": [],
    }


def test_asking_back_as_a_row() -> None:
    assert as_row(CLARIFY) == {
        "kind": "clarify",
        "text": "Văn bản nào?",
        "citations": [],
        "choices": [{"label": "Hải Phòng", "send": "hạn nộp (theo Hải Phòng)"}],
    }


def test_silence_as_a_row() -> None:
    row = as_row(SILENT)
    assert row["kind"] == "silent"
    assert row["choices"] == []
    assert [c["address"] for c in row["citations"]] == ["III#2.6"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("outcome", [ANSWERED, CLARIFY, SILENT])
def test_a_row_is_json(outcome: Outcome) -> None:
    row = as_row(outcome)
    assert json.loads(json.dumps(row, ensure_ascii=False)) == row


def test_the_whole_answer_is_the_text_and_the_beginning_the_lead() -> None:
    long = Answered("Bắt đầu", "Bắt đầu và phần còn lại", STATUS, (SOURCE,))
    reply = to_reply(long)
    assert reply.lead == "Bắt đầu"
    assert reply.more == "Bắt đầu và phần còn lại"
    assert reply.text == f"Bắt đầu và phần còn lại\n{STATUS}"
    assert reply.status == STATUS
    assert reply.sources == (SOURCE,)


@pytest.mark.parametrize("outcome", [ANSWERED, CLARIFY, SILENT])
def test_a_reply_says_what_the_row_says(outcome: Outcome) -> None:
    row, reply = as_row(outcome), to_reply(outcome)
    assert reply.kind == row["kind"] == kind_of(outcome)
    assert reply.text == row["text"] == text_of(outcome)
    assert [(b.label, b.send) for b in reply.buttons] == [
        (c["label"], c["send"])
        for c in row["choices"]  # type: ignore[attr-defined]
    ]
    assert len(reply.sources) == len(row["citations"])  # type: ignore[arg-type]


def test_a_text_too_long_is_cut_and_keeps_its_status() -> None:
    text = text_of(Answered("a", "chữ " * 1_000, STATUS, ()))
    assert len(text) <= LONGEST_TEXT
    assert text.endswith(f"…\n{STATUS}")


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [
        ("ngắn", 10, "ngắn"),
        ("một hai ba", 9, "một hai…"),
        ("một hai, ba bốn", 10, "một hai…"),  # no comma before the ellipsis
    ],
)
def test_shorten(text: str, length: int, expected: str) -> None:
    assert shorten(text, length) == expected
    assert len(shorten(text, length)) <= length


def test_a_link_leaves_the_machine_only_where_it_can_be_reached() -> None:
    ready = assistant()
    question = "Hạn gửi kế hoạch năm 2023 về Sở GDĐT Hải Phòng là ngày nào?"
    today = date(2026, 11, 21)
    inside = ready.ask(question, today=today)
    outside = Assistant(ready.library, ready.search, public_url="https://troly.example/").ask(
        question, today=today
    )
    assert "http" not in text_of(inside)
    assert "https://troly.example/documents/hai-phong-gddt-2023#III~2.6" in text_of(outside)
    assert len(text_of(outside)) <= LONGEST_TEXT
