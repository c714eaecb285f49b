"""The desk's page for talks with people: taking, answering, ending, and what is refused."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from bot.texts import say
from service.admin.inbox import LONGEST_REPLY
from service.admin.words import words
from service.settings import Settings
from service.storage.alerts import open_alerts
from service.storage.engine import transaction
from service.storage.form_tables import HandOff
from service.storage.hand_offs import ended_hand_offs, find_hand_off, messages_of, take
from service.storage.people import find_account
from tests.builders import NOON
from tests.desk import Officer, an_admin, audited, signed_in
from tests.integration.talks import Talks

pytestmark = pytest.mark.usefixtures("clock", "hasher")

EVIL = "<script>alert(1)</script>"
TALK = "/admin/inbox/1"


@pytest.fixture
def talks(sqlite: Engine, settings: Settings) -> Talks:
    """Somebody has asked a question, and for an officer."""
    talks = Talks(sqlite, settings)
    talks.say("hạn nộp? tôi 0912 345 678")
    talks.say("gặp cán bộ")
    return talks


@pytest.fixture
def officer(client: TestClient, sqlite: Engine, settings: Settings, talks: Talks) -> Officer:
    """A receiving officer."""
    return signed_in(client, sqlite, settings, "receiver")


def hand_off(engine: Engine) -> HandOff:
    with transaction(engine) as session:
        found = find_hand_off(session, 1)
    assert found is not None
    return found


def taken_by_another(engine: Engine) -> None:
    with transaction(engine) as session:
        assert take(session, 1, an_admin(session, "hoa", "editor"), NOON, NOON.replace(year=2030))


def said(engine: Engine) -> list[str]:
    with transaction(engine) as session:
        return [f"{m.by}: {m.text}" for m in messages_of(session, 1)]


def unread(talks: Talks) -> list[str]:
    """What waits to be sent, after the answers to the question and to the wish."""
    return [message.text for message in talks.waiting("telegram")][2:]


def section(page: str, name: str) -> str:
    found = re.search(rf'id="{name}".*?(?=<h2|</main)', page, re.DOTALL)
    assert found, name
    return found[0]


def test_who_waits_is_counted_on_every_page_and_listed(officer: Officer) -> None:
    page = officer.get("/admin/questions").text
    assert re.search(r'Cần xử lý <span class="count">2<', page)  # with its alert
    page = officer.get("/admin/alerts").text
    assert re.search(r'Gặp cán bộ <span class="count">1<', page)
    page = officer.get("/admin/inbox").text
    assert "người hỏi số 1" in section(page, "waiting")
    assert "hạn nộp? tôi [điện thoại]" in section(page, "waiting")
    assert words()["inbox"]["none"]["talking"] in section(page, "talking")
    assert f'href="{TALK}"' in officer.get("/admin/alerts").text


def test_what_was_asked_before_is_shown_without_numbers(officer: Officer) -> None:
    page = officer.get(TALK).text
    assert "hạn nộp? tôi [điện thoại]" in page
    assert "0912" not in page
    assert "trước ngày 20/9/2023" in page
    assert words()["inbox"]["talk_none"] in page
    assert "/reply" not in page  # not before it is taken


def test_an_officer_takes_it_and_talks(officer: Officer, talks: Talks, sqlite: Engine) -> None:
    done = officer.post(f"{TALK}/take")
    assert done.headers["location"] == f"{TALK}?done=taken"
    with transaction(sqlite) as session:
        assert open_alerts(session) == []
    assert talks.say("Nộp ở đâu ạ?") == []
    page = officer.get(TALK).text
    assert "Nộp ở đâu ạ?" in page
    assert "Cán bộ: receiver" in page
    assert '<span class="count">' not in page
    words_ = "Tại Văn phòng Sở.\r\nAnh/chị mang bản giấy."
    sent = officer.post(f"{TALK}/reply", text=words_, known="1")
    assert sent.headers["location"] == f"{TALK}?done=replied"
    told = "Tại Văn phòng Sở.\nAnh/chị mang bản giấy."
    assert unread(talks)[-1] == say("chat.officer_says", text=told) == f"Cán bộ: {told}"
    assert said(sqlite) == ["person: Nộp ở đâu ạ?", f"officer: {told}"]
    assert "receiver" in section(officer.get("/admin/inbox").text, "talking")


def test_a_visitor_of_the_page_sees_that_a_human_wrote(client: TestClient, owner: Officer) -> None:
    def send(text: str) -> object:
        return client.post("/chat/messages", json={"id": str(uuid4()), "text": text}).json()

    send("gặp cán bộ")
    owner.post(f"{TALK}/take")
    assert send("Nộp ở đâu ạ?") == {"replies": [], "forgotten": False}
    owner.post(f"{TALK}/reply", text="Tại Văn phòng Sở.")
    told = client.get("/chat/updates?after=0").json()["replies"][-2:]
    assert [line["officer"] for line in told] == [False, True]
    assert told[1]["text"] == "Cán bộ: Tại Văn phòng Sở."


def test_a_button_pressed_twice_sends_once(officer: Officer, talks: Talks, sqlite: Engine) -> None:
    officer.post(f"{TALK}/take")
    for _ in range(2):
        assert officer.post(f"{TALK}/reply", text="vâng", known="0").status_code == 303
    assert said(sqlite) == ["officer: vâng"]
    officer.post(f"{TALK}/reply", text="vâng", known="1")  # meant so
    assert said(sqlite) == ["officer: vâng"] * 2
    assert unread(talks)[1:] == ["Cán bộ: vâng"] * 2


def test_the_officer_ends_it_and_the_assistant_is_back(
    officer: Officer, talks: Talks, sqlite: Engine
) -> None:
    officer.post(f"{TALK}/take")
    for expected in ("hand_off_ended", "already"):
        done = officer.post(f"{TALK}/end")
        assert done.headers["location"] == f"{TALK}?done={expected}"
    assert unread(talks)[1:] == [say("chat.officer_left")]
    assert len(talks.say("hạn nộp?")) == 1
    page = officer.get("/admin/inbox").text
    assert "người hỏi số 1" in section(page, "ended")
    assert words()["inbox"]["over"] in officer.get(TALK).text
    assert audited(sqlite) == [
        ("admin:1", "hand_off_taken", "hand_off:1"),
        ("admin:1", "hand_off_ended", "hand_off:1"),
    ]


def test_what_nobody_took_can_be_closed(officer: Officer, talks: Talks, sqlite: Engine) -> None:
    officer.post(f"{TALK}/end")
    assert unread(talks) == [say("chat.officer_closed", contact=say("contact"))]
    with transaction(sqlite) as session:
        assert open_alerts(session) == []
        assert len(ended_hand_offs(session, 5)) == 1


# --- what is refused ----------------------------------------------------------------------------


def test_of_two_officers_the_second_is_told(officer: Officer, sqlite: Engine) -> None:
    taken_by_another(sqlite)
    for button, told in (("take", "taken_by_other"), ("end", "not_yours")):
        done = officer.post(f"{TALK}/{button}")
        assert done.headers["location"] == f"{TALK}?done={told}"
    assert hand_off(sqlite).ended_at is None
    page = officer.get(TALK).text
    assert words()["inbox"]["taken_by_other"].format(name="hoa") in page
    assert 'method="post" action="/admin/inbox' not in page
    assert audited(sqlite) == []


@pytest.mark.parametrize("why", ["ended", "other", "waiting", "secret", "long", "empty"])
def test_words_that_cannot_be_sent_are_not_lost(
    officer: Officer, talks: Talks, sqlite: Engine, why: str
) -> None:
    text = {"secret": "MẬT: nội dung", "long": "a" * (LONGEST_REPLY + 1), "empty": " "}.get(
        why, f"Chào Anh/chị {EVIL}"
    )
    if why == "other":
        taken_by_another(sqlite)
    elif why != "waiting":
        officer.post(f"{TALK}/take")
    if why == "ended":
        talks.say("kết thúc")
    before = unread(talks)
    page = officer.post(f"{TALK}/reply", text=text)
    assert page.status_code == 409
    assert words()["inbox"]["refused"][why].format(longest="1.500") in page.text
    kept = text.replace("<", "&lt;").replace(">", "&gt;")
    assert f">{kept}</textarea>" in page.text
    assert unread(talks) == before
    assert not any(line.startswith("officer") for line in said(sqlite))


def test_words_to_somebody_who_was_forgotten_are_not_lost(
    officer: Officer, talks: Talks, sqlite: Engine
) -> None:
    officer.post(f"{TALK}/take")
    talks.say("xóa dữ liệu")
    talks.say("xác nhận xóa")
    page = officer.post(f"{TALK}/reply", text="Chào Anh/chị")
    assert page.status_code == 409
    assert "Chào Anh/chị</textarea>" in page.text
    assert officer.get(TALK).status_code == 404
    assert officer.post(f"{TALK}/end").status_code == 404
    assert officer.post(f"{TALK}/take").status_code == 404


def test_who_cannot_be_reached_is_marked(officer: Officer, sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        account = find_account(session, "telegram", "7")
        assert account is not None
        account.unreachable = "left"
        session.add(account)
    assert words()["inbox"]["unreachable"] in officer.get(TALK).text


def test_the_audit_trail_names_it(owner: Officer, talks: Talks) -> None:
    owner.post(f"{TALK}/take")
    owner.post(f"{TALK}/reply", text="vâng")
    page = owner.get("/admin/audit").text
    assert "lượt gặp cán bộ số 1" in page
    assert words()["actions"]["hand_off_answered"] in page
    assert "vâng" not in page


def test_foreign_text_stays_text(officer: Officer, talks: Talks) -> None:
    talks.say(EVIL)
    officer.post(f"{TALK}/take")
    talks.say(EVIL)
    for path in ("/admin/inbox", TALK):
        page = officer.get(path).text
        assert EVIL not in page
        assert not re.search(r"<style|<script(?! src=)|<[^>]* (?:style|on\w+)=", page), path


def test_a_viewer_reads_nothing_of_it(
    client: TestClient, sqlite: Engine, settings: Settings, talks: Talks
) -> None:
    viewer = signed_in(client, sqlite, settings, "viewer")
    assert viewer.get("/admin/inbox").status_code == 403
    page = viewer.get("/admin/alerts").text
    assert "/admin/inbox" not in page
