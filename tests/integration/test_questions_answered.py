"""At the desk: what nobody answered is answered, what was wrong goes into the set of questions."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from bot.answers import Silent
from knowledge.library import Library
from knowledge.organisations import Body, Status
from service.organisations import set_entry
from service.settings import Settings
from service.storage.curated import get_curated, written_of
from service.storage.engine import transaction
from service.storage.feedback import keep_vote, marked_wrong
from service.storage.grouping import open_groups
from service.storage.question_set import question_set
from service.storage.questions import keep_question
from tests.builders import NOON, an_asked_question
from tests.desk import Clock, Officer, audited, signed_in
from tests.fakes.answers import SOURCE, FakeAnswers

EVIL = '"><script>alert(1)</script>'
FEE = "Lệ phí cấp thẻ là bao nhiêu?"
CLAUSE = {"document": "hai-phong-gddt-2023", "address": "II.1"}
FIELDS = {
    "questions": f"{FEE}\nCấp thẻ mất bao nhiêu tiền?\nle phi cap the bao nhieu a",
    "text": "Không thu lệ phí.",
    **CLAUSE,
    "quote": "trước ngày 20/9/2023",
    "chosen": "0",
    "review_on": "31/12/2026",
    "action": "save",
}

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def editor(client: TestClient, sqlite: Engine, settings: Settings) -> Officer:
    """Somebody who looks after knowledge and questions."""
    return signed_in(client, sqlite, settings, "editor")


def unanswered(engine: Engine, text: str = FEE) -> int:
    """A question to which the papers say nothing; the number of its group."""
    with transaction(engine) as session:
        asked = an_asked_question(text, kind="silent", citations=[], unanswered="silent")
        keep_question(session, asked)
        group = open_groups(session, NOON - timedelta(days=1), 0, 1)[0].id
        assert group is not None
        return group


def answer(client: TestClient, question: str = FEE) -> str:
    """What a program is told."""
    return str(client.post("/api/ask", json={"question": question}).json()["text"])


def test_from_what_nobody_answered_to_an_answer_in_every_chat(
    client: TestClient, editor: Officer, sqlite: Engine
) -> None:
    group = unanswered(sqlite)
    unanswered(sqlite, "cap the le phi la bao nhieu nhi")
    listed = editor.get("/admin/unanswered").text
    assert f'href="/admin/curated/new?group={group}"' in listed
    assert ">2</td>" in listed
    form = editor.get(f"/admin/curated/new?group={group}").text
    assert f">{FEE}\n" in form
    assert f'value="{FEE}"' in form  # the first is what clauses are looked for
    added = editor.post("/admin/curated", **FIELDS)
    assert added.headers["location"] == "/admin/curated/1?done=curated_added"
    assert not answer(client).startswith("Không thu")  # a draft is told to nobody
    shown = editor.get("/admin/curated/1").text
    assert "Không thu lệ phí." in shown
    assert "“trước ngày 20/9/2023”" in shown  # as the chat shows it
    assert editor.post("/admin/curated/1/approve").status_code == 303
    assert editor.get("/admin/unanswered").text.count("curated/new?group=") == 0
    assert ("admin:1", "curated_approved", "curated:1") in audited(sqlite)
    desk = client.app.state.desk  # type: ignore[attr-defined]
    desk.approved._looked = None  # a second later
    assert answer(client).startswith("Không thu lệ phí.")
    assert answer(client, "Cấp thẻ mất bao nhiêu tiền ạ?").startswith("Không thu lệ phí.")
    assert editor.post("/admin/curated/1/retire").status_code == 303
    desk.approved._looked = None
    assert not answer(client).startswith("Không thu")
    actions = [action for _, action, _ in audited(sqlite)]
    assert actions == ["curated_added", "curated_approved", "curated_retired"]


def test_an_approved_answer_tells_what_became_of_a_body_as_the_office_has_it(
    client: TestClient, editor: Officer, settings: Settings, answers: FakeAnswers
) -> None:
    paper = answers.library.get(CLAUSE["document"])
    issued = replace(paper, identity=replace(paper.identity, issuer="Sở Mới A"))
    answers.library = Library((issued,))
    gone = Status("Sở Mới A không còn", "Luật số 72/2025/QH15", date(2025, 7, 1))
    set_entry(settings, Body("Sở Mới A", (), "other", (gone,)), NOON.date())
    editor.post("/admin/curated", **FIELDS)
    assert "Sở Mới A không còn" in editor.get("/admin/curated/1").text
    editor.post("/admin/curated/1/approve")
    assert "Sở Mới A không còn" in answer(client)


def test_ways_to_ask_that_are_the_same_are_kept_once(editor: Officer, sqlite: Engine) -> None:
    editor.post("/admin/curated", **FIELDS)
    with transaction(sqlite) as session:
        row = get_curated(session, 1)
        assert row is not None
        assert written_of(session, row).questions == (FEE, "Cấp thẻ mất bao nhiêu tiền?")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"chosen": ""}, "ít nhất một điều khoản"),
        ({"quote": "trước ngày 21/9/2023"}, "đúng từng chữ"),
        ({"address": "II.9"}, "không còn trong kho"),
        ({"document": "khac"}, "không còn trong kho"),
        ({"questions": "?!"}, "ít nhất một câu hỏi"),
        ({"questions": "\n".join(f"Câu {n}?" for n in range(31))}, "Nhiều nhất 30"),
        ({"text": " "}, "ghi câu trả lời"),
        ({"text": "x" * 1_790}, "bớt"),
        ({"text": "x" * 1_810}, "bớt 10 ký tự"),
        ({"review_on": ""}, "ghi ngày rà soát"),
        ({"review_on": "20/11/2026"}, "từ hôm nay (21/11/2026)"),
        ({"audience": "units", "units": ""}, "số của đơn vị"),
        ({"audience": "units", "units": "12, x"}, "số của đơn vị"),
        ({"audience": "ai"}, "số của đơn vị"),
    ],
)
def test_what_cannot_be_said_is_refused_and_nothing_typed_is_lost(
    editor: Officer, sqlite: Engine, wrong: dict[str, str], said: str
) -> None:
    refused = editor.post("/admin/curated", **{**FIELDS, **wrong})
    assert refused.status_code == 422
    assert said in refused.text
    for name in ("questions", "text"):
        assert {**FIELDS, **wrong}[name].strip() in refused.text
    assert audited(sqlite) == []


def test_clauses_are_found_by_words_and_by_their_links(
    editor: Officer, answers: FakeAnswers
) -> None:
    near = replace(SOURCE, address="I.2", quote="Bảo đảm thiết thực, hiệu quả.")
    answers.decide = lambda _question: Silent("Không nêu.", "x", (near, SOURCE, near))
    found = editor.post("/admin/curated", **{**FIELDS, "action": "find", "find": "hạn gửi?"}).text
    places = re.findall(r'name="address" value="([^"]+)"', found)
    assert places[:2] == ["II.1", "I.2"]  # what was chosen, then what is nearest and still there
    link = "https://x.vn/documents/hai-phong-gddt-2023#I.1"
    found = editor.post("/admin/curated", **{**FIELDS, "action": "find", "find": link}).text
    assert re.findall(r'name="address" value="([^"]+)"', found) == ["II.1", "I.1"]
    assert "Nâng cao nhận thức" in found
    assert found.count(" checked") == 1  # what was chosen stays so


def test_a_change_waits_for_approval_and_what_no_longer_stands_is_not_approved(
    editor: Officer, sqlite: Engine, clock: Clock
) -> None:
    editor.post("/admin/curated", **FIELDS)
    editor.post("/admin/curated/1/approve")
    assert editor.post("/admin/curated/1", **FIELDS).headers["location"].endswith("=already")
    changed = editor.post("/admin/curated/1", **{**FIELDS, "text": "Miễn phí."})
    assert changed.headers["location"].endswith("=curated_changed")
    assert "Bản nháp" in editor.get("/admin/curated/1").text
    clock.forward(timedelta(days=60))
    again = signed_in(editor.client, sqlite, editor.client.app.state.settings, at=clock.now)  # type: ignore[attr-defined]
    refused = again.post("/admin/curated/1/approve")
    assert refused.status_code == 422
    assert "từ hôm nay" in refused.text


def test_those_past_their_day_stand_first(
    editor: Officer, sqlite: Engine, clock: Clock, settings: Settings
) -> None:
    editor.post("/admin/curated", **{**FIELDS, "questions": "Muộn?", "review_on": "30/11/2026"})
    editor.post("/admin/curated", **FIELDS)
    for number in (1, 2):
        editor.post(f"/admin/curated/{number}/approve")
    clock.forward(timedelta(days=20))
    again = signed_in(editor.client, sqlite, settings, at=clock.now)
    listed = again.get("/admin/curated").text
    assert listed.index("Quá ngày rà soát") < listed.index("Muộn?") < listed.index(FEE)
    assert "Muộn?" in again.get("/admin/curated?state=approved").text
    assert "Muộn?" not in again.get("/admin/curated?state=draft").text


def test_a_wrong_clause_is_marked_and_asks_for_the_right_one(
    editor: Officer, sqlite: Engine
) -> None:
    with transaction(sqlite) as session:
        asked = keep_question(session, an_asked_question("Hạn gửi năm 2023?"))
    assert f'action="/admin/questions/{asked}/wrong"' in editor.get("/admin/questions").text
    marked = editor.post(f"/admin/questions/{asked}/wrong")
    there = marked.headers["location"]
    assert there == f"/admin/question-set/new?question={asked}&done=clause_wrong"
    assert "Hạn gửi năm 2023?</textarea>" in editor.get(there).text
    fields = {"question": "Hạn gửi năm 2023?", "expected": "answer", **CLAUSE, "quote": ""}
    said = {**fields, "chosen": "0", "must": "20/9/2023\n", "asked": str(asked)}
    added = editor.post("/admin/question-set", **said, action="save")
    assert added.headers["location"] == "/admin/question-set/1?done=set_question_added"
    with transaction(sqlite) as session:
        assert marked_wrong(session, [asked]) == {asked}
        [question] = question_set(session)
    assert (question.text, question.document, question.address) == (
        "Hạn gửi năm 2023?", "hai-phong-gddt-2023", "II.1",
    )  # fmt: skip
    assert question.must_contain == ("20/9/2023",)
    assert "Hạn gửi năm 2023?" in editor.get("/admin/questions?said=wrong").text
    form = editor.get("/admin/curated/new?known=1").text
    assert "trước ngày 20/9/2023" in form  # the right clause, chosen and quoted
    assert 'value="0" checked' in form
    assert editor.post("/admin/questions/99/wrong").status_code == 404


def test_what_people_said_of_answers_is_shown(editor: Officer, sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        good = keep_question(session, an_asked_question("Câu tốt?"))
        bad = keep_question(session, an_asked_question("Câu dở?"))
        keep_vote(session, good, helpful=True, comment="", at=NOON)
        keep_vote(session, bad, helpful=False, comment=EVIL, at=NOON)
    shown = editor.get("/admin/questions?said=unhelpful").text
    assert "Câu dở?" in shown
    assert "Câu tốt?" not in shown
    assert EVIL not in shown
    assert "Câu tốt?" in editor.get("/admin/questions?said=helpful").text
    with transaction(sqlite) as session:
        [group] = open_groups(session, NOON - timedelta(days=1), 0, 9)
    page = editor.get(f"/admin/unanswered/{group.id}").text
    assert "bị đánh giá chưa đúng" in page
    assert EVIL not in page


def test_a_group_is_dealt_with_once(editor: Officer, sqlite: Engine) -> None:
    group = unanswered(sqlite, EVIL)
    assert EVIL not in editor.get("/admin/unanswered").text
    here = f"/admin/unanswered/{group}"
    assert editor.post(here, state="open").status_code == 404
    assert editor.post(here, state="not_ours").headers["location"].endswith("=turned")
    assert editor.post(here, state="not_ours").headers["location"].endswith("=already")
    assert "Không thuộc cơ quan" in editor.get("/admin/unanswered?shown=dealt").text
    assert editor.get("/admin/unanswered/99").status_code == 404
    assert [a for _, a, _ in audited(sqlite)] == ["group_not_ours"]


def test_the_lists_are_paged(editor: Officer, sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        for word in "abcdefghijklmnopqrstu":
            text = f"{word * 3} {word * 2}"
            keep_question(session, an_asked_question(text, kind="silent", unanswered="silent"))
    assert "page=2" in editor.get("/admin/unanswered").text
    second = editor.get("/admin/unanswered?shown=month&page=2").text
    assert "page=1" in second
    assert second.count("curated/new?group=") == 1


def test_a_looker_on_sees_and_changes_nothing(
    client: TestClient, sqlite: Engine, settings: Settings, editor: Officer
) -> None:
    group = unanswered(sqlite)
    editor.post("/admin/curated", **FIELDS)
    viewer = signed_in(client, sqlite, settings, "viewer")
    for path in ("/admin/unanswered", f"/admin/unanswered/{group}", "/admin/curated/1"):
        shown = viewer.get(path)
        assert shown.status_code == 200
        assert "curated/new" not in shown.text
        assert 'value="save"' not in shown.text
