"""Hostile files on every way in: refused in words and kept nowhere, or read without harm."""

from __future__ import annotations

import asyncio
import json
import re
import resource
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, cast
from uuid import uuid4
from xml.sax.saxutils import escape

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine
from sqlmodel import select

from bot.messages import Attachment
from knowledge.reading import sandbox
from service.admin import broadcasts, papers, question_set, units
from service.admin.access import COOKIE
from service.admin.set_file import SetFault, read_set
from service.admin.words import words
from service.app import create_app
from service.delivery.files import KINDS, Received, store
from service.guards import UPLOAD_OVERHEAD
from service.library import tasks
from service.library.candidates import File as fetched
from service.library.candidates import receive
from service.library.papers import library_of
from service.library.working import Kind, work_off
from service.links import Linked, path_to
from service.live import LiveAssistant
from service.routes import chat, documents
from service.settings import Settings
from service.storage.api_tokens import make_token
from service.storage.candidates import get_candidate
from service.storage.engine import open_engine, transaction
from service.storage.library_tables import Candidate, Job
from service.storage.people_tables import StoredFile
from service.units_import import read_units
from service.units_reading import LARGEST, NoTable
from tests.builders import some_settings
from tests.crawling import EVIL, Page
from tests.desk import Officer, signed_in
from tests.fakes.answers import FakeAnswers
from tests.fakes.clamd import VIRUS
from tests.hostile_docx import ZEROS
from tests.integration.talks import Talks
from tests.papers import (
    Entry,
    deflated,
    document_xml,
    docx_bytes,
    docx_entries,
    paragraph,
    pdf_bytes,
    pdf_objects,
    zip_bytes,
)

LIMIT = 1 << 20  #: bytes of a file: the least that an office can set
SLOWEST = 15.0  #: seconds for one file, children included, on a machine that has much to do
GROWTH = 300 << 10  #: kilobytes by which this process may grow at its peak; a bomb holds more
RUNS = '<script>alert(1)</script>"><img src=x onerror=alert(1)> javascript:alert(1)'
SAID = f"{EVIL}{RUNS}"
PLAN = (
    "SỞ TƯ PHÁP",
    "Số: 35/KH-STP",
    "Cao Lâm, ngày 12 tháng 01 năm 2026",
    "KẾ HOẠCH",
    "Truyền thông chính sách năm 2026",
    "I. MỤC ĐÍCH",
    "Bảo đảm người dân biết dự thảo chính sách.",
    "II. TỔ CHỨC THỰC HIỆN",
    "Các đơn vị gửi báo cáo về Văn phòng Sở trước ngày 20/9/2026.",
)
BODY = "".join(map(paragraph, PLAN))
GOOD = docx_bytes(BODY)
VIETNAMESE = re.compile("[à-ỹ]")


@dataclass(frozen=True)
class File:
    """A hostile file, and who must refuse it: "" nobody, "papers", "all", "any" as they like."""

    name: str
    data: bytes
    refused: str = "all"


@dataclass(frozen=True)
class Told:
    """What became of a file."""

    status: int
    said: str
    taken: bool


# --- the files ----------------------------------------------------------------------------------


@cache
def files() -> Mapping[str, File]:
    """All of them by what is odd about them."""
    return {**_archives(), **_entities(), **_pdfs(), **_names(), **_others()}


def _archives() -> dict[str, File]:
    zeros = deflated(ZEROS, 400)
    bomb = Entry("word/media/a.bin", b"", raw=zeros, size=400 << 20)
    claims = Entry("word/document.xml", b"", raw=zeros, size=1000)
    whole = docx_entries(BODY)
    nested = Entry("word/embeddings/b.docx", zip_bytes([*whole, bomb]), method=0)
    sheet = Entry("xl/worksheets/sheet1.xml", b"", raw=zeros, size=400 << 20)
    return {
        "a bomb in a DOCX": File("a.docx", zip_bytes([*whole, bomb])),
        "a bomb that claims to be small": File("a.docx", zip_bytes([*whole[:2], claims])),
        "a bomb inside an attached DOCX": File("a.docx", zip_bytes([*whole, nested]), ""),
        "a bomb in a workbook": File("a.xlsx", zip_bytes([*_workbook(), sheet])),
        "a workbook": File("a.xlsx", zip_bytes(_workbook()), "papers"),
    }


