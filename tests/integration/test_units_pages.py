"""Units, their people and contacts at the desk: what the pages show and what their buttons do."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine
from sqlmodel import select

from bot.texts import say
from service.admin.words import words
from service.settings import Settings
from service.storage.audit import audit_entries
from service.storage.bindings import ask, bindings_of, confirm, get_binding
from service.storage.contacts import contacts
from service.storage.delivery_tables import OutboundMessage
from service.storage.engine import transaction
from service.storage.invitations import find_invitation
from service.storage.unit_tables import Unit
from service.storage.units import add_unit, all_units, close_unit, get_unit, names_of
from tests.builders import NOON
from tests.desk import Clock, Officer, an_account, audited, signed_in

TODAY = date(2026, 11, 21)
PLAN = "hai-phong-gddt-2023"
EVIL = "<script>alert(1)</script>"
pytestmark = pytest.mark.usefixtures("clock")


def a_unit(engine: Engine, name: str = "Sở Y tế", **fields: str) -> int:
    with transaction(engine) as session:
        return add_unit(session, name, NOON, **fields).id or 0  # type: ignore[arg-type]


def unit(engine: Engine, unit_id: int) -> Unit:
    with transaction(engine) as session:
        found = get_unit(session, unit_id)
        assert found is not None
        return found


def asks(engine: Engine, unit_id: int, name: str, chat: str, confirmed: bool = False) -> int:
    """Somebody asks to act for the unit; the number of the binding."""
    with transaction(engine) as session:
        person = an_account(session, "telegram", chat).person_id
        binding = ask(session, person, unit_id, name, "chuyên viên", NOON, head=True)
        if confirmed:
            confirm(session, binding.id or 0, "admin:1", NOON)
        return binding.id or 0


def said(engine: Engine) -> list[tuple[str, str]]:
    with transaction(engine) as session:
        return [(row.chat, row.text) for row in session.exec(select(OutboundMessage))]


def send(officer: Officer, content: bytes, name: str = "don-vi.csv") -> Response:
    """Hand in a table: the page that says what became of it, or why it is refused at once."""
    answer = officer.client.post(
        "/admin/units/import",
        data={"csrf": officer.csrf},
        files={"file": (name, content)},
        follow_redirects=False,
    )
    return officer.done(answer) if answer.status_code == 303 else answer


# --- the list -----------------------------------------------------------------------------------


def test_a_unit_is_added_and_found_in_any_spelling(owner: Officer, sqlite: Engine) -> None:
    a_unit(sqlite, "UBND thành phố")
    fields = {"kind": "sở", "plan": PLAN, "contact": "Phòng 1", "head": "Giám đốc"}
    done = owner.post("/admin/units", name="Sở Y tế", parent="ubnd thanh pho", **fields)
    assert done.headers["location"] == "/admin/units/2?done=unit_added"
    page = owner.get("/admin/units/2?done=unit_added").text
    assert words()["done"]["unit_added"] in page
    for shown in ("<h1>Sở Y tế</h1>", 'value="UBND thành phố"', 'value="Giám đốc"'):
        assert shown in page
    assert "Sở Y tế" in owner.get("/admin/units?q=so+Y").text
    assert words()["units"]["none_found"] in owner.get("/admin/units?q=giao+duc").text
    assert audited(sqlite) == [("admin:1", "unit_added", "unit:2")]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"name": "SỞ Y TẾ"}, "Đã có đơn vị tên"),
        ({"name": " "}, "đang để trống"),
        ({"name": "Sở A", "parent": "Sở B"}, "Không có đơn vị tên “Sở B”"),
        ({"name": "Sở A", "plan": "x"}, say("units.no_plan")),
        ({"name": "Sở A", "head": "x" * 101}, "100 ký tự"),
    ],
)
def test_what_was_typed_stays_when_it_is_refused(
    owner: Officer, sqlite: Engine, fields: dict[str, str], why: str
) -> None:
    a_unit(sqlite)
    answer = owner.post("/admin/units", contact="Phòng 12", **fields)
    assert answer.status_code == 422
    assert why in answer.text
    assert 'value="Phòng 12"' in answer.text
    assert audited(sqlite) == []


def test_many_units_are_turned_over_like_pages(owner: Officer, sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        for number in range(60):
            add_unit(session, f"Trường {number:02}", NOON, kind="trường")
    page = owner.get("/admin/units?q=truong").text
    assert "60 đơn vị" in page
    older = re.search(r'href="([^"]*)">Cũ hơn', page)
    assert older
    rest = owner.get(older[1].replace("&amp;", "&")).text
    assert ("Trường 49" in page, "Trường 50" in page, "Trường 50" in rest) == (True, False, True)


def test_a_viewer_sees_units_and_nobodys_name(
    client: TestClient, sqlite: Engine, settings: Settings
) -> None:
    viewer = signed_in(client, sqlite, settings, "viewer")
    id_ = a_unit(sqlite, contact="Phòng 12", head="Một người, giám đốc")
    asks(sqlite, id_, "Người riêng", "1", confirmed=True)
    page = viewer.get("/admin/units").text
    assert "Sở Y tế" in page
    assert not re.search("Một người|Phòng 12|Người riêng|/admin/units/1|/admin/people", page)


# --- tables -------------------------------------------------------------------------------------


def test_a_table_is_taken_with_a_report(owner: Officer, sqlite: Engine) -> None:
    table = f"STT;Tên đơn vị;Kế hoạch\n1;Sở A;{PLAN}\n2;;\n3;Sở B;khac\n4;{EVIL};"
    page = send(owner, table.encode())
    assert page.status_code == 200
    assert "Đã thêm 2, cập nhật 0, giữ nguyên 0 đơn vị; bỏ qua 1 dòng." not in page.text
    assert "Đã thêm 2, cập nhật 0, giữ nguyên 0 đơn vị; bỏ qua 2 dòng." in page.text
    assert "Những cột không dùng đến: STT." in page.text
    assert re.search(r"Không có văn bản mã “khac” trong kho\. Ví dụ đúng: [\w-]+<", page.text)
    assert re.search(r">3</td>.*?trống.*?>4</td>", page.text, re.DOTALL)
    assert EVIL not in page.text
    assert "giữ nguyên 2 đơn vị" in send(owner, table.encode()).text
    with transaction(sqlite) as session:
        assert len(all_units(session)) == 2
        assert [(entry.action, entry.detail) for entry in audit_entries(session, 0, 2)] == [
            ("units_imported", {"added": 0, "changed": 0, "wrong": 2}),
            ("units_import_begun", {"job": 2}),
        ]


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "x.csv", words()["units"]["no_file"]),
        (b"a,b", "x.csv", words()["units"]["reasons"]["no_names"]),
        (b"PK", "x.xlsx", words()["units"]["reasons"]["damaged"]),
        (b"x" * (3 << 20), "x.csv", words()["units"]["reasons"]["too_large"]),
    ],
    ids=["empty", "no names", "damaged", "too large"],
)
def test_a_table_that_is_none_is_refused_in_words(
    owner: Officer, sqlite: Engine, content: bytes, name: str, reason: str
) -> None:
    answer = send(owner, content, name)
    assert reason in answer.text
    assert words()["jobs"]["hand_in_again"] in answer.text or answer.status_code == 422
    with transaction(sqlite) as session:
        assert all_units(session) == []
    assert [action for _, action, _ in audited(sqlite)] in ([], ["units_import_begun"])


def test_a_file_far_too_large_is_not_even_read(owner: Officer) -> None:
    assert send(owner, b"x" * (5 << 20)).status_code == 413


def test_all_units_are_written_out_without_formulas(owner: Officer, sqlite: Engine) -> None:
    a_unit(sqlite, "=1+1", head="@x")
    answer = owner.exported("/admin/units/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="don-vi.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert lines[0][:2] == ["Tên đơn vị", "Loại"]
    assert lines[1] == ["'=1+1", "", "", "", "", "'@x", "", ""]
    assert "giữ nguyên 1 đơn vị" in send(owner, answer.content).text


# --- one unit -----------------------------------------------------------------------------------


def test_a_unit_is_changed_and_the_trail_names_no_values(owner: Officer, sqlite: Engine) -> None:
    id_ = a_unit(sqlite)
    fields = {"kind": "", "parent": "", "plan": "", "contact": "", "head": "Một người"}
    done = owner.post(f"/admin/units/{id_}", **fields)
    assert done.headers["location"] == f"/admin/units/{id_}?done=unit_changed"
    again = owner.post(f"/admin/units/{id_}", **fields)
    assert again.headers["location"] == f"/admin/units/{id_}?done=already"
    with transaction(sqlite) as session:
        [entry] = audit_entries(session, 0, 9)
        assert entry.detail == {"head": "changed"}
    assert "người đứng đầu: đã đổi" in owner.get("/admin/audit").text
    wrong = owner.post(f"/admin/units/{id_}", **{**fields, "parent": "Sở Y tế", "kind": "mới"})
    assert wrong.status_code == 422
    assert say("units.cycle") in wrong.text
    assert 'value="mới"' in wrong.text


@pytest.mark.parametrize("day", ["1/7/2025", "01-07-2025", "2025-07-01"])
def test_a_unit_is_renamed_from_a_day_on(owner: Officer, sqlite: Engine, day: str) -> None:
    id_ = a_unit(sqlite)
    done = owner.post(f"/admin/units/{id_}/rename", new_name="Sở mới", renamed_on=day)
    assert done.headers["location"].endswith("unit_renamed")
    page = owner.get(f"/admin/units/{id_}").text
    assert "<h1>Sở mới</h1>" in page
    assert "Sở mới" in owner.get("/admin/units?q=so+y+te").text
    assert "<strong>Sở Y tế</strong> đến trước ngày 1/7/2025" in page
    with transaction(sqlite) as session:
        [name] = names_of(session, id_)
        assert name.until == date(2025, 7, 1)


@pytest.mark.parametrize("day", ["", "31/2/2025", "hôm qua", "22/11/2026", "0001-13-01"])
def test_a_wrong_day_is_refused_and_stays_typed(owner: Officer, sqlite: Engine, day: str) -> None:
    id_ = a_unit(sqlite)
    answer = owner.post(f"/admin/units/{id_}/rename", new_name="Sở mới", renamed_on=day)
    assert answer.status_code == 422
    assert f'value="{day}"' in answer.text
    assert 'value="Sở mới"' in answer.text
    assert unit(sqlite, id_).name == "Sở Y tế"


def test_a_unit_is_merged_with_its_people(owner: Officer, sqlite: Engine) -> None:
    one, two = a_unit(sqlite, "Xã A"), a_unit(sqlite, "Xã B")
    binding = asks(sqlite, one, "Người xã", "1", confirmed=True)
    done = owner.post(f"/admin/units/{one}/merge", into="xa b", merged_on="1/7/2025")
    assert done.headers["location"].endswith("unit_merged")
    assert "đã sáp nhập vào Xã B từ 1/7/2025" in owner.get("/admin/units").text
    assert "Người xã" in owner.get(f"/admin/units/{two}").text
    page = owner.get(f"/admin/units/{one}").text
    assert "Người xã" not in page
    assert f'action="/admin/units/{one}/invite"' not in page
    refused = owner.post(f"/admin/units/{two}/merge", into="Xã A", merged_on="1/8/2025")
    assert "đã kết thúc hoạt động" in refused.text
    with transaction(sqlite) as session:
        found = get_binding(session, binding)
        assert found is not None
        assert found.unit_id == two


def test_a_unit_is_closed_and_opened_again(owner: Officer, sqlite: Engine) -> None:
    id_ = a_unit(sqlite)
    owner.post(f"/admin/units/{id_}/close", closed_on="1/1/2027")
    assert "sẽ kết thúc từ 1/1/2027" in owner.get("/admin/units").text
    owner.post(f"/admin/units/{id_}/close", closed_on="1/1/2026")
    assert "đã kết thúc từ 1/1/2026" in owner.get(f"/admin/units/{id_}").text
    refused = owner.post(f"/admin/units/{id_}/invite")
    assert (refused.status_code, say("units.not_open") in refused.text) == (422, True)
    for expected in ("unit_reopened", "already"):
        done = owner.post(f"/admin/units/{id_}/reopen")
        assert done.headers["location"] == f"/admin/units/{id_}?done={expected}"
    assert [action for _, action, _ in audited(sqlite)] == [
        "unit_closed", "unit_closed", "unit_reopened",
    ]  # fmt: skip


def test_an_invitation_is_shown_once(owner: Officer, sqlite: Engine, clock: Clock) -> None:
    id_ = a_unit(sqlite)
    page = owner.post(f"/admin/units/{id_}/invite", head="true").text
    code = re.search(r'class="code">([A-Z2-9-]{9})<', page)
    assert code
    assert f"mã đơn vị {code[1]}" in page
    assert "moi=" not in page  # no public address
    assert code[1] not in owner.get(f"/admin/units/{id_}").text
    with transaction(sqlite) as session:
        found = find_invitation(session, code[1], clock.now)
        assert found is not None
        assert (found.unit_id, found.head, found.shared) == (id_, True, False)
    assert audited(sqlite) == [("admin:1", "unit_invited", f"unit:{id_}")]


def test_an_invitation_that_nobody_used_is_withdrawn(owner: Officer, sqlite: Engine) -> None:
    id_ = a_unit(sqlite)
    assert words()["units"]["invitations_heading"] not in owner.get(f"/admin/units/{id_}").text
    made = owner.post(f"/admin/units/{id_}/invite", head="true").text
    code = re.search(r'class="code">([A-Z2-9-]{9})<', made)
    page = owner.get(f"/admin/units/{id_}").text
    assert words()["units"]["invitations_heading"] in page
    assert "5/12/2026" in page  # a fortnight later
    invitation = re.search(r'name="invitation" value="([^"]+)"', page)
    assert code
    assert invitation
    for expected in ("unit_uninvited", "already"):
        done = owner.post(f"/admin/units/{id_}/uninvite", invitation=invitation[1])
        assert done.headers["location"] == f"/admin/units/{id_}?done={expected}"
    assert invitation[1] not in owner.get(f"/admin/units/{id_}").text
    with transaction(sqlite) as session:
        assert find_invitation(session, code[1], NOON) is None
    assert [action for _, action, _ in audited(sqlite)] == ["unit_invited", "unit_uninvited"]


def test_an_officer_who_is_to_be_the_head_is_among_those_who_wait(
    owner: Officer, sqlite: Engine
) -> None:
    id_ = a_unit(sqlite)
    with transaction(sqlite) as session:
        person = an_account(session, "telegram", "1").person_id
        binding = ask(session, person, id_, "Người hỏi", "cán bộ", NOON)
        confirm(session, binding.id or 0, "admin:1", NOON)
        ask(session, person, id_, "Người hỏi", "cán bộ", NOON, head=True)
    assert words()["people"]["rising"] in owner.get("/admin/people").text
    owner.post(f"/admin/people/{binding.id}/confirm")
    assert words()["people"]["rising"] not in owner.get("/admin/people").text
    with transaction(sqlite) as session:
        [office] = bindings_of(session, person, TODAY)
        assert office.head


class TestWithAPublicAddress:
    """An invitation can then be a link, and a picture of it."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        """With the address."""
        return settings.model_copy(update={"public_url": "https://tro-ly.example.vn"})

    def test_an_invitation_is_a_link_and_a_picture(self, owner: Officer, sqlite: Engine) -> None:
        page = owner.post(f"/admin/units/{a_unit(sqlite)}/invite").text
        assert re.search(r'value="https://tro-ly\.example\.vn/\?moi=[A-Z2-9-]{9}"', page)
        assert re.search(r'<div class="qr"[^>]*><svg .*<path', page)
        assert not re.search(r"<style|<script(?! src=)|<[^>]* (?:style|on\w+)=", page)


def test_a_unit_that_is_not_there_is_not_found(owner: Officer) -> None:
    assert owner.get("/admin/units/9").status_code == 404
    for button in ("", "/rename", "/merge", "/close", "/reopen", "/invite", "/uninvite"):
        assert owner.post(f"/admin/units/9{button}").status_code == 404


# --- contacts -----------------------------------------------------------------------------------


def test_a_contact_is_kept_changed_and_dropped(owner: Officer, sqlite: Engine) -> None:
    for reach in ("Phòng 1", "Phòng 2"):
        done = owner.post("/admin/contacts", body="Thanh tra Sở", now="Thanh tra", reach=reach)
        assert done.headers["location"] == "/admin/organisations?done=contact_set"
    page = owner.get("/admin/organisations").text
    assert ("Phòng 1" in page, "Phòng 2" in page) == (False, True)
    refused = owner.post("/admin/contacts", body="Sở A", reach="")
    assert (refused.status_code, 'value="Sở A"' in refused.text) == (422, True)
    for expected in ("contact_dropped", "already"):
        done = owner.post("/admin/contacts/1/drop")
        assert done.headers["location"] == f"/admin/organisations?done={expected}"
    with transaction(sqlite) as session:
        assert contacts(session) == []


# --- people -------------------------------------------------------------------------------------


def test_whoever_waits_is_confirmed_once_and_told(owner: Officer, sqlite: Engine) -> None:
    id_ = a_unit(sqlite, contact="Phòng 12")
    binding = asks(sqlite, id_, "Người hỏi", "chat-1")
    page = owner.get("/admin/people").text
    assert "Người hỏi, chuyên viên" in page
    assert "Liên hệ đơn vị: Phòng 12" in page
    assert re.search(r'Cán bộ đơn vị <span class="count">1<', page)
    for expected in ("person_confirmed", "already"):
        done = owner.post(f"/admin/people/{binding}/confirm")
        assert done.headers["location"] == f"/admin/people?done={expected}"
    assert said(sqlite) == [("chat-1", say("units.confirmed", unit="Sở Y tế"))]
    page = owner.get("/admin/people").text
    assert words()["people"]["waiting_empty"] in page
    assert "Người hỏi" in page
    assert "Người hỏi" in owner.get("/admin/people?q=nguoi+y+te").text
    assert words()["people"]["none_found"] in owner.get("/admin/people?q=khac").text
    assert audited(sqlite) == [("admin:1", "binding_confirmed", f"binding:{binding}")]


def test_whoever_is_refused_is_told_whom_to_ask(owner: Officer, sqlite: Engine) -> None:
    binding = asks(sqlite, a_unit(sqlite), "Người hỏi", "chat-1")
    owner.post(f"/admin/people/{binding}/refuse")
    [(chat, text)] = said(sqlite)
    assert chat == "chat-1"
    assert say("contact") in text
    assert "Người hỏi" not in owner.get("/admin/people").text


def test_work_is_handed_over_to_another_of_the_unit(owner: Officer, sqlite: Engine) -> None:
    id_ = a_unit(sqlite)
    one = asks(sqlite, id_, "Người trước", "chat-1", confirmed=True)
    assert "hand-over" not in owner.get("/admin/people").text
    two = asks(sqlite, id_, "Người sau", "chat-2", confirmed=True)
    asks(sqlite, a_unit(sqlite, "Sở khác"), "Người ngoài", "chat-3", confirmed=True)
    page = owner.get("/admin/people").text
    assert f'<option value="{two}">Người sau</option>' in page
    assert page.count('<option value="') == 2
    done = owner.post(f"/admin/people/{one}/hand-over", to=str(two))
    assert done.headers["location"].endswith("person_handed_over")
    done = owner.post(f"/admin/people/{one}/hand-over", to=str(two))
    assert done.headers["location"].endswith("already")
    assert [chat for chat, _ in said(sqlite)] == ["chat-1", "chat-2"]
    with transaction(sqlite) as session:
        row = get_binding(session, one)
        assert row is not None
        assert bindings_of(session, row.person_id, TODAY) == ()


def test_the_last_person_of_a_unit_is_missed(owner: Officer, sqlite: Engine) -> None:
    id_ = a_unit(sqlite)
    binding = asks(sqlite, id_, "Người cuối", "chat-1", confirmed=True)
    owner.post(f"/admin/people/{binding}/revoke")
    page = owner.get("/admin/alerts").text
    assert words()["alert_kinds"]["unit_unreached"] in page
    assert f"đơn vị số {id_}" in page
    assert words()["units"]["unreached"] in owner.get("/admin/units").text
    with transaction(sqlite) as session:
        found = get_unit(session, id_)
        assert found is not None
        close_unit(session, found, TODAY, TODAY)
    assert words()["units"]["unreached"] not in owner.get("/admin/units").text


def test_what_people_and_officers_type_stays_text(owner: Officer, sqlite: Engine) -> None:
    id_ = a_unit(sqlite, EVIL, kind=EVIL, contact=EVIL, head=EVIL)
    asks(sqlite, id_, EVIL, "1")
    asks(sqlite, id_, EVIL, "2", confirmed=True)
    owner.post("/admin/contacts", body=EVIL, now=EVIL, reach=EVIL)
    for path in (
        "/admin/units",
        "/admin/organisations",
        f"/admin/units/{id_}",
        "/admin/people",
        f"/admin/units?q={EVIL}",
    ):
        page = owner.get(path).text
        assert EVIL not in page, path
        assert "&lt;script&gt;" in page
    assert EVIL not in owner.post(f"/admin/units/{id_}/rename", new_name=EVIL, renamed_on="x").text


@pytest.mark.parametrize("number", ["0", "-1", str(2**31), str(2**64), "x"])
def test_a_number_that_no_row_has_is_no_defect(owner: Officer, number: str) -> None:
    assert owner.get(f"/admin/units/{number}").status_code in (404, 422)
    assert owner.post(f"/admin/people/{number}/confirm").status_code in (404, 422)
    assert owner.post("/admin/people/1/hand-over", to=number).status_code in (303, 422)
