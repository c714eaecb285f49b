"""Who may open what at the desk, over every route there is; nobody from another site."""

from __future__ import annotations

from typing import get_args

import pytest
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from pydantic import JsonValue
from sqlalchemy import Engine

from service.admin.access import RULES
from service.admin.desk import router
from service.admin.words import words
from service.settings import Settings
from service.storage.admins import ROLES, Role, get_admin
from service.storage.engine import transaction
from service.storage.jobs import JobKind, add_job, finish_job
from service.table_files import writing
from tests.builders import NOON
from tests.desk import Clock, Officer, audited, signed_in

EVERYBODY = {"owner", "editor", "receiver", "viewer"}
#: What each role is for, written down once more: the table in the code must say the same.
EXPECTED: dict[str, set[str] | None] = {
    "GET /admin/sign-in": None,
    "POST /admin/sign-in": None,
    "GET /admin/link": None,
    "POST /admin/link": None,
    "GET /admin": EVERYBODY,
    "POST /admin/sign-out": EVERYBODY,
    "GET /admin/password": EVERYBODY,
    "POST /admin/password": EVERYBODY,
    "GET /admin/alerts": EVERYBODY,
    "GET /admin/inbox": {"owner", "editor", "receiver"},
    "GET /admin/inbox/{hand_off_id}": {"owner", "editor", "receiver"},
    "POST /admin/inbox/{hand_off_id}/take": {"owner", "editor", "receiver"},
    "POST /admin/inbox/{hand_off_id}/reply": {"owner", "editor", "receiver"},
    "POST /admin/inbox/{hand_off_id}/end": {"owner", "editor", "receiver"},
    "GET /admin/papers": EVERYBODY,
    "GET /admin/papers/new": {"owner", "editor"},
    "POST /admin/papers": {"owner", "editor"},
    "GET /admin/papers/{document_id}": EVERYBODY,
    "POST /admin/papers/{document_id}/revise": {"owner", "editor"},
    "POST /admin/papers/{document_id}/remove": {"owner", "editor"},
    "GET /admin/candidates/{candidate_id}": {"owner", "editor"},
    "POST /admin/candidates/{candidate_id}/publish": {"owner", "editor"},
    "POST /admin/candidates/{candidate_id}/drop": {"owner", "editor"},
    "POST /admin/candidates/{candidate_id}/again": {"owner", "editor"},
    "GET /admin/jobs/{job_id}": EVERYBODY,  # and then EXPECTED_JOBS
    "GET /admin/jobs/{job_id}/file": EVERYBODY,
    "GET /admin/editions": EVERYBODY,
    "GET /admin/editions/{number}": EVERYBODY,
    "POST /admin/editions/{number}/restore": {"owner", "editor"},
    "GET /admin/questions": EVERYBODY,
    "GET /admin/channels": EVERYBODY,
    "POST /admin/alerts/{alert_id}/resolve": {"owner", "editor", "receiver"},
    "POST /admin/channels/test-code": {"owner", "editor", "receiver"},
    "POST /admin/channels/{channel}/test": {"owner", "editor", "receiver"},
    "POST /admin/channels/{channel}/retry": {"owner", "editor"},
    "POST /admin/switches/{name}": {"owner", "editor"},
    "GET /admin/submissions": {"owner", "editor", "receiver"},
    "POST /admin/submissions/export": {"owner", "editor", "receiver"},
    "GET /admin/submissions/{submission_id}": {"owner", "editor", "receiver"},
    "POST /admin/submissions/{submission_id}/decide": {"owner", "editor", "receiver"},
    "GET /admin/submissions/{submission_id}/files/{position}": {"owner", "editor", "receiver"},
    "GET /admin/assignments": {"owner", "editor", "receiver"},
    "GET /admin/assignments/new": {"owner", "editor"},
    "POST /admin/assignments": {"owner", "editor"},
    "POST /admin/reminders/heads": {"owner", "editor"},
    "POST /admin/assignments/{assignment_id}/end": {"owner", "editor"},
    "GET /admin/obligations/{obligation_id}": {"owner", "editor", "receiver"},
    "POST /admin/obligations/{obligation_id}": {"owner", "editor"},
    "POST /admin/obligations/{obligation_id}/policy": {"owner", "editor"},
    "GET /admin/changes": {"owner", "editor", "receiver"},
    "POST /admin/changes/{obligation_id}/accept": {"owner", "editor"},
    "POST /admin/changes/{obligation_id}/dismiss": {"owner", "editor"},
    "GET /admin/reminders": {"owner", "editor", "receiver"},
    "GET /admin/reminders/unreached": {"owner", "editor", "receiver"},
    "GET /admin/policies": {"owner", "editor", "receiver"},
    "GET /admin/calendar": EVERYBODY,
    "POST /admin/calendar": {"owner", "editor"},
    "POST /admin/calendar/{day}/drop": {"owner", "editor"},
    "GET /admin/broadcasts": EVERYBODY,
    "POST /admin/broadcasts": {"owner", "receiver"},
    "GET /admin/broadcasts/{broadcast_id}": EVERYBODY,
    "POST /admin/broadcasts/{broadcast_id}": {"owner", "receiver"},
    "POST /admin/broadcasts/{broadcast_id}/send": {"owner", "receiver"},
    "POST /admin/broadcasts/{broadcast_id}/stop": {"owner", "receiver"},
    "POST /admin/broadcasts/{broadcast_id}/unschedule": {"owner", "receiver"},
    "POST /admin/broadcasts/{broadcast_id}/go-on": {"owner", "receiver"},
    "POST /admin/broadcasts/{broadcast_id}/drop": {"owner", "receiver"},
    "GET /admin/drafts": EVERYBODY,
    "POST /admin/drafts": {"owner", "editor"},
    "GET /admin/drafts/{number}": EVERYBODY,
    "POST /admin/drafts/{number}": {"owner", "editor"},
    "POST /admin/drafts/{number}/close": {"owner", "editor"},
    "POST /admin/drafts/{number}/open": {"owner", "editor"},
    "GET /admin/drafts/{number}/qr.png": EVERYBODY,
    "GET /admin/units": EVERYBODY,
    "POST /admin/units": {"owner", "editor"},
    "POST /admin/units/export": {"owner", "editor", "receiver"},
    "POST /admin/units/import": {"owner", "editor"},
    "GET /admin/units/{unit_id}": {"owner", "editor", "receiver"},
    "POST /admin/units/{unit_id}": {"owner", "editor"},
    "POST /admin/units/{unit_id}/rename": {"owner", "editor"},
    "POST /admin/units/{unit_id}/merge": {"owner", "editor"},
    "POST /admin/units/{unit_id}/close": {"owner", "editor"},
    "POST /admin/units/{unit_id}/reopen": {"owner", "editor"},
    "POST /admin/units/{unit_id}/invite": {"owner", "editor", "receiver"},
    "POST /admin/units/{unit_id}/uninvite": {"owner", "editor", "receiver"},
    "GET /admin/organisations": EVERYBODY,
    "GET /admin/organisations/entry": EVERYBODY,
    "POST /admin/organisations/entry": {"owner", "editor"},
    "POST /admin/organisations/reset": {"owner", "editor"},
    "POST /admin/contacts": {"owner", "editor"},
    "POST /admin/contacts/{contact_id}/drop": {"owner", "editor"},
    "GET /admin/people": {"owner", "editor", "receiver"},
    "POST /admin/people/{binding_id}/confirm": {"owner", "editor", "receiver"},
    "POST /admin/people/{binding_id}/refuse": {"owner", "editor", "receiver"},
    "POST /admin/people/{binding_id}/revoke": {"owner", "editor", "receiver"},
    "POST /admin/people/{binding_id}/hand-over": {"owner", "editor", "receiver"},
    "GET /admin/candidates/{candidate_id}/changes": {"owner", "editor"},
    "POST /admin/candidates/{candidate_id}/compare": {"owner", "editor"},
    "GET /admin/audit": {"owner"},
    "POST /admin/candidates/{candidate_id}/clauses": {"owner", "editor"},
    "POST /admin/candidates/{candidate_id}/duties": {"owner", "editor"},
    "POST /admin/candidates/{candidate_id}/paper": {"owner", "editor"},
    "POST /admin/candidates/{candidate_id}/undo": {"owner", "editor"},
    "GET /admin/accounts": {"owner"},
    "POST /admin/accounts": {"owner"},
    "POST /admin/accounts/{admin_id}/link": {"owner"},
    "POST /admin/accounts/{admin_id}/disable": {"owner"},
    "GET /admin/sign-in/code": None,
    "POST /admin/sign-in/code": None,
    "GET /admin/second-step": EVERYBODY,
    "POST /admin/second-step/begin": EVERYBODY,
    "POST /admin/second-step/confirm": EVERYBODY,
    "POST /admin/second-step/codes": EVERYBODY,
    "POST /admin/second-step/off": EVERYBODY,
    "POST /admin/accounts/{admin_id}/second-step-off": {"owner"},
    "GET /admin/figures": EVERYBODY,
    "POST /admin/figures/export": EVERYBODY,
    "GET /admin/tokens": {"owner"},
    "POST /admin/tokens": {"owner"},
    "POST /admin/tokens/{token_id}/revoke": {"owner"},
    "GET /admin/office": {"owner", "editor"},
    "POST /admin/office": {"owner"},
    "POST /admin/office/later": {"owner"},
    "POST /admin/office/samples": {"owner"},
    "GET /admin/missing-papers": {"owner", "editor"},
    "GET /admin/unanswered": EVERYBODY,
    "GET /admin/unanswered/{group_id}": EVERYBODY,
    "POST /admin/unanswered/{group_id}": {"owner", "editor"},
    "POST /admin/questions/{question_id}/wrong": {"owner", "editor"},
    "GET /admin/curated": EVERYBODY,
    "GET /admin/curated/new": {"owner", "editor"},
    "POST /admin/curated": {"owner", "editor"},
    "GET /admin/curated/{answer_id}": EVERYBODY,
    "POST /admin/curated/{answer_id}": {"owner", "editor"},
    "POST /admin/curated/{answer_id}/approve": {"owner", "editor"},
    "POST /admin/curated/{answer_id}/retire": {"owner", "editor"},
    "GET /admin/question-set": EVERYBODY,
    "GET /admin/question-set/new": {"owner", "editor"},
    "POST /admin/question-set": {"owner", "editor"},
    "POST /admin/question-set/export": EVERYBODY,
    "POST /admin/question-set/import": {"owner", "editor"},
    "GET /admin/question-set/{set_id}": EVERYBODY,
    "POST /admin/question-set/{set_id}": {"owner", "editor"},
    "POST /admin/question-set/{set_id}/drop": {"owner", "editor"},
}
#: Whom a job in the background is told to, and its table given.
EXPECTED_JOBS: dict[tuple[JobKind, str], set[str]] = {
    ("read", "candidate:1"): {"owner", "editor"},
    ("compare", "candidate:1"): {"owner", "editor"},
    ("publish", "candidate:1"): {"owner", "editor"},
    ("remove", "paper:x"): {"owner", "editor"},
    ("restore", "edition:1"): {"owner", "editor"},
    ("leave_out", "library"): {"owner", "editor"},
    ("export", "submissions"): {"owner", "editor", "receiver"},
    ("export", "units"): {"owner", "editor", "receiver"},
    ("export", "figures"): EVERYBODY,
    ("export", "question_set"): EVERYBODY,
    ("import", "units"): {"owner", "editor"},
    ("import", "question_set"): {"owner", "editor"},
}
FILLED = {
    "{alert_id}": "7", "{channel}": "telegram", "{name}": "paused", "{admin_id}": "7",
    "{submission_id}": "7", "{position}": "1", "{number}": "7",
    "{hand_off_id}": "7", "{assignment_id}": "7", "{obligation_id}": "7", "{day}": "2026-12-31",
    "{unit_id}": "7", "{contact_id}": "7", "{binding_id}": "7",
    "{token_id}": "7",
    "{broadcast_id}": "7", "{document_id}": "407-qd-ttg", "{candidate_id}": "7", "{job_id}": "7",
    "{group_id}": "7", "{question_id}": "7", "{answer_id}": "7", "{set_id}": "7",
}  # fmt: skip
ROUTES = sorted(
    f"{method} {route.path}"
    for route in iter_route_contexts(router.routes)
    for method in route.methods or ()
)
CLOSED = [route for route in ROUTES if EXPECTED.get(route, EVERYBODY) is not None]
BUTTONS = [route for route in CLOSED if route.startswith("POST")]

