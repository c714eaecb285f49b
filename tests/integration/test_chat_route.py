"""The messages of the web chat: what the page draws, and safe retry."""

from __future__ import annotations

from uuid import uuid4

from fastapi.testclient import TestClient
from sqlalchemy import Engine

from service.storage.engine import transaction
from service.storage.questions import count_questions
from tests.fakes.answers import FakeAnswers


def send(client: TestClient, text: str, id_: str | None = None) -> dict[str, object]:
    """The reply to one message."""
    sent = {"id": id_ or str(uuid4()), "text": text, "history": []}
    answer = client.post("/chat/messages", json=sent)
    assert answer.status_code == 200, answer.text
    reply: dict[str, object] = answer.json()
    return reply


def test_a_reply_has_what_the_page_draws(client: TestClient) -> None:
    reply = send(client, "Hạn nộp là ngày nào? hạn")
    assert sorted(reply) == [
        *("buttons", "kind", "lead", "more", "private", "sources", "status", "table", "text")
    ]
    assert reply["kind"] == "answer"
    assert reply["lead"] == "Năm 2023 (đã hết hạn): trước ngày 20/9/2023"
    assert reply["sources"] == [
        {
            "document": "hai-phong-gddt-2023",
            "title": "Kế hoạch năm 2023 của Sở GDĐT Hải Phòng",
            "address": "III#2.6",
            "place": "Mục III.6 (Tổ chức thực hiện)",
            "quote": "năm 2023 trước ngày 20/9/2023.",
            "digest": False,
            "href": "/documents/hai-phong-gddt-2023#III~2.6",
        }
    ]


def test_choices_come_as_buttons(client: TestClient) -> None:
    reply = send(client, "nào?")
    assert reply["kind"] == "clarify"
    assert reply["buttons"] == [{"label": "Hải Phòng", "send": "hạn nộp Hải Phòng"}]


def test_a_message_sent_again_gets_the_same_reply_and_counts_once(
    client: TestClient, answers: FakeAnswers, sqlite: Engine
) -> None:
    id_ = str(uuid4())
    first = send(client, "hạn nộp? tôi 0912 345 678", id_)
    answers.version = "000002-later"
    assert send(client, "hạn nộp? tôi 0912 345 678", id_) == first
    assert len(answers.asked) == 1
    with transaction(sqlite) as session:
        assert count_questions(session) == 1


def test_an_id_is_not_a_key_to_what_another_asked(client: TestClient) -> None:
    id_ = str(uuid4())
    send(client, "hạn nộp?", id_)
    answer = client.post("/chat/messages", json={"id": id_, "text": "câu khác"})
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "message_id_reused"
    assert "20/9/2023" not in answer.text


def test_an_id_that_is_no_uuid_is_refused(client: TestClient) -> None:
    answer = client.post("/chat/messages", json={"id": "1", "text": "hạn"})
    assert answer.status_code == 422
    assert "UUID" in answer.json()["error"]["message"]


def test_a_failed_message_can_be_sent_again(client: TestClient, answers: FakeAnswers) -> None:
    id_, decide = str(uuid4()), answers.decide

    def fail(_question: object) -> None:
        raise ZeroDivisionError

    answers.decide = fail  # type: ignore[assignment]
    sent = {"id": id_, "text": "hạn nộp?"}
    assert client.post("/chat/messages", json=sent).status_code == 500
    answers.decide = decide
    assert client.post("/chat/messages", json=sent).json()["kind"] == "answer"
