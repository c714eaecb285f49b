"""What the desk shows of submissions, and what its officers do with them."""

from __future__ import annotations

import csv
import io
import os
import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import select

from bot.texts import say
from service.admin.submission_views import form_title
from service.admin.words import words
from service.delivery.files import store
from service.housekeeping import tidy
from service.settings import Settings
from service.storage.delivery_tables import OutboundMessage
from service.storage.engine import transaction
from service.storage.erasing import forget
from service.storage.form_tables import Submission
from service.storage.people_tables import AuditEntry
from service.storage.policy_drafts import Drafted, add_draft
from service.storage.submissions import SentFile, State
from service.storage.unit_tables import Binding, Unit
from tests.builders import NOON, a_sent_file, a_submission, names_alone
from tests.desk import Clock, Officer, an_account, audited, signed_in

EVIL = "<script>alert(1)</script>"
SAID = words()["submissions"]
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def officer(client: TestClient, sqlite: Engine, settings: Settings) -> Officer:
    """Somebody who receives what is sent."""
    return signed_in(client, sqlite, settings, "receiver")


def sent(engine: Engine, code: str = "", state: State = "received", **changes: object) -> int:
    """A submission in that state; its id."""
    with transaction(engine) as session:
        row = a_submission(session, code, **changes)
        row.state = state
        assert row.id is not None
        return row.id


def a_sender(engine: Engine) -> tuple[int, int]:
    """Somebody on Telegram who acts for a unit: their id and the unit's."""
    with transaction(engine) as session:
        person, unit = (
            an_account(session, "telegram", "12").person_id,
            Unit(name="Phòng A", created_at=NOON),
        )
        session.add(unit)
        session.flush()
        assert unit.id is not None
        session.add(
            Binding(
                person_id=person, unit_id=unit.id, name="Tên khai", post="văn thư", asked_at=NOON
            )
        )
        return person, unit.id


def state_of(engine: Engine, submission_id: int) -> str:
    with transaction(engine) as session:
        return session.get_one(Submission, submission_id).state


def messages(engine: Engine) -> list[tuple[str, str]]:
    """What waits to be sent, and where to."""
    with transaction(engine) as session:
        return [(m.lane, m.text) for m in session.exec(select(OutboundMessage))]


def listed(officer: Officer, query: str = "") -> list[str]:
    """The codes on the page."""
    page = officer.get(f"/admin/submissions{query}")
    assert page.status_code == 200
    return re.findall(r"<strong>([^<]*)</strong></a></td>", page.text)


# --- the list -----------------------------------------------------------------------------------


def test_an_empty_desk_says_so(officer: Officer) -> None:
    page = officer.get("/admin/submissions").text
    assert SAID["empty"] in page
    assert 'class="count"' not in page


def test_they_are_listed_newest_first_and_found(
    officer: Officer, sqlite: Engine, settings: Settings
) -> None:
    _, unit = a_sender(sqlite)
    sent(sqlite, "A-1", form="nop-ke-hoach", unit_id=unit, answers={"t": f"Kế hoạch {EVIL}"})
    sent(sqlite, "A-2", "withdrawn")
    sent(sqlite, "A-3", "accepted", answers={"phone": "0912345678 là số dài nhất", "t": "Học phí"})
    page = officer.get("/admin/submissions").text
    assert EVIL not in page
    assert "Phòng A" in page
    assert "0912345678" not in page
    assert f"{SAID['states']['received']} (1)" in page
    assert f"{form_title(settings, 'gop-y')} (1)" in page  # one was taken back
    assert listed(officer) == ["A-3", "A-1"]
    assert listed(officer, "?state=withdrawn") == ["A-2"]
    assert listed(officer, "?form=gop-y&state=accepted") == ["A-3"]
    assert listed(officer, f"?unit={unit}") == ["A-1"]
    assert listed(officer, "?q=hoc+phi") == ["A-3"]
    assert listed(officer, "?q=a-1&form=&state=&unit=") == ["A-1"]
    for nonsense in ("?state=x&unit=x&draft=-1&page=0&q=%00", "?unit=99999999999&page=x&form="):
        assert listed(officer, nonsense) == ["A-3", "A-1"]
    assert SAID["none_found"] in officer.get("/admin/submissions?form=%00x&page=99").text


