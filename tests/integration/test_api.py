"""`POST /api/ask` and the health pages: the contract's line, and one shape for every error."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import col, select

from service.live import LiveAssistant
from service.settings import Settings
from service.storage.engine import migrate, transaction
from service.storage.questions import count_questions
from service.storage.tables import AskedQuestion
from tests.fakes.answers import FakeAnswers

DEADLINE = "Hạn gửi kế hoạch năm 2023 về Sở GDĐT Hải Phòng là ngày nào?"


def rows(engine: Engine) -> list[AskedQuestion]:
    """What was kept."""
    with transaction(engine) as session:
        return list(session.exec(select(AskedQuestion).order_by(col(AskedQuestion.id))))


def test_a_question_alone_gets_the_line_of_the_contract(client: TestClient) -> None:
    answer = client.post("/api/ask", json={"question": DEADLINE})
    assert answer.status_code == 200
    line = answer.json()
    assert list(line) == ["id", "kind", "text", "citations", "choices", "milliseconds"]
    assert (line["id"], line["kind"], line["choices"]) == (None, "answer", [])
    assert line["text"].startswith("Năm 2023 (đã hết hạn): trước ngày 20/9/2023")
    assert line["citations"] == [
        {
            "document": "hai-phong-gddt-2023",
            "title": "Kế hoạch năm 2023 của Sở GDĐT Hải Phòng",
            "address": "III#2.6",
            "quote": "năm 2023 trước ngày 20/9/2023.",
            "digest": False,
        }
    ]
    assert line["milliseconds"] >= 0


@pytest.mark.parametrize("id_", ["q-1", 7])
def test_the_id_comes_back_and_is_not_kept(
    client: TestClient, sqlite: Engine, id_: str | int
) -> None:
    line = client.post("/api/ask", json={"id": id_, "question": DEADLINE}).json()
    assert line["id"] == id_
    assert "id" not in rows(sqlite)[0].outcome


def test_history_unit_and_day_reach_the_assistant(client: TestClient, answers: FakeAnswers) -> None:
    turns = [{"role": "user", "content": "tiêu chí?"}, {"role": "assistant", "content": "…"}]
    sent = {"question": "hạn?", "history": turns, "unit": "thpt-a", "today": "2023-09-01"}
    assert client.post("/api/ask", json=sent).status_code == 200
    question, today = answers.asked[0]
    assert [turn.role for turn in question.history] == ["user", "assistant"]
    assert (question.unit, today) == ("thpt-a", date(2023, 9, 1))


def test_what_is_typed_is_cleaned(client: TestClient, answers: FakeAnswers) -> None:
    # NFD, a NUL, a zero-width space and a byte order mark.
    sent = "\ufeffha\u0323n\x00 nộp\u200b"
    assert client.post("/api/ask", json={"question": sent}).status_code == 200
    assert answers.asked[0][0].text == "hạn nộp"


def test_a_question_with_its_outcome_is_kept_without_who_asked(
    client: TestClient, sqlite: Engine
) -> None:
    client.post("/api/ask", json={"question": "hạn nộp? gọi 0912.345.678"})
    (kept,) = rows(sqlite)
    assert kept.question == "hạn nộp? gọi [điện thoại]"
    assert (kept.channel, kept.kind, kept.knowledge_version) == ("api", "answer", "000001-fake")
    assert kept.outcome["text"].startswith("Năm 2023")
    assert kept.citations[0]["address"] == "III#2.6"


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({}, 422, "Trường “question” thiếu"),
        ({"question": None}, 422, "Trường “question” phải là chữ"),
        ({"question": 5}, 422, "Trường “question” phải là chữ"),
        ({"question": " \n "}, 422, "để trống"),
        ({"question": "\u200b\x00"}, 422, "để trống"),
        ({"question": "a" * 2001}, 413, "2.000 ký tự"),
        ({"question": "hạn", "today": "21/11/2026"}, 422, "“today” phải viết dạng YYYY-MM-DD"),
        ({"question": "hạn", "history": [{"role": "system", "content": "x"}]}, 422, "role"),
        ({"question": "hạn", "id": {"a": 1}}, 422, "“id"),
        ([], 422, "JSON"),
        ("hạn", 422, "JSON"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(
    client: TestClient, sqlite: Engine, body: object, status: int, says: str
) -> None:
    answer = client.post("/api/ask", json=body)
    assert answer.status_code == status
    assert says in error_of(answer.json())
    assert rows(sqlite) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"question": "\\ud800"}',
        b"[" * 30_000,
        b'{"question": ' + b"9" * 5_000 + b"}",
    ],
)
def test_a_body_that_is_not_json_is_refused_in_words(client: TestClient, body: bytes) -> None:
    answer = client.post("/api/ask", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert error_of(answer.json())


def test_a_body_larger_than_any_question_is_refused(client: TestClient) -> None:
    body = json.dumps({"question": "hạn", "unit": "a" * 70_000}).encode()
    answer = client.post("/api/ask", content=body)
    assert answer.status_code == 413
    assert error_of(answer.json())
    # And one that does not say how large it is.
    streamed = client.post("/api/ask", content=(body[i : i + 999] for i in range(0, 71_000, 999)))
    assert streamed.status_code == 413


def test_exactly_two_thousand_characters_are_read(client: TestClient) -> None:
    assert client.post("/api/ask", json={"question": "ạ" * 2000}).status_code == 200


def test_an_address_that_asks_too_fast_is_asked_to_wait(
    client: TestClient, settings: Settings
) -> None:
    statuses = [
        client.post("/api/ask", json={"question": "hạn"}).status_code
        for _ in range(settings.rate_limit + 1)
    ]
    assert statuses == [200] * settings.rate_limit + [429]
    answer = client.post("/chat/messages", json={})
    assert answer.headers["retry-after"] == "60"
    assert "đợi một phút" in error_of(answer.json())
    assert client.get("/healthz").status_code == 200


def test_what_nobody_expected_is_an_apology_and_a_log_entry(
    client: TestClient, answers: FakeAnswers, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_question: object) -> None:
        raise ZeroDivisionError("secret detail")

    answers.decide = fail  # type: ignore[assignment]
    answer = client.post("/api/ask", json={"question": "hạn"})
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "thử lại sau" in error_of(answer.json())
    assert "secret detail" in caplog.text
    assert "POST /api/ask failed" in caplog.text


def test_the_address_of_a_file_is_not_logged_when_it_fails(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("service.routes.files.read_token", fail)
    assert client.get("/files/the-key-to-it/name.pdf").status_code == 500
    assert "the-key-to-it" not in caplog.text
    assert "GET /files/{token}/{name} failed" in caplog.text


def test_without_a_database_the_sender_is_asked_to_try_again(
    client: TestClient, sqlite: Engine
) -> None:
    migrate(sqlite, "base")  # the tables are gone
    answer = client.post("/api/ask", json={"question": "hạn"})
    assert answer.status_code == 503
    assert "thử lại sau" in error_of(answer.json())


def test_every_route_answers_a_wrong_request_in_the_one_shape(client: TestClient) -> None:
    described = client.get("/openapi.json").json()["paths"]
    assert {"/api/ask", "/chat/messages", "/healthz", "/readyz"} <= described.keys()
    for path in [*described, "/documents", "/", "/api/nothing", "/documents/không-có"]:
        answer = client.patch(path)
        assert answer.status_code in (404, 405), path
        assert error_of(answer.json()), path


def test_the_description_shows_the_shapes(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    posted = schema["paths"]["/api/ask"]["post"]
    assert "AnswerOut" in json.dumps(posted["responses"]["200"])
    assert schema["components"]["schemas"]["QuestionIn"]["required"] == ["question"]


def test_the_page_about_the_api_shows_every_field_and_loads_nothing_from_elsewhere(
    client: TestClient,
) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    for said in ("POST /api/ask", "question", "history", "milliseconds", "CitationOut[]"):
        assert said in page.text
    assert "`" not in page.text  # its Markdown is drawn, not shown
    assert 'src="http' not in page.text
    assert 'href="http' not in page.text


def test_every_answer_protects_its_reader(client: TestClient) -> None:
    for answer in (
        client.get("/healthz"),
        client.get("/"),
        client.post("/api/ask", json={}),
        client.get("/nowhere"),
    ):
        policy = answer.headers["content-security-policy"]
        assert "'unsafe-inline'" not in policy
        assert "default-src 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "referrer-policy" in answer.headers


def test_the_process_is_ready_when_database_and_library_are(
    client: TestClient, sqlite: Engine
) -> None:
    assert client.get("/readyz").json() == {"status": "ok", "knowledge": "000001-fake"}
    migrate(sqlite, "base")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert error_of(answer.json())
    assert client.get("/healthz").json() == {"status": "ok"}


def test_new_knowledge_is_swapped_in_and_a_broken_one_is_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stamp, loaded = [1], [FakeAnswers(version="one"), FakeAnswers(version="two")]
    live = LiveAssistant(load=lambda: loaded.pop(0), stamp=lambda: stamp[0])
    assert live.current().version == "one"
    stamp[0] = 2
    assert live.current().version == "two"
    stamp[0] = 3  # nothing left to load
    assert live.current().version == "two"
    assert "stays in use" in caplog.text
    assert live.current().version == "two"


def test_ten_questions_at_once_are_all_kept(client: TestClient, sqlite: Engine) -> None:

    with ThreadPoolExecutor(10) as pool:
        answers = list(
            pool.map(
                lambda n: client.post("/api/ask", json={"id": n, "question": "hạn"}), range(10)
            )
        )
    assert [answer.json()["id"] for answer in answers] == list(range(10))
    with transaction(sqlite) as session:
        assert count_questions(session) == 10


def error_of(body: dict[str, dict[str, str]]) -> str:
    """The sentence of an error, whose shape is checked."""
    assert list(body) == ["error"], body
    assert sorted(body["error"]) == ["code", "message"]
    assert body["error"]["code"].replace("_", "").isalpha()
    return body["error"]["message"]
