"""*Đơn vị của mình*: said once at the desk, and heard on every channel with the next message."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

import docx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from bot.texts import choices, say
from service.admin.words import words
from service.asking import ask
from service.delivery.handing_over import mind
from service.library.papers import library_of, shipped
from service.library.publishing import By, Part, Shelf, publish
from service.library.tasks import kinds
from service.library.working import work_off
from service.routes.pages import texts
from service.settings import Settings
from service.shapes import Question
from service.storage.engine import transaction
from service.storage.office import Office, office_of, set_office
from tests.builders import NOON, a_document
from tests.desk import PASSWORD, CheapHasher, Clock, Officer, an_admin, audited, signed_in
from tests.fakes.answers import FakeAnswers
from tests.integration.talks import Talks

pytestmark = pytest.mark.usefixtures("clock", "hasher")

OFFICE = Office(
    "Sở Tư pháp tỉnh Cà Mau",
    "Cà Mau",
    "Ủy ban nhân dân tỉnh Cà Mau",
    "Phòng Phổ biến pháp luật",
    "0290 3831 234",
    "08:00-12:00",
    "https://troly.example.vn",
    "UBND TỈNH CÀ MAU\nSỞ TƯ PHÁP",
)
CONTACT = say("office.contact", person=OFFICE.contact, phone=OFFICE.phone)


def known(engine: Engine, office: Office = OFFICE) -> None:
    """The office has said who it is."""
    with transaction(engine) as session:
        set_office(session, office, NOON)


def kept(engine: Engine) -> Office | None:
    with transaction(engine) as session:
        return office_of(session)


# --- the page -----------------------------------------------------------------------------------


def test_what_is_said_is_kept_and_written_down_without_its_words(
    owner: Officer, sqlite: Engine
) -> None:
    assert owner.post("/admin/office", **asdict(OFFICE)).headers["location"].endswith("=turned")
    assert kept(sqlite) == OFFICE
    assert audited(sqlite) == [("admin:1", "office_set", "office")]
    again = owner.post("/admin/office", **asdict(OFFICE))
    assert again.headers["location"] == "/admin/office?done=already"
    owner.post("/admin/office", **asdict(replace(OFFICE, contact="Chị Nguyễn Thị Lan")))
    trail = owner.get("/admin/audit").text
    assert "liên hệ: đã đổi" in trail
    assert "Nguyễn Thị Lan" not in trail
    assert "Nguyễn Thị Lan" in owner.get("/admin/office").text


def test_what_is_typed_is_tidied(owner: Officer, sqlite: Engine) -> None:
    typed = replace(
        OFFICE,
        name="  Sở Tư pháp\u200b   tỉnh Cà Mau ",
        hours="8:00 - 12:00",
        public_url="https://troly.example.vn/",
        letterhead="UBND  TỈNH CÀ MAU\r\n\r\nSỞ TƯ PHÁP\r\n",
    )
    owner.post("/admin/office", **asdict(typed))
    assert kept(sqlite) == OFFICE


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("name", " ", "no_name"),
        ("place", "", "no_place"),
        ("phone", "gọi cho tôi", "phone"),
        ("phone", "0", "phone"),
        ("hours", "sáng chiều", "hours"),
        ("hours", "13:00-17:00,08:00-12:00", "hours"),
        ("public_url", "troly.example.vn", "public_url"),
        ("public_url", "javascript:alert(1)", "public_url"),
        ("letterhead", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "of_state"),
        ("letterhead", "Độc lập - Tự do - Hạnh phúc", "of_state"),
        ("letterhead", "Cộng hoà xã hội\nchủ nghĩa Việt Nam", "of_state"),
        ("letterhead", "một\n" * 7, "lines"),
        ("superior", "x" * 201, "long"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    owner: Officer, sqlite: Engine, field: str, value: str, fault: str
) -> None:
    typed = replace(OFFICE, **{field: value})
    page = owner.post("/admin/office", **asdict(typed))
    assert page.status_code == 422
    said = words()["office"]["faults"][fault].split("{")[0]
    assert said.split("“")[0] in page.text
    assert all(v in page.text for v in asdict(typed).values() if v and "\n" not in v and v != value)
    assert kept(sqlite) is None
    assert audited(sqlite) == []


@pytest.mark.parametrize("phone", ["0290 3831 234", "(0290) 3.831.234", "+84 290 3831234", "1022"])
def test_a_phone_may_be_written_in_many_ways(owner: Officer, sqlite: Engine, phone: str) -> None:
    owner.post("/admin/office", **asdict(replace(OFFICE, phone=phone)))
    office = kept(sqlite)
    assert office is not None
    assert office.phone == phone


def test_an_editor_looks_and_changes_nothing(
    client: TestClient, sqlite: Engine, settings: Settings
) -> None:
    known(sqlite)
    editor = signed_in(client, sqlite, settings, "editor")
    page = editor.get("/admin/office").text
    assert OFFICE.name in page
    assert 'action="/admin/office"' not in page


def test_what_is_printed_bears_the_letterhead(owner: Officer, sqlite: Engine) -> None:
    assert "letterhead" not in owner.get("/admin/figures").text
    known(sqlite)
    lines = '<p class="letterhead">UBND TỈNH CÀ MAU<br>SỞ TƯ PHÁP</p>'
    assert all(lines in owner.get(f"/admin/{name}").text for name in ("figures", "assignments"))


def test_what_somebody_types_is_no_markup(owner: Officer, sqlite: Engine) -> None:
    evil = "<img src=x onerror=alert(1)>{office}{{7*7}}"
    known(sqlite, Office(evil, "Cà Mau", evil, evil, "113", letterhead=evil))
    for path in ("/", "/documents", "/admin/office", "/nowhere"):
        page = owner.client.get(path, headers={"Accept": "text/html"}).text
        assert "&lt;img src=x" in page
        assert "<img src=x" not in page


# --- the first start ----------------------------------------------------------------------------


def sign_in(client: TestClient, name: str) -> str:
    """Where somebody comes to by signing in."""
    sent = {"name": name, "password": PASSWORD}
    answer = client.post("/admin/sign-in", data=sent, follow_redirects=False)
    return str(answer.headers["location"])


def test_an_owner_is_asked_who_the_office_is_until_it_is_said_or_put_off(
    client: TestClient, sqlite: Engine, hasher: CheapHasher
) -> None:
    with transaction(sqlite) as session:
        an_admin(session, "lan", password=PASSWORD)
        an_admin(session, "minh", "editor", PASSWORD)
    assert sign_in(client, "minh") == "/admin"
    assert sign_in(client, "lan") == "/admin/office"
    page = client.get("/admin/office").text
    token = re.search(r'name="csrf" value="(\w+)"', page)
    assert token
    assert words()["office"]["later"] in page
    later = client.post("/admin/office/later", data={"csrf": token[1]}, follow_redirects=False)
    assert later.headers["location"] == "/admin?done=office_later"
    assert sign_in(client, "lan") == "/admin"
    assert kept(sqlite) is None
    assert ("admin:1", "office_put_off", "office") in audited(sqlite)


def test_an_office_that_is_known_is_not_asked_for(client: TestClient, sqlite: Engine) -> None:
    known(sqlite)
    with transaction(sqlite) as session:
        an_admin(session, "lan", password=PASSWORD)
    assert sign_in(client, "lan") == "/admin"


def test_putting_it_off_later_changes_nothing_that_was_said(owner: Officer, sqlite: Engine) -> None:
    known(sqlite)
    owner.post("/admin/office/later")
    assert kept(sqlite) == OFFICE
    assert audited(sqlite) == []


# --- what it is for -----------------------------------------------------------------------------


@pytest.fixture
def talks(sqlite: Engine, settings: Settings) -> Talks:
    """People who write on a messaging channel."""
    return Talks(sqlite, settings)


def test_the_next_message_on_any_channel_names_the_office(talks: Talks, sqlite: Engine) -> None:
    assert talks.say("/start") == [say("chat.start")]
    known(sqlite)
    assert talks.say("/start") == [say("office.start", office=OFFICE.name)]
    assert talks.say("/start", "8", channel="zalo_oa") == [say("office.start", office=OFFICE.name)]


def test_hand_off_words_are_those_of_the_office(talks: Talks, sqlite: Engine, clock: Clock) -> None:
    known(sqlite)
    [said] = talks.say("gặp cán bộ")
    assert CONTACT in said
    assert "08:00–12:00" in said
    clock.forward(timedelta(days=4))
    mind(sqlite, talks.settings)
    told = [message.text for message in talks.waiting("telegram")]
    assert say("chat.officer_waits", contact=CONTACT) in told


def test_what_is_left_empty_is_as_the_server_is_set(settings: Settings, sqlite: Engine) -> None:
    set_here = settings.model_copy(update={"contact": "Văn phòng Sở", "work_hours": "07:00-11:00"})
    known(sqlite, Office("Sở Tư pháp", "Cà Mau"))
    [said] = Talks(sqlite, set_here).say("gặp cán bộ")
    assert "Văn phòng Sở" in said
    assert "07:00–11:00" in said


def test_the_assistant_is_told_whose_it_is(talks: Talks, sqlite: Engine) -> None:
    talks.say("hạn nộp")
    known(sqlite)
    talks.say("hạn nộp")
    ask(talks.desk, Question("hạn nộp"), "api")
    first, second, third = (question.home for question, _ in talks.answers.asked)
    assert first.name == ""
    assert second == third
    assert (second.name, second.place, second.superior) == (
        OFFICE.name, OFFICE.place, OFFICE.superior,
    )  # fmt: skip
    assert (second.contact, second.public_url) == (CONTACT, OFFICE.public_url)


def test_the_page_is_the_offices(client: TestClient, sqlite: Engine) -> None:
    assert texts()["chat"]["greeting"] in client.get("/").text
    known(sqlite)
    page = client.get("/").text
    assert texts()["chat"]["greeting_office"].format(office=OFFICE.name) in page
    assert texts()["footer_office"].format(office=OFFICE.name) in page
    assert f"<small>{OFFICE.name}</small>" in page
    assert CONTACT in page
    assert "08:00–12:00" in page
    assert f'data-public-url="{OFFICE.public_url}"' in page
    assert choices("suggestions")[0] not in page
    assert choices("suggestions_of_office")[0] in page
    assert f"<small>{OFFICE.name}</small>" in client.get("/documents").text


@pytest.mark.parametrize("sample", [True, False])
def test_without_an_office_the_chat_says_that_papers_are_samples(
    client: TestClient, answers: FakeAnswers, talks: Talks, sqlite: Engine, sample: bool
) -> None:
    library = replace(answers.library, documents=(replace(a_document(), sample=sample),))
    answers.library = talks.answers.library = library
    told = say("office.samples")
    assert (told in client.get("/").text) is sample
    assert (choices("suggestions")[0] in client.get("/").text) is sample
    assert (told in talks.say("/start")[0]) is sample
    known(sqlite)
    assert told not in client.get("/").text
    assert told not in talks.say("/start")[0]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A portal embeds the chat."""
    return settings.model_copy(update={"widget_origins": "https://cong.example.vn"})


