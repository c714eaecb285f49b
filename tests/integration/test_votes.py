"""Votes of the page and of chats: once for each answer, signed, masked, without who it was."""

from __future__ import annotations

from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, delete
from sqlmodel import select

from service.settings import Settings
from service.storage.asked_tables import QuestionFeedback
from service.storage.engine import transaction
from service.storage.tables import AskedQuestion
from service.votes import vote_token

pytestmark = pytest.mark.usefixtures("clock")


def send(client: TestClient, text: str) -> dict[str, object]:
    """The only reply to one message."""
    answer = client.post("/chat/messages", json={"id": str(uuid4()), "text": text})
    assert answer.status_code == 200, answer.text
    [reply] = answer.json()["replies"]
    return dict(reply)


def votes(engine: Engine) -> list[tuple[int, bool, str]]:
    """All that were kept."""
    with transaction(engine) as session:
        rows = session.exec(select(QuestionFeedback)).all()
        return [(row.question_id, row.helpful, row.comment) for row in rows]


def vote(client: TestClient, token: object, helpful: bool = False, comment: str = "") -> int:
    """The status of a vote."""
    said = {"vote": token, "helpful": helpful, "comment": comment}
    return client.post("/chat/votes", json=said).status_code


def test_an_answer_carries_by_what_it_is_voted_on(client: TestClient, sqlite: Engine) -> None:
    token = send(client, "hạn nộp?")["vote"]
    assert [vote(client, token), vote(client, token)] == [200, 200]  # a double click
    assert votes(sqlite) == [(1, False, "")]
    assert vote(client, token, comment="sai, gọi 0912345678") == 200
    assert vote(client, token, helpful=True) == 200
    assert votes(sqlite) == [(1, True, "sai, gọi [điện thoại]")]
    assert "vote" in send(client, "mưa không?")
    for text in ("nào?", "trợ giúp"):  # asked back; a word of the assistant about itself
        assert "vote" not in send(client, text)


def test_a_vote_on_anothers_answer_is_refused(
    client: TestClient, sqlite: Engine, settings: Settings
) -> None:
    token = str(send(client, "hạn nộp?")["vote"])
    assert vote(client, "1") == vote(client, f"x{token}") == vote(client, "") == 404
    number, _, signed = token.partition(".")
    assert vote(client, f"Mg.{signed}") == 404
    assert number
    assert votes(sqlite) == []
    other = settings.model_copy(update={"secret_key": "k" * 40})
    assert vote(client, vote_token(other, 1)) == 404


def test_what_cannot_be_kept_is_refused(client: TestClient, sqlite: Engine) -> None:
    token = send(client, "hạn nộp?")["vote"]
    assert vote(client, token, comment="x" * 501) == 422
    assert vote(client, token, comment="TUYỆT MẬT") == 422
    with transaction(sqlite) as session:
        session.execute(delete(AskedQuestion))
    assert vote(client, token) == 404
    assert votes(sqlite) == []


def test_a_thumb_in_a_chat_is_for_the_answer_before_it(client: TestClient, sqlite: Engine) -> None:
    send(client, "hạn nộp?")
    send(client, "👎 sai ngày rồi")
    assert votes(sqlite) == [(1, False, "sai ngày rồi")]
    send(client, "hữu ích")
    assert votes(sqlite) == [(1, True, "sai ngày rồi")]


def test_the_page_without_scripts_carries_it_too(client: TestClient) -> None:
    page = client.get("/", params={"q": "hạn nộp?"}).text
    assert "&#34;vote&#34;" in page
