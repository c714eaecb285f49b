"""The note of reference over the papers that ship: what it says, from where, and how long it is."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answers import LONGEST_TEXT
from bot.forms import criteria
from bot.forms.criteria import DECISION, CriteriaNote
from bot.forms.definition import Clause, load_form
from bot.forms.note_words import in_chat, on_paper
from bot.texts import say
from bot.whole_clauses import source_line
from knowledge.documents import Document, Validity
from knowledge.reading.outline import read_clauses
from knowledge.vietnamese import collapse
from tests.builders import a_document
from tests.talking import shipped

NOW = datetime(2026, 11, 21, 14, 5, tzinfo=timezone(timedelta(hours=7)))
FORM = load_form(criteria.FORM)
HAI_PHONG, IA_HDRAI = "hai-phong-gddt-2023", "ia-hdrai-2022-2027"
PLANS = {"qd407": DECISION, "hai-phong": HAI_PHONG, "ia-hdrai": IA_HDRAI}
REACH = {"qd407": "reach", "hai-phong": "reach_hai_phong", "ia-hdrai": "reach_ia_hdrai"}
VERDICTS = {
    "met": ("co", "co", "co", "co"),
    "not_met": ("co", "khong", "chua-ro", "co"),
    "unknown": ("co", "co", "chua-ro", "co"),
}
CASES = list(itertools.product(PLANS, VERDICTS))
FORBIDDEN = "không phải truyền thông"
QUOTED = re.compile("“([^“”]+)”")


def shipped_paper(document: str) -> Document | None:
    return shipped().get(document) if document in shipped() else None


def place(clause: Clause) -> str:
    """Where it stands; a clause that is not in the library is an error here."""
    return source_line(shipped().get(clause.document), clause.address)


def nowhere(clause: Clause) -> str:
    return ""


def answers(
    plan: str, told: tuple[str, ...], draft: str = "Nghị quyết về học phí"
) -> dict[str, str]:
    fields = ("proposal", "rights", "sensitive", REACH[plan])
    return {"draft": draft, "plan": plan, **dict(zip(fields, told, strict=True))}


def a_note(plan: str = "qd407", verdict: str = "met", **changes: object) -> CriteriaNote:
    values: dict[str, object] = {
        "answers": answers(plan, VERDICTS[verdict]),
        "now": NOW,
        "where": place,
        "papers": shipped_paper,
    }
    return criteria.note(FORM, **{**values, **changes})  # type: ignore[arg-type]


def paper_text(note: CriteriaNote) -> str:
    return "\n".join(line.text for part in on_paper(note) for line in part.lines)


def section_places(note: CriteriaNote, name: str) -> list[str]:
    section = note.section(name)
    return [one.place for one in section.passages] if section else []


@pytest.mark.parametrize(("plan", "verdict"), CASES)
def test_every_note_says_the_four_things_with_their_clauses(plan: str, verdict: str) -> None:
    note = a_note(plan, verdict)
    chat = in_chat(note, enclosed=True)
    assert f"khai: {say(f'criteria.{verdict}')}." in chat
    assert len(chat) <= LONGEST_TEXT
    for text in (chat, paper_text(note)):
        assert FORBIDDEN not in text.lower()
        assert "14:05 ngày 21/11/2026 theo lời khai của Anh/chị;" in text
        assert "Luật 64/2025/QH15" in text
        assert "chưa thấy văn bản thay thế" in text
    for name in ("content", "when", "lead", "forms"):
        assert f"\n{say(f'criteria.sections.{name}')}: " in chat
        places = section_places(note, name)
        assert places
        assert places[0].split("), ")[0] in chat
        assert all(where in paper_text(note) for where in places)


def words_of(clause: Clause) -> str:
    """The clause and what stands below it."""
    below = f"{clause.address}."
    clauses = shipped().get(clause.document).clauses
    under = [c for c in clauses if c.address == clause.address or c.address.startswith(below)]
    return collapse(" ".join(f"{c.heading} {c.text}" for c in under))


@pytest.mark.parametrize(("plan", "verdict"), CASES)
def test_what_is_quoted_stands_in_the_clause_word_for_word(plan: str, verdict: str) -> None:
    note = a_note(plan, verdict)
    passages = [one for section in note.sections for one in section.passages]
    for one in passages:
        assert one.digest == shipped().get(one.clause.document).digest
        assert all(line in words_of(one.clause) for line in (*one.whole, *one.gist))
    plans = [words_of(one.clause) for one in passages if not one.digest]
    lines = in_chat(note, enclosed=True).splitlines()
    in_chat_ = [quote for line in lines if line[0] != "—" for quote in QUOTED.findall(line)]
    in_file = [
        line.text[1:-1] for part in on_paper(note) for line in part.lines if line.style == "quote"
    ]
    assert bool(in_chat_) is bool(in_file) is (plan != "qd407")
    for quote in (*in_chat_, *in_file):
        assert "…" not in quote
        assert any(quote in plan for plan in plans), quote


@pytest.mark.parametrize(
    ("plan", "own"),
    [
        ("qd407", set()),
        ("hai-phong", {"criteria", "lead", "forms"}),
        ("ia-hdrai", {"criteria", "outside", "content", "when", "lead", "forms"}),
    ],
)
def test_the_words_of_the_plan_come_before_the_digest(plan: str, own: set[str]) -> None:
    note = a_note(plan, "not_met")
    told = {s.name for s in note.sections if any(not one.digest for one in s.passages)}
    assert told == own
    digests = {s.name for s in note.sections if any(one.digest for one in s.passages)}
    # That plan says only who leads the work with the press: the Decision says the rest.
    both = {"lead"} if plan == "hai-phong" else set()
    assert digests == {s.name for s in note.sections} - own | both


def test_a_digest_is_introduced_and_never_quoted() -> None:
    chat = in_chat(a_note(), enclosed=True)
    assert chat.count("Theo bản tóm lược (chưa đối chiếu bản gốc):") == 1
    assert "“" not in chat
    assert "Theo bản tóm lược" not in in_chat(a_note("ia-hdrai"), enclosed=True)
    for part in on_paper(a_note("hai-phong")):
        for line in part.lines:
            assert line.style != "quote" or line.text.startswith("“")


def test_the_four_groups_are_all_there_however_little_room_there_is() -> None:
    long = {"draft": "Nghị quyết " * 27, "by": "Phòng Pháp chế " * 20}
    for plan, verdict in CASES:
        told = answers(plan, VERDICTS[verdict], draft=long["draft"])
        chat = in_chat(a_note(plan, verdict, answers=told, by=long["by"]), enclosed=True)
        heads = ("(1) ", "(2) ", "(3) ", "(4) ") if plan != "ia-hdrai" else (
            "“Sự cần thiết", "“Nội dung cơ bản", "“Nội dung mới", "“Các nội dung khác")  # fmt: skip
        assert all(head in chat for head in heads)
        assert chat.endswith(say("criteria.mark").partition("; ")[2])


def test_outside_the_criteria_only_what_may_still_be_done_is_said() -> None:
    for plan, where in (("qd407", "Phần III (chính sách không đủ"), ("ia-hdrai", "Mục II.1 (")):
        chat = in_chat(a_note(plan, "not_met"), enclosed=True)
        assert "vẫn có thể chủ động truyền thông" in chat
        assert where in chat
        assert a_note(plan, "met").section("outside") is None
    [own] = a_note("ia-hdrai", "not_met").section("outside").passages  # type: ignore[union-attr]
    assert [line.split(",")[0] for line in own.whole] == [
        "Ngoài các dự thảo chính sách được quy định nêu trên"
    ]


def test_a_plan_that_is_over_says_so() -> None:
    note = a_note("hai-phong")
    for text in (in_chat(note, enclosed=True), paper_text(note)):
        assert "Hải Phòng (đã hết kỳ)" in text
        assert "hết kỳ kế hoạch từ 01/01/2024 (ghi ngày 21/11/2026)" in text
    during = a_note("hai-phong", now=NOW.replace(year=2023))
    assert "(đã hết kỳ)" not in in_chat(during, enclosed=True)
    assert "01/01/2024" not in in_chat(during, enclosed=True)


def test_a_plan_within_its_term_names_its_legal_ground_and_after_it_its_end() -> None:
    assert "cấp huyện đã kết thúc hoạt động từ 01/7/2025 (Luật số 72/2025/QH15;" in in_chat(
        a_note("ia-hdrai"), enclosed=True
    )
    later = in_chat(a_note("ia-hdrai", now=NOW.replace(year=2028)), enclosed=True)
    assert "hết kỳ từ 01/01/2028 (Luật số 72/2025/QH15;" in later


def test_who_told_it_is_named_only_when_it_is_known() -> None:
    assert "Anh/chị (Sở Tư pháp);" in in_chat(a_note(by=" Sở\tTư pháp "), enclosed=True)
    assert "Anh/chị (Sở Tư pháp);" in paper_text(a_note(by="Sở Tư pháp"))
    assert "Anh/chị;" in paper_text(a_note())


def test_the_files_are_spoken_of_only_where_there_are_some() -> None:
    assert say("criteria.enclosed") in in_chat(a_note(), enclosed=True)
    assert say("criteria.enclosed") not in in_chat(a_note(), enclosed=False)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_without_papers_what_was_told_is_still_said(verdict: str) -> None:
    note = a_note("hai-phong", verdict, papers=lambda _: None, where=nowhere)
    chat = in_chat(note, enclosed=False)
    assert f"khai: {say(f'criteria.{verdict}')}." in chat
    assert note.sections == ()
    assert say(f"criteria.then_{verdict}") not in chat
    assert "\n\n" not in chat
    assert all(line.text for part in on_paper(note) for line in part.lines)


def test_another_paper_in_the_place_of_ours_is_not_taken_for_it() -> None:
    text = "III. ĐIỀU KHOẢN KHÁC\n3. Lưu trữ hồ sơ\nHồ sơ được lưu trữ.\n4. Thời điểm\nHiệu lực.\n"
    other = a_document(
        DECISION,
        text=text,
        clauses=read_clauses(text),
        validity=Validity("in_force", "còn hiệu lực"),
        short_title="Quyết định 407/QĐ-TTg",
    )
    note = a_note(papers=lambda id_: other if id_ == DECISION else None, where=nowhere)
    assert note.sections == ()
    assert note.status == ("Quyết định 407/QĐ-TTg: còn hiệu lực.",)


def test_the_official_text_is_quoted_when_it_takes_the_place_of_the_digest() -> None:
    digest = shipped().get(DECISION)
    official = replace(digest, digest=False, entries=(), short_title="Quyết định 407/QĐ-TTg")
    note = a_note(papers=lambda id_: official if id_ == DECISION else None)
    chat = in_chat(note, enclosed=True)
    assert "Theo bản tóm lược" not in chat
    assert "“(1) Sự cần thiết của chính sách" in chat


def test_papers_with_very_long_names_leave_the_sections_to_the_files() -> None:
    long = replace(shipped().get(DECISION), short_title="Quyết định rất dài " * 60)
    note = a_note(papers=lambda id_: long if id_ == DECISION else None)
    chat = in_chat(note, enclosed=True)
    assert len(chat) <= LONGEST_TEXT
    assert f"khai: {say('criteria.met')}." in chat


VALUE = st.sampled_from(["co", "khong", "chua-ro"])


@settings(max_examples=150, deadline=None)
@given(
    plan=st.sampled_from(sorted(PLANS)),
    told=st.tuples(VALUE, VALUE, VALUE, VALUE),
    draft=st.text(max_size=300),
    by=st.text(max_size=400),
    day=st.dates(date(2022, 1, 1), date(2035, 1, 1)),
    enclosed=st.booleans(),
)
def test_whatever_is_answered_the_note_holds(
    plan: str, told: tuple[str, ...], draft: str, by: str, day: date, enclosed: bool
) -> None:
    now = NOW.replace(year=day.year, month=day.month, day=day.day)
    note = a_note(plan, answers=answers(plan, told, draft), now=now, by=by)
    chat = in_chat(note, enclosed=enclosed)
    assert len(chat) <= LONGEST_TEXT
    expected = "not_met" if "khong" in told else "unknown" if "chua-ro" in told else "met"
    assert note.verdict == expected
    assert note.over is (day.year > {"qd407": 9999, "hai-phong": 2023, "ia-hdrai": 2027}[plan])
    assert f"khai: {say(f'criteria.{expected}')}." in chat
    assert f"{day:%d/%m/%Y} theo lời khai" in chat
    if "phải truyền thông" not in f"{draft}{by}":
        assert FORBIDDEN not in f"{chat}{paper_text(note)}".lower()
    for name in ("content", "when", "lead", "forms"):
        assert note.section(name) is not None
        assert f"\n{say(f'criteria.sections.{name}')}: " in chat
