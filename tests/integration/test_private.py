"""A message with a secrecy mark is answered and kept nowhere."""

from __future__ import annotations

from uuid import uuid4

from fastapi.testclient import TestClient
from sqlalchemy import Engine, inspect, text

from bot.answers import Outcome, Silent
from service.shapes import Question
from service.storage.engine import transaction
from service.storage.questions import count_questions
from tests.fakes.answers import FakeAnswers


def private(_question: Question) -> Outcome:
    return Silent("không lưu", "", private=True)


def test_neither_the_chat_nor_the_api_keeps_it(
    client: TestClient, answers: FakeAnswers, sqlite: Engine
) -> None:
    answers.decide = private
    sent = {"id": str(uuid4()), "text": "TỐI MẬT: nội dung"}
    first = client.post("/chat/messages", json=sent)
    again = client.post("/chat/messages", json=sent)
    assert first.json() == again.json()
    assert "dấu chỉ độ mật" in first.json()["replies"][0]["text"]
    assert first.json()["replies"][0]["private"] is True  # so that the page forgets it too
    assert answers.asked == []  # dropped at the door
    assert client.post("/api/ask", json={"question": "TỐI MẬT: nội dung"}).status_code == 200
    with transaction(sqlite) as session:
        assert count_questions(session) == 0
    with sqlite.connect() as connection:
        for table in inspect(sqlite).get_table_names():
            rows = connection.execute(text(f'SELECT * FROM "{table}"')).all()
            assert "TỐI MẬT" not in str(rows), table


def test_the_page_without_scripts_does_not_print_it_again(
    client: TestClient, answers: FakeAnswers
) -> None:
    answers.decide = private
    page = client.get("/", params={"q": "TỐI MẬT: mã số 4711"})
    assert page.status_code == 200
    assert "4711" not in page.text
