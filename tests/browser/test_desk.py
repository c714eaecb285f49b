"""The desk as an officer meets it: the first link, a password, signing in, every page."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect
from pydantic import JsonValue
from sqlalchemy import Engine
from sqlmodel import Session

from bot.approved import Quoted
from bot.question_lines import Question
from service.admin import accounts
from service.library import candidates as on_their_way
from service.library.editions import current_edition
from service.library.papers import library_of
from service.settings import Settings
from service.storage import hand_offs, units
from service.storage.alerts import raise_alert
from service.storage.assignments import add_obligation, put_on
from service.storage.audiences import Audience, as_kept
from service.storage.broadcast_sends import lay_sends
from service.storage.broadcasts import Written, add_broadcast
from service.storage.channel_states import note
from service.storage.comparisons import keep_changes
from service.storage.curated import Written as Curated
from service.storage.curated import add_curated, approve_curated
from service.storage.duty_tables import Obligation, Reminder
from service.storage.engine import open_engine, transaction
from service.storage.feedback import keep_vote, mark_wrong
from service.storage.jobs import finish_job, put_job
from service.storage.library_tables import AnswerChange, Job
from service.storage.notices import keep_attempts, keep_notices
from service.storage.policy_drafts import Drafted, add_draft
from service.storage.question_set import add_to_set
from service.storage.questions import keep_question
from service.storage.subscriptions import follow
from service.table_files import writing
from tests.browser.axe import barriers, shoot
from tests.browser.conftest import WIDTHS
from tests.browser.officer import signed_in_page
from tests.browser.test_chat import overflow
from tests.browser.test_reading import FAULTS, FONT, SMALL
from tests.browser.test_reading import PAGES as PUBLIC
from tests.builders import a_sent_file, a_submission, an_asked_question
from tests.desk import PASSWORD, an_account, an_admin

PAGES = (
    "alerts", "inbox", "inbox/1", "submissions", "submissions/1", "submissions/2", "assignments",
    "assignments/new?duty=ia-hdrai-2022-2027 15", "obligations/1", "reminders", "changes",
    "reminders/unreached", "policies", "broadcasts", "broadcasts/1", "broadcasts/2", "calendar",
    "drafts", "drafts/1", "questions", "units", "people", "channels", "audit", "accounts",
    "password", "figures", "figures?period=year", "tokens",
    "second-step", "office", "missing-papers",
    "candidates/1/changes", "candidates/1/changes?show=gained", "organisations",
    "organisations/entry?table=body&name=Thanh tra Sở", "organisations/entry?table=place",
    "questions?said=unhelpful", "unanswered", "unanswered/1", "curated",
    "curated/new?group=1", "curated/1", "question-set", "question-set/new?question=1",
    "question-set/1", "jobs/9001", "jobs/9002", "jobs/9003", "jobs/9004",
)  # fmt: skip
LONG = "MộtTừRấtDàiKhôngCóChỗNgắt" * 8
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def storage(address: str, data: Path) -> Iterator[Engine]:
    """The database of the running server, with something on every page."""
    if os.environ.get("TROLY_TEST_ADDRESS"):
        pytest.skip("the server that was given has printed its first link to somebody else")
    engine = open_engine(Settings(_env_file=None, env="test", data_dir=data).storage_url)  # type: ignore[call-arg]
    now = datetime.now(UTC)
    with transaction(engine) as session:
        for _ in range(3):
            raise_alert(session, "channel_stopped", "zalo_oa", f"Mã lỗi -216. {LONG}", now)
        note(session, "web", last_error=LONG[:200], last_error_at=now, stopped=LONG[:200])
        asked_and_answered(session, f"Lệ phí? {LONG}", now)
        for number in range(25):
            keep_question(session, an_asked_question(f"Hạn nộp lần {number}? {LONG}", at=now))
        asking = an_account(session, "telegram", "citizen", now)
        talk = hand_offs.open_hand_off(session, asking.id or 0, now) or 0
        hand_offs.take(session, talk, None, now, now + timedelta(days=1))
        hand_offs.hear(session, talk, LONG, now, now + timedelta(days=1))
        person = asking.person_id
        draft = add_draft(session, Drafted(LONG[:300], LONG, LONG[:200], LONG[:500]), now)
        sent = {"answers": {LONG: LONG}, "files": [a_sent_file()], "person_id": person, "at": now}
        first = a_submission(session, **sent, policy_id=draft.id)
        owed_everywhere(session, person, now)
        a_submission(session, **sent, form=LONG[:40], previous=first.id)
        follow(session, person, draft.id or 0, now)
        said = Written(LONG * 5, LONG[:400], {}, as_kept(Audience("followers", draft=draft.id)))
        for state in ("draft", "stopped"):
            broadcast = add_broadcast(session, said, "admin:1", now)
            broadcast.state, broadcast.ended_at = state, now
        missed = {"state": "unreached", "route": "", "tried": "", "number": 0, "reason": LONG[:200]}
        lay_sends(session, [{"broadcast_id": broadcast.id, "person_id": person, **missed}])
        settings = Settings(_env_file=None, env="test", data_dir=data)  # type: ignore[call-arg]
        compared(session, settings, now)
        tables(session, settings, now)
    yield engine
    engine.dispose()


def tables(session: Session, settings: Settings, now: datetime) -> None:
    """Tables in the background: taken with a word on wrong rows, refused, made, and gone."""
    wrong: list[JsonValue] = [[n, LONG[:200], "no_parent", LONG[:200]] for n in range(2, 5)]
    ignored: list[JsonValue] = [LONG[:200]]
    taken = {"added": 5, "changed": 3, "same": 900, "wrong": wrong, "ignored": ignored}
    made = {"rows": 1200, "name": "ho-so-da-nhan.csv", "media_type": "text/csv"}
    for number, kind, subject, result in (
        (9001, "import", "units", taken),
        (9002, "import", "question_set", {}),
        (9003, "export", "submissions", made),
        (9004, "export", "submissions", made),
    ):
        job = Job(
            id=number, kind=kind, subject=subject, argument={"q": LONG[:100]}, state="done",
            result={**result, "example": LONG}, by="admin:1", created_at=now,
        )  # fmt: skip
        session.add(job)
        session.flush()
        finish_job(session, number, now, "" if result else f"Dòng 2: thiếu “{LONG}”.")
    with writing(settings, 9003, "utf-8") as file:
        file.write("a")


def compared(session: Session, settings: Settings, now: datetime) -> None:
    """A paper that waits, and what was found to change with it."""
    paper = library_of(settings).get("hai-phong-gddt-2023")
    id_ = on_their_way.revise(session, settings, paper, "admin:1", now)
    job = put_job(session, "compare", f"candidate:{id_}", "admin:1", now)
    duty: dict[str, JsonValue] = {"title": LONG, "source": LONG, "when": LONG, "leads": LONG}
    touched: dict[str, JsonValue] = {"id": 1, "title": LONG, "kind": "gone", "owed": 2}
    job.result = {
        "revision": 1, "edition": current_edition(settings).number, "total": 900, "own": 300,
        "readers": ["public"], "reading": "gained",
        "counts": {"gained": 20, "lost": 5, "changed": 5, "same": 870, "right": 10, "wrong": 5},
        "duties": {
            "counts": {"added": 1, "removed": 1, "changed": 1, "touched": 1},
            "added": [duty], "removed": [duty],
            "changed": [{**duty, "parts": [["day", LONG, LONG], ["leads", "", LONG]]}],
            "touched": [{**touched, "coming": 2, "waiting": 1}],
        },
    }  # fmt: skip
    finish_job(session, job.id or 0, now)
    told: dict[str, JsonValue] = {"kind": "answer", "text": f"{LONG}\n{LONG}", "cited": LONG}
    for number in range(30):
        sort = ("gained", "lost", "changed")[number % 3]
        keep_changes(
            session,
            [
                AnswerChange(
                    job_id=job.id or 0, sort=sort, verdict="right", own=True, times=9,
                    question=f"{number} {LONG}", before=told, now=told,
                )
            ],
        )  # fmt: skip


def asked_and_answered(session: Session, text: str, now: datetime) -> None:
    """Something that nobody answered, voted on, answered by the office, and put into its set."""
    number = keep_question(
        session, an_asked_question(text, kind="silent", unanswered="silent", at=now)
    )
    keep_vote(session, number, helpful=False, comment=LONG, at=now)
    mark_wrong(session, number, now)
    quoted = (Quoted("hai-phong-gddt-2023", "III#2.6", LONG), Quoted("gone", LONG[:60], LONG))
    said = Curated((text, LONG), LONG, quoted, ("public",), now.date())
    approve_curated(session, add_curated(session, said, now), now.date(), now)
    of = {"document": "hai-phong-gddt-2023", "address": "III#2.6", "must_contain": (LONG,)}
    asked = Question(id="", text=text, expected="answer", kind=LONG[:80], unit=LONG, **of)  # type: ignore[arg-type]
    add_to_set(session, asked, "asked", now)


def owed_everywhere(session: Session, person: int, now: datetime) -> None:
    """Something late by a paper that is gone, told one person, and drafted for the head."""
    today = now.date()
    unit = units.add_unit(session, LONG[:200], now, kind="Trường THPT").id or 0
    of = add_obligation(
        session,
        Obligation(
            document="no-such", address="I", title=LONG, source=LONG[:300], recipient=LONG,
            confirmer=LONG, printed=LONG[:300], form="bao-cao", policy={"before": [9]},
            created_at=now, created_by="command",
        ),
    )  # fmt: skip
    for days in (-5, 5):
        put_on(session, of.id or 0, [unit], today + timedelta(days), today - timedelta(30))
    notice = keep_notices(session, {person: ("unreached", "")}, today, now)[person]
    keep_attempts(session, [(notice, "telegram", None)], now)
    told = {"person_id": person, "planned_on": today, "assignment_id": 1}
    session.add(Reminder(**told, day=today, kind="late", state="told", notice_id=notice))
    session.add(Reminder(**told, day=today - timedelta(1), kind="head", state="draft"))


def printed_link(data: Path) -> str:
    """The link that the server has printed at its first start."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        found = re.search(r"/admin/link\?code=\S+", (data / "server.log").read_text("utf-8"))
        if found:
            return found[0]
        time.sleep(0.1)
    raise AssertionError("no link was printed")


