"""*Thông báo* at the desk: written, looked at, sent, followed, stopped; and heard in the chat."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine

from bot.texts import say
from knowledge.library import Library
from service.admin.words import words
from service.housekeeping import look_after
from service.settings import Settings
from service.storage.audiences import Audience
from service.storage.broadcasts import get_broadcast
from service.storage.engine import transaction
from service.storage.people import find_account
from service.storage.policy_drafts import Drafted, add_draft
from service.storage.subscriptions import follows_of, unsubscribed_at
from service.storage.switches import SwitchName, turn
from tests.builders import some_settings
from tests.desk import Officer, audited, signed_in
from tests.integration.talks import Talks
from tests.telling import Telling

SAID = words()["broadcasts"]
PAGE = "/admin/broadcasts"
ONE = f"{PAGE}/1"
FIELDS = {"text": "Mời Anh/chị dự tập huấn.", "who": "officers"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Those of the office, too."""
    return some_settings(tmp_path, clock=tmp_path / "clock.json", telegram_token="1:a")


@pytest.fixture
def office(sqlite: Engine, tmp_path: Path) -> Telling:
    """On a Monday, at eight, with two schools."""
    office = Telling(sqlite, tmp_path, date(2026, 11, 23))
    office.unit("Trường THPT A", people=2)
    office.unit("Trường THPT B", channel="zalo_oa")  # which is not configured here
    return office


@pytest.fixture
def receiver(office: Telling, client: TestClient, sqlite: Engine, settings: Settings) -> Officer:
    """Somebody who may speak for the office."""
    return signed_in(client, sqlite, settings, "receiver", at=office.clock.now)


def upload(officer: Officer, path: str, content: bytes, name: str, **fields: str) -> Response:
    return officer.client.post(
        path,
        data={"csrf": officer.csrf, **FIELDS, **fields},
        files={"file": (name, content)},
        follow_redirects=False,
    )


def test_it_is_written_looked_at_sent_and_done(office: Telling, receiver: Officer) -> None:
    assert SAID["empty"] in receiver.get(PAGE).text
    answer = receiver.post(PAGE, **FIELDS)
    assert answer.headers["location"] == f"{ONE}?done=broadcast_added"
    page = receiver.get(ONE).text
    assert f"{SAID['reached']}: <strong>2</strong>" in page
    assert f"{SAID['not_reached']}: <strong>1</strong> ({SAID['reasons']['channel']})" in page
    assert "Telegram: 2 người" in page
    assert say("news.heading") in page
    assert "Ngừng nhận tin" in page
    assert office.outbox() == []
    assert receiver.post(f"{ONE}/send").headers["location"] == f"{ONE}?done=broadcast_sent"
    look_after(office.engine, office.settings, Library(()))
    page = receiver.get(ONE).text
    assert 'http-equiv="refresh"' in page
    assert f"{SAID['counts']['waiting']}: <strong>2</strong>" in page
    office.through()
    page = receiver.get(ONE).text
    assert 'http-equiv="refresh"' not in page
    assert SAID["states"]["done"] in page
    assert f"{SAID['counts']['told']}: <strong>2</strong>" in page
    assert "Trường THPT B" in page  # who was not reached
    assert "<strong>2</strong>/3" in receiver.get(PAGE).text
    actions = [(actor, action) for actor, action, _ in audited(office.engine)]
    assert actions[-2:] == [
        ("admin:1", "broadcast_added"), ("admin:1", "broadcast_scheduled"),
    ]  # fmt: skip


def test_what_would_reach_nobody_is_refused(office: Telling, receiver: Officer) -> None:
    receiver.post(PAGE, **{**FIELDS, "who": "late"})
    assert SAID["faults"]["nobody"] in receiver.get(ONE).text
    answer = receiver.post(f"{ONE}/send")
    assert answer.status_code == 422
    assert SAID["faults"]["nobody"] in answer.text
    assert office.state(1) == "draft"


