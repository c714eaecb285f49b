"""Clauses put right by hand: nothing is lost, no address twice, duties stay with their words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from knowledge.correcting import (
    indent,
    merge,
    merge_targets,
    outdent,
    renumber,
    set_heading,
    split,
)
from knowledge.documents import Clause, Duty, When
from knowledge.duties import read_duties
from knowledge.errors import CorrectionRefused
from knowledge.reading.clean import clean, is_empty
from knowledge.reading.outline import read_clauses
from knowledge.structure import Structure, dumps, loads

UNSEEN = sorted((Path(__file__).parents[2] / "papers_unseen").glob("*.txt"))
PLAN = """KẾ HOẠCH
Truyền thông năm 2026

I. MỤC ĐÍCH
1. Nâng cao nhận thức của cán bộ.
2. Bảo đảm thiết thực.
II. NHIỆM VỤ
1. Phòng A chủ trì rà soát văn bản của Phòng
2. Tư pháp trước ngày 20/9/2026.
- Gửi kết quả về Sở B.
3. Phòng C phối hợp.
a) In tài liệu. Phát tài liệu cho các xã.
b) Báo cáo Sở B.
"""
#: 1. the label was read into the text, 2. two clauses of one number
RUN_ON = """I. VIỆC
1. Phòng A rà soát.
Phòng B tổng hợp trước ngày 1/6/2026.
2) Phòng C in.
II. KHÁC
"""


def paper(text: str) -> Structure:
    clauses = read_clauses(text)
    return clauses, read_duties(text, clauses, year=2026)


def addresses(of: Structure) -> list[str]:
    return [clause.address for clause in of[0]]


def at(of: Structure, address: str) -> Clause:
    return next(clause for clause in of[0] if clause.address == address)


def assert_whole(text: str, of: Structure) -> None:
    """All of the text is in exactly one clause, inside its parents, each with its own address."""
    clauses, duties = of
    assert loads(dumps(clauses, duties, text).encode("utf-8"), text) == of
    by_address = {clause.address: clause for clause in clauses}
    assert len(by_address) == len(clauses)
    spans = []
    for clause in clauses:
        children = [c for c in clauses if c.parent == clause.address]
        starts = [p.start for p in clause.pieces] + [c.start for c in children] + [clause.end]
        spans.append((clause.start, min(starts)))
        spans += [(piece.start, piece.end) for piece in clause.pieces]
        if clause.parent is not None:
            above = by_address[clause.parent]
            assert above.start <= clause.start <= clause.end <= above.end
    end = 0
    for start, after in sorted(spans):
        assert start >= end, text[start:end]
        assert is_empty(text[end:start].replace("|", "")), text[end:start]
        end = after
    assert is_empty(text[end:])
    for address in {duty.address for duty in duties}:
        words = clean(text[by_address[address].start : by_address[address].end])
        assert all(duty.quote in words for duty in duties if duty.address == address)


def test_what_looked_like_a_label_is_the_middle_of_a_sentence_again() -> None:
    after = merge(PLAN, paper(PLAN), "II.2")
    assert_whole(PLAN, after)
    assert "II.2" not in addresses(after)
    first = at(after, "II.1").pieces[0]
    assert first.text == (
        "Phòng A chủ trì rà soát văn bản của Phòng 2. Tư pháp trước ngày 20/9/2026."
    )
    assert at(after, "II.1").pieces[1].text == "- Gửi kết quả về Sở B."
    assert at(after, "II.3.a").parent == "II.3"


def test_a_clause_is_merged_into_its_parent_with_its_children() -> None:
    after = merge(PLAN, paper(PLAN), "II.3", "II")
    assert_whole(PLAN, after)
    assert addresses(after)[-2:] == ["II.a", "II.b"]
    assert at(after, "II").text == "3. Phòng C phối hợp."


def test_what_is_offered_to_merge_into_stands_beside() -> None:
    clauses = paper(PLAN)[0]
    assert merge_targets(PLAN, clauses, "II.3.b") == ["II.3.a", "II.3"]
    assert merge_targets(PLAN, clauses, "II") == ["I", "I.2"]
    assert merge_targets(PLAN, clauses, "head") == []
    with pytest.raises(CorrectionRefused) as refused:
        merge(PLAN, paper(PLAN), "II.3.b", "I.1")
    assert refused.value.why == "not_beside"


def test_duties_follow_what_is_merged() -> None:
    before = paper(PLAN)
    duty = Duty("II.3.b", (), (), "Báo cáo Sở B", When(), None, None, "Báo cáo Sở B.", True)
    (_, (kept,)) = merge(PLAN, (before[0], (duty,)), "II.3.b", "II.3")
    assert kept == replace(duty, address="II.3")


def test_a_paragraph_becomes_a_clause_of_its_own() -> None:
    before = paper(RUN_ON)
    assert at(before, "I.1").text == "Phòng A rà soát. Phòng B tổng hợp trước ngày 1/6/2026."
    pieces = at(before, "I.1").pieces
    after = split(RUN_ON, before, "I.1", len(pieces) - 1, "2.", first_words="Phòng B tổng hợp")
    assert_whole(RUN_ON, after)
    assert at(after, "I.2").text == "Phòng B tổng hợp trước ngày 1/6/2026."
    assert at(after, "I.2").label == "2."
    # The one that was "2)" is the second of that number now.
    assert at(after, "I.2#2").text == "Phòng C in."


def test_a_printed_label_is_no_part_of_the_text_of_the_new_clause() -> None:
    text = "I. VIỆC\n1. Phòng A rà soát; b) Phòng B in.\n"
    after = split(text, paper(text), "I.1", 0, "b)", "below", "b) Phòng B")
    assert_whole(text, after)
    assert at(after, "I.1.b").text == "Phòng B in."
    assert at(after, "I.1").text == "Phòng A rà soát;"


def test_a_new_clause_takes_what_follows_or_only_its_paragraphs() -> None:
    before = paper(PLAN)
    same = split(PLAN, before, "II.3", 0, "4.", first_words="phối hợp")
    assert addresses(same)[-3:] == ["II.4", "II.4.a", "II.4.b"]
    below = split(PLAN, before, "II.3", 0, "đ)", "below", "phối hợp")
    assert addresses(below)[-4:] == ["II.3", "II.3.đ", "II.3.a", "II.3.b"]
    assert_whole(PLAN, same)
    assert_whole(PLAN, below)


def test_a_duty_goes_with_its_words_and_what_is_cut_is_asked_again() -> None:
    clauses = paper(RUN_ON)[0]
    whole = at((clauses, ()), "I.1").text
    said = Duty("I.1", (), (), "Tổng hợp", When(), None, None, "Phòng B tổng hợp", True)
    cut = replace(said, quote=whole)
    before = (clauses, (said, cut))
    number = len(at(before, "I.1").pieces) - 1
    after = split(RUN_ON, before, "I.1", number, "2.", first_words="Phòng B tổng hợp")
    assert [duty.address for duty in after[1]] == ["I.2", "I.1"]
    assert after[1][0].reviewed
    assert after[1][1].quote == "Phòng A rà soát."
    assert not after[1][1].reviewed


def test_a_part_without_a_number_that_is_all_clause_is_gone() -> None:
    before = paper(PLAN)
    head = next(c for c in before[0] if c.address == "head")
    after = split(PLAN, before, "head", 0, "Phần I")
    assert "head" not in addresses(after)
    assert at(after, "I").start == head.start
    assert_whole(PLAN, after)


def test_another_label_is_followed_by_children_duties_and_namesakes() -> None:
    before = paper(PLAN)
    duty = Duty("II.3.a", (), (), "In", When(), None, None, "In tài liệu.")
    clauses, duties = renumber(PLAN, (before[0], (duty,)), "II", "I.")
    found = [clause.address for clause in clauses]
    assert found[:4] == ["head", "I", "I.1", "I.2"]
    assert found[4:] == ["I#2", "I#2.1", "I#2.2", "I#2.3", "I#2.3.a", "I#2.3.b"]
    assert duties[0].address == "I#2.3.a"
    again = renumber(PLAN, (clauses, duties), "I", "III.")
    assert "I.3.a" in addresses(again)
    assert again[1][0].address == "I.3.a"
    assert_whole(PLAN, again)


@pytest.mark.parametrize(
    ("label", "address"),
    [("4", "II.4"), ("2.5.", "II.2.5"), ("II.7", "II.7"), ("c)", "II.c"), ("Điều 5.", "5")],
)
def test_a_label_is_understood_as_it_is_printed(label: str, address: str) -> None:
    after = renumber(PLAN, paper(PLAN), "II.3", label)
    assert at(after, address).label == label
    assert f"{address}.a" in addresses(after)


def test_a_clause_is_moved_below_the_one_before_it_and_back() -> None:
    before = paper(PLAN)
    below = indent(PLAN, before, "II.2")
    assert_whole(PLAN, below)
    assert at(below, "II.1.2").parent == "II.1"
    assert outdent(PLAN, below, "II.1.2") == before
    out = outdent(PLAN, before, "II.3.a")
    assert_whole(PLAN, out)
    assert at(out, "II.a.b").parent == "II.a"


def test_a_heading_is_the_first_words_or_none() -> None:
    before = paper(PLAN)
    named = set_heading(PLAN, before, "II.3.a", "In tài liệu")
    assert at(named, "II.3.a").heading == "In tài liệu"
    assert at(named, "II.3.a").text == "Phát tài liệu cho các xã."
    assert_whole(PLAN, named)
    assert set_heading(PLAN, named, "II.3.a", "") == before
    bare = set_heading(PLAN, before, "II", "")
    assert (at(bare, "II").heading, at(bare, "II").text) == ("", "NHIỆM VỤ")
    assert_whole(PLAN, bare)
    assert set_heading(PLAN, bare, "II", "NHIỆM  VỤ") == before


@pytest.mark.parametrize(
    ("correct", "why"),
    [
        (lambda b: merge(PLAN, b, "head"), "first"),
        (lambda b: merge(PLAN, b, "V"), "no_clause"),
        (lambda b: split(PLAN, b, "II.1", 9, "2."), "piece"),
        (lambda b: split(PLAN, b, "II.1", 0, "hai mươi"), "label"),
        (lambda b: split(PLAN, b, "II.1", 0, "2.", first_words="chữ khác"), "words"),
        (lambda b: split(PLAN, b, "head", 0, "2.", "below"), "fixed"),
        (lambda b: renumber(PLAN, b, "II.1", "#2"), "label"),
        (lambda b: renumber(PLAN, b, "head", "1."), "fixed"),
        (lambda b: indent(PLAN, b, "II.1"), "no_above"),
        (lambda b: outdent(PLAN, b, "II"), "at_top"),
        (lambda b: set_heading(PLAN, b, "II.1", "rà soát"), "heading"),
    ],
)
def test_what_cannot_be_done_is_refused(correct: Callable[[Structure], object], why: str) -> None:
    with pytest.raises(CorrectionRefused) as refused:
        correct(paper(PLAN))
    assert refused.value.why == why


LABELS = ("1.", "2)", "a)", "III.", "Điều 7.", "2.1.", "Phần II", "i)")


def anything(random: Random, text: str, before: Structure) -> Structure:
    """One correction, wherever and whatever."""
    clause = random.choice(before[0])
    address, label = clause.address, random.choice(LABELS)
    match random.choice(("merge", "split", "split", "renumber", "indent", "outdent", "heading")):
        case "merge":
            targets = merge_targets(text, before[0], address)
            return merge(text, before, address, random.choice(targets) if targets else None)
        case "split":
            number = random.randrange(max(1, len(clause.pieces)))
            words = clause.pieces[number].text.split() if clause.pieces else []
            start = random.randrange(len(words)) if words and random.random() < 0.5 else 0
            first = " ".join(words[start : start + 4]) if start else ""
            return split(
                text, before, address, number, label, random.choice(("same", "below")), first
            )
        case "renumber":
            return renumber(text, before, address, label)
        case "indent":
            return indent(text, before, address)
        case "outdent":
            return outdent(text, before, address)
        case _:
            words = f"{clause.heading} {clause.text}".split()
            return set_heading(text, before, address, " ".join(words[: random.randrange(8)]))


@pytest.mark.parametrize("file", UNSEEN, ids=lambda file: file.stem)
def test_no_sequence_of_corrections_loses_a_word(file: Path) -> None:
    text = file.read_bytes().decode("utf-8")
    random, read = Random(file.stem), paper(text)
    done, whys = 0, set[str]()
    for _ in range(2):
        now = read
        for _ in range(14):
            try:
                now = anything(random, text, now)
            except CorrectionRefused as refused:
                whys.add(refused.why)
                continue
            done += 1
            assert_whole(text, now)
    assert done > 10
    assert "damaged" not in whys