def _workbook() -> list[Entry]:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    types = f'<Types><Override PartName="/xl/workbook.xml" ContentType="{kind}"/></Types>'
    return [
        Entry("[Content_Types].xml", types.encode()),
        Entry("xl/workbook.xml", b"<workbook/>"),
    ]


def _entities() -> dict[str, File]:
    rows = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    laughs = f'<!DOCTYPE a [<!ENTITY a0 "lol">{rows}]>'
    outside = '<!DOCTYPE a [<!ENTITY a9 SYSTEM "file:///etc/passwd">]>'
    found = {}
    for title, doctype in (("a billion laughs", laughs), ("an external entity", outside)):
        text = BODY.replace("Cao Lâm", "&amp;a9;").replace("&amp;a9;", "&a9;")
        main = document_xml(text).replace(b"<w:document", doctype.encode() + b"<w:document", 1)
        found[f"{title} in the text"] = File("a.docx", docx_bytes(main))
        core = f"<?xml version='1.0'?>{doctype}<a><title>&a9;</title></a>"
        parts = {"docProps/core.xml": core.encode()}
        found[f"{title} in the properties"] = File("a.docx", docx_bytes(BODY, parts), "")
    return found


def _pdfs() -> dict[str, File]:
    objects = pdf_objects([PLAN])
    script = b"<</S/JavaScript/JS(app.launchURL\\('http://127.0.0.1:9'\\))>>"
    launch = b"<</S/Launch/F(/bin/sh)/Win<</F(cmd.exe)>>>>"
    whole = pdf_bytes(objects)
    page = f"<html><body onload=alert(1)>{RUNS}</body></html>".encode()
    acting = {
        name: pdf_bytes(objects | {1: b"<</Type/Catalog/Pages 2 0 R/OpenAction %s>>" % action})
        for name, action in (("JavaScript", script), ("a program", launch))
    }
    return {
        "a PDF that runs JavaScript": File("a.pdf", acting["JavaScript"], ""),
        "a PDF that starts a program": File("a.pdf", acting["a program"], ""),
        "a PDF cut in the middle": File("a.pdf", whole[: len(whole) // 2], "any"),
        "a PDF with a page of HTML after it": File("a.pdf", whole + page, ""),
        "a PDF with a page of HTML before it": File("a.pdf", page + whole, "any"),
        "a PDF that is called a page": File("a.html", whole + page, ""),
    }


def _names() -> dict[str, File]:
    return {
        "a name that leads elsewhere": File("../../../../tmp/evil.docx", GOOD, ""),
        "a name with folders of Windows": File("..\\..\\evil.docx", GOOD, ""),
        "a name with a zero": File("a\0.docx", GOOD, "any"),
        "a name that reads backwards": File("a\u202excod.docx", GOOD, ""),
        "a name of 5,000 letters": File("a" * 5000 + ".docx", GOOD, "any"),
        "a name with line breaks": File('a\r\nX: y"; b=".docx', GOOD, "any"),
        "a name that would run": File(f"{SAID}.docx", GOOD, ""),
        "no name": File("", GOOD, "any"),
        "dots for a name": File("..", GOOD, "any"),
    }


def _others() -> dict[str, File]:
    core = f"<a><title>{SAID.replace('<', '&lt;')}</title><creator>x</creator></a>"
    evil = docx_bytes(BODY + paragraph(SAID), {"docProps/core.xml": core.encode()})
    lines = "\n".join((*PLAN, ""))
    return {
        "text that would run": File("a.docx", evil, ""),
        "a virus where nothing scans": File("a.txt", lines.encode() + VIRUS, ""),
        "a program called a paper": File("a.docx", b"MZ\x90\0\3\0\0\0" * 500, "any"),
        "a page called a PDF": File("a.pdf", b"<!DOCTYPE html><html>x</html>" * 40, "any"),
        "a PDF called a text": File("a.txt", pdf_bytes(pdf_objects([PLAN])), ""),
        "one byte too many": File("a.txt", lines.encode().ljust(LIMIT + 1)),
        "as large as may be": File("a.txt", lines.encode().ljust(LIMIT), ""),
        "nothing": File("a.docx", b""),
    }


# --- the ways in --------------------------------------------------------------------------------


@dataclass
class House:
    """The product over a folder of its own, with somebody at the desk and a program outside."""

    folder: Path
    settings: Settings
    engine: Engine
    officer: Officer
    token: str
    answers: FakeAnswers
    draft: str = ""
    talks: list[Talks] = field(default_factory=list)

    @property
    def client(self) -> TestClient:
        return self.officer.client

    def post(self, path: str, parts: list[tuple[str, str, bytes]], **headers: str) -> Response:
        """A form as it goes over the line, with names of files as nobody's browser writes them."""
        boundary = uuid4().hex
        body = bytearray()
        for name, file_name, data in parts:
            told = f'; filename="{file_name.replace(chr(34), chr(92) + chr(34))}"'
            of_file = told if file_name != "-" else ""
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{of_file}\r\n'
            body += head.encode() + b"\r\n" + data + b"\r\n"
        body += f"--{boundary}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return self.client.post(
            path, content=bytes(body), headers={**kind, **headers}, follow_redirects=False
        )

    def at_desk(self, path: str, file: File, field_: str = "file", **fields: str) -> Response:
        """A form of the desk."""
        typed = [(name, "-", text.encode()) for name, text in fields.items()]
        sent = [("csrf", "-", self.officer.csrf.encode()), *typed]
        return self.post(path, [*sent, (field_, file.name, file.data)])

    def work(self) -> None:
        """Do what waits; nothing answers from a library here, and nothing is compared."""
        none = Kind(lambda _task: None, lambda _task, _problem: None)
        kinds = tasks.kinds(lambda _task: lambda _library: None)
        work_off(self.engine, self.settings, {**kinds, "compare": none})

    def kept(self) -> set[Path]:
        """What lies in the folder but the database."""
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return {path for path in found if "sqlite3" not in path.name}


def _paper(house: House, file: File) -> Told:
    answer = house.at_desk("/admin/papers", file, audience="officers")
    return Told(answer.status_code, answer.text, answer.status_code == 303)


def _annex(house: House, file: File) -> Told:
    csrf = ("csrf", "-", house.officer.csrf.encode())
    sent = [csrf, ("file", "ke-hoach.docx", GOOD), ("annexes", file.name, file.data)]
    answer = house.post("/admin/papers", sent)
    return Told(answer.status_code, answer.text, answer.status_code == 303)


def _among_several(house: House, file: File) -> Told:
    """Beside a paper that is taken, whatever becomes of the other one."""
    csrf, each = ("csrf", "-", house.officer.csrf.encode()), ("each", "-", b"1")
    sent = [("file", "ke-hoach.docx", GOOD), ("file", file.name, file.data)]
    answer = house.post("/admin/papers", [csrf, each, *sent])
    if answer.status_code == 200:
        assert '">ke-hoach.docx</a>' in answer.text
        assert words()["papers"]["which"].format(number=2) in answer.text
    return Told(answer.status_code, answer.text, answer.status_code == 303)


def _broadcast(house: House, file: File) -> Told:
    answer = house.at_desk("/admin/broadcasts", file, text="Mời dự tập huấn.", who="officers")
    if answer.status_code == 303:
        house.draft = answer.headers["location"].partition("?")[0]
    return Told(answer.status_code, answer.text, answer.status_code == 303)


def _changed_broadcast(house: House, file: File) -> Told:
    said = {"text": "Mời dự tập huấn.", "who": "officers"}
    if not house.draft:
        made = house.officer.post("/admin/broadcasts", **said)
        house.draft = made.headers["location"].partition("?")[0]
    answer = house.at_desk(house.draft, file, **said)
    return Told(answer.status_code, answer.text, answer.status_code == 303)


def _program(house: House, file: File) -> Told:
    sent = [("file", file.name, file.data)]
    answer = house.post("/api/documents", sent, Authorization=f"Bearer {house.token}")
    return Told(answer.status_code, answer.text, answer.status_code == 202)


def _chat(house: House, file: File) -> Told:
    desk = house.client.cookies.get(COOKIE, path="/admin")
    house.client.cookies.clear()  # a visitor who was never here
    sent = [("file", file.name, file.data)]
    answer = house.post(f"/chat/files?id={uuid4()}", sent, **{"X-Troly": "1"})
    house.client.cookies.clear()
    house.client.cookies.set(COOKIE, desk or "", path="/admin")
    if answer.status_code != 200:
        return Told(answer.status_code, answer.text, taken=False)
    said = "\n".join(str(reply["text"]) for reply in answer.json()["replies"])
    return Told(200, said, "Tôi đã nhận" in said)


def _channel(house: House, file: File) -> Told:
    talks = house.talks[0]
    person = uuid4().hex
    sent = (Attachment(file.name, ""),)
    event = talks.keep(
        event="file", event_id=uuid4().hex, person=person, chat=person, attachments=sent
    )
    told = talks.answer(event, (Received(file.name, "text/html", file.data),))
    said = "\n".join(message.text for message in told)
    return Told(200, said, "Tôi đã nhận" in said)


WAYS: dict[str, Callable[[House, File], Told]] = {
    "paper": _paper,
    "annex": _annex,
    "several papers": _among_several,
    "API": _program,
    "broadcast": _broadcast,
    "changed broadcast": _changed_broadcast,
    "chat": _chat,
    "channel": _channel,
}
OF_PAPERS = ("paper", "annex", "several papers", "API")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    changes = {"upload_limit_mb": 1, "rate_limit": 100_000}
    settings = some_settings(folder, **changes)
    settings.data_dir.mkdir(parents=True)
    (settings.data_dir / "troly.sqlite3").write_bytes(migrated.read_bytes())
    engine, answers = open_engine(settings.storage_url), FakeAnswers()
    live = LiveAssistant(load=lambda: answers, stamp=lambda: 0)
    with (
        pytest.MonkeyPatch.context() as patched,
        TestClient(create_app(settings, live, engine), raise_server_exceptions=False) as client,
    ):
        patched.setattr(sandbox, "run", _once(sandbox.run))
        now = datetime.now(UTC)
        officer = signed_in(client, engine, settings, at=now)
        with transaction(engine) as session:
            _, token = make_token(
                session, "cổng", ("documents:write",), "public", None, "admin:1", now
            )
        made = House(settings.data_dir, settings, engine, officer, token, answers)
        made.talks.append(Talks(engine, settings))
        assert _paper(made, File("ke-hoach.docx", GOOD)).taken
        yield made
    engine.dispose()


def _once(run: Callable[..., bytes]) -> Callable[..., bytes]:
    """The same child is not asked twice about the same bytes: every way looks alike."""
    known: dict[tuple[str, str, bytes], bytes | sandbox.ChildStopped] = {}

    def asked(handler: str, argument: str, data: bytes, cage: sandbox.Cage) -> bytes:
        key = (handler, argument, data)
        if key not in known:
            try:
                known[key] = run(handler, argument, data, cage)
            except sandbox.ChildStopped as stopped:
                known[key] = stopped
        found = known[key]
        if isinstance(found, sandbox.ChildStopped):
            raise found
        return found

    return asked


def test_what_a_file_says_is_shown_and_never_run(house: House) -> None:
    """In the review, the list, the history and on the page that everybody reads."""
    file = files()["text that would run"]
    evil = replace(file, name=f"{SAID.replace('/', '')}.docx", data=_titled(SAID))
    told = house.at_desk("/admin/papers", evil, audience="public", source=SAID)
    assert told.status_code == 303
    id_ = int(told.headers["location"].partition("?")[0].rpartition("/")[2])
    house.work()
    here = f"/admin/candidates/{id_}"
    links = [link for link in Page(house.client.get(here).text).links if link.startswith(here)]
    assert links
    faults, seen = _looked_over(house, here, *dict.fromkeys(links[:9]))
    house.officer.post(f"{here}/publish")
    house.work()
    with transaction(house.engine) as session:
        candidate = get_candidate(session, id_)
        assert candidate is not None
        assert candidate.state == "published", candidate.problem
        paper = candidate.document_id
    house.answers.library = library_of(house.settings)
    more, also = _looked_over(
        house, f"/admin/papers/{paper}", "/admin/editions/1", "/", "/documents",
        f"/documents/{paper}", f"/documents/{paper}?clause=I",
    )  # fmt: skip
    assert faults + more == []
    assert seen > 3
    assert also > 5


def _titled(said: str) -> bytes:
    body = BODY.replace(escape(PLAN[4]), escape(f"Truyền thông {said}"))
    assert escape("<script>") in body
    return docx_bytes(body + paragraph(said))


def _looked_over(house: House, *more: str) -> tuple[list[str], int]:
    """What would run on these pages and the desk's, and how often it is shown as text instead."""
    faults, seen = list[str](), 0
    desk = ("/admin", "/admin/papers", "/admin/editions", "/admin/audit")
    for path in (*desk, *more):
        answer = house.client.get(path)
        assert answer.status_code == 200, path
        faults += [f"{path}: {each}" for each in Page(answer.text).faults]
        seen += answer.text.count("&lt;script&gt;")
    return faults, seen


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("title", files())
def test_a_hostile_file_is_refused_in_words_or_does_no_harm(
    house: House, title: str, way: str
) -> None:
    file, before = files()[title], house.kept()
    began, grown = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = WAYS[way](house, file)
    assert time.monotonic() - began < SLOWEST
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - grown < GROWTH
    assert told.status < 500, told.said
    assert "etc/passwd" not in told.said
    if file.refused != "any":
        refused = file.refused == "all" or (file.refused == "papers" and way in OF_PAPERS)
        assert told.taken is not refused, told.said[:500]
    assert "JSON" not in told.said  # whoever sent a file knows of none
    if not told.taken:
        assert VIETNAMESE.search(told.said), told.said[:500]
        assert house.kept() == before
    for path in house.kept() - before:
        assert re.fullmatch("[0-9a-f]{64}", path.name)
    assert not Path("/tmp/evil.docx").exists()


def test_what_was_taken_is_read_to_an_end(house: House) -> None:
    """Into a paper that waits for a person, or with a reason why it was not read."""
    for file in files().values():
        _paper(house, file)
    house.work()
    with transaction(house.engine) as session:
        found = list(session.exec(select(Candidate)))
        left = [job.state for job in session.exec(select(Job)) if job.state != "done"]
    assert len(found) > 9
    for one in found:
        assert one.state in ("review", "published", "failed"), one.file_name
        assert (one.state == "failed") is bool(VIETNAMESE.search(one.problem)), one.problem
    assert set(left) <= {"failed"}
    texts = [path.read_text("utf-8") for path in house.settings.data_dir.rglob("text.txt")]
    assert texts
    assert not any("root:" in text or "lol" in text for text in texts)


LINKED = (
    "a bomb in a DOCX", "a bomb in a workbook", "a billion laughs in the text", "one byte too many",
    "a PDF that is called a page", "a name with line breaks", "a name that reads backwards",
    "nothing",
)  # fmt: skip


def test_what_a_link_leads_to_is_judged_like_what_is_sent(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.work()
    for title in LINKED:
        file, before = files()[title], house.kept()
        found = fetched(file.name, file.data)
        monkeypatch.setattr(tasks, "fetch", lambda _link, _most, found=found: found)
        with transaction(house.engine) as session:
            link = f"https://example.vn/{uuid4()}"
            at = datetime.now(UTC)
            row = receive(session, house.settings, [], by="admin:1", at=at, link=link)
            id_ = row.id or 0
        house.work()
        with transaction(house.engine) as session:
            candidate = get_candidate(session, id_)
            assert candidate is not None
            state, problem = candidate.state, candidate.problem
            [told] = candidate.files
        assert state in ("review", "failed"), title
        assert (state == "failed") is bool(VIETNAMESE.search(problem)), (title, problem)
        assert isinstance(told, dict)
        if file.refused == "all":
            assert house.kept() == before, title
        if "sha256" in told:
            name = str(told["name"])
            assert Path(name).suffix.lower() in KINDS, title
            assert name.isprintable(), title


def test_a_kept_name_ends_as_its_content_does(house: House) -> None:
    """Whoever opens a paper by its name must not have a browser or a program run it."""
    for file in files().values():
        _paper(house, file)
        _channel(house, file)
    with transaction(house.engine) as session:
        rows = [
            cast(Any, row) for listed in session.exec(select(Candidate.files)) for row in listed
        ]
        kept = [row["name"] for row in rows if "sha256" in row]  # not what a link is called
        names = [*session.exec(select(StoredFile.name)), *kept]
    assert "a.html.pdf" in names
    assert {Path(name).suffix.lower() for name in names} <= KINDS.keys()


def test_a_paper_that_is_a_page_as_well_is_handed_out_as_a_paper(house: House) -> None:
    file = files()["a PDF that is called a page"]
    sha256 = store(house.settings.received_dir, file.data)
    with TestClient(house.client.app) as outside:
        address = path_to(house.settings, Linked(sha256, file.name, "application/pdf"))
        answer = outside.get(address)
    assert answer.content == file.data
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


# --- bodies -------------------------------------------------------------------------------------

BODIES = {
    papers.PATH: 3 * LIMIT,
    broadcasts.PATH: 2 * LIMIT,
    f"{broadcasts.PATH}/1": 2 * LIMIT,
    documents.PATH: LIMIT + UPLOAD_OVERHEAD,
    chat.FILES: LIMIT + UPLOAD_OVERHEAD,
    units.IMPORT: 2 * LARGEST,
    question_set.IMPORT: 2 * question_set.LARGEST,
}
PIECE = 1 << 16


@pytest.mark.parametrize("length", [None, "10", "1000000000000", "x"])
@pytest.mark.parametrize("path", BODIES)
def test_a_body_is_read_no_further_than_it_may_be(
    house: House, path: str, length: str | None
) -> None:
    """Whatever its length is said to be, and where nothing is said."""
    kind = (b"content-type", b"multipart/form-data; boundary=x")
    headers = [kind, *([(b"content-length", length.encode())] if length else [])]
    status, said, pieces = asyncio.run(_drip(house.client.app, path, headers))
    assert status == 413
    assert VIETNAMESE.search(said["error"]["message"])
    assert pieces <= BODIES[path] // PIECE + 1


async def _drip(app: Any, path: str, headers: list[tuple[bytes, bytes]]) -> tuple[int, Any, int]:
    """Send without end; the status, what was said, and how many pieces were taken."""
    taken, sent = 0, list[dict[str, Any]]()

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": bytes(PIECE), "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(),
        "headers": headers, "query_string": b"",
        "client": ("127.0.0.1", 1), "server": ("testserver", 80),
        "scheme": "http", "http_version": "1.1", "root_path": "",
    }  # fmt: skip
    await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], json.loads(body), taken