def test_what_was_typed_comes_back_with_what_is_wrong(receiver: Officer) -> None:
    answer = receiver.post(PAGE, **{**FIELDS, "link": "không phải"})
    assert answer.status_code == 422
    assert SAID["faults"]["link"] in answer.text
    assert FIELDS["text"] in answer.text
    receiver.post(PAGE, **FIELDS)
    answer = receiver.post(f"{ONE}/send", day="1/1/2020", hour="8:00")
    assert answer.status_code == 422
    assert SAID["faults"]["past"] in answer.text
    assert 'value="1/1/2020"' in answer.text


def test_a_draft_is_changed_and_let_go(office: Telling, receiver: Officer) -> None:
    receiver.post(PAGE, **FIELDS)
    receiver.post(ONE, **{**FIELDS, "text": "Đã đổi", "who": "kinds", "kinds": "Trường THPT"})
    page = receiver.get(ONE).text
    assert "Đã đổi" in page
    assert SAID["audiences"]["kinds"].format(kinds="Trường THPT") in page
    assert receiver.post(f"{ONE}/drop").headers["location"] == f"{PAGE}?done=broadcast_dropped"
    assert receiver.get(ONE).status_code == 404
    assert receiver.post(f"{ONE}/send").status_code == 404


def test_a_time_is_set_and_taken_back(office: Telling, receiver: Officer) -> None:
    receiver.post(PAGE, **FIELDS)
    receiver.post(f"{ONE}/send", day="24/11/2026", hour="9:00")
    assert office.state(1) == "scheduled"
    assert "9:00 24/11/2026" in receiver.get(ONE).text
    receiver.post(ONE, **{**FIELDS, "text": "Quá muộn"})
    assert "Quá muộn" not in receiver.get(ONE).text
    receiver.post(f"{ONE}/unschedule")
    assert office.state(1) == "draft"
    office.go_to(date(2026, 11, 24), 10)
    office.tell()
    assert office.outbox() == []


def test_it_is_stopped_and_gone_on_with(office: Telling, receiver: Officer) -> None:
    receiver.post(PAGE, **FIELDS)
    receiver.post(f"{ONE}/send")
    office.tell()
    assert receiver.post(f"{ONE}/stop").headers["location"] == f"{ONE}?done=broadcast_stopped"
    assert f"{SAID['counts']['stopped']}: <strong>2</strong>" in receiver.get(ONE).text
    assert [one.state for one in office.outbox()] == ["failed", "failed"]
    assert receiver.post(f"{ONE}/stop").headers["location"] == f"{ONE}?done=already"
    receiver.post(f"{ONE}/go-on")
    office.through()
    assert [one.state for one in office.outbox()] == ["failed", "failed", "sent", "sent"]
    actions = [action for _, action, _ in audited(office.engine)]
    assert actions[-2:] == ["broadcast_stopped", "broadcast_continued"]


def test_a_file_is_checked_and_carried(office: Telling, receiver: Officer) -> None:
    answer = upload(receiver, PAGE, b"\0\1\2", "la.exe")
    assert answer.status_code == 422
    assert say("chat.file_kind") in answer.text
    assert FIELDS["text"] in answer.text
    large = b"a" * ((office.settings.upload_limit_mb << 20) + 10)
    answer = upload(receiver, PAGE, large, "to.txt")
    assert say("chat.file_too_large", limit=office.settings.upload_limit_mb) in answer.text
    upload(receiver, PAGE, "Nội dung".encode(), "moi.txt")
    page = receiver.get(ONE).text
    assert SAID["carried"]["attached"] in page
    assert "moi.txt" in page
    receiver.post(ONE, **FIELDS)  # nothing chosen anew: it stays
    with transaction(office.engine) as session:
        broadcast = get_broadcast(session, 1)
        assert broadcast is not None
        assert (office.settings.received_dir / str(broadcast.file["sha256"])).read_bytes()
    receiver.post(ONE, **FIELDS, no_file="1")
    assert "moi.txt" not in receiver.get(ONE).text


