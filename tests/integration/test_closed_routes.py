"""No address tells a citizen of a paper that is not for everybody; an officer's page tells less
once they act for their unit no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import select

from bot.texts import say
from knowledge.readers import OFFICERS as FOR_OFFICERS
from knowledge.readers import PUBLIC
from service import offices
from service.answering import Answering
from service.app import create_app
from service.delivery.shown_again import for_readers
from service.live import LiveAssistant
from service.settings import Settings
from service.storage import bindings, units
from service.storage.engine import transaction
from service.storage.outbox import enqueue
from service.storage.people_tables import ChannelAccount
from tests.builders import NOON, some_settings
from tests.closed_papers import (
    ANSWER,
    ASK_OFFICERS,
    ASK_UNIT,
    OF_OFFICERS,
    OF_UNIT,
    OFFICERS,
    UNIT,
    answering,
    with_closed,
)

MARKS = (*OF_OFFICERS, *OF_UNIT)
OUTSIDE = "https://hoi.example.vn"
HTML = {"Accept": "text/html"}
HISTORY = [
    {"role": "user", "content": ASK_OFFICERS},
    {"role": "assistant", "content": "Chủ trì: Tổ L."},
]
#: What is tried at each address that is open to everybody: method, address, and what is sent.
TRIED: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("POST /api/ask", "POST", "/api/ask", {"json": {"question": ASK_OFFICERS}}),
    ("POST /api/ask", "POST", "/api/ask", {"json": {"question": ASK_UNIT}}),
    (
        "POST /api/ask",
        "POST",
        "/api/ask",
        {"json": {"question": ASK_OFFICERS, "unit": "Trường THPT Ngô Quyền, Hải Phòng"}},
    ),
    (
        "POST /api/ask",
        "POST",
        "/api/ask",
        {"json": {"question": "Còn hạn thì sao?", "history": HISTORY}},
    ),
    (
        "POST /chat/messages",
        "POST",
        "/chat/messages",
        {"json": {"id": str(uuid4()), "text": ASK_OFFICERS}},
    ),
    (
        "POST /chat/files",
        "POST",
        f"/chat/files?id={uuid4()}",
        {"files": {"file": ("a.txt", b"hop phan rom", "text/plain")}, "headers": {"X-Troly": "1"}},
    ),
    ("POST /chat/votes", "POST", "/chat/votes", {"json": {"vote": "1.a", "helpful": True}}),
    ("GET /api/documents", "GET", "/api/documents", {}),
    ("GET /api/documents/{document_id}", "GET", f"/api/documents/{OFFICERS}", {}),
    ("POST /api/documents", "POST", "/api/documents", {"files": {"file": ("a.txt", b"x")}}),
    ("GET /api/curated", "GET", "/api/curated", {}),
    ("POST /api/curated", "POST", "/api/curated", {"json": {}}),
    ("GET /api/curated/{answer_id}", "GET", "/api/curated/1", {}),
    ("PUT /api/curated/{answer_id}", "PUT", "/api/curated/1", {"json": {}}),
    ("DELETE /api/curated/{answer_id}", "DELETE", "/api/curated/1", {}),
    ("POST /api/curated/{answer_id}/approve", "POST", "/api/curated/1/approve", {}),
    ("GET /chat/updates", "GET", "/chat/updates", {}),
    ("GET /healthz", "GET", "/healthz", {}),
    ("GET /readyz", "GET", "/readyz", {}),
    ("GET /docs", "GET", "/docs", {}),
    ("GET /openapi.json", "GET", "/openapi.json", {}),
    ("GET /", "GET", "/", {"params": {"q": ASK_OFFICERS}}),
    ("GET /documents", "GET", "/documents", {}),
    ("GET /documents/{document_id}", "GET", f"/documents/{OFFICERS}", {}),
    ("GET /documents/{document_id}", "GET", f"/documents/{UNIT}", {}),
    ("GET /documents/{document_id}", "GET", "/documents/hai-phong-gddt-2023", {}),
    ("GET /static/{name}", "GET", f"/static/{OFFICERS}", {}),
    ("GET /widget", "GET", "/widget", {}),
    ("GET /widget.js", "GET", "/widget.js", {}),
    ("GET /files/{token}/{name}", "GET", f"/files/x/{OFFICERS}", {}),
    ("GET /zalo_verifier{code}.html", "GET", f"/zalo_verifier{OFFICERS}.html", {}),
    ("GET /webhooks/{name}", "GET", f"/webhooks/{OFFICERS}", {}),
    ("POST /webhooks/{name}", "POST", f"/webhooks/{OFFICERS}", {"json": {}}),
    ("GET /nowhere", "GET", f"/{OFFICERS}", {}),
)
#: A stream that does not end; it gives what `/chat/updates` gives, by the same function.
NOT_TRIED = {"GET /chat/events"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Answering:
    return answering(with_closed(tmp_path_factory.mktemp("papers")), OUTSIDE)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return some_settings(tmp_path, widget_origins="https://portal.example.vn", public_url=OUTSIDE)


@pytest.fixture
def client(settings: Settings, sqlite: Engine, shared: Answering) -> Iterator[TestClient]:
    app = create_app(settings, LiveAssistant(load=lambda: shared, stamp=lambda: 0), sqlite)
    with TestClient(app, base_url=OUTSIDE, raise_server_exceptions=False) as speaking:
        yield speaking


def telling(said: str) -> list[str]:
    """The marks that stand in `said`; not a number that is a part of a random identifier."""
    return [m for m in MARKS if re.search(rf"(?<![\w-]){re.escape(m)}(?!\w)", said, re.IGNORECASE)]


def ask(client: TestClient, text: str, id_: str = "") -> list[dict[str, Any]]:
    sent = {"id": id_ or str(uuid4()), "text": text}
    replies: list[dict[str, Any]] = client.post("/chat/messages", json=sent).json()["replies"]
    return replies


def confirm(sqlite: Engine) -> int:
    """Whoever wrote last acts for a unit; the id of that."""
    with transaction(sqlite) as session:
        unit = units.add_unit(session, "Trường THPT Ngô Quyền", NOON)
        account = session.exec(select(ChannelAccount)).one()
        asked = bindings.ask(session, account.person_id, unit.id or 0, "An", "", NOON)
        assert asked.id is not None
        bindings.confirm(session, asked.id, "admin:1", NOON)
        return asked.id


def revoke(sqlite: Engine, binding: int) -> None:
    with transaction(sqlite) as session:
        assert offices.revoke(session, binding, "admin:1", NOON, contact="")


def test_every_address_that_is_open_is_tried(client: TestClient) -> None:
    app: Any = client.app
    open_ = {
        f"{method} {route.path}"
        for route in iter_route_contexts(app.routes)
        for method in route.methods or ()
        if method != "HEAD" and not str(route.path).startswith("/admin")
    }
    assert open_ - {name for name, *_ in TRIED} == NOT_TRIED


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [one[1:] for one in TRIED],
    ids=[f"{number} {one[0]}" for number, one in enumerate(TRIED)],
)
def test_an_address_tells_a_citizen_nothing(
    client: TestClient, method: str, path: str, sent: dict[str, Any]
) -> None:
    ask(client, ASK_OFFICERS)
    answer = client.request(method, path, **sent)
    told = answer.text + str(answer.headers)
    assert telling(told.replace(OFFICERS, "").replace(UNIT, "")) == []
    assert answer.status_code < 500


@pytest.mark.parametrize("headers", [{}, HTML])
@pytest.mark.parametrize("closed", [OFFICERS, UNIT])
def test_a_closed_paper_is_as_one_that_is_not_there(
    client: TestClient, sqlite: Engine, closed: str, headers: dict[str, str]
) -> None:
    ask(client, ASK_OFFICERS)
    confirm(sqlite)  # pages are the same for everybody: proxies keep them
    missing = client.get("/documents/khong-co", headers=headers)
    there = client.get(f"/documents/{closed}", headers=headers)
    assert (there.status_code, there.text) == (404, missing.text)
    assert client.head(f"/documents/{closed}").status_code == 404


def test_the_page_of_an_officer_shows_the_clause_without_a_link(
    client: TestClient, sqlite: Engine
) -> None:
    ask(client, "xin chào")
    confirm(sqlite)
    [reply] = ask(client, ASK_OFFICERS)
    assert ANSWER in reply["lead"]
    assert [source["href"] for source in reply["sources"]] == [""]
    assert "https://" not in reply["text"]
    [clause] = [b for b in reply["buttons"] if b["label"] == say("commands.clause")]
    sent = {"id": str(uuid4()), "button": clause["id"]}
    [whole] = client.post("/chat/messages", json=sent).json()["replies"]
    assert "4719 hộp phấn rôm" in whole["lead"]
    [public] = ask(client, "Hạn gửi kế hoạch năm 2023 về Sở GDĐT Hải Phòng là ngày nào?")
    assert public["sources"][0]["href"].startswith("/documents/hai-phong-gddt-2023#")
    assert public["text"].count(f"{OUTSIDE}/documents/hai-phong-gddt-2023#") == 1
    assert all("readers" not in one for one in (reply, whole, public))


def test_what_was_shown_is_not_shown_again_to_whoever_acts_no_more(
    client: TestClient, sqlite: Engine
) -> None:
    ask(client, "xin chào")
    binding, id_ = confirm(sqlite), str(uuid4())
    first = ask(client, ASK_OFFICERS, id_)
    assert ask(client, ASK_OFFICERS, id_) == first
    assert first[0] in client.get("/chat/updates").json()["replies"]
    revoke(sqlite, binding)
    [again] = ask(client, ASK_OFFICERS, id_)
    assert again["lead"] == say("chat.withheld")
    told = client.get("/chat/updates").text
    assert telling(told) == []
    assert say("chat.withheld") in told


def test_a_file_is_fetched_again_by_whoever_may_still_read_it(
    client: TestClient, sqlite: Engine
) -> None:
    ask(client, "xin chào")
    binding = confirm(sqlite)
    note = {"name": "phieu.pdf", "media_type": "application/pdf", "sha256": "0" * 64}
    with transaction(sqlite) as session:
        account = session.exec(select(ChannelAccount)).one()
        for readers in (PUBLIC, FOR_OFFICERS):
            drawn, at = for_readers({}, readers), NOON
            enqueue(session, "web", account.chat, "", at, enclosure=note, drawn=drawn, sent=True)

    def files() -> list[bool]:
        replies = client.get("/chat/updates").json()["replies"]
        return [reply["file"] is not None for reply in replies[1:]]

    assert files() == [True, True]
    revoke(sqlite, binding)
    assert files()[:2] == [True, False]


def test_an_officer_who_is_erased_hears_the_farewell(client: TestClient, sqlite: Engine) -> None:
    ask(client, "xin chào")
    confirm(sqlite)
    ask(client, ASK_OFFICERS)
    [farewell] = ask(client, "xác nhận xóa")
    assert farewell["lead"].startswith("Đã xóa dữ liệu")
    assert telling(client.get("/chat/updates").text) == []
