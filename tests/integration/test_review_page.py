"""A paper under review at the desk: every correction by hand, refusals, two people at once."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from httpx import Response
from sqlalchemy import Engine
from sqlmodel import select

from knowledge.documents import Document
from knowledge.duties import read_duties
from knowledge.reading.inspect import inspect_text
from knowledge.reading.outline import read_clauses
from service.admin.words import words
from service.library import candidates as on_their_way
from service.settings import Settings
from service.storage.candidates import add_candidate, get_candidate, move_candidate
from service.storage.engine import transaction
from service.storage.library_tables import Candidate
from service.storage.people_tables import AuditEntry
from service.storage.units import add_unit
from tests.builders import NOON, a_document
from tests.desk import Officer, audited, signed_in

TEXT = """ỦY BAN NHÂN DÂN XÃ AN BÌNH
Số:     /KH-UBND
KẾ HOẠCH
Truyền thông chính sách năm 2026

I. MỤC ĐÍCH
1. Nâng cao nhận thức <script>alert(1)</script> của cán bộ.
2. Bảo đảm thiết thực.
II. TỔ CHỨC THỰC HIỆN
1. Phòng Văn hóa chủ trì rà soát, báo cáo Sở Tư pháp trước ngày 2/9/2026.
2. Các trường gửi kế hoạch về Phòng Văn hóa trước ngày 15/9/2026.
"""
FAULTS = words()["review"]["faults"]


def a_paper(text: str = TEXT, **changes: object) -> Document:
    clauses = read_clauses(text)
    duties = read_duties(text, clauses, year=2026)
    values = {"audience": ("officers",), "identity": inspect_text(text).identity, **changes}
    return a_document("ke-hoach-moi", text=text, clauses=clauses, duties=duties, **values)


def a_candidate(engine: Engine, settings: Settings, paper: Document, **changes: object) -> int:
    row = {
        "state": "review",
        "file_name": "ke-hoach.txt",
        "files": [],
        "warnings": list(inspect_text(paper.text).warnings),
        "audience": ["officers"],
        "origin": "desk",
        "by": "admin:1",
        "created_at": NOON,
        "changed_at": NOON,
    }
    with transaction(engine) as session:
        number = add_candidate(session, Candidate(**{**row, **changes}))
        candidate = get_candidate(session, number)
        assert candidate
        on_their_way.save_paper(session, settings, candidate, paper, NOON)
    return number


@pytest.fixture
def waiting(sqlite: Engine, settings: Settings) -> int:
    return a_candidate(sqlite, settings, a_paper())


class Desk:
    """The page of one candidate, and its forms as a browser would send them."""

    def __init__(self, officer: Officer, engine: Engine, settings: Settings, number: int) -> None:
        self.officer, self.engine, self.settings, self.number = officer, engine, settings, number

    @property
    def path(self) -> str:
        return f"/admin/candidates/{self.number}"

    def candidate(self) -> Candidate:
        with transaction(self.engine) as session:
            found = get_candidate(session, self.number)
            assert found
            session.expunge(found)
            return found

    def paper(self) -> Document:
        return on_their_way.open_paper(self.settings, self.candidate())

    def see(self, asked: str = "") -> str:
        answer = self.officer.get(f"{self.path}{asked}")
        assert answer.status_code == 200, answer.text
        return unescape(answer.text)

    def send(self, part: str, **fields: str) -> Response:
        sent = {"revision": f"{self.candidate().revision}", **fields}
        return self.officer.post(f"{self.path}/{part}", **sent)

    def keep(self, part: str, **fields: str) -> Document:
        answer = self.send(part, **fields)
        assert answer.status_code == 303, unescape(answer.text)
        return self.paper()

    def form(self, asked: str, part: str) -> dict[str, str]:
        """What the form of a page would send if nothing were typed."""
        page = self.see(asked)
        start = page.index(f'action="{self.path}/{part}"')
        form = page[start : page.index("</form>", start)]
        found = dict(re.findall(r'<input[^>]* name="(\w+)" value="([^"]*)"', form))
        found |= {
            name: value.lstrip("\n")
            for name, value in re.findall(
                r'<textarea[^>]* name="(\w+)"[^>]*>(.*?)</textarea>', form, re.DOTALL
            )
        }
        for name, options in re.findall(
            r'<select[^>]* name="(\w+)">(.*?)</select>', form, re.DOTALL
        ):
            chosen = re.search(r'value="([^"]*)" selected', options)
            found[name] = chosen[1] if chosen else ""
        checked = re.findall(r'type="radio" name="(\w+)" value="(\w+)" checked', form)
        return found | dict(checked)


@pytest.fixture
def desk(owner: Officer, sqlite: Engine, settings: Settings, waiting: int) -> Desk:
    return Desk(owner, sqlite, settings, waiting)


def test_the_page_shows_source_clauses_duties_and_doubts(desk: Desk) -> None:
    answer = desk.officer.get(desk.path).text
    assert "<script>alert" not in answer
    page = unescape(answer)
    assert "Bảo đảm thiết thực." in page
    assert f'{desk.path}?at=II.1&duty=1"' in page
    assert "trước ngày 2/9/2026 → đến hết thứ Ba 01/09/2026" in page
    assert 'href="#vb-number"' in page
    assert f"{desk.path}/publish" in page
    assert f"{desk.path}/changes" in page


def test_a_chosen_clause_is_marked_in_the_source(desk: Desk) -> None:
    page = desk.see("?at=II.2")
    assert '<mark class="chosen-part" id="doan">2. Các trường gửi' in page
    duty = desk.see("?at=II.1&duty=1")
    assert '<mark class="quoted-part">' in duty
    assert page.count("<mark") == 1


def test_one_wrong_date_is_put_right_by_typing_it(desk: Desk, sqlite: Engine) -> None:
    fields = desk.form("?at=II.1&duty=1", "duties")
    assert fields["when"] == "trước ngày 2/9/2026"
    after = desk.keep("duties", **{**fields, "when": "trước ngày 20/9/2026", "do": "save"})
    when = after.duties[0].when
    assert (when.text, when.end) == ("trước ngày 20/9/2026", date(2026, 9, 19))
    assert after.text == TEXT
    assert not after.duties[0].reviewed
    with transaction(sqlite) as session:
        (row,) = session.exec(select(AuditEntry)).all()
    told = {"what": "duty_save", "address": "II.1"}
    assert (row.action, row.subject, row.detail) == (
        "candidate_corrected",
        f"candidate:{desk.number}",
        told,
    )
    trail = unescape(desk.officer.get("/admin/audit").text)
    assert "sửa văn bản đang chờ" in trail
    assert "việc sửa: sửa nhiệm vụ, mục: II.1" in trail


def test_every_field_of_a_duty_is_kept(desk: Desk) -> None:
    fields = desk.form("?at=II.1&duty=1", "duties")
    typed = {
        "leads": "Phòng Văn hóa\r\nPhòng Tư pháp",
        "coordinates": "Các trường",
        "duty": "Rà soát văn bản",
        "recipient": "Sở Tư pháp",
        "via": "",
        "first": "1/8/2026",
        "last": "1/9/2026",
        "quote": "Phòng Văn hóa chủ trì rà soát",
        "address": "II",
    }
    duty = desk.keep("duties", **{**fields, **typed, "do": "right"}).duties[0]
    assert duty.leads == ("Phòng Văn hóa", "Phòng Tư pháp")
    assert (duty.coordinates, duty.duty) == (("Các trường",), "Rà soát văn bản")
    assert (duty.recipient, duty.via, duty.address) == ("Sở Tư pháp", None, "II")
    assert (duty.when.kind, duty.when.start) == ("period", date(2026, 8, 1))
    assert duty.when.text == "trước ngày 2/9/2026"
    assert duty.reviewed


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"when": "trước ngày 31/9/2026"}, FAULTS["day"]),
        ({"quote": "lời không có"}, FAULTS["quote"]),
        ({"address": "V"}, FAULTS["no_clause"]),
        ({"duty": " "}, FAULTS["no_task"]),
        ({"first": "mai"}, "Từ ngày chưa phải là một ngày"),
        ({"first": "3/9/2026", "last": "2/9/2026"}, FAULTS["order"]),
        ({"when": "a" * 500}, "Thời hạn dài quá 400 ký tự"),
        ({"number": "9"}, FAULTS["no_duty"]),
        ({"do": "other"}, FAULTS["again"]),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_duty_is_told_and_what_was_typed_stays(
    desk: Desk, typed: dict[str, str], why: str
) -> None:
    before, fields = desk.paper(), desk.form("?at=II.1&duty=1", "duties")
    answer = desk.send("duties", **{**fields, "do": "save", "leads": "Tổ gõ dở", **typed})
    assert answer.status_code == 422
    page = unescape(answer.text)
    assert why in page
    if "number" not in typed:
        assert "Tổ gõ dở" in page
    assert desk.paper() == before


def test_duties_are_added_dropped_and_ticked(desk: Desk) -> None:
    fields = desk.form("?at=II.2&duty=-1", "duties")
    assert fields["quote"].startswith("Các trường gửi kế hoạch")
    count = len(desk.paper().duties)
    added = desk.keep("duties", **{**fields, "do": "add", "duty": "Gửi thêm", "when": "1/10/2026"})
    assert added.duties[-1].duty == "Gửi thêm"
    assert added.duties[-1].reviewed
    ticked = desk.keep("duties", do="tick_clause", at="II.1")
    assert [duty.reviewed for duty in ticked.duties if duty.address == "II.1"] == [True]
    again = desk.keep("duties", do="untick", number="1", at="II.1")
    assert not again.duties[0].reviewed
    everything = desk.keep("duties", do="tick_all")
    assert all(duty.reviewed for duty in everything.duties)
    assert len(desk.keep("duties", do="drop", number=f"{count + 1}", at="II.2").duties) == count


def test_clauses_are_merged_split_renumbered_moved(desk: Desk) -> None:
    def addresses() -> list[str]:
        return [clause.address for clause in desk.paper().clauses]

    answer = desk.send("clauses", do="merge", at="I.2", into="I.1")
    assert answer.headers["location"] == f"{desk.path}?at=I.1&done=corrected"
    assert "I.2" not in addresses()
    number = len(desk.paper().clause("I.1").pieces) - 1
    fields = {"at": "I.1", "piece": f"{number}", "label": "2.", "level": "same"}
    split = desk.send("clauses", do="split", **fields)
    assert split.headers["location"] == f"{desk.path}?at=I.2&done=corrected"
    moved = desk.send("clauses", do="renumber", at="II", label="III.")
    assert moved.headers["location"] == f"{desk.path}?at=III&done=corrected"
    assert {duty.address for duty in desk.paper().duties} == {"III.1", "III.2"}
    desk.keep("clauses", do="indent", at="III.2")
    assert "III.1.2" in addresses()
    desk.keep("clauses", do="outdent", at="III.1.2")
    named = desk.keep("clauses", do="heading", at="III.1", heading="Phòng Văn hóa")
    assert named.clause("III.1").heading == "Phòng Văn hóa"
    assert named.text == TEXT


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"do": "renumber", "label": "số hai"}, FAULTS["label"]),
        ({"do": "renumber", "label": "1" * 60}, "Số của mục dài quá 40"),
        ({"do": "split", "label": "3.", "first_words": "không có"}, FAULTS["words"]),
        ({"do": "merge", "into": "I.1"}, FAULTS["not_beside"]),
        ({"do": "heading", "heading": "Chữ khác"}, FAULTS["heading"]),
        ({"do": "indent", "at": "II"}, ""),
        ({"do": "outdent", "at": "II"}, FAULTS["at_top"]),
        ({"do": "nothing"}, FAULTS["again"]),
    ],
    ids=str,
)
def test_a_correction_that_cannot_be_is_told(desk: Desk, typed: dict[str, str], why: str) -> None:
    before = desk.paper()
    answer = desk.send("clauses", **{"at": "II.2", **typed})
    if not why:
        assert answer.status_code == 303
        return
    assert answer.status_code == 422
    page = unescape(answer.text)
    assert why in page
    for key in ("label", "first_words", "heading"):
        assert typed.get(key, "") in page
    assert desk.paper() == before


def test_what_is_known_of_a_paper_is_put_right(desk: Desk, sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        unit = add_unit(session, "Trường Tiểu học An Bình", NOON)
        chosen = f"{unit.id}"
    fields = desk.form("", "paper")
    assert fields["number"] == "/KH-UBND"
    assert fields["date"] == ""
    typed = {
        "number": "15/KH-UBND",
        "date": "3/8/2026",
        "short_title": "Kế hoạch 15 của xã An Bình",
        "first_year": "2026",
        "status": "period",
        "until": "31/12/2026",
        "reason": "kỳ kế hoạch năm 2026",
        "audience": "units",
        "units": chosen,
        "implements": "407-qd-ttg\r\n4411/HĐPBGDPL",
        "supersedes": "hai-phong-gddt-2023",
    }
    after = desk.keep("paper", **{**fields, **typed})
    assert (after.identity.number, after.identity.date) == ("15/KH-UBND", "2026-08-03")
    assert (after.short_title, after.years) == ("Kế hoạch 15 của xã An Bình", (2026, 2026))
    assert (after.validity.status, after.validity.until) == ("period", date(2026, 12, 31))
    assert after.validity.recorded == date(2026, 11, 21)
    assert after.audience == (f"units:{chosen}",)
    assert after.implements == ("407-qd-ttg", "4411/HĐPBGDPL")
    assert after.supersedes == ("hai-phong-gddt-2023",)
    assert after.id == "15-kh-ubnd"  # it follows from the number
    assert desk.candidate().title == after.short_title
    page = desk.see()
    assert 'href="#vb-number"' not in page  # the doubt is settled
    assert desk.form("", "paper")["date"] == "3/8/2026"


def test_the_id_of_a_paper_of_the_library_stays(
    owner: Officer, sqlite: Engine, settings: Settings
) -> None:
    number = a_candidate(sqlite, settings, a_paper(), origin="paper")
    desk = Desk(owner, sqlite, settings, number)
    fields = desk.form("", "paper")
    assert desk.keep("paper", **{**fields, "number": "15/KH-UBND"}).id == "ke-hoach-moi"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"date": "31/2/2026"}, FAULTS["date"]),
        ({"date": "tháng ba"}, FAULTS["date"]),
        ({"short_title": ""}, FAULTS["short_title"]),
        ({"status": "gone"}, FAULTS["status"]),
        ({"reason": " "}, FAULTS["reason"]),
        ({"status": "expired", "until": ""}, FAULTS["no_until"]),
        ({"until": "mai"}, "Hết ngày chưa phải"),
        ({"audience": "everybody"}, FAULTS["audience"]),
        ({"audience": "units"}, FAULTS["no_units"]),
        ({"first_year": "2027", "last_year": "2026"}, FAULTS["years"]),
        ({"first_year": "hai"}, FAULTS["years"]),
        ({"issuer": "x" * 400}, "Cơ quan ban hành dài quá 300"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_paper_is_told(desk: Desk, typed: dict[str, str], why: str) -> None:
    before = desk.paper()
    fields = {**desk.form("", "paper"), "title": "Tên đang gõ dở", **typed}
    answer = desk.send("paper", **fields)
    assert answer.status_code == 422
    page = unescape(answer.text)
    assert why in page
    assert "Tên đang gõ dở" in page
    assert desk.paper() == before


def test_two_people_at_once_lose_nothing(desk: Desk) -> None:
    fields = desk.form("?at=II.1&duty=1", "duties")
    desk.keep("duties", do="drop", number="1", at="II.1")
    late = {**fields, "do": "save", "when": "trước ngày 20/9/2026", "leads": "Tổ của tôi"}
    before = desk.paper()
    answer = desk.send("duties", **late)
    assert answer.status_code == 409
    page = unescape(answer.text)
    assert FAULTS["overtaken"] in page
    assert "Tổ của tôi" in page
    assert "trước ngày 20/9/2026" in page
    assert desk.paper() == before


def test_the_last_correction_is_undone(desk: Desk, sqlite: Engine) -> None:
    before = desk.paper()
    assert desk.send("undo").headers["location"].endswith("done=nothing_to_undo")
    merged = desk.keep("clauses", do="merge", at="I.2")
    desk.keep("clauses", do="renumber", at="II", label="III.")
    assert desk.keep("undo") == merged
    assert desk.keep("undo") == before
    assert desk.send("undo").headers["location"].endswith("done=nothing_to_undo")
    desk.keep("clauses", do="renumber", at="II", label="V.")
    assert desk.keep("undo") == before
    stale = desk.officer.post(f"{desk.path}/undo", revision="1")
    assert stale.headers["location"].endswith("done=already")
    assert [what for _, what, _ in audited(sqlite)] == ["candidate_corrected"] * 6


def test_what_changes_nothing_is_not_written_down(desk: Desk, sqlite: Engine) -> None:
    revision = desk.candidate().revision
    answer = desk.send("clauses", do="renumber", at="I.2", label="2.")
    assert answer.headers["location"].endswith("done=same")
    assert desk.send("paper", **desk.form("", "paper")).headers["location"].endswith("done=same")
    assert desk.candidate().revision == revision
    assert audited(sqlite) == []


def test_a_paper_that_is_being_published_is_not_changed(desk: Desk, sqlite: Engine) -> None:
    before = desk.paper()
    with transaction(sqlite) as session:
        move_candidate(session, desk.number, ("review",), "published", NOON)
    for part in ("clauses", "duties", "paper", "undo"):
        answer = desk.send(part, do="merge", at="I.2")
        assert answer.headers["location"] == f"{desk.path}?done=already"
    assert desk.paper() == before


@pytest.mark.parametrize("part", ["clauses", "duties", "paper", "undo"])
def test_a_paper_that_is_not_there_is_not_found(owner: Officer, part: str) -> None:
    assert owner.post(f"/admin/candidates/77/{part}", revision="1").status_code == 404


@pytest.mark.parametrize("role", ["receiver", "viewer"])
def test_only_owners_and_editors_may(
    owner: Officer, sqlite: Engine, settings: Settings, waiting: int, role: str
) -> None:
    other = signed_in(owner.client, sqlite, settings, role)  # type: ignore[arg-type]
    assert other.get(f"/admin/candidates/{waiting}").status_code == 403
    assert other.post(f"/admin/candidates/{waiting}/undo", revision="1").status_code == 403


def test_a_long_paper_is_shown_by_pages(owner: Officer, sqlite: Engine, settings: Settings) -> None:
    text = "I. VIỆC\n" + "".join(f"{n}. Việc thứ {n} của xã.\n" for n in range(1, 90))
    paper = replace(a_paper(text), duties=())
    desk = Desk(owner, sqlite, settings, a_candidate(sqlite, settings, paper))
    first = desk.see()
    assert "?at=I.39" in first
    assert "?at=I.40" not in first
    assert "?page=2" in first
    assert "?at=I.80" in desk.see("?at=I.85")  # the page on which the chosen clause stands
    assert "?at=" not in desk.see("?only=duties").split("cau-truc")[2].split("thong-tin")[0]


@pytest.mark.parametrize("asked", ["?at=V.9", "?duty=99", "?at=II.1&duty=2", "?page=99", "?at=<b>"])
def test_an_address_that_names_nothing_is_only_the_page(desk: Desk, asked: str) -> None:
    assert "I. MỤC ĐÍCH" in desk.see(asked)