# What was read of a file that does not end is let go of without being closed first.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("path", [papers.PATH, broadcasts.PATH, documents.PATH, chat.FILES])
def test_a_form_that_breaks_off_is_refused_and_not_kept(house: House, path: str) -> None:
    before = house.kept()
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.docx"\r\n\r\n'
    kind = {"Content-Type": "multipart/form-data; boundary=x", "X-Troly": "1"}
    allowed = {"Authorization": f"Bearer {house.token}"}
    place = f"{path}?id={uuid4()}" if path == chat.FILES else path
    for body in (head + GOOD, head, b"", b"x" * 99, b"--x--"):
        answer = house.client.post(
            place, content=body, headers=kind | allowed, follow_redirects=False
        )
        assert 400 <= answer.status_code < 500, (body[:9], answer.text[:200])
        assert VIETNAMESE.search(answer.text)
    assert house.kept() == before


# --- tables -------------------------------------------------------------------------------------

TABLES = (
    "a bomb in a workbook", "a workbook", "a bomb in a DOCX", "a billion laughs in the text",
    "a PDF with a page of HTML after it", "a program called a paper", "nothing",
)  # fmt: skip


@pytest.mark.parametrize("title", TABLES)
@pytest.mark.parametrize("ending", ["xlsx", "csv", "html"])
def test_a_table_of_units_that_is_none_is_refused(title: str, ending: str) -> None:
    with pytest.raises(NoTable):
        read_units(files()[title].data, f"a.{ending}")


def test_a_workbook_with_entities_is_refused() -> None:
    evil = b'<!DOCTYPE a [<!ENTITY a9 SYSTEM "file:///etc/passwd">]><sst><t>&a9;</t></sst>'
    with pytest.raises(NoTable):
        read_units(zip_bytes([*_workbook(), Entry("xl/sharedStrings.xml", evil)]), "a.xlsx")


@pytest.mark.parametrize("title", [*TABLES, "a name that would run"])
def test_questions_that_are_none_are_refused(title: str) -> None:
    with pytest.raises(SetFault, match=VIETNAMESE):
        read_set(files()[title].data)


@pytest.mark.parametrize(
    ("path", "largest", "says"),
    [
        (units.IMPORT, LARGEST, words()["units"]["reasons"]["too_large"]),
        (question_set.IMPORT, question_set.LARGEST, "5 MB"),
    ],
)
def test_a_table_one_byte_too_large_is_refused_at_once(
    house: House, path: str, largest: int, says: str
) -> None:
    before = house.kept()
    answer = house.at_desk(path, File("a.csv", b"a" * (largest + 1)))
    assert answer.status_code == 422
    assert says in answer.text
    assert house.kept() == before
