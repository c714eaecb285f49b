"""The second step of signing in: turned on, asked for, guessed at, lost, turned off."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import select
from typer.testing import CliRunner

from service.admin import second_steps
from service.admin.access import COOKIE, form_token
from service.admin.door import TICKET
from service.admin.words import words
from service.cli import app
from service.commands.doors import Doors
from service.guards import PerMinute
from service.settings import Settings, secret_key
from service.storage.admins import find_admin, get_admin
from service.storage.alerts import open_alerts
from service.storage.engine import transaction
from service.storage.people_tables import AdminSession, AuditEntry, OneTimeCode, SecondStep
from tests.builders import NOON
from tests.desk import PASSWORD, Clock, Officer, an_admin, audited, signed_in

FIRST = "/admin/office"  #: what an owner sees first, until the office has said who it is
WRONG = words()["sign_in"]["wrong_code"]
SPARE = re.compile(r"<code>((?:[A-Z2-9]{4}-){3}[A-Z2-9]{4})</code>")

pytestmark = pytest.mark.usefixtures("hasher", "clock")


class Phone:
    """An app that keeps the secret which it was shown, and has a clock of its own."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self.secret, self.clock, self.ahead = secret, clock, 0

    def code(self) -> str:
        """The figures that it shows now."""
        at = self.clock.now + timedelta(seconds=self.ahead)
        return pyotp.TOTP(self.secret).at(at)


def turn_on(officer: Officer, clock: Clock) -> tuple[Phone, list[str], Officer]:
    """Through the pages; the phone, the spare codes, and the browser with its new session."""
    assert officer.post("/admin/second-step/begin", current=PASSWORD).status_code == 303
    page = officer.get("/admin/second-step").text
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
    assert found, page
    assert "<svg" in page
    phone = Phone(found[1].replace(" ", ""), clock)
    on = officer.post("/admin/second-step/confirm", code=phone.code())
    spare = SPARE.findall(on.text)
    csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', on.text)
    assert csrf
    clock.forward(timedelta(seconds=60))  # the code of before is used up
    return phone, spare, Officer(officer.client, csrf[1], officer.admin_id)


@pytest.fixture
def officer(client: TestClient, sqlite: Engine, settings: Settings) -> Officer:
    """An owner who is signed in and has a password."""
    signed = signed_in(client, sqlite, settings)
    with transaction(sqlite) as session:
        an_admin(session, "owner", password=PASSWORD)
    return signed


@pytest.fixture
def on(officer: Officer, clock: Clock) -> tuple[Phone, list[str], Officer]:
    """The same with the second step."""
    return turn_on(officer, clock)


def enter(client: TestClient, password: str = PASSWORD) -> str:
    """Give the name and a password; where that leads."""
    client.app.state.password_tries = PerMinute(20)  # type: ignore[attr-defined]
    sent = {"name": "owner", "password": password}
    answer = client.post("/admin/sign-in", data=sent, follow_redirects=False)
    return str(answer.headers.get("location", answer.status_code))


def give(client: TestClient, code: str) -> str:
    """Give a code; where that leads, or what was wrong."""
    answer = client.post("/admin/sign-in/code", data={"code": code}, follow_redirects=False)
    said = re.search(r'role="alert">([^<]*)<', answer.text)
    return str(answer.headers.get("location") or (said[1] if said else answer.status_code))


def is_in(client: TestClient) -> bool:
    """Whether the browser sees the desk."""
    return client.get("/admin/alerts", follow_redirects=False).status_code == 200


@pytest.fixture
def elsewhere(on: tuple[Phone, list[str], Officer]) -> TestClient:
    """Another browser, in which nobody is signed in."""
    return TestClient(on[2].client.app, raise_server_exceptions=False)


# --- on -----------------------------------------------------------------------------------------


def test_it_is_turned_on_by_a_code_and_shows_spare_ones_once(
    officer: Officer, sqlite: Engine, clock: Clock
) -> None:
    phone, spare, now = turn_on(officer, clock)
    assert len(set(spare)) == second_steps.SPARE_CODES
    page = now.get("/admin/second-step").text
    assert not SPARE.findall(page)
    assert phone.secret[:4] not in page
    assert "<strong>10</strong>" in page
    me = f"admin:{officer.admin_id}"
    assert audited(sqlite) == [(me, "second_step_begun", me), (me, "second_step_on", me)]


