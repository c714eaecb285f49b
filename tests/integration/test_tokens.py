"""Other programs with a token: what each scope opens, whose papers it shows, what is refused."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine, text
from sqlmodel import select

from service.admin.words import words
from service.routes.bearer import PER_MINUTE, TRIES
from service.storage.api_tables import ApiToken
from service.storage.api_tokens import SCOPES, Reader, Scope, make_token, revoke_token
from service.storage.engine import transaction
from service.storage.library_tables import Candidate
from tests.builders import NOON, a_document
from tests.desk import Clock, Officer, audited
from tests.fakes.answers import FakeAnswers

pytestmark = pytest.mark.usefixtures("clock")

TODAY = date(2026, 11, 21)
CURATED = {
    "questions": ["Hạn gửi kế hoạch năm 2023?", "Bao giờ nộp kế hoạch?"],
    "text": "Kế hoạch năm 2023 gửi trước ngày 20/9/2023.",
    "citations": [
        {
            "document": "hai-phong-gddt-2023",
            "address": "II.1",
            "quote": "gửi kế hoạch trước ngày 20/9/2023.",
        }
    ],
    "review_on": "2027-01-31",
}
FILE = {"file": ("ke-hoach.txt", "KẾ HOẠCH\nVề truyền thông chính sách".encode(), "text/plain")}
#: What each scope opens, and nothing else does.
OPENS: dict[str, list[tuple[str, str]]] = {
    "ask": [("POST", "/api/ask")],
    "documents:read": [("GET", "/api/documents"), ("GET", "/api/documents/hai-phong-gddt-2023")],
    "documents:write": [("POST", "/api/documents")],
    "curated:read": [("GET", "/api/curated"), ("GET", "/api/curated/1")],
    "curated:write": [
        ("POST", "/api/curated"),
        ("PUT", "/api/curated/1"),
        ("DELETE", "/api/curated/1"),
    ],
    "curated:approve": [("POST", "/api/curated/1/approve")],
}
ROUTES = [route for routes in OPENS.values() for route in routes]


def a_token(
    engine: Engine,
    *scopes: Scope,
    readers: Reader = "public",
    expires_on: date | None = None,
) -> str:
    with transaction(engine) as session:
        _, token = make_token(session, "cổng", scopes, readers, expires_on, "admin:1", NOON)
    return token


def call(client: TestClient, token: str | None, method: str, path: str) -> Response:
    """A right request for that route."""
    sent: dict[str, object] = {}
    if path == "/api/ask":
        sent = {"json": {"question": "Hạn nộp là ngày nào?"}}
    elif (method, path) == ("POST", "/api/documents"):
        sent = {"files": FILE}
    elif method in ("POST", "PUT") and not path.endswith("approve"):
        sent = {"json": CURATED}
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return client.request(method, path, headers=headers, **sent)  # type: ignore[arg-type]


def refusal(answer: Response) -> str:
    """The sentence of an error in the one shape."""
    error = answer.json()["error"]
    assert set(error) == {"code", "message"}
    assert re.search("[à-ỹ]", error["message"])
    return str(error["code"])


@pytest.fixture
def curated(client: TestClient, sqlite: Engine) -> str:
    """The first answer of the office, a draft, and a token that may write more."""
    token = a_token(sqlite, "curated:write")
    assert call(client, token, "POST", "/api/curated").status_code == 201
    return token


@pytest.mark.usefixtures("curated")
@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_opens_its_routes_and_no_other(
    client: TestClient, sqlite: Engine, scope: Scope
) -> None:
    token = a_token(sqlite, scope)
    for method, path in ROUTES:
        answer = call(client, token, method, path)
        if (method, path) in OPENS[scope]:
            assert answer.status_code < 300, (method, path, answer.text)
        else:
            assert (answer.status_code, refusal(answer)) == (403, "not_allowed"), (method, path)


@pytest.mark.usefixtures("curated")
@pytest.mark.parametrize(
    "shown", ["", "Bearer", "Bearer ", "Bearer troly_x", "Bearer ế", "Basic troly_x", "troly_x"]
)
def test_whoever_shows_no_right_token_is_refused_everywhere(client: TestClient, shown: str) -> None:
    headers = {"Authorization": shown.encode()} if shown else {}
    for method, path in ROUTES:
        if path == "/api/ask" and not shown:
            continue
        answer = client.request(method, path, headers=headers, json=CURATED)
        assert (answer.status_code, refusal(answer)) == (401, "unauthorized"), (method, path)
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_asking_needs_no_token(client: TestClient) -> None:
    assert call(client, None, "POST", "/api/ask").status_code == 200


def test_an_expired_or_revoked_token_is_none(
    client: TestClient, sqlite: Engine, clock: Clock
) -> None:
    expiring = a_token(sqlite, "documents:read", expires_on=TODAY + timedelta(days=1))
    assert call(client, expiring, *OPENS["documents:read"][0]).status_code == 200
    clock.forward(timedelta(days=1))
    assert call(client, expiring, *OPENS["documents:read"][0]).status_code == 401
    lasting = a_token(sqlite, "documents:read")
    assert call(client, lasting, *OPENS["documents:read"][0]).status_code == 200
    with transaction(sqlite) as session:
        assert revoke_token(session, 2, NOON)
        assert not revoke_token(session, 2, NOON)
        assert not revoke_token(session, 99, NOON)
    assert call(client, lasting, *OPENS["documents:read"][0]).status_code == 401


def test_only_the_hash_and_the_day_of_use_are_kept(client: TestClient, sqlite: Engine) -> None:
    token = a_token(sqlite, "documents:read")
    call(client, token, "GET", "/api/documents")
    with sqlite.connect() as connection:
        row = connection.execute(text("SELECT * FROM api_token")).one()
    assert token not in str(row)
    assert token.removeprefix("troly_") not in str(row)
    with transaction(sqlite) as session:
        [kept] = session.exec(select(ApiToken)).all()
        assert (kept.last_used_on, len(kept.hash)) == (TODAY, 64)


def test_one_token_calls_so_often_a_minute(client: TestClient, sqlite: Engine) -> None:
    token, other = (a_token(sqlite, "documents:read") for _ in range(2))
    path = "/api/documents/none"
    codes = {call(client, token, "GET", path).status_code for _ in range(PER_MINUTE)}
    assert codes == {404}
    assert refusal(call(client, token, "GET", path)) == "too_many_requests"
    assert call(client, other, "GET", path).status_code == 404


def test_wrong_tokens_are_counted_by_address(client: TestClient) -> None:
    codes = [call(client, "troly_x", "GET", "/api/documents").status_code for _ in range(TRIES + 1)]
    assert codes == [401] * TRIES + [429]


# --- documents ----------------------------------------------------------------------------------


@pytest.fixture
def hidden(answers: FakeAnswers) -> str:
    """A paper for officers in the library."""
    paper = a_document("noi-bo-2026", audience=("officers",))
    answers.library = type(answers.library)((*answers.library.documents, paper))
    return paper.id


def test_papers_are_listed_and_shown_whole(client: TestClient, sqlite: Engine) -> None:
    token = a_token(sqlite, "documents:read")
    listed = call(client, token, "GET", "/api/documents").json()
    assert (listed["page"], listed["pages"]) == (1, 1)
    assert listed["total"] == len(listed["documents"]) == 1
    [found] = call(client, token, "GET", "/api/documents?q=HAI+phong").json()["documents"]
    assert found["id"] == "hai-phong-gddt-2023"
    assert found["clauses"] > 0
    whole = call(client, token, "GET", "/api/documents/hai-phong-gddt-2023").json()
    assert {"id", "identity", "validity", "clause_list", "duty_list"} <= whole.keys()
    assert len(whole["clause_list"]) == whole["clauses"]
    assert call(client, token, "GET", "/api/documents?page=2").json()["documents"] == []
    assert refusal(call(client, token, "GET", "/api/documents/x")) == "not_found"
    assert refusal(call(client, token, "GET", "/api/documents?page=0")) == "invalid_request"


def test_a_paper_for_officers_is_not_there_for_others(
    client: TestClient, sqlite: Engine, hidden: str
) -> None:
    public = a_token(sqlite, "documents:read")
    officers = a_token(sqlite, "documents:read", readers="officers")

    def seen(token: str) -> tuple[list[str], int, int]:
        listed = call(client, token, "GET", "/api/documents?q=noi+bo").json()
        one = call(client, token, "GET", f"/api/documents/{hidden}")
        return [each["id"] for each in listed["documents"]], listed["total"], one.status_code

    assert seen(public) == ([], 0, 404)
    assert seen(officers) == ([hidden], 1, 200)


def test_a_paper_that_is_handed_in_waits_for_a_person(client: TestClient, sqlite: Engine) -> None:
    token = a_token(sqlite, "documents:write")
    answer = call(client, token, "POST", "/api/documents")
    assert answer.status_code == 202
    assert answer.json() == {"id": 1, "state": "reading"}
    with transaction(sqlite) as session:
        [row] = session.exec(select(Candidate)).all()
        assert (row.origin, row.by, row.file_name) == ("api", "token:1", "ke-hoach.txt")
    assert audited(sqlite) == [("token:1", "candidate_received", "candidate:1")]
    headers = {"Authorization": f"Bearer {token}"}
    bad = client.post("/api/documents", files={"file": ("a.exe", b"MZ")}, headers=headers)
    assert (bad.status_code, refusal(bad)) == (422, "paper_refused")
    assert client.post("/api/documents", headers=headers).status_code == 422


# --- answers of the office ----------------------------------------------------------------------


def test_an_answer_is_a_draft_until_it_is_approved(
    client: TestClient, sqlite: Engine, curated: str
) -> None:
    approving = a_token(sqlite, "curated:approve", "curated:read")

    def state() -> str:
        return str(call(client, approving, "GET", "/api/curated/1").json()["state"])

    assert state() == "draft"
    approved = call(client, approving, "POST", "/api/curated/1/approve").json()
    assert (approved["state"], approved["approved_on"]) == ("approved", "2026-11-21")
    changed = {**CURATED, "text": "Gửi trước ngày 20/9/2023."}
    headers = {"Authorization": f"Bearer {curated}"}
    answer = client.put("/api/curated/1", json=changed, headers=headers).json()
    assert (answer["state"], answer["version"], answer["text"]) == ("draft", 2, changed["text"])
    assert answer["questions"] == CURATED["questions"]
    assert call(client, curated, "DELETE", "/api/curated/1").json()["state"] == "retired"
    assert state() == "retired"
    actions = [action for _, action, _ in audited(sqlite)]
    assert actions == ["curated_added", "curated_approved", "curated_changed", "curated_retired"]
    listed = call(client, approving, "GET", "/api/curated?state=retired").json()
    assert ([one["id"] for one in listed["answers"]], listed["more"]) == ([1], False)
    assert call(client, approving, "GET", "/api/curated?state=draft").json()["answers"] == []
    assert call(client, approving, "GET", "/api/curated?state=x").status_code == 422


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"questions": []}, 422, "invalid_request"),
        ({"text": ""}, 422, "invalid_request"),
        ({"text": "x" * 1_801}, 422, "invalid_request"),
        ({"text": "x " * 900}, 422, "curated_refused"),
        ({"citations": []}, 422, "invalid_request"),
        ({"review_on": "2026-11-20"}, 422, "curated_refused"),
        ({"review_on": "mai"}, 422, "invalid_request"),
        ({"audience": ["everybody"]}, 422, "invalid_request"),
        ({"audience": ["officers"]}, 403, "not_allowed"),
        ({"audience": ["public", "units:3"]}, 403, "not_allowed"),
        ({"citations": [{"document": "x", "address": "I"}]}, 422, "curated_refused"),
        (
            {"citations": [{**CURATED["citations"][0], "quote": "không có"}]},  # type: ignore[dict-item]
            422,
            "curated_refused",
        ),
    ],
)
def test_what_could_not_be_said_is_refused(
    client: TestClient, sqlite: Engine, change: dict[str, object], status: int, code: str
) -> None:
    headers = {"Authorization": f"Bearer {a_token(sqlite, 'curated:write')}"}
    answer = client.post("/api/curated", json={**CURATED, **change}, headers=headers)
    assert (answer.status_code, refusal(answer)) == (status, code)
    assert audited(sqlite) == []


def test_an_answer_for_officers_is_not_there_for_others(client: TestClient, sqlite: Engine) -> None:
    officers = a_token(sqlite, "curated:write", "curated:read", readers="officers")
    public = a_token(sqlite, "curated:write", "curated:read", "curated:approve")
    headers = {"Authorization": f"Bearer {officers}"}
    sent = {**CURATED, "audience": ["officers"]}
    assert client.post("/api/curated", json=sent, headers=headers).status_code == 201
    assert len(call(client, officers, "GET", "/api/curated").json()["answers"]) == 1
    assert call(client, public, "GET", "/api/curated").json()["answers"] == []
    for method, path in (*OPENS["curated:write"][1:], *OPENS["curated:approve"]):
        assert refusal(call(client, public, method, path)) == "not_found", path
    assert call(client, public, "GET", "/api/curated/1").status_code == 404


def test_a_body_is_limited(client: TestClient, sqlite: Engine) -> None:
    headers = {"Authorization": f"Bearer {a_token(sqlite, 'curated:write', 'documents:write')}"}
    large = client.post("/api/curated", json={**CURATED, "x": "x" * 70_000}, headers=headers)
    assert (large.status_code, refusal(large)) == (413, "body_too_large")


# --- the description ----------------------------------------------------------------------------


def test_the_description_has_every_route_with_its_token_and_refusals(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert described["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    paths = described["paths"]
    for method, path in ROUTES:
        name = re.sub(r"(?<=documents/)[\w-]+", "{document_id}", path)
        name = re.sub(r"(?<=curated/)1", "{answer_id}", name)
        operation = paths[name][method.lower()]
        assert operation["security"] == [{"token": []}], name
        assert {"401", "403", "429"} <= operation["responses"].keys(), name
        assert operation["summary"], name
        assert operation["description"], name
    page = client.get("/docs").text
    for said in ("PUT /api/curated/{answer_id}", "Authorization: Bearer", "documents:write"):
        assert said in page


# --- the desk's page ----------------------------------------------------------------------------


def test_a_token_is_shown_once_and_works_until_it_is_revoked(
    owner: Officer, sqlite: Engine
) -> None:
    made = owner.post("/admin/tokens", name="Cổng <b>", scopes="documents:read", life="month")
    token = re.search(r'value="(troly_[\w-]{43})"', made.text)
    assert token
    assert "Cổng &lt;b&gt;" in made.text
    assert call(owner.client, token[1], "GET", "/api/documents").status_code == 200
    page = owner.get("/admin/tokens").text
    assert token[1] not in page
    assert "dùng đến trước ngày 21/12/2026" in page
    assert "21/11/2026</td>" in page  # used today
    revoked = owner.post("/admin/tokens/1/revoke")
    assert revoked.headers["location"] == "/admin/tokens?done=token_revoked"
    assert owner.post("/admin/tokens/1/revoke").headers["location"].endswith("done=already")
    assert call(owner.client, token[1], "GET", "/api/documents").status_code == 401
    assert "thu hồi lúc" in owner.get("/admin/tokens").text
    assert [entry[1] for entry in audited(sqlite)] == ["token_made", "token_revoked"]
    trail = owner.get("/admin/audit").text
    assert "tạo mã truy cập" in trail
    assert "mã truy cập số 1" in trail
    assert token[1] not in trail


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        ({"name": " ", "scopes": "ask"}, "name"),
        ({"name": "cổng"}, "scopes"),
        ({"name": "cổng", "scopes": "everything"}, "scopes"),
        ({"name": "cổng", "scopes": "ask", "readers": "units"}, "choice"),
        ({"name": "cổng", "scopes": "ask", "life": "x"}, "choice"),
    ],
)
def test_a_form_that_makes_no_sense_makes_no_token(
    owner: Officer, sqlite: Engine, sent: dict[str, str], fault: str
) -> None:
    answer = owner.post("/admin/tokens", **sent)
    assert answer.status_code == 422
    assert words()["tokens"]["faults"][fault] in answer.text
    assert audited(sqlite) == []