def test_a_viewer_sees_how_far_it_has_got_and_nobodys_name(
    office: Telling, receiver: Officer, settings: Settings
) -> None:
    receiver.post(PAGE, **FIELDS)
    receiver.post(f"{ONE}/send")
    office.through()
    viewer = signed_in(receiver.client, office.engine, settings, "viewer", at=office.clock.now)
    page = viewer.get(ONE).text
    assert f"{SAID['counts']['told']}: <strong>2</strong>" in page
    assert "Trường THPT B" not in page
    assert page.count('method="post"') == 1  # to sign out


# --- in the chat ---------------------------------------------------------------------------------


def test_one_tap_under_it_stops_the_next(office: Telling) -> None:
    talks = Talks(office.engine, office.settings)
    office.say()
    office.through()
    [button] = office.outbox()[0].buttons
    told = talks.tell(event="press", person="Trường THPT A/0", button=button["id"])
    assert [one.text for one in told] == [say("news.stopped")]
    second = office.say()
    office.through()
    assert office.counts(second) == {
        "told": 1, "unreached unsubscribed": 1, "unreached channel": 1,
    }  # fmt: skip
    talks.say("nhan tin", "Trường THPT A/0")
    third = office.say()
    office.through()
    assert office.counts(third)["told"] == 2


@pytest.mark.parametrize("switch", ["paused", "trial"])
def test_it_is_heard_whatever_else_is_not_answered(office: Telling, switch: SwitchName) -> None:
    talks = Talks(office.engine, office.settings)
    with transaction(office.engine) as session:
        turn(session, switch, on=True, at=office.clock.now)
        account = find_account(session, "telegram", "Trường THPT A/0")
        assert account is not None
    assert talks.say("ngừng nhận tin", "Trường THPT A/0") == [say("news.stopped")]
    assert talks.say("Hạn nộp?", "Trường THPT A/0") != [say("news.stopped")]
    with transaction(office.engine) as session:
        assert unsubscribed_at(session, account.person_id) is not None


def test_a_citizen_follows_a_draft_until_one_tap(office: Telling, receiver: Officer) -> None:
    talks = Talks(office.engine, office.settings)
    assert SAID["no_followers"] in receiver.get(PAGE).text
    with transaction(office.engine) as session:
        number = add_draft(session, Drafted("Quy chế", "S", "L"), office.clock.now).id or 0
    assert talks.say("theo dõi GOPY 9") == [say("news.no_draft", number=9)]
    assert talks.say(f"theo doi gopy {number}") == [say("news.followed", number=number)]
    assert f"GOPY {number}: Quy chế (1 người theo dõi)" in receiver.get(PAGE).text
    receiver.post(PAGE, text="Đã tiếp thu.", who="followers", draft=str(number))
    receiver.post(f"{ONE}/send")
    office.through()
    [message] = office.outbox()[-1:]
    assert message.chat == "7"
    talks.tell(event="press", button=message.buttons[0]["id"])
    with transaction(office.engine) as session:
        account = find_account(session, "telegram", "7")
        assert account is not None
        assert follows_of(session, account.person_id) == []
        assert unsubscribed_at(session, account.person_id) is None
    assert office.say(Audience("followers", draft=number)) == 2
    office.through()
    assert office.sends(2) == []


def test_ones_own_data_tell_of_it(office: Telling) -> None:
    talks = Talks(office.engine, office.settings)
    with transaction(office.engine) as session:
        number = add_draft(session, Drafted("Quy chế", "S", "L"), office.clock.now).id or 0
    talks.say(f"theo dõi GOPY {number}")
    office.say(Audience("followers", draft=number))
    office.through()
    told = talks.say("dữ liệu của tôi")[0]
    assert "dự thảo đang theo dõi: 1; thông báo đã gửi: 1" in told