def test_another_session_of_the_account_ends_and_this_one_gets_a_new_name(
    officer: Officer, sqlite: Engine, settings: Settings, clock: Clock
) -> None:
    old = officer.client.cookies[COOKIE]
    thief = TestClient(officer.client.app)
    signed_in(thief, sqlite, settings)
    assert is_in(thief)
    _, _, now = turn_on(officer, clock)
    assert not is_in(thief)
    new = [c.value for c in now.client.cookies.jar if c.name == COOKIE and c.value != old]
    assert len(new) == 1
    with transaction(sqlite) as session:
        assert len(session.exec(select(AdminSession)).all()) == 1
    assert now.csrf == form_token(settings, str(new[0]))


def test_the_database_alone_tells_no_code(
    on: tuple[Phone, list[str], Officer], sqlite: Engine, settings: Settings
) -> None:
    phone, spare, _ = on
    with transaction(sqlite) as session:
        row = session.exec(select(SecondStep)).one()
        rows = [*session.exec(select(OneTimeCode)), *session.exec(select(AuditEntry)), row]
        kept = " ".join(repr(each) for each in rows)
        assert second_steps.secret_of(settings, row) == phone.secret
        other = settings.model_copy(update={"secret_key": "x" * 48})
        assert second_steps.secret_of(other, row) != phone.secret
    assert secret_key(settings) not in kept
    assert phone.secret not in kept
    assert not any(code in kept for code in spare)


def test_a_wrong_first_code_turns_nothing_on(officer: Officer, sqlite: Engine) -> None:
    officer.post("/admin/second-step/begin", current=PASSWORD)
    for _ in range(5):
        refused = officer.post("/admin/second-step/confirm", code="000000")
        assert (refused.status_code, WRONG in refused.text) == (422, True)
    with transaction(sqlite) as session:
        assert session.exec(select(SecondStep)).one().confirmed_at is None
        assert [alert.kind for alert in open_alerts(session)] == ["sign_in_locked"]


@pytest.mark.parametrize("button", ["begin", "codes", "off"])
def test_a_stolen_session_neither_turns_it_on_nor_off(
    on: tuple[Phone, list[str], Officer], sqlite: Engine, button: str
) -> None:
    before = audited(sqlite)
    refused = on[2].post(f"/admin/second-step/{button}", current="sai mật khẩu rồi")
    assert refused.status_code == 422
    assert words()["password"]["wrong"] in refused.text
    assert not SPARE.findall(refused.text)
    assert audited(sqlite) == before


def test_what_is_on_is_not_begun_anew(on: tuple[Phone, list[str], Officer], clock: Clock) -> None:
    phone, _, now = on
    begun = now.post("/admin/second-step/begin", current=PASSWORD)
    assert begun.headers["location"] == "/admin/second-step?done=already"
    assert 'class="secret"' not in now.get("/admin/second-step").text
    assert now.post("/admin/second-step/confirm", code=phone.code()).status_code == 422


def test_what_was_begun_long_ago_is_not_shown(officer: Officer, clock: Clock) -> None:
    officer.post("/admin/second-step/begin", current=PASSWORD)
    clock.forward(timedelta(minutes=29))
    assert 'class="secret"' in officer.get("/admin/second-step").text
    clock.forward(timedelta(minutes=1))
    assert 'class="secret"' not in officer.get("/admin/second-step").text


# --- signing in ---------------------------------------------------------------------------------


def test_the_password_alone_opens_nothing(
    on: tuple[Phone, list[str], Officer], elsewhere: TestClient, sqlite: Engine
) -> None:
    assert enter(elsewhere) == "/admin/sign-in/code"
    assert COOKIE not in {cookie.name for cookie in elsewhere.cookies.jar}
    assert not is_in(elsewhere)
    assert words()["sign_in"]["code"] in elsewhere.get("/admin/sign-in/code").text
    assert give(elsewhere, on[0].code()) == FIRST
    assert is_in(elsewhere)
    with transaction(sqlite) as session:
        last = session.exec(select(AuditEntry).order_by(AuditEntry.id.desc())).first()  # type: ignore[union-attr]
        assert last is not None
        assert (last.action, last.detail) == ("signed_in", {"code": "app"})


def test_the_ticket_is_a_cookie_for_the_door_alone(
    on: tuple[Phone, list[str], Officer], elsewhere: TestClient, sqlite: Engine
) -> None:
    sent = {"name": "owner", "password": PASSWORD}
    address = "https://testserver/admin/sign-in"
    cookie = elsewhere.post(address, data=sent, follow_redirects=False).headers["set-cookie"]
    value = re.match(rf"{TICKET}=([\w-]{{43}});", cookie)
    assert value, cookie
    for attribute in ("HttpOnly", "Path=/admin/sign-in", "SameSite=strict", "Secure", "Max-Age=3"):
        assert attribute in cookie
    with transaction(sqlite) as session:
        assert value[1] not in {row.hash for row in session.exec(select(OneTimeCode))}