pytestmark = pytest.mark.usefixtures("clock")


def call(client: TestClient, route: str, data: dict[str, str] | None = None, **headers: str) -> int:
    """The status of a request for that route, with values where its path has names."""
    method, path = route.split(" ")
    for name, value in FILLED.items():
        path = path.replace(name, value)
    sent = data if method == "POST" else None
    answer = client.request(method, path, data=sent, headers=headers, follow_redirects=False)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    if answer.headers.get("location", "").startswith("/admin/sign-in?done=expired"):
        return 401
    return answer.status_code


def test_every_route_has_a_rule_and_every_rule_a_route(client: TestClient) -> None:
    everywhere = {
        f"{method} {route.path}"
        for route in iter_route_contexts(client.app.routes)  # type: ignore[attr-defined]
        for method in route.methods or ()
        if route.path.startswith("/admin")
    }
    assert everywhere == set(ROUTES) == RULES.keys() == EXPECTED.keys()
    assert {name: None if rule is None else set(rule) for name, rule in RULES.items()} == EXPECTED


def test_a_route_without_a_rule_is_closed_to_everybody(owner: Officer) -> None:
    """Added behind the desk's back, it answers 403 until somebody decides whom it is for."""

    def forgotten() -> str:
        return "secret"

    part = type(router)()
    part.get("/admin/forgotten")(forgotten)
    app = owner.client.app
    app.include_router(part, dependencies=router.dependencies)  # type: ignore[attr-defined]
    answer = owner.get("/admin/forgotten")
    assert answer.status_code == 403
    assert "secret" not in answer.text