def link(storage: Engine, data: Path, name: str) -> str:
    """The printed one for the first owner; for another, one that an owner has made."""
    if name == "admin":
        return printed_link(data)
    with transaction(storage) as session:
        code = accounts.add_account(session, name, "owner", "command", datetime.now(UTC))
    return accounts.link_path(code)


def choose_password(page: Page, password: str) -> None:
    """On the page behind the link."""
    page.get_by_label("Mật khẩu mới", exact=True).fill(password)
    page.get_by_label("Nhập lại mật khẩu mới").fill(password)
    page.get_by_role("button", name="Đặt mật khẩu").click()


def enter(page: Page, name: str, password: str) -> None:
    """On the page to sign in."""
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập").click()


def put_off_office(page: Page) -> None:
    """Where an owner is asked who the office is: the first one who signs in, until it is said."""
    expect(page.get_by_role("heading", name=re.compile("Đơn vị của mình|Hôm nay"))).to_be_visible()
    later = page.get_by_role("button", name="Để sau")
    if later.count():
        is_sound(page)
        later.click()
        expect(page.get_by_role("status")).to_contain_text("Đã để sau")


def is_sound(page: Page) -> None:
    """Nothing sticks out, everything is named and large enough."""
    assert overflow(page) == 0, page.url
    assert page.evaluate(FAULTS) == [], page.url
    assert page.evaluate(SMALL) == [], page.url
    assert page.evaluate(FONT) == "16px"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_from_the_first_link_to_every_page(
    open_page: Open, storage: Engine, data: Path, width: str, scripts: bool
) -> None:
    name = "admin" if width == "phone" and scripts else f"{width}.{scripts}".lower()
    page = open_page(link(storage, data, name), width, java_script_enabled=scripts)
    is_sound(page)
    choose_password(page, "1234567890")
    expect(page.get_by_role("alert")).to_contain_text("quá dễ đoán")
    is_sound(page)
    choose_password(page, PASSWORD)
    expect(page.get_by_role("status")).to_contain_text("Mời Anh/chị đăng nhập")
    is_sound(page)
    enter(page, name, "không phải mật khẩu")
    expect(page.get_by_role("alert")).to_contain_text("Chưa đăng nhập được")
    enter(page, name, PASSWORD)
    put_off_office(page)
    expect(page.get_by_role("heading", name="Hôm nay", level=1)).to_be_visible()
    is_sound(page)
    for each in PAGES:
        page.goto(f"/admin/{each}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        is_sound(page)
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.get_by_role("status")).to_contain_text("đã đăng xuất")
    page.goto("/admin/questions")
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()


