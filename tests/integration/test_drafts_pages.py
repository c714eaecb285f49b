"""Drafts that people may comment on: opened, changed and closed at the desk, found by a code."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import Engine
from sqlmodel import select

from service.admin.draft_forms import DraftFault, read_day
from service.admin.words import words
from service.settings import Settings
from service.storage.engine import transaction
from service.storage.form_tables import PolicyDraft
from service.storage.policy_drafts import Drafted, add_draft, get_draft, is_open
from tests.builders import NOON, a_submission
from tests.desk import Clock, Officer, audited, signed_in

EVIL = '"><script>alert(1)</script>'
SAID = words()["drafts"]
TODAY = date(2026, 11, 21)
FEES = {
    "title": "Nghị quyết về học phí",
    "lead": "Sở Giáo dục và Đào tạo",
    "summary": "Mức thu mới.\r\nMiễn giảm.",
    "link": "https://example.vn/du-thao.pdf?a=1",
    "closes_on": "21/11/2026",
}
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The office can be reached from outside."""
    return settings.model_copy(update={"public_url": "https://hoi.example.vn"})


@pytest.fixture
def editor(client: TestClient, sqlite: Engine, settings: Settings) -> Officer:
    """Somebody who may change drafts."""
    return signed_in(client, sqlite, settings, "editor")


def a_draft(engine: Engine, title: str = "Học phí", closes_on: date | None = None) -> int:
    """A draft that is open; its number."""
    with transaction(engine) as session:
        drafted = Drafted(title, "Tóm tắt.", "Sở Tài chính", closes_on=closes_on)
        number = add_draft(session, drafted, NOON).id
        assert number is not None
        return number


def the_draft(engine: Engine, number: int) -> PolicyDraft:
    with transaction(engine) as session:
        draft = get_draft(session, number)
        assert draft is not None
        return draft


def drafts(engine: Engine) -> int:
    """How many there are."""
    with transaction(engine) as session:
        return len(session.exec(select(PolicyDraft)).all())


def values(page: str) -> dict[str, str]:
    """What stands in the fields of the form."""
    found = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))
    found["summary"] = re.search(r"<textarea[^>]*>([^<]*)</textarea>", page)[1]  # type: ignore[index]
    return found


# --- added --------------------------------------------------------------------------------------


def test_a_draft_is_opened_and_shown_with_its_code_link_and_qr(
    editor: Officer, sqlite: Engine
) -> None:
    assert SAID["empty"] in editor.get("/admin/drafts").text
    done = editor.post("/admin/drafts", **FEES)
    assert done.headers["location"] == "/admin/drafts/1?done=draft_added"
    draft = the_draft(sqlite, 1)
    assert (draft.title, draft.lead, draft.link) == (FEES["title"], FEES["lead"], FEES["link"])
    assert (draft.summary, draft.closes_on) == ("Mức thu mới.\nMiễn giảm.", TODAY)
    assert draft.opened_at == NOON
    assert audited(sqlite) == [(f"admin:{editor.admin_id}", "draft_added", "draft:1")]
    page = editor.get("/admin/drafts/1?done=draft_added").text
    assert words()["done"]["draft_added"] in page
    assert "<strong>GOPY 1</strong>" in page
    assert 'value="https://hoi.example.vn/?gopy=1"' in page
    assert re.search(r'<svg [^>]*class="qr"', page)
    assert "21/11/2026" in page
    assert " style=" not in page
    listing = editor.get("/admin/drafts").text
    assert "GOPY 1: Nghị quyết về học phí" in listing
    assert SAID["empty"] not in listing


def test_the_picture_of_the_qr_is_saved(editor: Officer, sqlite: Engine) -> None:
    number = a_draft(sqlite)
    answer = editor.get(f"/admin/drafts/{number}/qr.png")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="gopy-1.png"'
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.width == picture.height > 400
    assert editor.get("/admin/drafts/99/qr.png").status_code == 404


def test_without_an_address_there_is_a_code_only(
    editor: Officer, sqlite: Engine, settings: Settings
) -> None:
    app = editor.client.app
    without = settings.model_copy(update={"public_url": None})
    app.state.desk = replace(app.state.desk, settings=without)  # type: ignore[attr-defined]
    number = a_draft(sqlite)
    page = editor.get(f"/admin/drafts/{number}").text
    assert SAID["no_address"] in page
    assert f"GOPY {number}" in page
    assert "<svg" not in page
    assert editor.get(f"/admin/drafts/{number}/qr.png").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": " "}, SAID["faults"]["no_title"]),
        ({"lead": ""}, SAID["faults"]["no_lead"]),
        ({"summary": "\r\n"}, SAID["faults"]["no_summary"]),
        ({"title": "a" * 301}, "300"),
        ({"summary": "a" * 2_001}, "2000"),
        ({"link": "example.vn/a"}, SAID["faults"]["link"]),
        ({"link": "javascript:alert(1)"}, SAID["faults"]["link"]),
        ({"link": "http://[a"}, SAID["faults"]["link"]),
        ({"closes_on": "31/2/2027"}, SAID["faults"]["date"]),
        ({"closes_on": EVIL[2:20]}, SAID["faults"]["date"]),
        ({"closes_on": "20/11/2026"}, "(21/11/2026)"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    editor: Officer, sqlite: Engine, wrong: dict[str, str], said: str
) -> None:
    number = a_draft(sqlite)
    for path in ("/admin/drafts", f"/admin/drafts/{number}"):
        typed = {**FEES, "title": f"Học phí {EVIL}", **wrong}
        answer = editor.post(path, **typed)
        assert answer.status_code == 422
        [alert] = re.findall(r'role="alert">([^<]*)<', answer.text)
        assert said in alert
        assert EVIL not in answer.text
        entered = values(answer.text)
        for name in ("lead", "link", "closes_on"):
            back = entered[name].replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
            assert back == typed[name]
        assert entered["summary"].strip() == typed["summary"].strip()
    assert drafts(sqlite) == 1
    assert the_draft(sqlite, number).title == "Học phí"
    assert audited(sqlite) == []


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("20/9/2026", date(2026, 9, 20)),
        (" 20-09-2026 ", date(2026, 9, 20)),
        ("20.9.2026", date(2026, 9, 20)),
        ("2026-09-20", date(2026, 9, 20)),
        ("29/2/2028", date(2028, 2, 29)),
        ("", None),
        ("  ", None),
    ],
)
def test_days_are_read_as_people_write_them(typed: str, day: date | None) -> None:
    assert read_day(typed) == day