# One application answers for all routes: what is refused changes nothing for the next one.


def test_nobody_gets_in_without_signing_in(client: TestClient, sqlite: Engine) -> None:
    inside = []
    for route in CLOSED:
        method, path = route.split(" ")
        answer = client.request(method, path, follow_redirects=False)
        sent_away = (answer.status_code, answer.headers.get("location")) == (303, "/admin/sign-in")
        unknown = call(client, route, {"csrf": ""}, Cookie="troly_desk=" + "0" * 64)
        if not sent_away or unknown != 401:
            inside.append(route)
    assert inside == []
    assert audited(sqlite) == []


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_what_it_is_for(
    client: TestClient, sqlite: Engine, settings: Settings, role: Role
) -> None:
    with transaction(sqlite) as session:
        for _ in range(7):  # the seventh job, too: one that everybody may know of
            add_job(session, "export", "figures", "admin:1", NOON)
    wrong = []
    for route in CLOSED:
        client.cookies.clear()
        officer = signed_in(client, sqlite, settings, role)  # the route before may have ended it
        before = len(audited(sqlite))
        status = call(client, route, {"csrf": officer.csrf, "on": "true"})
        refused = role not in (EXPECTED[route] or ())
        if (status == 403) is not refused or status >= 500:
            wrong.append((route, status))
        if refused and len(audited(sqlite)) != before:
            wrong.append((route, "written down"))
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_a_job_is_told_to_whoever_may_begin_it(
    client: TestClient, sqlite: Engine, settings: Settings, role: Role
) -> None:
    """Its table is given to nobody else, whatever numbers are guessed."""
    assert get_args(JobKind) == tuple(dict.fromkeys(kind for kind, _ in EXPECTED_JOBS))
    about = {}
    with transaction(sqlite) as session:
        for kind, subject in (*EXPECTED_JOBS, ("export", "audit")):
            job = add_job(session, kind, subject, "admin:1", NOON)  # type: ignore[arg-type]
            rows: dict[str, JsonValue] = {"rows": 1, "name": "a.csv", "media_type": "text/csv"}
            job.result = {**rows, "added": 0, "changed": 0, "same": 0}
            finish_job(session, job.id or 0, NOON)
            with writing(settings, job.id or 0, "utf-8") as file:
                file.write("Nguyễn Văn A")
            about[job.id] = EXPECTED_JOBS.get((kind, subject), set())  # type: ignore[arg-type]
    officer = signed_in(client, sqlite, settings, role)
    for number, may in about.items():
        page, table = (officer.get(f"/admin/jobs/{number}{part}") for part in ("", "/file"))
        assert (page.status_code == 403) is (role not in may), number
        assert (table.status_code == 403) is (role not in may), number
        assert role in may or "Nguyễn" not in table.text
    nowhere = officer.get("/admin/jobs/999")
    assert nowhere.status_code == (404 if role in ("owner", "editor") else 403)


