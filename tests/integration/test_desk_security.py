"""The desk under attack, over every route of its table: numbers, text, addresses, files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from html import escape
from pathlib import Path
from urllib.parse import quote, urlsplit
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine

from service.admin import accounts
from service.admin.access import RULES
from service.admin.words import words
from service.delivery.files import store
from service.guards import PerMinute
from service.settings import Settings
from service.storage import bindings, hand_offs, units
from service.storage.alerts import raise_alert
from service.storage.assignments import add_obligation, put_on
from service.storage.channel_states import note
from service.storage.duty_tables import Obligation
from service.storage.engine import transaction
from service.storage.policy_drafts import Drafted, add_draft
from service.storage.questions import keep_question
from service.storage.submissions import SentFile
from tests.builders import NOON, a_submission, an_asked_question
from tests.crawling import EVIL, RUNS, Form, Page, crawl, fillings, is_page
from tests.desk import PASSWORD, Officer, an_account, audited, signed_in
from tests.papers import docx_bytes

pytestmark = pytest.mark.usefixtures("hasher", "clock")

PARTS = re.compile(r"\{(\w+)\}")
WITH_PARTS = sorted(route for route in RULES if PARTS.search(route))
NUMBERED = sorted(
    route for route in WITH_PARTS if re.search(r"\{\w*(_id|number|position)\}", route)
)
#: Pages without parts in their address; what leads out is left for last.
PAGES = sorted(
    route.split(" ")[1] for route in RULES if route.startswith("GET") and route not in WITH_PARTS
)
PUBLIC = ("/", "/?gopy=1", "/documents", "/widget", "/docs", "/không-có")
BROWSER = {"Accept": "text/html"}


def everywhere(engine: Engine, settings: Settings, said: str) -> None:
    """Something on every page, with `said` wherever people outside the desk may put words."""
    with transaction(engine) as session:
        raise_alert(session, "channel_stopped", "zalo_oa", said, NOON)
        note(session, "web", last_error=said, last_error_at=NOON, stopped=said)
        keep_question(session, an_asked_question(said))
        account = an_account(session, "telegram", said)
        talk = hand_offs.open_hand_off(session, account.id or 0, NOON) or 0
        hand_offs.take(session, talk, None, NOON, NOON + timedelta(days=1))
        hand_offs.hear(session, talk, said, NOON, NOON + timedelta(days=1))
        unit = units.add_unit(session, said, NOON, kind=said, contact=said, head=said).id or 0
        bindings.ask(session, account.person_id, unit, said, said, NOON, head=True)
        draft = add_draft(session, Drafted(said, said, said, "https://example.vn/"), NOON).id
        kept = SentFile(store(settings.received_dir, b"x"), said, said, 1)
        sent = {"answers": {said: said, "words": said}, "files": [kept], "unit_id": unit}
        a_submission(session, **sent, person_id=account.person_id, policy_id=draft)
        a_submission(session, **sent, form="bao-cao")
        of = add_obligation(
            session,
            Obligation(
                document="no-such", address="I", title=said, source=said, recipient=said,
                confirmer=said, printed=said, form="bao-cao", policy={"before": [9]},
                created_at=NOON, created_by="command",
            ),
        )  # fmt: skip
        put_on(session, of.id or 0, [unit], NOON.date(), NOON.date())


def filled_in(officer: Officer, form: Form, values: dict[str, str]) -> Response:
    """Send a form as a browser does."""
    send = values | ({"csrf": officer.csrf} if "csrf" in form.values else {})
    if form.method == "get":
        return officer.client.get(form.action, params=send, follow_redirects=False)
    return officer.client.post(form.action, data=send, follow_redirects=False)


def forms_of(officer: Officer) -> Iterator[Form]:
    """Every form in which something is typed, of every page; once for each place it goes to."""
    known = set[tuple[str, str]]()
    for path, answer in list(crawl(officer.client, *PAGES)):
        for form in Page(answer.text).forms if is_page(answer) else ():
            form.action = form.action or path
            if form.action.startswith("/admin") and (form.action, form.method) not in known:
                known.add((form.action, form.method))
                if form.typed or form.file:
                    yield form


# --- what people type ---------------------------------------------------------------------------


@pytest.mark.timeout(300)
def test_what_is_typed_anywhere_stays_text_everywhere(
    owner: Officer, sqlite: Engine, settings: Settings
) -> None:
    """In every text field of every form, and in all that comes from outside."""
    everywhere(sqlite, settings, EVIL)
    faults, tried, led = list[str](), 0, 0
    for form in forms_of(owner):
        links = [name for name in form.typed if re.search("link|url|address", name)]
        addresses = [each for each in fillings(form, RUNS) if links and each[links[0]] == RUNS]
        for values in (*fillings(form, EVIL), *addresses):
            # A wrong password would lock the account, and the address, before the end.
            owner.client.app.state.password_tries = PerMinute(99)  # type: ignore[attr-defined]
            faults += faults_of(form.action, filled_in(owner, form, values))
            tried, led = tried + 1, led + len(addresses)
    assert tried > 50
    assert led > 1
    seen = 0
    for path, answer in crawl(owner.client, *PAGES, *PUBLIC, f"/admin/questions?q={EVIL}"):
        faults += faults_of(path, answer)
        seen += answer.text.count("&lt;evil&gt;")
    assert faults == []
    assert seen > 20  # it was there to be escaped


def test_what_people_say_and_send_in_the_chat_stays_text_at_the_desk(owner: Officer) -> None:
    """Answers of a form, a name, a paper with a name like that, and words to a person."""
    client = owner.client
    escaped = escape(EVIL, quote=False)
    paper = docx_bytes(f"<w:p><w:r><w:t>{escaped}</w:t></w:r></w:p>")
    for said in ("phản ánh", EVIL, EVIL, "file", EVIL, EVIL, "gửi", "gặp cán bộ", EVIL):
        if said == "file":
            told = client.post(
                f"/chat/files?id={uuid4()}",
                files={"file": (f"{EVIL}.docx", paper)},
                headers={"X-Troly": "1"},
            )
        else:
            told = client.post("/chat/messages", json={"id": str(uuid4()), "text": said})
        assert told.status_code == 200, told.text
        assert told.headers["content-type"] == "application/json"
        assert told.headers["x-content-type-options"] == "nosniff"
    faults, seen = list[str](), 0
    for path, answer in crawl(client, *PAGES, "/", f"/?q={quote(EVIL)}"):
        faults += faults_of(path, answer) if path.startswith("/admin") else Page(answer.text).faults
        seen += answer.text.count("&lt;evil&gt;")
    assert faults == []
    assert seen > 1


def faults_of(path: str, answer: Response) -> list[str]:
    """What would run in a page or a table, and where an answer leads that it must not."""
    place = urlsplit(answer.headers.get("location", "/admin"))
    faults = [f"status {answer.status_code}"] if answer.status_code >= 500 else []
    if place.netloc or not place.path.startswith("/admin"):
        faults.append(f"leads to {place.geturl()}")
    if is_page(answer):
        faults += Page(answer.text).faults
    elif answer.headers.get("content-type", "").startswith("text/csv"):
        rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
        faults += [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    return [f"{path}: {each}" for each in faults]


@pytest.mark.parametrize(
    "name",
    [
        'a"; filename="b.exe', "a\r\nSet-Cookie: x=1", "../../etc/passwd", "a\0.pdf",
        "\u202efdp.exe", "tệp có dấu.pdf", "a" * 300 + ".pdf", EVIL, ".htaccess", "a;b.pdf",
    ],
)  # fmt: skip
def test_a_file_name_stays_a_name(
    owner: Officer, sqlite: Engine, settings: Settings, name: str
) -> None:
    with transaction(sqlite) as session:
        kept = SentFile(store(settings.received_dir, b"x"), name, "text/html", 1)
        sent = a_submission(session, files=[kept]).id
    answer = owner.get(f"/admin/submissions/{sent}/files/1")
    assert answer.content == b"x"
    disposition = answer.headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename(\*=utf-8''[\w.%~/-]+|=\"[\w. ;-]+\")", disposition)
    assert "/" not in disposition
    assert "%2F" not in disposition
    assert "%E2%80%AE" not in disposition  # letters that turn the end of a name around
    assert "set-cookie" not in answer.headers
    assert answer.headers["Content-Type"] == "application/octet-stream"


# --- numbers in addresses -----------------------------------------------------------------------


def call(client: TestClient, route: str, value: str, csrf: str) -> Response:
    """The route with `value` for every part of its path."""
    method, path = route.split(" ")
    sent = {"csrf": csrf} if method == "POST" else None
    return client.request(
        method, PARTS.sub(lambda _: value, path), data=sent, headers=BROWSER, follow_redirects=False
    )


def test_what_is_not_there_is_the_same_page(
    owner: Officer, sqlite: Engine, settings: Settings
) -> None:
    """Numbers that nobody has, or cannot be, tell nothing and do nothing."""
    everywhere(sqlite, settings, "Sở Y tế")
    nowhere = owner.client.get("/admin/khong-co", headers=BROWSER)
    assert (nowhere.status_code, is_page(nowhere)) == (404, True)
    for route in WITH_PARTS:
        for value in (
            "999",
            "0",
            "-1",
            "2147483648",
            "9" * 30,
            "1.5",
            "abc",
            "1'--",
            "%00",
            "..%2f1",
        ):
            if value == "0" and "/editions/" in route:
                continue  # the library as it was installed
            answer = call(owner.client, route, value, owner.csrf)
            if answer.status_code in (303, 409) and route.startswith("POST"):
                # Somebody else may just have done it: the page before says that nothing changed.
                assert value == "999" or route not in NUMBERED, (route, value)
                continue
            assert (answer.status_code, answer.text) == (404, nowhere.text), (route, value)
    assert audited(sqlite) == []


@pytest.mark.parametrize("role", ["receiver", "viewer"])
def test_a_number_opens_nothing_that_the_role_does_not(
    client: TestClient, sqlite: Engine, settings: Settings, role: str
) -> None:
    """The same refusal for what is there and what is not: numbers cannot be counted."""
    everywhere(sqlite, settings, "Sở Y tế")
    officer = signed_in(client, sqlite, settings, role)  # type: ignore[arg-type]
    closed = [route for route in WITH_PARTS if role not in (RULES[route] or (role,))]
    assert closed
    for route in closed:
        there, nowhere = (call(client, route, value, officer.csrf) for value in ("1", "999"))
        assert (there.status_code, there.text) == (nowhere.status_code, nowhere.text), route
        assert there.status_code == 403, route


# --- addresses ----------------------------------------------------------------------------------

ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    RUNS,
)


@pytest.mark.parametrize("to", ELSEWHERE)
def test_no_address_leads_to_another_site(owner: Officer, to: str) -> None:
    for path in PAGES:
        asked = dict.fromkeys(("next", "done", "url", "return_to", "redirect"), to)
        answer = owner.client.get(path, params=asked, follow_redirects=False)
        assert urlsplit(answer.headers.get("location", "/admin")).netloc == "", path
        assert to not in answer.text, path
    with TestClient(owner.client.app) as outside:
        for path in ("/admin", f"/admin/{to}", f"/admin//{to}", f"/{to}/admin/alerts/"):
            answer = outside.get(path, headers=BROWSER, follow_redirects=False)
            place = urlsplit(answer.headers.get("location", ""))
            assert place.netloc in ("", "testserver"), (path, answer.headers)


def test_the_host_of_a_request_leads_nowhere(owner: Officer) -> None:
    for path in PAGES:
        answer = owner.client.get(path, headers={"Host": "evil.example"}, follow_redirects=False)
        assert urlsplit(answer.headers.get("location", "/admin")).netloc == "", path
        assert "evil.example" not in answer.text, path


def test_every_page_says_what_a_browser_may_do_with_it(owner: Officer) -> None:
    for path in (*PAGES, *PUBLIC):
        answer = owner.client.get(path, headers=BROWSER, follow_redirects=False)
        told = answer.headers
        rules = dict(
            rule.strip().partition(" ")[::2] for rule in told["Content-Security-Policy"].split(";")
        )
        assert (rules["default-src"], rules["base-uri"]) == ("'none'", "'none'"), path
        assert "unsafe" not in told["Content-Security-Policy"], path
        assert told["X-Content-Type-Options"] == "nosniff", path
        assert told["Referrer-Policy"] in ("same-origin", "no-referrer"), path
        if path.startswith("/admin"):
            assert rules["frame-ancestors"] == "'none'", path
            assert told["Cache-Control"] == "no-store", path


# --- guessing -----------------------------------------------------------------------------------


def test_a_link_is_not_guessed_for_long(client: TestClient, sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        code = accounts.add_account(session, "hoa", "owner", "command", NOON)
    client.app.state.password_tries = PerMinute(20, clock=lambda: 0)  # type: ignore[attr-defined]
    sent = {"password": PASSWORD, "again": PASSWORD}
    said = [
        client.post("/admin/link", data={"code": f"guess{n}", **sent}).status_code
        for n in range(20)
    ]
    assert said == [404] * 20
    late = client.post("/admin/link", data={"code": code, **sent})
    assert (late.status_code, words()["sign_in"]["too_many"] in late.text) == (429, True)


# --- files --------------------------------------------------------------------------------------


HOSTILE = (
    ("../../../../tmp/evil.csv", b"a;b\n1;2\n"),
    ("a\0.csv", b"a\0b"),
    ("a" * 5000 + ".csv", b"a;b\n"),
    ("", b"x"),
    ("a.xlsx", b"PK\x03\x04" + b"\0" * 2000),
    ("a.html", EVIL.encode()),
    ("a.csv", f"Tên đơn vị\n{EVIL}\n".encode()),
    ("a.csv", b""),
    ("\u202efdp.exe", b"MZ"),
    (f"{EVIL}.pdf", b"%PDF-1.4\n%%EOF"),
)


@pytest.mark.timeout(300)
def test_a_hostile_file_is_refused_in_words_wherever_it_comes(
    owner: Officer, sqlite: Engine, settings: Settings, tmp_path: Path
) -> None:
    everywhere(sqlite, settings, "Sở Y tế")
    forms, faults = [form for form in forms_of(owner) if form.file], list[str]()
    assert {form.action for form in forms} >= {"/admin/units/import", "/admin/broadcasts"}
    for form in forms:
        for name, content in HOSTILE:
            answer = owner.client.post(
                form.action,
                data=form.values | {"csrf": owner.csrf},
                files={form.file: (name, content)},
                follow_redirects=False,
            )
            faults += faults_of(f"{form.action} {name[:20]!r}", answer)
    for path, answer in crawl(owner.client, *PAGES):
        faults += faults_of(path, answer)
    assert faults == []
    assert not [path for path in tmp_path.rglob("*") if "evil" in path.name]
    assert not Path("/tmp/evil.csv").exists()


# --- the tests themselves -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    ["<evil>", '<p title="x"onx=1>', "<style>", "<script>1</script>", f'<a href="{RUNS}">',
     '<a href="java\nscript:x">', '<p style="x">'],
)  # fmt: skip
def test_what_would_run_is_found(html: str) -> None:
    assert len(Page(html).faults) == 1
