"""What the pages of the desk show and what their buttons do."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import select

from knowledge.library import Library
from service.admin.words import words
from service.settings import Settings
from service.storage.admins import find_admin, join_person
from service.storage.alerts import open_alerts, raise_alert
from service.storage.audit import record
from service.storage.delivery_tables import (
    ChannelState,
    ChannelToken,
    InboundEvent,
    OutboundMessage,
)
from service.storage.engine import transaction
from service.storage.questions import keep_question
from service.storage.switches import is_on
from tests.builders import NOON, a_document, an_asked_question
from tests.desk import PASSWORD, Clock, Officer, an_account, an_admin, audited, link_in
from tests.fakes.answers import FakeAnswers

EVIL = "<script>alert(1)</script>"
pytestmark = pytest.mark.usefixtures("clock", "hasher")


def test_the_desk_begins_with_what_waits(owner: Officer) -> None:
    page = owner.get("/admin")
    assert page.status_code == 200
    assert words()["today"]["waiting_heading"] in page.text


# --- alerts -------------------------------------------------------------------------------------


def test_alerts_are_shown_newest_first_and_resolved_once(owner: Officer, sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        raise_alert(session, "channel_stopped", "zalo_oa", "Mã lỗi -216.", NOON)
        raise_alert(session, "event_parked", "telegram", "Thử 5 lần.", NOON + timedelta(hours=1))
        raise_alert(session, "channel_stopped", "zalo_oa", "Mã lỗi -216.", NOON + timedelta(days=1))
        first, second = open_alerts(session)
    page = owner.get("/admin/alerts").text
    assert page.index("Một kênh đã ngừng gửi") < page.index("Có tin đến chưa xử lý được")
    assert "2 lần" in page
    assert "Lần gần nhất: 12:00 22/11/2026" in page  # 5:00 in UTC
    assert "Lần đầu: 12:00 21/11/2026" in page
    assert (first.kind, second.kind) == ("channel_stopped", "event_parked")

    done = owner.post(f"/admin/alerts/{first.id}/resolve")
    assert done.headers["location"] == "/admin/alerts?done=resolved"
    again = owner.post(f"/admin/alerts/{first.id}/resolve")
    assert again.headers["location"] == "/admin/alerts?done=already"
    with transaction(sqlite) as session:
        assert [alert.id for alert in open_alerts(session)] == [second.id]
    page = owner.get("/admin/alerts?done=resolved").text
    assert words()["done"]["resolved"] in page
    assert page.index("Thử 5 lần.") < page.index("Xử lý lúc: 12:00 21/11/2026")
    assert audited(sqlite) == [("admin:1", "alert_resolved", f"alert:{first.id}")]


# --- questions ----------------------------------------------------------------------------------


def questions(owner: Officer, query: str = "") -> list[str]:
    """The questions on the page."""
    page = owner.get(f"/admin/questions{query}")
    assert page.status_code == 200
    return re.findall(r"<h2>([^<]*)</h2>", page.text)


@pytest.fixture
def asked(sqlite: Engine) -> None:
    """Three questions of three kinds."""
    with transaction(sqlite) as session:
        keep_question(session, an_asked_question("Hạn nộp của tôi, số 0912345678?"))
        keep_question(session, an_asked_question("Nộp ở đâu?", kind="clarify", channel="zalo_oa"))
        keep_question(session, an_asked_question("Thời tiết?", kind="silent", citations=[]))


@pytest.mark.usefixtures("asked")
def test_questions_are_shown_with_what_was_said_and_where_it_stands(
    owner: Officer, answers: FakeAnswers
) -> None:
    answers.library = Library((a_document(),))
    page = owner.get("/admin/questions").text
    assert questions(owner)[0] == "Thời tiết?"
    assert "0912345678" not in page
    assert "trước ngày 20/9/2023" in page
    assert "Zalo OA" in page
    # The clause is not in this library: named by its address, without a link.
    assert "III#2.6, hai-phong-gddt-2023" in page


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?kind=silent", ["Thời tiết?"]),
        ("?q=nop", ["Nộp ở đâu?", "Hạn nộp"]),
        ("?q=N%E1%BB%98P+han", ["Hạn nộp"]),
        ("?q=n%E1%BB%99p&kind=clarify", ["Nộp ở đâu?"]),
        ("?q=%25", []),  # no sign of a database
        ("?kind=%27%20OR%201=1&q=", ["Thời tiết?", "Nộp ở đâu?", "Hạn nộp"]),
    ],
)
def test_questions_are_found_by_kind_and_words_in_any_spelling(
    owner: Officer, query: str, found: list[str]
) -> None:
    shown = questions(owner, query)
    assert len(shown) == len(found)
    assert all(name.startswith(start) for name, start in zip(shown, found, strict=True))


def test_many_questions_are_turned_over_like_pages(owner: Officer, sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        for number in range(60):
            keep_question(session, an_asked_question(f"Câu {number}?"))

    def turned(address: str, link: str) -> list[str]:
        seen = []
        while address:
            page = owner.get(address).text
            seen += re.findall(r"<h2>([^<]*)</h2>", page)[:: 1 if link == "Cũ hơn" else -1]
            next_one = re.search(rf'href="([^"]*)">[← ]*{link}', page)
            address = next_one[1].replace("&amp;", "&") if next_one else ""
        return seen

    every = [f"Câu {number}?" for number in reversed(range(60))]
    assert turned("/admin/questions?q=cau", "Cũ hơn") == every
    assert turned("/admin/questions?kind=answer", "Cũ hơn") == every
    assert turned("/admin/questions?before=21", "Mới hơn") == every[::-1]
    assert turned("/admin/questions?q=cau&after=55", "Cũ hơn") == every
    assert questions(owner, "?before=1") == []
    assert owner.get("/admin/questions?before=0").status_code == 422


def test_a_cited_clause_leads_to_its_page(owner: Officer, sqlite: Engine) -> None:
    cited = {"document": "hai-phong-gddt-2023", "address": "II.1", "title": "Kế hoạch"}
    with transaction(sqlite) as session:
        keep_question(session, an_asked_question(citations=[cited]))
    assert 'href="/documents/hai-phong-gddt-2023#II.1"' in owner.get("/admin/questions").text


# --- channels -----------------------------------------------------------------------------------


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Two channels are configured."""
    return settings.model_copy(
        update={
            "telegram_token": "1:secret-of-telegram",
            "zalo_app_id": "42",
            "zalo_app_secret": "s",
            "zalo_oa_secret_key": "k",
        }
    )