@pytest.mark.parametrize("sent", [{}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": "ấ"}])
def test_a_form_without_its_token_does_nothing(
    owner: Officer, sqlite: Engine, sent: dict[str, str]
) -> None:
    assert [route for route in BUTTONS if call(owner.client, route, sent) != 403] == []
    assert audited(sqlite) == []


def test_the_token_of_another_session_does_nothing(
    client: TestClient, sqlite: Engine, settings: Settings
) -> None:
    other = signed_in(client, sqlite, settings)
    client.cookies.clear()
    signed_in(client, sqlite, settings)
    sent = {"csrf": other.csrf}
    assert [route for route in BUTTONS if call(client, route, sent) != 403] == []
    assert audited(sqlite) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://testserver:8080"},
    ],
    ids=str,
)
def test_another_site_does_nothing_even_with_the_token(
    owner: Officer, sqlite: Engine, headers: dict[str, str]
) -> None:
    sent, posts = {"csrf": owner.csrf}, [route for route in ROUTES if route.startswith("POST")]
    assert [route for route in posts if call(owner.client, route, sent, **headers) != 403] == []
    assert audited(sqlite) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://testserver"},
        # A proxy may ask us by another name than the browser asked it.
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://desk.example"},
    ],
    ids=str,
)
def test_a_form_of_our_own_is_taken(owner: Officer, headers: dict[str, str]) -> None:
    sent = {"csrf": owner.csrf, "on": "true"}
    assert call(owner.client, "POST /admin/switches/{name}", sent, **headers) == 303


