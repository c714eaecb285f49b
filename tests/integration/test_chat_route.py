"""The messages of the web chat: what the page draws, safe retry, the visitor's own conversation."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import select

from service.app import create_app
from service.live import LiveAssistant
from service.settings import Settings
from service.storage.codes import keep_code
from service.storage.delivery_tables import InboundEvent
from service.storage.engine import transaction
from service.storage.outbox import enqueue
from service.storage.people_tables import Alert, ChannelAccount, Person, StoredFile
from service.storage.questions import count_questions
from service.storage.switches import turn
from tests.builders import NOON, some_settings
from tests.fakes.answers import LEAD, FakeAnswers


def replies(client: TestClient, **sent: object) -> list[dict[str, object]]:
    """What is said to one message."""
    answer = client.post("/chat/messages", json={"id": str(uuid4()), **sent})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, object]] = answer.json()["replies"]
    return found


def send(client: TestClient, text: str, id_: str | None = None) -> dict[str, object]:
    """The only reply to one message."""
    [reply] = replies(client, text=text, **({"id": id_} if id_ else {}))
    return reply


def other(client: TestClient) -> TestClient:
    """Another visitor of the same server."""
    return TestClient(client.app, raise_server_exceptions=False)


def test_a_reply_has_what_the_page_draws(client: TestClient) -> None:
    reply = send(client, "Hạn nộp là ngày nào? hạn")
    assert sorted(reply) == [
        *("answers", "buttons", "closed", "file", "id", "kind", "lead", "more", "private"),
        *("sources", "status", "table", "text", "to", "vote"),
    ]
    assert reply["kind"] == "answer"
    assert reply["lead"] == "Năm 2023 (đã hết hạn): trước ngày 20/9/2023"
    assert reply["buttons"] == []  # the page unfolds a long answer by itself
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


def test_a_choice_is_answered_by_its_button_its_number_or_its_label(client: TestClient) -> None:
    for chosen in ("button", "1", "hai phong"):
        reply = send(client, "nào?")
        assert reply["kind"] == "clarify"
        [button] = reply["buttons"]  # type: ignore[misc]
        assert (button["label"], button["send"]) == ("Hải Phòng", "hạn nộp Hải Phòng")
        sent = {"button": button["id"]} if chosen == "button" else {"text": chosen}
        assert replies(client, **sent)[0]["lead"] == LEAD


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
        assert session.exec(select(InboundEvent)).one().payload == {}  # its words are gone


def test_an_id_is_not_a_key_to_what_another_asked(client: TestClient) -> None:
    id_ = str(uuid4())
    send(client, "hạn nộp?", id_)
    assert send(other(client), "câu khác", id_)["kind"] == "silent"


def test_what_a_follow_up_needs_is_kept_by_the_server(
    client: TestClient, answers: FakeAnswers
) -> None:
    send(client, "hạn nộp?")
    send(client, "còn gửi cho ai?")
    question, _ = answers.asked[-1]
    assert [turn.content for turn in question.history][:1] == ["hạn nộp?"]
    send(other(client), "còn gửi cho ai?")
    assert answers.asked[-1][0].history == ()  # another visitor is another conversation


@pytest.mark.parametrize("sent", [{"id": "1", "text": "hạn"}, {"id": str(uuid4())}])
def test_a_bad_message_is_refused_in_words(client: TestClient, sent: dict[str, str]) -> None:
    answer = client.post("/chat/messages", json=sent)
    assert answer.status_code == 422
    assert answer.json()["error"]["message"].endswith(("kiểm tra lại.", "nhập câu hỏi."))


def test_a_failed_message_can_be_sent_again(client: TestClient, answers: FakeAnswers) -> None:
    id_, decide = str(uuid4()), answers.decide

    def fail(_question: object) -> None:
        raise ZeroDivisionError

    answers.decide = fail  # type: ignore[assignment]
    sent = {"id": id_, "text": "hạn nộp?"}
    assert client.post("/chat/messages", json=sent).status_code == 500
    answers.decide = decide
    assert client.post("/chat/messages", json=sent).json()["replies"][0]["kind"] == "answer"


def test_a_conversation_moves_to_another_browser_by_a_code(
    client: TestClient, answers: FakeAnswers, sqlite: Engine
) -> None:
    send(client, "hạn nộp?")
    said = str(send(client, "chuyển kênh")["text"])
    code = said.split("Mã chuyển kênh: ")[1][:9]
    there = other(client)
    assert "hạn nộp?" in str(send(there, f"chuyen kenh {code.lower()}")["text"])
    send(there, "còn gửi cho ai?")
    assert answers.asked[-1][0].history[0].content == "hạn nộp?"
    assert "không đúng" in str(send(other(client), f"chuyển kênh {code}")["text"])  # used up
    with transaction(sqlite) as session:
        accounts = session.exec(select(ChannelAccount)).all()
        assert len({account.person_id for account in accounts}) == 2
        assert len(session.exec(select(Person)).all()) == 2


def test_a_file_is_kept_once_and_erased_with_its_sender(
    client: TestClient, sqlite: Engine, settings: Settings
) -> None:
    sent = {"file": ("kế hoạch.pdf", io.BytesIO(b"%PDF-1.4 noi dung"), "application/pdf")}
    id_ = str(uuid4())
    for _ in range(2):
        sent["file"][1].seek(0)
        answer = client.post(f"/chat/files?id={id_}", files=sent, headers={"X-Troly": "1"})
        [reply] = answer.json()["replies"]
        assert "kế hoạch.pdf" in reply["text"]
    with transaction(sqlite) as session:
        kept = session.exec(select(StoredFile)).one()
        assert (kept.name, kept.size) == ("kế hoạch.pdf", 17)
    path = settings.received_dir / kept.sha256
    assert path.read_bytes() == b"%PDF-1.4 noi dung"
    send(client, "xoá dữ liệu")
    assert path.exists()  # not before it is confirmed
    assert "Đã xóa" in str(send(client, "1")["text"])
    assert not path.exists()
    with transaction(sqlite) as session:
        assert session.exec(select(Person)).all() == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"", "trống"),
        ("a.pdf", b"MZ\x90\x00\x03 program", "không được nhận"),
        ("a.exe", b"MZ\x90\x00\x03 program", "không được nhận"),
        ("../../a.pdf", b"\x00\x01", "không được nhận"),
    ],
)
def test_what_is_no_paper_is_refused_in_words(
    client: TestClient, settings: Settings, name: str, content: bytes, said: str
) -> None:
    answer = client.post(
        f"/chat/files?id={uuid4()}", files={"file": (name, content)}, headers={"X-Troly": "1"}
    )
    assert said in answer.json()["replies"][0]["text"]
    assert not list(Path(settings.data_dir).rglob("*.pdf"))


def test_a_form_of_another_site_cannot_hand_in_a_file(client: TestClient) -> None:
    answer = client.post(f"/chat/files?id={uuid4()}", files={"file": ("a.pdf", b"%PDF-1.4")})
    assert answer.status_code == 422


def test_a_push_reaches_its_visitor_only(client: TestClient, sqlite: Engine) -> None:
    known = send(client, "hạn nộp?")["id"]
    with transaction(sqlite) as session:
        account = session.exec(select(ChannelAccount)).one()
        enqueue(session, "web", account.chat, "Nhắc: nộp báo cáo", NOON, sent=True)
    [pushed] = client.get("/chat/updates", params={"after": known}).json()["replies"]
    assert (pushed["text"], pushed["answers"]) == ("Nhắc: nộp báo cáo", False)
    assert other(client).get("/chat/updates").json()["replies"] == []


def test_a_reply_names_the_message_that_it_answers(client: TestClient) -> None:
    id_ = str(uuid4())
    reply = send(client, "hạn nộp?", id_)
    assert reply["to"] == id_
    assert client.get("/chat/updates").json()["replies"] == [reply]


def test_a_word_that_was_written_late_is_not_missed(client: TestClient, sqlite: Engine) -> None:
    send(client, "hạn nộp?")
    with transaction(sqlite) as session:  # its id is given out first, but it is seen last
        account = session.exec(select(ChannelAccount)).one()
        enqueue(session, "web", account.chat, "Nhắc việc", datetime.now(UTC), sent=True)
    later = send(client, "hạn nộp?")["id"]
    [told] = client.get("/chat/updates", params={"after": later}).json()["replies"]
    assert (told["text"], told["to"]) == ("Nhắc việc", "")


@pytest.mark.parametrize("after", ["-1", "x", str(10**30)])
def test_a_number_that_is_none_is_refused(client: TestClient, after: str) -> None:
    assert client.get("/chat/updates", params={"after": after}).status_code == 422


def test_whoever_is_forgotten_comes_back_as_somebody_new(
    client: TestClient, sqlite: Engine
) -> None:
    send(client, "hạn nộp?")
    known = client.cookies["troly_chat"]
    sent = {"id": str(uuid4()), "text": "xác nhận xóa"}
    answer = client.post("/chat/messages", json=sent)
    assert answer.json()["forgotten"] is True
    assert "troly_chat" not in client.cookies
    client.cookies.set("troly_chat", known, path="/chat")  # another tab, before it hears of it
    assert client.get("/chat/updates").json()["replies"] == []  # nothing is theirs any more
    client.cookies.clear()
    again = client.post("/chat/messages", json={"id": str(uuid4()), "text": "hạn nộp?"})
    assert again.json()["forgotten"] is False
    assert client.cookies["troly_chat"] != known


def test_a_file_named_as_a_secret_is_not_kept(client: TestClient, settings: Settings) -> None:
    sent = {"file": ("TỐI MẬT kế hoạch.pdf", io.BytesIO(b"%PDF-1.4 x"), "application/pdf")}
    answer = client.post(f"/chat/files?id={uuid4()}", files=sent, headers={"X-Troly": "1"})
    [reply] = answer.json()["replies"]
    assert reply["private"] is True
    assert not settings.received_dir.exists()


def test_a_file_over_the_limit_is_refused_in_words(
    answers: FakeAnswers, sqlite: Engine, tmp_path: Path
) -> None:
    small = some_settings(tmp_path, upload_limit_mb=1)
    app = create_app(small, LiveAssistant(load=lambda: answers, stamp=lambda: 0), sqlite)
    with TestClient(app) as visitor:
        for size, status, said in ((1, 200, "lớn quá 1 MB"), (1 << 17, 413, "Tệp lớn quá 1 MB")):
            sent = {"file": ("a.pdf", b"%PDF-1.4" + b"x" * (1 << 20) + b"x" * size)}
            path = f"/chat/files?id={uuid4()}"
            answer = visitor.post(path, files=sent, headers={"X-Troly": "1"})
            assert answer.status_code == status
            assert said in answer.text


def test_who_floods_is_told_once_and_then_ignored(
    client: TestClient, settings: Settings, answers: FakeAnswers
) -> None:
    said = [replies(client, text="hạn nộp?") for _ in range(settings.person_rate_limit + 4)]
    assert all(r[0]["kind"] == "answer" for r in said[: settings.person_rate_limit])
    assert "hơi nhanh" in str(said[settings.person_rate_limit][0]["text"])
    assert said[settings.person_rate_limit + 1 :] == [[], [], []]
    assert len(answers.asked) == settings.person_rate_limit


def test_paused_everywhere_it_says_so_once(client: TestClient, sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        turn(session, "paused", True, NOON)
    assert "tạm dừng" in str(send(client, "hạn nộp?")["text"])
    assert replies(client, text="hạn nộp?") == []
    with transaction(sqlite) as session:
        turn(session, "paused", False, NOON)
    assert send(client, "hạn nộp?")["kind"] == "answer"


def test_on_trial_only_the_invited_are_served(client: TestClient, sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        turn(session, "trial", True, NOON)
        keep_code(session, "invite", "K7M2-P9QX", NOON.replace(year=2100))
    assert "chạy thử" in str(send(client, "hạn nộp?")["text"])
    assert "không đúng" in str(send(client, "mã mời AAAA2222")["text"])
    assert "Mã mời đúng" in str(send(client, "ma moi k7m2 p9qx")["text"])
    assert send(client, "hạn nộp?")["kind"] == "answer"
    assert "không đúng" in str(send(other(client), "mã mời K7M2P9QX")["text"])  # for one


def test_whoever_wants_an_officer_raises_an_alert(client: TestClient, sqlite: Engine) -> None:
    send(client, "gặp cán bộ")
    with transaction(sqlite) as session:
        assert session.exec(select(Alert)).one().kind == "hand_off"


def test_files_that_come_in_at_once_are_counted_before_they_are_read(client: TestClient) -> None:
    passed = [middleware.cls.__name__ for middleware in client.app.user_middleware]  # type: ignore[attr-defined]
    assert passed.index("LimitUploads") < passed.index("LimitBody")
