"""The office's question set at the desk: entered, changed, fetched and handed in as a file."""

from __future__ import annotations

import json

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from service.admin.words import words
from service.settings import Settings
from service.storage.engine import transaction
from service.storage.question_set import question_set
from tests.desk import Officer, audited, signed_in

EVIL = '"><script>alert(1)</script>'
FIELDS = {
    "question": "Hạn gửi kế hoạch là ngày nào?",
    "expected": "answer",
    "document": "hai-phong-gddt-2023",
    "address": "II.1",
    "quote": "",
    "chosen": "0",
    "must": "20/9/2023",
    "kind": "hạn nộp",
    "unit": "Trường A",
    "today": "1/9/2023",
    "action": "save",
}
LINE = {
    "id": "c1",
    "question": "Thế còn hạn?",
    "expected": "answer",
    "document": "hai-phong-gddt-2023",
    "address": "II.1",
    "kind": "hạn nộp",
    "history": [{"role": "user", "content": "Kế hoạch?"}, {"role": "assistant", "content": EVIL}],
}

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def editor(client: TestClient, sqlite: Engine, settings: Settings) -> Officer:
    """Somebody who looks after knowledge and questions."""
    return signed_in(client, sqlite, settings, "editor")


def hand_in(editor: Officer, content: str | bytes) -> tuple[int, str]:
    """The status and the page: of what became of it, or why it is refused at once."""
    raw = content.encode() if isinstance(content, str) else content
    told = editor.client.post(
        "/admin/question-set/import",
        data={"csrf": editor.csrf},
        files={"file": ("cau-hoi.jsonl", raw)},
        follow_redirects=False,
    )
    page = editor.done(told) if told.status_code == 303 else told
    return page.status_code, page.text


def test_a_question_is_entered_changed_and_dropped(editor: Officer, sqlite: Engine) -> None:
    assert "đang trống" in editor.get("/admin/question-set").text
    assert editor.post("/admin/question-set", **FIELDS).status_code == 303
    with transaction(sqlite) as session:
        [asked] = question_set(session)
    assert (asked.id, asked.unit, str(asked.today)) == ("vp-0001", "Trường A", "2023-09-01")
    listed = editor.get("/admin/question-set").text
    assert FIELDS["question"] in listed
    assert "Mục II.1" in listed
    form = editor.get("/admin/question-set/1").text
    for value in ("20/9/2023", "hạn nộp", "Trường A", "01/09/2023"):
        assert value in form
    assert editor.post("/admin/question-set/1", **FIELDS).headers["location"].endswith("=already")
    editor.post("/admin/question-set/1", **{**FIELDS, "expected": "silent"})
    with transaction(sqlite) as session:
        [asked] = question_set(session)
    assert (asked.expected, asked.document, asked.must_contain) == ("silent", None, ())
    assert editor.post("/admin/question-set/1/drop").status_code == 303
    assert editor.get("/admin/question-set/1").status_code == 404
    assert [action for _, action, _ in audited(sqlite)] == [
        "set_question_added", "set_question_changed", "set_question_dropped",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"question": " "}, "ghi câu hỏi"),
        ({"question": "x" * 2_001}, "dài quá 2000"),
        ({"expected": "khác"}, "điều trợ lý phải làm"),
        ({"chosen": ""}, "cần một điều khoản"),
        ({"address": "II.9"}, "không có trong kho"),
        ({"must": "\n".join("abcdefghijklmnopqrstu")}, "Nhiều nhất 20"),
        ({"today": "32/1/2026"}, "Ngày chưa đúng"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    editor: Officer, sqlite: Engine, wrong: dict[str, str], said: str
) -> None:
    refused = editor.post("/admin/question-set", **{**FIELDS, **wrong})
    assert refused.status_code == 422
    assert said in refused.text
    assert FIELDS["kind"] in refused.text
    assert audited(sqlite) == []


def test_a_file_goes_in_and_comes_out_as_it_was(editor: Officer, sqlite: Engine) -> None:
    other = {"id": "c2", "question": "Mưa không?", "expected": "silent", "kind": "silent"}
    lines = "\n".join(json.dumps(line, ensure_ascii=False) for line in (LINE, other))
    assert "Đã thêm 2, thay 0, giữ nguyên 0 câu." in hand_in(editor, "\ufeff" + lines)[1]
    assert "Đã thêm 0, thay 0, giữ nguyên 2 câu." in hand_in(editor, lines)[1]
    assert [action for _, action, _ in audited(sqlite)] == [
        "set_import_begun", "set_imported", "set_import_begun",
    ]  # fmt: skip
    fetched = editor.exported("/admin/question-set/export")
    assert fetched.headers["content-disposition"].endswith('filename="bo-cau-hoi.jsonl"')
    assert fetched.text.splitlines() == lines.splitlines()
    shown = editor.get("/admin/question-set/1").text
    assert "Kế hoạch?" in shown
    assert EVIL not in shown
    editor.post("/admin/question-set/1", **{**FIELDS, "unit": ""})
    with transaction(sqlite) as session:
        assert len(question_set(session)[0].history) == 2  # what is not typed here stays


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "không có câu hỏi nào"),
        (b"\xff\xfe", "UTF-8"),
        ("{}", "Dòng 1: thiếu “expected”"),
        (json.dumps(LINE) + "\nkhông", "Dòng 2: không phải là một đối tượng JSON"),
        (json.dumps({**LINE, "expected": "x"}), "Dòng 1: chưa đúng mẫu"),
        ("[1]", "Dòng 1: chưa đúng mẫu"),
        (json.dumps({**LINE, "id": "x" * 81}), "dài quá"),
        (json.dumps({**LINE, "id": ""}), "ô trống"),
        (json.dumps({**LINE, "document": 7}), "dài quá"),
        (json.dumps({**LINE, "unit": "a\x00"}), "dài quá"),
        ("x" * ((5 << 20) + 1), "5 MB"),
    ],
    ids=range(11),
)
def test_a_file_with_a_wrong_line_changes_nothing(
    editor: Officer, sqlite: Engine, content: str | bytes, said: str
) -> None:
    status, page = hand_in(editor, content)
    assert words()["jobs"]["hand_in_again"] in page or status == 422
    assert said in page
    with transaction(sqlite) as session:
        assert question_set(session) == ()