def test_a_portals_chat_is_the_offices(client: TestClient, sqlite: Engine) -> None:
    known(sqlite)
    assert OFFICE.name in client.get("/widget").text
    assert f'"office": "{OFFICE.name}"' in client.get("/widget.js").text


def test_a_note_bears_the_letterhead(talks: Talks, sqlite: Engine, tmp_path: Path) -> None:
    known(sqlite)
    sent = talks.tell(text="kiểm tra tiêu chí")
    for answer in ("Dự thảo A", "1", "1", "1", "1", "1", "bỏ qua", "xem kết quả"):
        sent = talks.tell(text=answer)
    [name] = [m.enclosure["sha256"] for m in sent if str(m.enclosure.get("name")).endswith("docx")]
    paper = docx.Document(str(talks.settings.received_dir / str(name)))
    assert [p.text for p in paper.paragraphs[:3]] == [
        "UBND TỈNH CÀ MAU", "SỞ TƯ PHÁP", say("criteria.title"),
    ]  # fmt: skip


def test_links_at_the_desk_go_to_the_address_of_the_office(owner: Officer, sqlite: Engine) -> None:
    known(sqlite)
    owner.post("/admin/drafts", title="Dự thảo", lead="Sở", summary="Tóm tắt", closes_on="")
    assert "https://troly.example.vn/?gopy=1" in owner.get("/admin/drafts/1").text


