"""What was asked in chats and by programs stands among the unanswered as long as it is so."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from bot.answers import Silent
from service.storage.engine import transaction
from service.storage.grouping import open_groups
from tests.builders import NOON
from tests.fakes.answers import FakeAnswers

pytestmark = pytest.mark.usefixtures("clock")


def say(client: TestClient, text: str) -> None:
    """A message of a visitor."""
    answer = client.post("/chat/messages", json={"id": str(uuid4()), "text": text})
    assert answer.status_code == 200, answer.text


def waiting(engine: Engine) -> list[tuple[str, int]]:
    """What waits, and how often it was asked."""
    with transaction(engine) as session:
        groups = open_groups(session, NOON - timedelta(days=1), 0, 10)
        return [(group.label, group.asked) for group in groups]


def test_what_the_papers_do_not_say_is_counted(client: TestClient, sqlite: Engine) -> None:
    say(client, "Thời tiết Hà Nội hôm nay thế nào?")
    say(client, "hạn nộp?")
    client.post("/api/ask", json={"question": "thoi tiet ha noi hom nay the nao a"})
    assert waiting(sqlite) == [("Thời tiết Hà Nội hôm nay thế nào?", 2)]


def test_a_greeting_is_no_question(
    client: TestClient, sqlite: Engine, answers: FakeAnswers
) -> None:
    answers.decide = lambda _question: Silent("Chào Anh/chị.", "")
    say(client, "xin chào")
    assert waiting(sqlite) == []


def test_what_was_asked_back_counts_until_it_is_gone_on_with(
    client: TestClient, sqlite: Engine
) -> None:
    say(client, "nào?")
    assert waiting(sqlite) == [("nào?", 1)]
    say(client, "1")  # the choice offered, which is answered
    assert waiting(sqlite) == []
    say(client, "nào?")
    say(client, "mưa không?")  # something else: the first was left
    assert sorted(waiting(sqlite)) == [("mưa không?", 1), ("nào?", 1)]
