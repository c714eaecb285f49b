"""*Cơ quan, địa phương* at the desk, and in the answers of the running assistant."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from bot.texts import say
from knowledge.library import Library
from service.admin.words import words
from service.housekeeping import look_after
from service.organisations import organisations_of, own_of, shipped
from service.settings import Settings
from service.shapes import Question
from service.storage.alerts import open_alerts, resolve_alert
from service.storage.engine import transaction
from service.wiring import open_live
from tests.builders import NOON
from tests.desk import Officer, audited, signed_in

SAID = words()["organisations"]
LIST = "/admin/organisations"
ENTRY = f"{LIST}/entry"
FIELDS = {"table": "body", "was": "", "name": "Ban Tiếp công dân"}
EVIL = "<script>x</script>"

pytestmark = pytest.mark.usefixtures("clock")


def at(name: str, table: str = "body") -> str:
    return f"{ENTRY}?table={table}&name={quote(name)}"


def test_a_body_is_added_changed_and_taken_back(
    owner: Officer, sqlite: Engine, settings: Settings
) -> None:
    done = owner.post(ENTRY, **FIELDS, aliases="BTCD\n\n btcd \nban tiếp dân")
    assert done.headers["location"] == f"{LIST}?done=organisation_set"
    page = owner.get(f"{LIST}?q=btcd&own=1").text
    assert "Ban Tiếp công dân" in page
    assert "btcd, ban tiep dan" in page
    assert f"1 {SAID['found']}" in page
    changed = {"table": "body", "was": "Ban Tiếp công dân", "ended": "1/7/2025"}
    basis = {"basis": "Luật số 72/2025/QH15", "issued": "16/6/2025", "successor": "Sở Tư pháp"}
    owner.post(ENTRY, **changed, **basis)
    page = owner.get(at("Ban Tiếp công dân")).text
    for told in (
        "01/07/2025",
        "16/06/2025",
        "Ban Tiếp công dân không còn từ 01/07/2025",
        SAID["remove"],
    ):
        assert told in page
    assert f"{SAID['now']} Sở Tư pháp" in owner.get(f"{LIST}?own=1").text
    done = owner.post(f"{LIST}/reset", table="body", name="Ban Tiếp công dân")
    assert done.headers["location"].endswith("organisation_reset")
    assert owner.get(at("Ban Tiếp công dân")).status_code == 404
    assert own_of(settings).version == 3
    actions = [action for _, action, _ in audited(sqlite)]
    assert actions.count("organisation_set") == 2
    assert actions.count("organisation_reset") == 1


def test_an_entry_that_ships_says_so_and_can_be_had_back(owner: Officer) -> None:
    page = owner.get(at("Sở Tư pháp")).text
    assert SAID["shipped"] in page
    assert SAID["reset"] not in page
    owner.post(ENTRY, table="body", was="Sở Tư pháp", aliases="stp")
    page = owner.get(at("Sở Tư pháp")).text
    assert SAID["reset"] in page
    owner.post(f"{LIST}/reset", table="body", name="Sở Tư pháp")
    assert "so tp" in owner.get(at("Sở Tư pháp")).text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"name": ""}, "ghi tên"),
        ({"name": "Sở Tư pháp"}, "Đã có “Sở Tư pháp”"),
        ({"aliases": "sgd"}, "đang là tên"),
        ({"ended": "31/2/2025", "basis": "Luật số 72/2025/QH15"}, "không phải là một ngày có thật"),
        ({"successor": "Sở Tư pháp"}, "căn cứ có số"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    owner: Officer, settings: Settings, typed: dict[str, str], says: str
) -> None:
    refused = owner.post(ENTRY, **{**FIELDS, "note": "lời đã ghi", **typed})
    assert refused.status_code == 422
    assert says in refused.text
    assert 'value="lời đã ghi"' in refused.text
    assert own_of(settings).version == 0


def test_whoever_looks_changes_nothing(
    client: TestClient, sqlite: Engine, settings: Settings
) -> None:
    viewer = signed_in(client, sqlite, settings, "viewer")
    page = viewer.get(at("Thanh tra Sở")).text
    assert "84/2025/QH15" in page
    assert "<textarea" not in page
    assert SAID["add_body"] not in viewer.get(LIST).text
    assert viewer.post(ENTRY, **FIELDS).status_code == 403
    assert own_of(settings).version == 0


def test_what_is_typed_stays_text(owner: Officer) -> None:
    owner.post(ENTRY, table="place", was="", name=f"Xã {EVIL}", aliases=f"xa {EVIL}")
    for page in (owner.get(LIST + "?own=1").text, owner.get(at(f"Xã {EVIL}", "place")).text):
        assert EVIL not in page
        assert "&lt;script&gt;" in page
    assert EVIL not in owner.post(ENTRY, **{**FIELDS, "aliases": EVIL, "ended": EVIL}).text


def test_a_table_that_is_none_is_not_found(owner: Officer) -> None:
    assert owner.get(f"{ENTRY}?table=x").status_code == 404
    assert owner.post(ENTRY, **{**FIELDS, "table": "x"}).status_code == 404
    assert owner.post(ENTRY, **{**FIELDS, "was": "không có"}).status_code == 404
    assert owner.post(f"{LIST}/reset", table="x", name="").status_code == 404
    assert owner.get(at("")).status_code == 200


def test_the_contact_of_a_body_stands_with_it(owner: Officer) -> None:
    owner.post("/admin/contacts", body="Thanh tra Sở", now="Thanh tra tỉnh", reach="số 1 phố A")
    page = owner.get(at("Thanh tra Sở")).text
    assert 'value="Thanh tra tỉnh"' in page
    assert 'value="số 1 phố A"' in page


def test_a_file_that_cannot_be_used_is_said(owner: Officer, settings: Settings) -> None:
    owner.post(ENTRY, **FIELDS)
    (settings.data_dir / "overrides" / "organisations.toml").write_text("[[body", "utf-8")
    assert SAID["unusable"] in owner.get(LIST).text
    assert owner.post(ENTRY, **FIELDS).status_code == 422


def test_a_running_assistant_follows(owner: Officer, settings: Settings) -> None:
    """The note of an answer names what the office has entered a moment ago."""
    quick = settings.model_copy(update={"encoder": None})
    live = open_live(quick)
    before = live.current()
    told = {"ended": "1/2/2024", "basis": "Nghị định số 1/2024/NĐ-CP", "note": "Sở GDĐT đã đổi tên"}
    owner.post(ENTRY, table="body", was="Sở Giáo dục và Đào tạo", aliases="sgd\nsgddt", **told)
    after = live.current()
    assert after is not before
    body = organisations_of(settings).body("Sở Giáo dục và Đào tạo")
    assert body is not None
    assert body.status[0].ended == date(2024, 2, 1)
    question = Question("Hạn gửi kế hoạch năm 2023 của Sở GDĐT Hải Phòng là ngày nào?")
    told_now = after.tell(question, date(2023, 8, 1)).row["text"]
    later = after.tell(question, date(2024, 6, 1)).row["text"]
    assert "1/2024/NĐ-CP" not in str(told_now)
    assert "1/2024/NĐ-CP" in str(later)


def test_a_broken_file_is_an_alert_on_today_until_it_is_whole(
    owner: Officer, sqlite: Engine, settings: Settings
) -> None:
    owner.post(ENTRY, **FIELDS)
    file = settings.data_dir / "overrides" / "organisations.toml"
    whole, alert = file.read_text("utf-8"), words()["alert_kinds"]["organisations_unusable"]

    def today() -> str:
        look_after(sqlite, settings, Library(()))
        page = owner.get("/admin")
        assert page.status_code == 200
        return page.text

    assert alert not in today()
    file.write_text("[[body", "utf-8")
    page = today()
    assert alert in page
    assert say("alerts.organisations_unusable") in page
    assert words()["subjects"]["organisations"] in page
    assert organisations_of(settings) == shipped()  # everything goes on
    assert SAID["unusable"] in owner.get(LIST).text
    today()
    with transaction(sqlite) as session:
        [told] = open_alerts(session)
        assert told.count == 1  # once for each time that the file was changed
        resolve_alert(session, told.id or 0, NOON)
    assert alert not in today()  # somebody has seen it
    file.write_text("[[place", "utf-8")
    assert alert in today()
    file.write_text(whole, "utf-8")
    assert alert not in today()
    assert organisations_of(settings).body("Ban Tiếp công dân") is not None