def test_many_are_turned_over_like_pages_with_what_was_asked(
    officer: Officer, sqlite: Engine
) -> None:
    with transaction(sqlite) as session:
        for number in range(45):
            a_submission(session, f"N-{number}")
        a_submission(session, "K", form="bao-cao")
    seen, address = [], "?form=gop-y&q=n"
    while address:
        seen += listed(officer, address)
        page = officer.get(f"/admin/submissions{address}").text
        older = re.search(r'href="/admin/submissions([^"]*)">Cũ hơn', page)
        address = older[1].replace("&amp;", "&") if older else ""
    assert seen == [f"N-{number}" for number in reversed(range(45))]


def test_the_navigation_counts_what_waits(officer: Officer, sqlite: Engine) -> None:
    for state in ("received", "received", "accepted", "pending"):
        sent(sqlite, state=state)
    page = officer.get("/admin/alerts").text
    assert re.search(r'href="/admin/submissions">[^<]*<span class="count">2<', page)


def test_a_viewer_sees_nothing_of_it(
    client: TestClient, sqlite: Engine, settings: Settings
) -> None:
    id_ = sent(sqlite)
    viewer = signed_in(client, sqlite, settings, "viewer")
    assert "/admin/submissions" not in viewer.get("/admin/alerts").text
    assert viewer.get(f"/admin/submissions/{id_}").status_code == 403


# --- as a table ---------------------------------------------------------------------------------


def exported(officer: Officer, **asked: str) -> list[list[str]]:
    answer = officer.exported("/admin/submissions/export", **asked)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_the_list_is_taken_along_as_a_table_that_runs_nothing(
    officer: Officer, sqlite: Engine
) -> None:
    evil = ["=1+1", "+84", "-1", "@x", "\t=1"]
    answers = {f"f{n}": cell for n, cell in enumerate(evil)} | {"lines": 'một\n"hai", ba'}
    sent(sqlite, "A-1", answers=answers)
    sent(sqlite, "A-2", answers={"f0": "khác"})
    sent(sqlite, "A-3", "withdrawn")
    heading, second, first = exported(officer)
    assert heading[:2] == [SAID["code"], SAID["form"]]
    assert first[0] == "A-1"
    assert first[7:] == [f"'{cell}" for cell in evil] + ['một\n"hai", ba']
    assert dict(zip(heading, second, strict=True))["f0"] == "khác"
    assert second[8:] == [""] * 5
    assert [row[0] for row in exported(officer, state="withdrawn")[1:]] == ["A-3"]
    with transaction(sqlite) as session:
        assert [row.detail for row in session.exec(select(AuditEntry))] == [
            {"job": 1}, {"job": 1, "rows": 2}, {"job": 2}, {"job": 2, "rows": 1},
        ]  # fmt: skip
    assert [row[1:] for row in audited(sqlite)[:2]] == [
        ("submissions_exported", "submissions"), ("table_fetched", "submissions"),
    ]  # fmt: skip


def test_columns_of_several_forms_are_told_apart(
    officer: Officer, sqlite: Engine, settings: Settings
) -> None:
    sent(sqlite, form="gop-y", answers={"t": "một"})
    sent(sqlite, form="bao-cao", answers={"t": "hai"})
    heading, newer, older = exported(officer)
    names = [f"{form_title(settings, form)}: " for form in ("bao-cao", "gop-y")]
    assert all(head.startswith(name) for head, name in zip(heading[7:], names, strict=True))
    assert (newer[7:], older[7:]) == (["hai", ""], ["", "một"])


# --- one of them --------------------------------------------------------------------------------


def test_answers_are_shown_by_the_names_of_the_form(officer: Officer, sqlite: Engine) -> None:
    answers = {
        "unheard": [EVIL, "hai"],
        "yes": True,
        "none": None,
        "plan": "hai-phong",
        "draft": "",
    }
    id_ = sent(sqlite, form="tieu-chi-407", answers=answers)
    page = officer.get(f"/admin/submissions/{id_}").text
    shown = re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page.partition(SAID["about"])[2])
    assert shown == [
        ("Dự thảo", SAID["empty_answer"]),
        ("Theo văn bản", "Kế hoạch Sở GDĐT Hải Phòng"),
        ("unheard", "&lt;script&gt;alert(1)&lt;/script&gt;, hai"),
        ("yes", "Có"),
        ("none", SAID["empty_answer"]),
    ]