ALL = ("/admin/sign-in", "/admin/link?code=gone", *(f"/admin/{each}" for each in PAGES), *PUBLIC,
       "/widget")  # fmt: skip


@pytest.mark.timeout(300)
@pytest.mark.parametrize("start", range(0, len(ALL), 12))
def test_nothing_on_a_page_keeps_anybody_out(
    open_page: Open, storage: Engine, width: str, start: int
) -> None:
    """By axe-core, with pictures of every page: a dozen at a time."""
    page, found = signed_in_page(open_page, storage, f"xem.{width}", width), list[str]()
    for path in ALL[start : start + 12]:
        page.goto(path)
        shoot(page, width)
        found += barriers(page)
    assert found == []


@pytest.mark.parametrize(
    ("html", "rule"),
    [
        ("<input>", "label"),
        ("<p class='pale'>xin chào</p>", "color-contrast"),
        ("<p class='unseen-ink'>xin chào</p>", "color-contrast"),
    ],
)
def test_a_page_that_keeps_somebody_out_is_found(open_page: Open, html: str, rule: str) -> None:
    page = open_page("/documents")
    assert barriers(page) == []
    page.evaluate(
        """(html) => {
          document.querySelector('main').insertAdjacentHTML('beforeend', html);
          for (const e of document.querySelectorAll('.pale')) e.style.color = '#bbb';
          for (const e of document.querySelectorAll('.unseen-ink')) {
            e.style.color = e.style.backgroundColor = '#fff';
          }
        }""",
        html,
    )
    assert [each.split(": ")[1].split(" ")[0] for each in barriers(page)] == [rule]