def test_a_refusal_is_a_page_in_words(owner: Officer, sqlite: Engine, settings: Settings) -> None:
    viewer = signed_in(owner.client, sqlite, settings, "viewer")
    page = viewer.get("/admin/accounts")
    assert words()["forbidden"]["role"] in page.text
    assert words()["forbidden"]["stale"] in viewer.post("/admin/sign-out", csrf="x").text


@pytest.mark.parametrize("path", ["/admin/nowhere", "/admin/accounts/x/link", "/admin/link"])
def test_nothing_of_the_desk_is_kept_by_a_cache(owner: Officer, path: str) -> None:
    assert owner.get(path).headers["Cache-Control"] == "no-store"
    assert owner.client.put(path).headers["Cache-Control"] == "no-store"


def test_who_is_disabled_is_out_at_once(owner: Officer, sqlite: Engine, clock: Clock) -> None:
    assert owner.get("/admin/alerts").status_code == 200
    with transaction(sqlite) as session:
        admin = get_admin(session, owner.admin_id)
        assert admin is not None
        admin.disabled_at = clock.now
    assert owner.get("/admin/alerts").status_code == 303


def test_a_viewer_sees_no_button_that_would_be_refused(
    client: TestClient, sqlite: Engine, settings: Settings
) -> None:
    viewer = signed_in(client, sqlite, settings, "viewer")
    for name in ("alerts", "questions", "channels", "drafts", "units", "broadcasts"):
        path = f"/admin/{name}"
        page = viewer.get(path).text
        assert page.count('method="post"') == 1  # to sign out
        assert "/admin/accounts" not in page


def test_who_chats_through_the_same_proxy_does_not_close_the_desk(
    owner: Officer, settings: Settings
) -> None:
    # Twice as many: a minute may end among them.
    sent = (
        owner.client.post("/chat/messages", json={}) for _ in range(2 * settings.rate_limit + 2)
    )
    assert any(answer.status_code == 429 for answer in sent)
    assert owner.post("/admin/switches/paused", on="true").status_code == 303