def test_who_sent_it_is_shown_until_they_are_forgotten(officer: Officer, sqlite: Engine) -> None:
    person, unit = a_sender(sqlite)
    plan = sent(sqlite, form="nop-ke-hoach", person_id=person, unit_id=unit)
    comment = sent(sqlite, form="gop-y", person_id=person)
    assert "Tên khai, văn thư" in officer.get(f"/admin/submissions/{plan}").text
    assert f"người dùng số {person}" in officer.get(f"/admin/submissions/{comment}").text
    with transaction(sqlite) as session:
        forget(session, person, NOON, personal=names_alone)
    page = officer.get(f"/admin/submissions/{plan}").text
    assert SAID["forgotten"] in page
    assert "Phòng A" in page
    assert "Tên khai" not in page
    assert officer.get(f"/admin/submissions/{comment}").status_code == 404
    assert officer.get("/admin/submissions").status_code == 200


def test_versions_and_the_draft_are_a_step_away(officer: Officer, sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        number = add_draft(session, Drafted("Học phí", "…", "Sở"), NOON).id
        first = a_submission(session, policy_id=number)
        first.reply = "Chưa rõ."
        second = a_submission(session, previous=first.id, policy_id=number)
    page = officer.get(f"/admin/submissions/{second.id}").text
    assert f'href="/admin/submissions/{first.id}"' in page
    assert "Chưa rõ." in page
    assert f'href="/admin/drafts/{number}"' in page
    assert 'name="state"' in page
    assert 'name="state"' not in officer.get(f"/admin/submissions/{first.id}").text
    assert listed(officer, f"?draft={number}") == [second.code]


@pytest.mark.parametrize(
    ("form", "state", "buttons"),
    [
        ("bao-cao", "received", ["accepted", "returned"]),
        ("gop-y", "received", ["accepted", "returned", "answered"]),
        ("gop-y", "accepted", ["answered"]),
        ("bao-cao", "accepted", []),
        ("gop-y", "answered", []),
        ("bao-cao", "pending", []),
        ("bao-cao", "returned", []),
    ],
)
def test_there_are_buttons_for_what_may_be_decided(
    officer: Officer, sqlite: Engine, form: str, state: State, buttons: list[str]
) -> None:
    page = officer.get(f"/admin/submissions/{sent(sqlite, form=form, state=state)}").text
    assert re.findall(r'name="state" value="(\w+)"', page) == buttons
    assert (SAID["pending_hint"] in page) is (state == "pending")


# --- decided ------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["accepted", "returned", "answered"])
def test_a_decision_is_kept_told_and_written_down(
    officer: Officer, sqlite: Engine, state: str
) -> None:
    person, _ = a_sender(sqlite)
    id_ = sent(sqlite, "K7QM-2XRD", person_id=person)
    reply = "" if state == "accepted" else "Dòng một {x}\r\ndòng hai"
    done = officer.post(f"/admin/submissions/{id_}/decide", state=state, reply=reply)
    assert done.headers["location"] == f"/admin/submissions/{id_}?done=decided"
    told = say(f"submissions.{state}", code="K7QM-2XRD", reply=reply.replace("\r\n", "\n"))
    assert messages(sqlite) == [("telegram:12", told)]
    assert (reply.split("\r")[0] or "K7QM-2XRD") in told
    assert state_of(sqlite, id_) == state
    actor = f"admin:{officer.admin_id}"
    assert audited(sqlite) == [(actor, f"submission_{state}", f"submission:{id_}")]
    page = officer.get(f"/admin/submissions/{id_}?done=decided").text
    assert SAID["states"][state] in page
    assert f"<dt>{SAID['decided_by']}</dt><dd>receiver</dd>" in page
    assert words()["done"]["decided"] in page


def test_the_second_officer_is_told_that_it_is_decided_and_loses_no_words(
    officer: Officer, sqlite: Engine
) -> None:
    person, _ = a_sender(sqlite)
    id_ = sent(sqlite, person_id=person)
    officer.post(f"/admin/submissions/{id_}/decide", state="answered", reply="Cảm ơn.")
    again = officer.post(f"/admin/submissions/{id_}/decide", state="returned", reply="Thiếu <b>.")
    assert again.status_code == 409
    assert SAID["refused"]["decided"] in again.text
    assert "Thiếu &lt;b&gt;." in again.text
    assert state_of(sqlite, id_) == "answered"
    assert len(messages(sqlite)) == len(audited(sqlite)) == 1


@pytest.mark.parametrize(
    ("form", "state", "decision", "reply", "status", "why"),
    [
        ("gop-y", "received", "returned", " \r\n", 422, "empty"),
        ("gop-y", "received", "answered", "", 422, "empty"),
        ("gop-y", "received", "answered", "a" * 3_001, 422, "long"),
        ("bao-cao", "received", "answered", "Vâng.", 409, "received"),
        ("bao-cao", "pending", "accepted", "", 409, "pending"),
        ("bao-cao", "withdrawn", "returned", "Thiếu.", 409, "withdrawn"),
        ("bao-cao", "replaced", "accepted", "", 409, "replaced"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    officer: Officer,
    sqlite: Engine,
    form: str,
    state: State,
    decision: str,
    reply: str,
    status: int,
    why: str,
) -> None:
    person, _ = a_sender(sqlite)
    id_ = sent(sqlite, form=form, state=state, person_id=person)
    answer = officer.post(f"/admin/submissions/{id_}/decide", state=decision, reply=reply)
    assert answer.status_code == status
    assert SAID["refused"][why] in answer.text
    assert reply.strip() in answer.text
    assert state_of(sqlite, id_) == state
    assert messages(sqlite) == audited(sqlite) == []


@pytest.mark.parametrize("state", ["withdrawn", "x", ""])
def test_the_desk_decides_nothing_else(officer: Officer, sqlite: Engine, state: str) -> None:
    id_ = sent(sqlite)
    answer = officer.post(f"/admin/submissions/{id_}/decide", state=state, reply="a")
    assert answer.status_code == 404
    assert state_of(sqlite, id_) == "received"
    gone = officer.post("/admin/submissions/99/decide", state="accepted")
    assert gone.status_code == 404


@pytest.mark.parametrize("lost", ["nobody", "unreachable"])
def test_an_officer_learns_when_nobody_could_be_told(
    officer: Officer, sqlite: Engine, lost: str
) -> None:
    with transaction(sqlite) as session:
        account = an_account(session, "telegram", "12")
        account.unreachable = "403"
    id_ = sent(sqlite, person_id=None if lost == "nobody" else account.person_id)
    done = officer.post(f"/admin/submissions/{id_}/decide", state="accepted")
    assert done.headers["location"].endswith("?done=decided_untold")
    assert messages(sqlite) == []


# --- files --------------------------------------------------------------------------------------

NAME = 'Kế hoạch "2026".html'


@pytest.fixture
def with_file(sqlite: Engine, settings: Settings) -> int:
    """A submission with a page that would run something, and a file whose bytes are gone."""
    content = f"<html>{EVIL}".encode()
    kept = SentFile(store(settings.received_dir, content), NAME, "text/html", len(content))
    return sent(sqlite, form="bao-cao", files=[kept, a_sent_file("b")])


def test_a_file_is_saved_never_shown(officer: Officer, sqlite: Engine, with_file: int) -> None:
    answer = officer.get(f"/admin/submissions/{with_file}/files/1")
    assert answer.content == f"<html>{EVIL}".encode()
    disposition = answer.headers["Content-Disposition"]
    assert disposition == f"attachment; filename*=utf-8''{quote(NAME)}"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "no-store"
    subject = f"submission:{with_file}"
    assert [row[1:] for row in audited(sqlite)] == [("submission_file_fetched", subject)]


@pytest.mark.parametrize("path", ["{}/files/2", "{}/files/3", "99/files/1"])
def test_a_file_whose_bytes_are_gone_is_not_found(
    officer: Officer, sqlite: Engine, with_file: int, path: str
) -> None:
    answer = officer.get(f"/admin/submissions/{path.format(with_file)}")
    assert answer.status_code == 404
    assert audited(sqlite) == []
    page = officer.get(f"/admin/submissions/{with_file}").text
    assert page.count("/files/") == 1
    assert SAID["bytes_gone"] in page


def test_files_of_submissions_are_not_swept_away(
    officer: Officer, sqlite: Engine, settings: Settings, clock: Clock, with_file: int
) -> None:
    clock.forward(timedelta(days=400))
    for file in settings.received_dir.iterdir():
        os.utime(file, (0, 0))
    assert tidy(sqlite, settings)
    assert len(list(settings.received_dir.iterdir())) == 1