def test_what_an_owner_presses_happens(open_page: Open, storage: Engine, data: Path) -> None:
    page = open_page(link(storage, data, "chu.quan"), "phone")
    choose_password(page, PASSWORD)
    enter(page, "chu.quan", PASSWORD)
    put_off_office(page)
    page.get_by_role("link", name="Cảnh báo").first.click()
    page.get_by_role("button", name="Đã xử lý").first.click()
    expect(page.get_by_role("status")).to_contain_text("Đã ghi nhận")
    page.get_by_role("link", name="Người dân").click()
    page.get_by_role("link", name="Cũ hơn").click()
    expect(page.get_by_role("heading", name="Hạn nộp lần 0?")).to_be_visible()
    page.get_by_label("Có chữ").fill("han nop lan 24")
    page.get_by_role("button", name="Lọc").click()
    expect(page.locator("article.question")).to_have_count(1)
    page.get_by_role("link", name="Hệ thống").click()
    page.get_by_role("link", name="Kênh").click()
    page.get_by_role("button", name="Bật: Chạy thử").click()
    expect(page.get_by_text("Đang chạy thử: trợ lý chỉ trả lời")).to_be_visible()
    page.get_by_role("button", name="Tắt: Chạy thử").click()
    page.get_by_role("button", name="Thử lại: Trang web").click()
    expect(page.get_by_role("status")).to_contain_text("Đã cho phép gửi lại")
    page.get_by_role("button", name="Lấy mã").click()
    expect(page.locator(".code")).to_have_text(re.compile("^[A-Z2-9]{4}-[A-Z2-9]{4}$"))
    page.get_by_role("link", name="Tài khoản").click()
    page.get_by_label("Tên đăng nhập").fill("hoa.le")
    page.get_by_text("Cán bộ tiếp nhận: ").click()
    page.get_by_role("button", name="Thêm và tạo liên kết").click()
    expect(page.get_by_label("Liên kết đặt mật khẩu cho hoa.le")).to_have_value(
        re.compile(r"^http://127\.0\.0\.1:\d+/admin/link\?code=")
    )
    assert overflow(page) == 0
    page.get_by_role("button", name="Tắt tài khoản: hoa.le").click()
    expect(page.get_by_role("status")).to_contain_text("Đã tắt tài khoản")
    page.get_by_role("link", name="Nhật ký").click()
    expect(page.locator("tbody tr").first).to_contain_text("tắt tài khoản")