@pytest.mark.parametrize(
    ("ahead", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_the_clocks_may_differ_by_one_step(
    on: tuple[Phone, list[str], Officer], elsewhere: TestClient, ahead: int, taken: bool
) -> None:
    on[0].ahead = ahead
    enter(elsewhere)
    assert give(elsewhere, on[0].code()) == (FIRST if taken else WRONG)


def test_a_code_is_taken_once_and_none_before_it(
    on: tuple[Phone, list[str], Officer], elsewhere: TestClient, clock: Clock
) -> None:
    phone = on[0]
    before = phone.code()
    clock.forward(timedelta(seconds=30))
    code = phone.code()
    enter(elsewhere)
    assert give(elsewhere, f" {code[:3]} {code[3:]} ") == FIRST
    for used in (code, before):
        enter(elsewhere)
        assert give(elsewhere, used) == WRONG
    clock.forward(timedelta(seconds=30))
    assert give(elsewhere, phone.code()) == FIRST


def test_a_spare_code_is_taken_once(
    on: tuple[Phone, list[str], Officer], elsewhere: TestClient
) -> None:
    spare = on[1][3]
    enter(elsewhere)
    assert give(elsewhere, spare.lower().replace("-", " ")) == "/admin/second-step?done=spare_used"
    assert "<strong>9</strong>" in elsewhere.get("/admin/second-step").text
    enter(elsewhere)
    assert give(elsewhere, spare) == WRONG


def test_a_spare_code_of_somebody_else_opens_nothing(
    on: tuple[Phone, list[str], Officer], elsewhere: TestClient, sqlite: Engine
) -> None:
    with transaction(sqlite) as session:
        [theirs, *_] = second_steps.new_spare_codes(session, an_admin(session, "hoa"), NOON)
    enter(elsewhere)
    assert give(elsewhere, theirs) == WRONG


def test_wrong_codes_lock_the_account_whatever_is_known(
    on: tuple[Phone, list[str], Officer], elsewhere: TestClient, sqlite: Engine, clock: Clock
) -> None:
    """The right password between them forgets none; five lock password and code alike."""
    for _ in range(5):
        assert enter(elsewhere) == "/admin/sign-in/code"
        assert give(elsewhere, "000000") == WRONG
    assert give(elsewhere, on[0].code()) == WRONG
    assert enter(elsewhere) == "401"
    with transaction(sqlite) as session:
        [alert] = open_alerts(session)
        assert (alert.kind, alert.count) == ("sign_in_locked", 1)
    clock.forward(timedelta(minutes=15))
    assert enter(elsewhere) == "/admin/sign-in/code"
    assert give(elsewhere, on[0].code()) == FIRST
    with transaction(sqlite) as session:
        admin = find_admin(session, "owner")
        assert admin is not None
        assert (admin.failed, admin.locked_until) == (0, None)


def test_one_address_may_try_codes_so_often(
    on: tuple[Phone, list[str], Officer], elsewhere: TestClient
) -> None:
    enter(elsewhere)
    tries = PerMinute(0, clock=lambda: 0)
    elsewhere.app.state.password_tries = tries  # type: ignore[attr-defined]
    assert give(elsewhere, on[0].code()) == words()["sign_in"]["too_many"]


def test_the_ticket_ends_after_five_minutes_and_with_its_use(
    on: tuple[Phone, list[str], Officer], elsewhere: TestClient, clock: Clock
) -> None:
    gone = "/admin/sign-in?done=ticket_gone"
    assert give(elsewhere, on[0].code()) == gone
    enter(elsewhere)
    clock.forward(timedelta(minutes=5))
    assert elsewhere.get("/admin/sign-in/code").url.path == "/admin/sign-in"
    assert give(elsewhere, on[0].code()) == gone
    enter(elsewhere)
    ticket = elsewhere.cookies[TICKET]
    assert give(elsewhere, on[0].code()) == FIRST
    again = TestClient(elsewhere.app)
    again.cookies.set(TICKET, ticket, path="/admin/sign-in")
    clock.forward(timedelta(seconds=60))
    assert give(again, on[0].code()) == gone


@pytest.mark.parametrize("what", ["password", "disabled"])
def test_a_ticket_ends_with_what_it_stands_for(
    on: tuple[Phone, list[str], Officer],
    elsewhere: TestClient,
    sqlite: Engine,
    clock: Clock,
    what: str,
) -> None:
    phone, _, now = on
    enter(elsewhere)
    if what == "password":
        new = "trời nắng tháng tư"
        now.post("/admin/password", current=PASSWORD, password=new, again=new)
    else:
        with transaction(sqlite) as session:
            admin = get_admin(session, now.admin_id)
            assert admin is not None
            admin.disabled_at = clock.now
    assert give(elsewhere, phone.code()) != FIRST
    assert not is_in(elsewhere)


def test_a_session_put_there_before_ends_with_the_second_step(
    on: tuple[Phone, list[str], Officer], sqlite: Engine, clock: Clock
) -> None:
    browser = on[2].client
    before = {cookie.value for cookie in browser.cookies.jar if cookie.name == COOKIE}
    enter(browser)
    assert give(browser, on[0].code()) == FIRST
    assert {cookie.value for cookie in browser.cookies.jar if cookie.name == COOKIE} - before
    with transaction(sqlite) as session:
        assert len(session.exec(select(AdminSession)).all()) == 1


# --- off ----------------------------------------------------------------------------------------


def test_new_spare_codes_take_the_place_of_those_before(
    on: tuple[Phone, list[str], Officer], elsewhere: TestClient
) -> None:
    made = on[2].post("/admin/second-step/codes", current=PASSWORD)
    assert not set(SPARE.findall(made.text)) & set(on[1])
    enter(elsewhere)
    assert give(elsewhere, on[1][0]) == WRONG
    assert give(elsewhere, SPARE.findall(made.text)[0]) == "/admin/second-step?done=spare_used"


def test_it_is_turned_off_with_the_password(
    on: tuple[Phone, list[str], Officer], elsewhere: TestClient, sqlite: Engine
) -> None:
    off = on[2].post("/admin/second-step/off", current=PASSWORD)
    assert off.headers["location"] == "/admin/second-step?done=step_off"
    assert enter(elsewhere) == FIRST
    with transaction(sqlite) as session:
        assert session.exec(select(SecondStep)).all() == []
        assert session.exec(select(OneTimeCode)).all() == []
    again = on[2].post("/admin/second-step/off", current=PASSWORD)
    assert again.headers["location"] == "/admin/second-step?done=already"
    assert [action for _, action, _ in audited(sqlite)].count("second_step_off") == 1


def test_an_owner_takes_it_off_for_somebody_who_lost_the_phone(
    on: tuple[Phone, list[str], Officer], sqlite: Engine, settings: Settings
) -> None:
    other = TestClient(on[2].client.app)
    with transaction(sqlite) as session:
        hoa = an_admin(session, "hoa", "owner")
    signed = signed_in(other, sqlite, settings)
    mine = signed.post(f"/admin/accounts/{signed.admin_id}/second-step-off")
    assert words()["refused"]["own_step"] in mine.text
    with transaction(sqlite) as session:
        second_steps.begin(session, hoa, f"admin:{hoa}", NOON)
        row = session.get(SecondStep, hoa)
        assert row is not None
        row.confirmed_at = NOON
    page = signed.get("/admin/accounts").text
    assert f"/admin/accounts/{hoa}/second-step-off" in page
    assert f"/admin/accounts/{signed.admin_id}/second-step-off" not in page
    off = signed.post(f"/admin/accounts/{hoa}/second-step-off")
    assert off.headers["location"] == "/admin/accounts?done=step_off_for"
    said = (f"admin:{signed.admin_id}", "second_step_off", f"admin:{hoa}")
    assert audited(sqlite)[-1] == said
    again = signed.post(f"/admin/accounts/{hoa}/second-step-off")
    assert again.headers["location"] == "/admin/accounts?done=already"
    assert signed.post("/admin/accounts/999/second-step-off").status_code == 404


@pytest.mark.usefixtures("on")
def test_a_command_takes_it_off_for_the_last_owner(settings: Settings, sqlite: Engine) -> None:
    def troly(*arguments: str) -> str:
        return CliRunner().invoke(app, arguments, obj=Doors(settings=lambda: settings)).output

    assert "xác thực hai bước" in troly("admin", "list")
    assert "Đã bỏ xác thực hai bước" in troly("admin", "second-step-off", "Owner")
    assert "Không có xác thực hai bước" in troly("admin", "second-step-off", "owner")
    assert "Không có tài khoản tên ai" in troly("admin", "second-step-off", "ai")
    assert "xác thực hai bước" not in troly("admin", "list")
    assert [who for who, what, _ in audited(sqlite) if what == "second_step_off"] == ["command"]