def card(page: str, name: str) -> str:
    """What the page says of one channel."""
    found = re.search(rf"<h3>{name} .*?</section>", page, re.DOTALL)
    assert found, name
    return found[0]


def test_channels_are_shown_as_they_fare(owner: Officer, sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        session.add(
            ChannelState(
                channel="zalo_oa",
                last_event_at=NOON - timedelta(minutes=5),
                last_sent_at=NOON - timedelta(minutes=4),
                last_error="-216",
                last_error_at=NOON,
                stopped="Zalo từ chối khóa truy cập",
                quiet_until=NOON + timedelta(minutes=1),
            )
        )
        session.add(
            ChannelToken(
                account="zalo_oa:42",
                access_token="access-secret",
                refresh_token="refresh-secret",
                expires_at=NOON + timedelta(hours=1),
                refreshed_at=NOON,
                previous={},
            )
        )
        for number, state in enumerate(("waiting", "parked", "parked", "done")):
            session.add(
                InboundEvent(
                    channel="telegram",
                    event_id=str(number),
                    lane="telegram:1",
                    payload={},
                    state=state,
                    received_at=NOON,
                    due_at=NOON,
                    held_until=NOON,
                )
            )
    page = owner.get("/admin/channels").text
    zalo = card(page, "Zalo OA")
    for said in (
        "Đã cấu hình", "11:55 21/11/2026", "11:56 21/11/2026", "12:00 21/11/2026: -216",
        "Zalo từ chối khóa truy cập", "hết hạn lúc 13:00 21/11/2026", "12:01 21/11/2026",
    ):  # fmt: skip
        assert said in zalo
    assert "<strong>2</strong> Tin đến để riêng" in card(page, "Telegram")
    assert "<strong>1</strong> Tin đến chờ xử lý" in card(page, "Telegram")
    assert "Chưa cấu hình" in card(page, "Zalo Bot")
    assert "Đã cấu hình" in card(page, "Trang web")
    assert not re.search("secret-of-telegram|access-secret|refresh-secret", page)


def test_a_stopped_channel_is_let_go_on(owner: Officer, sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        session.add(ChannelState(channel="zalo_oa", stopped="Zalo từ chối khóa truy cập"))
        raise_alert(session, "channel_stopped", "zalo_oa", "Mã lỗi -216.", NOON)
    pressed = [owner.post("/admin/channels/zalo_oa/retry").headers["location"] for _ in range(2)]
    assert pressed == ["/admin/channels?done=retried", "/admin/channels?done=already"]
    with transaction(sqlite) as session:
        state = session.get(ChannelState, "zalo_oa")
        assert state is not None
        assert state.stopped is None
        assert open_alerts(session) == []
    assert audited(sqlite) == [("admin:1", "channel_retried", "channel:zalo_oa")]


def test_a_test_message_goes_to_whoever_sent_the_code(
    owner: Officer, sqlite: Engine, clock: Clock
) -> None:
    with transaction(sqlite) as session:
        an_account(session, "telegram", "citizen")
        mine = an_account(session, "telegram", "mine")
    refused = owner.post("/admin/channels/telegram/test")
    assert refused.headers["location"] == "/admin/channels?done=no_account"
    assert words()["channels"]["test"] not in card(owner.get("/admin/channels").text, "Telegram")

    page = owner.post("/admin/channels/test-code").text
    code = re.search(r'class="code">([A-Z2-9-]{9})<', page)
    assert code
    with transaction(sqlite) as session:
        assert not join_person(session, "xin chào", mine.person_id, clock.now)
        assert join_person(session, code[1].lower(), mine.person_id, clock.now)
        assert not join_person(session, code[1], mine.person_id, clock.now)
    assert words()["channels"]["test"] in card(owner.get("/admin/channels").text, "Telegram")
    sent = owner.post("/admin/channels/telegram/test")
    assert sent.headers["location"] == "/admin/channels?done=test_sent"
    with transaction(sqlite) as session:
        [message] = session.exec(select(OutboundMessage)).all()
        assert (message.channel, message.chat, message.state) == ("telegram", "mine", "waiting")
        assert message.lane == "telegram:mine"
    assert audited(sqlite)[-1] == ("admin:1", "test_sent", "channel:telegram")


def test_a_code_for_test_messages_is_good_for_a_quarter_of_an_hour(
    owner: Officer, sqlite: Engine, clock: Clock
) -> None:
    page = owner.post("/admin/channels/test-code").text
    code = re.search(r'class="code">([A-Z2-9-]{9})<', page)
    assert code
    clock.forward(timedelta(minutes=15))
    with transaction(sqlite) as session:
        late = an_account(session, "telegram", "late")
        assert not join_person(session, code[1], late.person_id, clock.now)


@pytest.mark.parametrize("name", ["paused", "trial"])
def test_a_switch_is_turned_and_said_on_every_page(
    owner: Officer, sqlite: Engine, name: str
) -> None:
    said = words()[f"{name}_banner"]
    assert said not in owner.get("/admin/alerts").text
    assert owner.post(f"/admin/switches/{name}", on="true").status_code == 303
    assert said in owner.get("/admin/alerts").text
    owner.post(f"/admin/switches/{name}", on="true")
    owner.post(f"/admin/switches/{name}", on="false")
    with transaction(sqlite) as session:
        assert not is_on(session, name)  # type: ignore[arg-type]
    assert audited(sqlite) == [("admin:1", "switch_turned", f"switch:{name}")] * 2


# --- the audit trail and accounts ---------------------------------------------------------------


def test_the_audit_trail_says_who_did_what(owner: Officer, sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        record(session, "command", "switch_turned", "switch:paused", NOON, {"on": True})
        for number in range(50):
            record(session, "admin:1", "alert_resolved", f"alert:{number}", NOON)
    newest = owner.get("/admin/audit").text
    assert "cảnh báo số 49" in newest
    assert "Tạm dừng" not in newest
    oldest = owner.get("/admin/audit?page=2").text
    assert "lệnh trên máy chủ" in oldest
    assert "bật, tắt công tắc" in oldest
    assert "Tạm dừng trả lời tự động" in oldest
    assert "bật: có" in oldest
    assert "12:00 21/11/2026" in oldest


def test_an_account_is_added_with_a_link_that_is_shown_once(
    owner: Officer, sqlite: Engine, client: TestClient
) -> None:
    page = owner.post("/admin/accounts", name=" Hoa.Nguyen ", role="receiver").text
    link = link_in(page)
    assert f"http://testserver{link}" in page
    assert "code=" not in owner.get("/admin/accounts").text
    code = link.split("=")[1]
    client.post("/admin/link", data={"code": code, "password": PASSWORD, "again": PASSWORD})
    with transaction(sqlite) as session:
        admin = find_admin(session, "hoa.nguyen")
        assert admin is not None
        assert admin.role == "receiver"
        assert admin.password_hash is not None
    assert audited(sqlite) == [
        ("admin:1", "account_added", "admin:2"),
        ("admin:2", "password_set", "admin:2"),
    ]


@pytest.mark.parametrize(
    ("name", "role", "why"),
    [
        ("owner", "viewer", words()["refused"]["name_taken"].format(name="owner")),
        ("OWNER", "viewer", words()["refused"]["name_taken"].format(name="owner")),
        ("x", "viewer", words()["refused"]["name_form"]),
        ("Hoa Nguyễn", "viewer", words()["refused"]["name_form"]),
        ("hoa", "god", words()["refused"]["role"]),
    ],
)
def test_a_wrong_account_is_refused_in_words(
    owner: Officer, sqlite: Engine, name: str, role: str, why: str
) -> None:
    answer = owner.post("/admin/accounts", name=name, role=role)
    assert answer.status_code == 422
    assert why in answer.text
    assert audited(sqlite) == []


def test_an_account_is_disabled_and_opened_again(owner: Officer, sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        other = an_admin(session, "hoa", "editor", PASSWORD)
    for expected in ("disabled", "already"):
        answer = owner.post(f"/admin/accounts/{other}/disable")
        assert answer.headers["location"] == f"/admin/accounts?done={expected}"
    assert words()["accounts"]["reopen"] in owner.get("/admin/accounts").text
    link_in(owner.post(f"/admin/accounts/{other}/link").text)
    with transaction(sqlite) as session:
        admin = find_admin(session, "hoa")
        assert admin is not None
        assert admin.disabled_at is None
    assert owner.post("/admin/accounts/99/link").status_code == 404
    assert owner.post("/admin/accounts/99/disable").status_code == 404


def test_the_last_owner_cannot_be_disabled(owner: Officer, sqlite: Engine) -> None:
    refused = owner.post(f"/admin/accounts/{owner.admin_id}/disable")
    assert words()["refused"]["last_owner"] in refused.text
    with transaction(sqlite) as session:
        other = an_admin(session, "hoa", "owner")
    assert owner.post(f"/admin/accounts/{owner.admin_id}/disable").status_code == 303
    assert other != owner.admin_id


# --- hostile text -------------------------------------------------------------------------------


def test_foreign_text_stays_text(owner: Officer, sqlite: Engine) -> None:
    """Questions, errors of channels, alerts: others write them."""
    with transaction(sqlite) as session:
        raise_alert(session, EVIL, EVIL, EVIL, NOON)
        record(session, EVIL, EVIL, EVIL, NOON, {EVIL: EVIL})
        session.add(ChannelState(channel="web", last_error=EVIL, stopped=EVIL))
        cited = {"document": EVIL, "address": EVIL, "title": EVIL}
        told = {"text": EVIL}
        keep_question(session, an_asked_question(EVIL, outcome=told, citations=[cited]))
    pages = [
        "/admin/alerts", "/admin/questions", f"/admin/questions?q={EVIL}", "/admin/channels",
        "/admin/audit", "/admin/accounts", f"/admin/alerts?done={EVIL}", f"/admin/link?code={EVIL}",
    ]  # fmt: skip
    for path in pages:
        page = owner.get(path).text
        assert EVIL not in page, path
        # Nothing of ours is inline either: the pages would not work under their own policy.
        assert not re.search(r"<style|<script(?! src=)|<[^>]* (?:style|on\w+)=", page), path
    assert EVIL not in owner.post("/admin/accounts", name=f'"{EVIL}', role=EVIL).text
    typed = {"name": f'"{EVIL}', "password": EVIL}
    assert EVIL not in owner.client.post("/admin/sign-in", data=typed).text


@pytest.mark.parametrize("number", ["0", "-1", str(2**31), str(2**64), "x"])
def test_a_number_that_no_row_has_is_no_defect(owner: Officer, number: str) -> None:
    for path in (f"alerts/{number}/resolve", f"accounts/{number}/link", f"inbox/{number}/take"):
        assert owner.post(f"/admin/{path}").status_code in (404, 422)