def test_an_officer_signs_in_with_a_second_step(open_page: Open, storage: Engine) -> None:
    page = signed_in_page(open_page, storage, "hai.buoc", "phone")
    with transaction(storage) as session:
        an_admin(session, "hai.buoc", password=PASSWORD)

    def look(name: str) -> None:
        for width, size in WIDTHS.items():
            page.set_viewport_size(size)
            is_sound(page)
            assert barriers(page) == []
            shoot(page, width, name)

    page.goto("/admin/password")
    page.get_by_role("link", name="Mở trang xác thực hai bước").click()
    page.get_by_label("Mật khẩu hiện nay").fill(PASSWORD)
    page.get_by_role("button", name="Bật xác thực hai bước").click()
    look("admin-second-step-scan")
    app = pyotp.TOTP(page.locator("code.secret").inner_text().replace(" ", ""))
    page.get_by_label("Mã 6 số trong ứng dụng").fill("000000")
    page.get_by_role("button", name="Xác nhận và bật").click()
    expect(page.get_by_role("alert")).to_contain_text("Mã chưa đúng")
    page.get_by_label("Mã 6 số trong ứng dụng").fill(app.now())
    page.get_by_role("button", name="Xác nhận và bật").click()
    expect(page.locator(".codes li")).to_have_count(10)
    look("admin-second-step-codes")
    spare = page.locator(".codes li").first.inner_text()
    page.get_by_role("button", name="Đăng xuất").click()
    enter(page, "hai.buoc", PASSWORD)
    expect(page.get_by_role("heading", name="Nhập mã xác thực")).to_be_visible()
    look("admin-sign-in-code")
    page.get_by_label("Mã 6 số, hoặc mã dự phòng").fill(spare)
    page.get_by_role("button", name="Tiếp tục").click()
    expect(page.get_by_role("status")).to_contain_text("bằng một mã dự phòng")
    expect(page.get_by_text("Mã dự phòng còn lại: 9")).to_be_visible()
    look("admin-second-step-on")
    page.get_by_label("Mật khẩu hiện nay").fill(PASSWORD)
    page.get_by_role("button", name="Tắt xác thực hai bước").click()
    expect(page.get_by_role("status")).to_contain_text("Đã tắt xác thực hai bước")


def test_an_officer_talks_with_a_visitor(open_page: Open, storage: Engine, width: str) -> None:
    chat = open_page("/", width)

    def say(text: str) -> None:
        chat.locator("textarea").fill(text)
        chat.keyboard.press("Enter")

    page = signed_in_page(open_page, storage, f"noi.chuyen.{width}", width)
    say("gặp cán bộ")
    expect(chat.get_by_text("Tôi đã báo cán bộ")).to_be_visible()
    page.goto("/admin/alerts")
    page.get_by_role("link", name="Gặp cán bộ").click()
    expect(page).to_have_url(re.compile("/admin/inbox$"))
    is_sound(page)
    waiting = page.locator("table[aria-labelledby=waiting]")
    # The last one is ours: a test that broke off may have left a visitor waiting.
    waiting.get_by_role("link", name=re.compile("^Mở: ")).last.click()
    expect(page).to_have_url(re.compile(r"/admin/inbox/\d+$"))
    is_sound(page)
    page.get_by_role("button", name="Nhận").click()
    expect(chat.get_by_text("trợ lý tạm im")).to_be_visible()
    say("Nộp ở đâu ạ?")
    expect(chat.get_by_text("Khi có trả lời, tin sẽ hiện tại đây")).to_be_visible()
    page.get_by_role("link", name="Tải lại").click()
    expect(page.get_by_text("Nộp ở đâu ạ?")).to_be_visible()
    page.get_by_label("Trả lời").fill("Tại Văn phòng Sở.")
    page.get_by_role("button", name="Gửi").click()
    expect(page.locator(".talk .officer")).to_have_count(1)
    is_sound(page)
    expect(chat.get_by_text("Cán bộ: Tại Văn phòng Sở.")).to_be_visible()
    expect(chat.get_by_role("heading", name="Cán bộ phụ trách")).to_be_visible()
    page.get_by_label("Trả lời").fill("Cảm ơn Anh/chị.")
    say("kết thúc")
    expect(chat.get_by_text("trợ lý trả lời tiếp")).to_be_visible()
    page.get_by_role("button", name="Gửi").click()
    expect(page.get_by_role("alert")).to_contain_text("cuộc trò chuyện đã kết thúc")
    expect(page.get_by_label("Lời chưa gửi của Anh/chị")).to_have_value("Cảm ơn Anh/chị.")
    is_sound(page)