# --- the samples --------------------------------------------------------------------------------

SAMPLES = {
    "hai-phong-gddt-2023", "hai-phong-gddt-cv-2024", "hung-yen-khcn-2024", "ia-hdrai-2022-2027",
    "lang-son-khdt-2023",
}  # fmt: skip


def papers_after_work(engine: Engine, settings: Settings) -> set[str]:
    """What answers once the jobs that wait are done."""
    while work_off(engine, settings, kinds(lambda task: lambda library: None)):
        pass
    return {paper.id for paper in library_of(settings).documents}


def test_the_samples_go_by_one_click_and_come_back_by_one(
    owner: Officer, sqlite: Engine, settings: Settings
) -> None:
    started: list[bool] = []
    owner.client.app.state.start_jobs = lambda: started.append(True)  # type: ignore[attr-defined]
    national = {"407-qd-ttg", "07-ct-ttg"}
    assert papers_after_work(sqlite, settings) == SAMPLES | national
    assert words()["office"]["leave_out"] in owner.get("/admin/office").text
    begun = owner.post("/admin/office/samples", used="")
    assert begun.headers["location"].startswith("/admin/jobs/")
    assert papers_after_work(sqlite, settings) == national
    assert words()["office"]["take_in"] in owner.get("/admin/office").text
    again = owner.post("/admin/office/samples", used="")
    assert again.headers["location"] == "/admin/office?done=already"
    owner.post("/admin/office/samples", used="true")
    assert papers_after_work(sqlite, settings) == SAMPLES | national
    assert started == [True, True]
    assert ("admin:1", "samples_asked", "library") in audited(sqlite)


def test_a_paper_of_the_office_stays_whatever_the_samples_do(
    owner: Officer, sqlite: Engine, settings: Settings
) -> None:
    own = replace(shipped().get("hai-phong-gddt-2023"), sample=False, version=1)
    shelf = Shelf(settings, sqlite, lambda library: None)
    publish(shelf, [Part(own, "a.docx", "0" * 64)], By("admin:1", NOON))
    owner.post("/admin/office/samples", used="")
    assert papers_after_work(sqlite, settings) == {own.id, "407-qd-ttg", "07-ct-ttg"}
    assert not any(paper.sample for paper in library_of(settings).documents)
