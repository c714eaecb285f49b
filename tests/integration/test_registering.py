"""Forms from the chat to the desk: who acts for a unit, what is kept, what comes of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session, select

from bot.texts import say
from service import offices
from service.delivery.files import Received
from service.settings import Settings
from service.storage import bindings, submissions
from service.storage.consents import consents_of
from service.storage.contacts import set_contact
from service.storage.engine import transaction
from service.storage.form_tables import Submission, SubmissionFile
from service.storage.invitations import invite
from service.storage.people import find_account
from service.storage.people_tables import AuditEntry
from service.storage.policy_drafts import Drafted, add_draft
from service.storage.submissions import LABEL
from service.storage.unit_tables import Binding
from service.storage.units import add_unit, find_unit
from service.unit_names import alike
from tests.builders import NOON, a_submission
from tests.desk import Clock
from tests.integration.talks import Talks

SCHOOL, OFFICE = "Trường THPT Ngô Quyền", "Phòng Giáo dục"


@pytest.fixture
def talks(sqlite: Engine, settings: Settings, clock: Clock) -> Talks:
    """People who write, and two units."""
    with transaction(sqlite) as session:
        add_unit(session, SCHOOL, NOON)
        add_unit(session, OFFICE, NOON)
    return Talks(sqlite, settings)


def told(talks: Talks, *texts: str, person: str = "7") -> str:
    """What is said to the last of them."""
    for text in texts:
        answered = talks.say(text, person)
    return "\n".join(answered)


def registered(talks: Talks, unit_id: int = 1, person: str = "7", **terms: bool) -> int:
    """Somebody has an invitation and asks; the binding that waits."""
    with transaction(talks.engine) as session:
        code = invite(session, unit_id, NOON, **terms)
    told(talks, f"mã đơn vị {code}", "đồng ý", "Trần Văn An", "Giáo viên", person=person)
    assert "chờ xác nhận" in told(talks, "gửi", person=person)
    with transaction(talks.engine) as session:
        account = find_account(session, "telegram", person)
        assert account is not None
        waiting = select(Binding).where(Binding.person_id == account.person_id)
        return next(b.id or 0 for b in session.exec(waiting) if b.unit_id == unit_id)


def an_officer(talks: Talks, unit_id: int = 1, person: str = "7", **terms: bool) -> None:
    binding = registered(talks, unit_id, person, **terms)
    with transaction(talks.engine) as session:
        assert offices.confirm(session, binding, "admin:1", NOON)


def plan(talks: Talks, person: str = "7") -> str:
    """A plan is sent; its code."""
    told(talks, "nộp kế hoạch", "đồng ý", person=person)
    told(talks, "riêng", person=person)
    event = talks.keep(event="file", person=person)
    content = "KẾ HOẠCH truyền thông năm 2026".encode()
    talks.answer(event, (Received("ke-hoach.txt", "text/plain", content),))
    told(talks, "bỏ qua", "bỏ qua", "Kế hoạch năm 2026", "bỏ qua", "2026", "bỏ qua", person=person)
    receipt = told(talks, "gửi", person=person)
    return receipt.split("Mã hồ sơ: ")[1].split(".")[0]


def state_of(session: Session, code: str) -> str:
    found = submissions.find_sent(session, code)
    assert found is not None
    return found.state


def test_who_was_invited_waits_and_what_they_send_waits_with_them(talks: Talks) -> None:
    binding = registered(talks)
    code = plan(talks)
    assert say("records.state_pending") in told(talks, "hồ sơ của tôi")
    with transaction(talks.engine) as session:
        assert state_of(session, code) == "pending"
        assert offices.confirm(session, binding, "admin:1", NOON)
        assert state_of(session, code) == "received"
    assert say("records.state_received") in told(talks, "hồ sơ của tôi")


def test_what_is_sent_is_kept_with_its_file_once(talks: Talks) -> None:
    an_officer(talks)
    code = plan(talks)
    told(talks, "gửi", "nộp")
    with transaction(talks.engine) as session:
        [kept] = session.exec(select(Submission)).all()
        assert (kept.code, kept.unit_id, kept.state) == (code, 1, "received")
        assert kept.answers["title"] == "Kế hoạch năm 2026"
        [file] = submissions.files_of(session, kept.id or 0)
        assert file.name == "ke-hoach.txt"
    assert (talks.settings.received_dir / file.sha256).is_file()


def test_a_correction_takes_the_place_of_what_was_sent(talks: Talks) -> None:
    an_officer(talks)
    first = plan(talks)
    second = told(talks, f"sửa {first}", "sửa 6", "Kế hoạch sửa đổi", "gửi")
    assert "Mã hồ sơ" in second
    with transaction(talks.engine) as session:
        rows = {row.state: row for row in session.exec(select(Submission))}
        assert set(rows) == {"replaced", "received"}
        assert rows["replaced"].code == first
        assert rows["received"].previous_id == rows["replaced"].id
        assert rows["received"].answers["title"] == "Kế hoạch sửa đổi"
        assert len(submissions.files_of(session, rows["received"].id or 0)) == 1


def test_what_is_accepted_cannot_be_taken_back(talks: Talks) -> None:
    an_officer(talks)
    code = plan(talks)
    told(talks, f"rút {code}")
    with transaction(talks.engine) as session:
        found = submissions.find_sent(session, code)
        assert found is not None
        submissions.decide(session, found.id or 0, "accepted", "", "admin:1", NOON)
    assert say("records.state_accepted") in told(talks, f"xác nhận rút {code}")
    with transaction(talks.engine) as session:
        assert state_of(session, code) == "accepted"


def test_the_head_sees_what_is_sent_for_the_unit_and_confirms_others(talks: Talks) -> None:
    an_officer(talks, head=True, person="1")
    binding = registered(talks, person="2")
    assert "Trần Văn An, Giáo viên" in told(talks, "người của đơn vị", person="1")
    assert told(talks, f"/duyet {binding}", person="1") == say("people.confirmed")
    assert told(talks, f"/duyet {binding}", person="1") == say("people.gone")
    code = plan(talks, person="2")
    assert code in told(talks, "hồ sơ của đơn vị", person="1")
    assert told(talks, f"rút {code}", person="1") == say("records.unknown", code=code)
    assert told(talks, "hồ sơ của đơn vị", person="2") == say("records.heads_only")


def test_the_head_reads_what_is_sent_for_the_unit_and_gets_its_files(talks: Talks) -> None:
    an_officer(talks, head=True, person="1")
    an_officer(talks, person="2")
    code = plan(talks, person="2")
    with transaction(talks.engine) as session:
        sent = submissions.find_sent(session, code)
        assert sent is not None
        submissions.decide(session, sent.id or 0, "returned", "Thiếu chữ ký.", "admin:1", NOON)
    [listed] = talks.tell(text="hồ sơ của đơn vị", person="1")
    [button] = listed.buttons
    assert isinstance(button, dict)
    [shown] = talks.tell(event="press", button=button["id"], person="1")
    for part in (
        code, "Nộp kế hoạch", SCHOOL, "Người gửi: Trần Văn An, Giáo viên", "Gửi lúc: 12:00 21/11",
        "được trả lại để bổ sung, ngày 21/11/2026", "Thiếu chữ ký.", "Năm: 2026",
        "Tên kế hoạch: Kế hoạch năm 2026", "Hình thức: Kế hoạch riêng", "ke-hoach.txt (1 KB)",
    ):  # fmt: skip
        assert part in shown.text, part
    assert [one["label"] for one in shown.buttons if isinstance(one, dict)] == ["Nhận tệp"]
    _, file = talks.tell(text="1", person="1")  # the one button, by its number
    assert file.enclosure["name"] == "ke-hoach.txt"
    with transaction(talks.engine) as session:
        actions = [(one.actor, one.action) for one in session.exec(select(AuditEntry))]
    assert ("person:1", "submission_file_fetched") in actions
    # Its sender sees the same and may still mend it.
    assert "Tên kế hoạch: Kế hoạch năm 2026" in told(talks, code.lower(), person="2")
    assert "Đã rút" in told(talks, "3", "1", person="2")


def test_who_heads_the_unit_no_more_reads_nothing_of_it(talks: Talks) -> None:
    an_officer(talks, head=True, person="1")
    an_officer(talks, person="2")
    code = plan(talks, person="2")
    assert "Tên kế hoạch" in told(talks, code, person="1")
    with transaction(talks.engine) as session:
        [head] = session.exec(select(Binding).where(Binding.head)).all()
        assert offices.revoke(session, head.id or 0, "admin:1", NOON, contact="")
    for text in (code, f"nhận tệp {code}"):
        assert told(talks, text, person="1") == say("records.not_there", code=code)


def test_files_that_are_gone_are_said_to_be(talks: Talks) -> None:
    an_officer(talks)
    code = plan(talks)
    with transaction(talks.engine) as session:
        [file] = session.exec(select(SubmissionFile)).all()
    (talks.settings.received_dir / file.sha256).unlink()
    assert "1 tệp quá lớn hoặc không còn giữ" in told(talks, f"nhận tệp {code}")


def test_a_record_may_be_looked_at_in_the_middle_of_a_form(talks: Talks) -> None:
    an_officer(talks)
    code = plan(talks)
    asked = told(talks, "phản ánh")
    shown, again = talks.say(f"xem {code}")
    assert "Kế hoạch năm 2026" in shown
    assert again.splitlines()[-1] == asked.splitlines()[-1]


def test_a_unit_is_found_by_the_name_that_people_know(talks: Talks) -> None:
    told(talks, "đăng ký", "đồng ý", "truong thpt ngo quyen", "Trần Văn An", "Giáo viên")
    assert SCHOOL in told(talks, "gửi")
    assert told(talks, "đăng ký", SCHOOL, "gửi") == say("register.waiting", unit=SCHOOL)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("trường thpt ngô quyền", (SCHOOL,)),
        ("truong thpt ngo quyen", (SCHOOL,)),
        ("ngô quyền", (SCHOOL, OFFICE)),
        ("bệnh viện đa khoa", ()),
    ],
)
def test_names_that_come_near(typed: str, meant: tuple[str, ...]) -> None:
    assert alike(typed, (OFFICE, SCHOOL)) == meant


def test_an_invitation_serves_once(talks: Talks) -> None:
    with transaction(talks.engine) as session:
        code = invite(session, 1, NOON)
    for person in ("1", "2"):
        told(talks, f"mã đơn vị {code}", "đồng ý", "Trần Văn An", "Giáo viên", person=person)
    assert SCHOOL in told(talks, "gửi", person="1")
    assert told(talks, "gửi", person="2") == say("register.code_used")
    with transaction(talks.engine) as session:
        assert len(session.exec(select(Binding)).all()) == 1


def test_a_comment_is_kept_with_the_draft_as_it_was_called(talks: Talks) -> None:
    with transaction(talks.engine) as session:
        drafted = Drafted("Nghị quyết về học phí", "Tóm tắt", "Sở Tư pháp", "", date(2030, 1, 1))
        draft = add_draft(session, drafted, NOON)
    assert "Tóm tắt" in told(talks, f"gopy {draft.id}", "đồng ý")
    receipt = told(talks, "Mức thu nên thấp hơn", "bỏ qua", "bỏ qua", "gửi")
    with transaction(talks.engine) as session:
        [kept] = session.exec(select(Submission)).all()
        assert (kept.policy_id, kept.unit_id) == (draft.id, None)
        assert kept.answers[f"draft{LABEL}"] == f"{draft.id}. Nghị quyết về học phí"
    assert kept.code in receipt
    assert "Góp ý: Mức thu nên thấp hơn" in told(talks, kept.code)
    assert told(talks, f"nhận tệp {kept.code}") == say("records.no_files", code=kept.code)


def test_difficulties_go_to_the_bodies_that_the_office_knows(talks: Talks) -> None:
    an_officer(talks)
    assert "Vướng mắc là gì" in told(talks, "phản ánh", "đồng ý")
    told(talks, "hủy")
    with transaction(talks.engine) as session:
        set_contact(session, "Thanh tra Sở", "Thanh tra tỉnh", "0225 000 000")
        set_contact(session, "Phòng Tư pháp", "", "0225 000 001")
    assert "gửi phản ánh đến đâu" in told(talks, "phản ánh")
    assert "Nay là: Thanh tra tỉnh. Liên hệ: 0225 000 000." in told(talks, "thanh tra sở")


def test_the_criteria_are_checked_by_the_plan_of_the_unit(talks: Talks) -> None:
    an_officer(talks)
    with transaction(talks.engine) as session:
        unit = find_unit(session, SCHOOL)
        assert unit is not None
        unit.plan = "hai-phong-gddt-2023"
        session.add(unit)
    told(talks, "kiểm tra tiêu chí", "Nghị quyết về học phí", "có", "có", "có")
    assert "toàn thành phố" in told(talks, "quay lại", "có")
    assert "2. Theo văn bản: Kế hoạch Sở GDĐT Hải Phòng" in told(talks, "có")
    assert f"Trần Văn An, {SCHOOL}" in told(talks, "xem kết quả")


def test_consent_is_kept_for_each_purpose_and_ends(talks: Talks) -> None:
    an_officer(talks)
    plan(talks)
    told(talks, "rút đồng ý", "xác nhận rút đồng ý")
    assert say("consent.purpose_submit") in told(talks, "nộp kế hoạch")
    with transaction(talks.engine) as session:
        account = find_account(session, "telegram", "7")
        assert account is not None
        kept = consents_of(session, account.person_id)
        assert [(one.purpose, one.notice) for one in kept] == [("register", 1), ("submit", 1)]
        assert all(one.withdrawn_at for one in kept)


def test_one_sees_what_is_kept_of_oneself(talks: Talks) -> None:
    an_officer(talks)
    code = plan(talks)
    [message, file, _] = talks.tell(text="dữ liệu của tôi", person="7")
    assert "hồ sơ đã gửi: 1" in message.text
    assert file.enclosure["name"] == "du-lieu-cua-toi.json"
    whole = (talks.settings.received_dir / str(file.enclosure["sha256"])).read_text("utf-8")
    for kept in (code, SCHOOL, "Trần Văn An", "ke-hoach.txt"):
        assert kept in whole


def test_a_binding_that_ended_meanwhile_sends_nothing(talks: Talks, clock: Clock) -> None:
    an_officer(talks)
    told(talks, "phản ánh", "đồng ý", "Phòng không còn", "bỏ qua", "bỏ qua")
    with transaction(talks.engine) as session:
        [binding] = session.exec(select(Binding)).all()
        assert bindings.revoke(session, binding.id or 0, NOON + timedelta(minutes=1))
    assert "dành cho cán bộ" in told(talks, "gửi")
    assert "dành cho cán bộ" in told(talks, "làm tiếp")
    with transaction(talks.engine) as session:
        assert session.exec(select(Submission)).all() == []


def test_to_name_one_record_reads_as_little_with_many_as_with_few(talks: Talks) -> None:
    an_officer(talks)
    code = plan(talks)

    def statements() -> int:
        said: list[object] = []

        def listen(*executed: object) -> None:
            said.append(executed[2])

        event.listen(talks.engine, "before_cursor_execute", listen)
        assert code in told(talks, f"rút {code}")
        event.remove(talks.engine, "before_cursor_execute", listen)
        return len(said)

    few = statements()
    with transaction(talks.engine) as session:
        [row] = session.exec(select(Submission)).all()
        for _ in range(10):
            a_submission(session, person_id=row.person_id)
    assert statements() == few