@pytest.mark.parametrize("typed", ["29/2/2027", "9/20/2026", "20/9", "20/9/26", "mai", "٢٠/٩/2026"])
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises(DraftFault):
        read_day(typed)


# --- changed and closed -------------------------------------------------------------------------


def test_a_draft_is_changed(editor: Officer, sqlite: Engine) -> None:
    number = a_draft(sqlite)
    page = editor.get(f"/admin/drafts/{number}").text
    assert values(page)["lead"] == "Sở Tài chính"
    for _ in range(2):
        done = editor.post(f"/admin/drafts/{number}", **FEES)
        assert done.headers["location"] == f"/admin/drafts/{number}?done=turned"
    assert the_draft(sqlite, number).title == FEES["title"]
    # The second time nothing was different.
    assert [row[1:] for row in audited(sqlite)] == [("draft_changed", f"draft:{number}")]
    assert editor.post("/admin/drafts/99", **FEES).status_code == 404


def test_words_are_corrected_although_the_last_day_is_over(editor: Officer, sqlite: Engine) -> None:
    number = a_draft(sqlite, closes_on=TODAY - timedelta(days=1))
    kept = {**FEES, "closes_on": "20/11/2026"}
    assert editor.post(f"/admin/drafts/{number}", **kept).status_code == 303
    assert SAID["past_hint"] in editor.get(f"/admin/drafts/{number}").text
    earlier = {**FEES, "closes_on": "19/11/2026"}
    assert editor.post(f"/admin/drafts/{number}", **earlier).status_code == 422
    assert editor.post(f"/admin/drafts/{number}", **FEES).status_code == 303
    assert is_open(the_draft(sqlite, number), TODAY)


def test_a_draft_is_closed_and_opened_again(editor: Officer, sqlite: Engine) -> None:
    number = a_draft(sqlite)
    path = f"/admin/drafts/{number}"
    pressed = [editor.post(f"{path}/close").headers["location"] for _ in range(2)]
    assert pressed == [f"{path}?done=turned", f"{path}?done=already"]
    assert not is_open(the_draft(sqlite, number), TODAY)
    assert SAID["is_over"] in editor.get(path).text
    listing = editor.get("/admin/drafts").text
    assert listing.index(SAID["ended_heading"]) < listing.index(f"GOPY {number}")
    assert editor.post(f"{path}/open").headers["location"] == f"{path}?done=turned"
    assert is_open(the_draft(sqlite, number), TODAY)
    assert [row[1] for row in audited(sqlite)] == ["draft_closed", "draft_reopened"]


def test_a_draft_ends_by_itself_at_midnight_in_vietnam(
    client: TestClient, sqlite: Engine, settings: Settings, clock: Clock
) -> None:
    number = a_draft(sqlite, closes_on=TODAY)
    for minutes, over in ((12 * 60 - 1, False), (1, True)):
        clock.forward(timedelta(minutes=minutes))
        viewer = signed_in(client, sqlite, settings, "viewer", clock.now)
        assert (SAID["is_over"] in viewer.get(f"/admin/drafts/{number}").text) is over


def test_many_that_have_ended_are_turned_over_like_pages(editor: Officer, sqlite: Engine) -> None:
    for number in range(21):
        a_draft(sqlite, f"Cũ {number}.", TODAY - timedelta(days=1))
    newest = editor.get("/admin/drafts").text
    assert "Cũ 20." in newest
    assert "Cũ 0." not in newest
    assert "Cũ 0." in editor.get("/admin/drafts?page=2").text


# --- seen ---------------------------------------------------------------------------------------


def test_comments_are_counted_with_a_way_to_them(editor: Officer, sqlite: Engine) -> None:
    number = a_draft(sqlite)
    with transaction(sqlite) as session:
        for _ in range(3):
            a_submission(session, policy_id=number)
    for path in ("/admin/drafts", f"/admin/drafts/{number}"):
        page = editor.get(path).text
        assert "<strong>3</strong> góp ý" in page
        assert f'href="/admin/submissions?draft={number}"' in page


def test_a_viewer_sees_drafts_but_no_comments_and_no_buttons(
    client: TestClient, sqlite: Engine, settings: Settings
) -> None:
    number = a_draft(sqlite)
    with transaction(sqlite) as session:
        a_submission(session, policy_id=number)
    viewer = signed_in(client, sqlite, settings, "viewer")
    for path in ("/admin/drafts", f"/admin/drafts/{number}"):
        page = viewer.get(path).text
        assert "Học phí" in page
        assert "<strong>1</strong> góp ý" in page
        assert "/admin/submissions" not in page
        assert page.count('method="post"') == 1  # to sign out


def test_a_draft_that_is_not_there_is_not_found(editor: Officer) -> None:
    assert editor.get("/admin/drafts/99").status_code == 404
    assert editor.post("/admin/drafts/99/close").status_code == 404
