"""In and out of the desk: the link, the password, the lock, the cookie, the end of a session."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import select

from service.admin import accounts
from service.admin.access import COOKIE
from service.admin.words import words
from service.guards import PerMinute
from service.settings import Settings
from service.storage.admins import find_admin, get_admin
from service.storage.alerts import open_alerts
from service.storage.engine import migrate, transaction
from service.storage.people_tables import AdminSession, AdminUser, OneTimeCode
from tests.builders import NOON
from tests.desk import PASSWORD, CheapHasher, Clock, Officer, an_admin, audited, signed_in

WRONG = words()["sign_in"]["wrong"]


pytestmark = pytest.mark.usefixtures("hasher", "clock")


@pytest.fixture
def lan(sqlite: Engine) -> int:
    """An owner with a password."""
    with transaction(sqlite) as session:
        return an_admin(session, "lan", password=PASSWORD)


def enter(client: TestClient, name: str = "lan", password: str = PASSWORD) -> tuple[int, str]:
    """Try to sign in; the status and what the page says was wrong."""
    sent = {"name": name, "password": password}
    answer = client.post("/admin/sign-in", data=sent, follow_redirects=False)
    said = re.search(r'role="alert">([^<]*)<', answer.text)
    return answer.status_code, said[1] if said else ""


def is_in(client: TestClient) -> bool:
    """Whether the browser sees the desk."""
    answer = client.get("/admin/alerts", follow_redirects=False)
    assert answer.status_code in (200, 303)
    return answer.status_code == 200


def sessions(engine: Engine) -> list[AdminSession]:
    with transaction(engine) as session:
        return list(session.exec(select(AdminSession)))


# --- the cookie ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("lan")
def test_the_right_password_opens_the_desk(client: TestClient, sqlite: Engine) -> None:
    assert not is_in(client)
    assert enter(client, " Lan ") == (303, "")
    assert is_in(client)
    assert audited(sqlite)[-1] == ("admin:1", "signed_in", "admin:1")


@pytest.mark.usefixtures("lan")
@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
def test_the_cookie_is_for_the_desk_alone_and_only_its_hash_is_kept(
    client: TestClient, sqlite: Engine, scheme: str, secure: bool
) -> None:
    sent = {"name": "lan", "password": PASSWORD}
    answer = client.post(f"{scheme}://testserver/admin/sign-in", data=sent, follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    value = re.match(rf"{COOKIE}=([0-9a-f]{{64}});", cookie)
    assert value, cookie
    for attribute in ("HttpOnly", "Path=/admin", "SameSite=strict"):
        assert attribute in cookie
    assert ("Secure" in cookie) is secure
    [row] = sessions(sqlite)
    assert value[1] not in (row.hash, answer.text)
    assert value[1] not in Path(str(sqlite.url.database)).read_bytes().decode("latin-1")


@pytest.mark.usefixtures("lan")
def test_a_cookie_put_there_by_somebody_else_never_becomes_a_session(
    client: TestClient, sqlite: Engine
) -> None:
    fixed = "a" * 64
    client.cookies.set(COOKIE, fixed, domain="testserver.local", path="/admin")
    assert enter(client)[0] == 303
    given = {cookie.value for cookie in client.cookies.jar} - {fixed}
    assert len(given) == 1
    client.cookies.clear()
    client.cookies.set(COOKIE, fixed, path="/admin")
    assert not is_in(client)
    assert len(sessions(sqlite)) == 1


@pytest.mark.usefixtures("lan")
def test_signing_in_again_ends_the_session_before(client: TestClient, sqlite: Engine) -> None:
    enter(client)
    [first] = sessions(sqlite)
    enter(client)
    [second] = sessions(sqlite)
    assert first.hash != second.hash


def test_a_session_ends_half_an_hour_after_the_last_page(owner: Officer, clock: Clock) -> None:
    for _ in range(4):
        clock.forward(timedelta(minutes=29))
        assert is_in(owner.client)
    clock.forward(timedelta(minutes=30))
    ended = owner.get("/admin/alerts")
    assert ended.headers["location"] == "/admin/sign-in?done=expired"
    assert words()["done"]["expired"] in owner.client.get("/admin/alerts").text


def test_a_session_ends_after_twelve_hours_whatever_is_done(owner: Officer, clock: Clock) -> None:
    for _ in range(35):
        clock.forward(timedelta(minutes=20))
        assert is_in(owner.client)
    clock.forward(timedelta(minutes=20))
    assert not is_in(owner.client)


def test_signing_out_ends_the_session_and_not_only_the_cookie(
    owner: Officer, sqlite: Engine
) -> None:
    answer = owner.post("/admin/sign-out")
    assert answer.headers["location"] == "/admin/sign-in?done=signed_out"
    assert "Path=/admin" in answer.headers["set-cookie"]
    assert sessions(sqlite) == []


# --- what is wrong ------------------------------------------------------------------------------


@pytest.mark.usefixtures("lan")
def test_everything_that_is_wrong_says_the_same(client: TestClient, sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        an_admin(session, "moi")  # without a password yet
        gone = get_admin(session, an_admin(session, "nghi", "viewer", PASSWORD))
        assert gone is not None
        accounts.disable(session, gone, "command", NOON)
    tries = [("lan", "sai mật khẩu rồi"), ("khong-co", PASSWORD), ("moi", PASSWORD),
             ("nghi", PASSWORD), ("", ""), ("lan' OR 1=1 --", "x")]  # fmt: skip
    assert {enter(client, *each) for each in tries} == {(401, WRONG)}
    assert not is_in(client)


@pytest.mark.usefixtures("lan")
@pytest.mark.parametrize("name", ["lan", "khong-co"])
def test_a_password_is_compared_whoever_is_named(
    client: TestClient, hasher: CheapHasher, name: str
) -> None:
    """It takes as long for a name that nobody has."""
    before = hasher.compared
    enter(client, name, "sai mật khẩu rồi")
    assert hasher.compared == before + 1


def test_five_wrong_passwords_lock_the_account_and_longer_each_time(
    client: TestClient, sqlite: Engine, lan: int, clock: Clock
) -> None:
    for minutes in (15, 30, 60):
        for _ in range(5):
            assert enter(client, password="sai mật khẩu rồi") == (401, WRONG)
        assert enter(client) == (401, WRONG)  # even the right one
        clock.forward(timedelta(minutes=minutes) - timedelta(seconds=1))
        assert enter(client) == (401, WRONG)
        clock.forward(timedelta(seconds=1))
        client.app.state.password_tries = PerMinute(20)  # type: ignore[attr-defined]
    assert enter(client)[0] == 303
    with transaction(sqlite) as session:
        [alert] = open_alerts(session)
        assert (alert.kind, alert.source, alert.count) == ("sign_in_locked", f"admin:{lan}", 3)
        assert PASSWORD not in alert.detail
        assert "lan" in alert.detail
        admin = find_admin(session, "lan")
        assert admin is not None
        assert (admin.failed, admin.locked_until) == (0, None)
    assert ("sign_in", "sign_in_locked", f"admin:{lan}") in audited(sqlite)


@pytest.mark.usefixtures("lan")
def test_the_right_password_forgets_the_wrong_ones(client: TestClient) -> None:
    for _ in range(3):
        for _ in range(4):
            assert enter(client, password="sai mật khẩu rồi")[0] == 401
        assert enter(client)[0] == 303


@pytest.mark.usefixtures("lan")
def test_one_address_may_try_so_often_and_then_waits_a_minute(client: TestClient) -> None:
    seconds = [0.0]
    tries = PerMinute(20, clock=lambda: seconds[0])
    client.app.state.password_tries = tries  # type: ignore[attr-defined]
    for _ in range(20):
        tries.take("testclient")
    assert enter(client) == (429, words()["sign_in"]["too_many"])
    seconds[0] = 60
    assert enter(client)[0] == 303


def test_a_weaker_hash_is_made_anew(client: TestClient, sqlite: Engine, lan: int) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash(PASSWORD)
    with transaction(sqlite) as session:
        admin = get_admin(session, lan)
        assert admin is not None
        admin.password_hash = weak
    assert enter(client)[0] == 303
    with transaction(sqlite) as session:
        admin = get_admin(session, lan)
        assert admin is not None
        assert str(admin.password_hash).split("$")[3] != weak.split("$")[3]
    assert enter(client)[0] == 303


# --- the link -----------------------------------------------------------------------------------


@pytest.fixture
def link(sqlite: Engine) -> str:
    """The link of a new owner."""
    with transaction(sqlite) as session:
        code = accounts.add_account(session, "hoa", "owner", "command", NOON)
    return accounts.link_path(code)


def choose(client: TestClient, link: str, password: str = PASSWORD, again: str = PASSWORD) -> str:
    """Set the password behind a link; where it leads, or the page."""
    code = link.split("=")[1]
    sent = {"code": code, "password": password, "again": again}
    answer = client.post("/admin/link", data=sent, follow_redirects=False)
    return str(answer.headers.get("location", answer.text))


def test_a_link_sets_a_password_once(client: TestClient, sqlite: Engine, link: str) -> None:
    for _ in range(2):  # a preview of the link does not use it
        page = client.get(link)
        assert page.status_code == 200
        assert 'value="hoa"' in page.text
    assert choose(client, link) == "/admin/sign-in?done=password_set"
    assert enter(client, "hoa")[0] == 303
    assert client.get(link).status_code == 404
    assert words()["choose"]["gone"] in choose(
        client, link, "mật khẩu của kẻ khác", "mật khẩu của kẻ khác"
    )
    assert enter(client, "hoa")[0] == 303
    code = link.split("=")[1]
    with transaction(sqlite) as session:
        assert all(code not in row.hash for row in session.exec(select(OneTimeCode)))


def test_a_link_works_for_a_day(client: TestClient, link: str, clock: Clock) -> None:
    clock.forward(timedelta(hours=24) - timedelta(seconds=1))
    assert client.get(link).status_code == 200
    clock.forward(timedelta(seconds=1))
    assert client.get(link).status_code == 404
    assert words()["choose"]["gone"] in choose(client, link)


@pytest.mark.parametrize(
    ("password", "again", "why"),
    [
        (PASSWORD, PASSWORD + "!", "differ"),
        ("ngắn quá", "ngắn quá", "short"),
        ("hoahoa2026", "hoahoa2026", "like_name"),
        ("matkhau123", "matkhau123", "obvious"),
    ],
)
def test_a_bad_password_is_refused_and_the_link_stays(
    client: TestClient, link: str, password: str, again: str, why: str
) -> None:
    page = choose(client, link, password, again)
    assert words()["refused"][why] in page
    assert password not in page
    assert choose(client, link) == "/admin/sign-in?done=password_set"


def test_a_new_link_takes_the_place_of_the_one_before(
    client: TestClient, sqlite: Engine, link: str
) -> None:
    with transaction(sqlite) as session:
        admin = accounts.named(session, "hoa")
        newer = accounts.link_path(accounts.new_link(session, admin, "command", NOON))
    assert client.get(link).status_code == 404
    assert client.get(newer).status_code == 200


@pytest.mark.usefixtures("lan")
def test_a_new_password_signs_out_everywhere(
    client: TestClient, sqlite: Engine, clock: Clock
) -> None:
    enter(client)
    assert is_in(client)
    with transaction(sqlite) as session:
        admin = accounts.named(session, "lan")
        code = accounts.new_link(session, admin, "command", clock.now)
    assert is_in(client)  # the link alone changes nothing
    with TestClient(client.app) as elsewhere:
        choose(elsewhere, accounts.link_path(code), "trời nắng tháng tư", "trời nắng tháng tư")
    assert not is_in(client)
    assert enter(client) == (401, WRONG)
    assert enter(client, password="trời nắng tháng tư")[0] == 303


@pytest.mark.usefixtures("lan")
def test_the_password_is_the_same_from_every_keyboard(client: TestClient) -> None:
    assert enter(client, password=unicodedata.normalize("NFD", PASSWORD))[0] == 303


# --- one's own password -------------------------------------------------------------------------


@pytest.fixture
def signed(client: TestClient, sqlite: Engine, settings: Settings) -> Officer:
    """An owner who is signed in and has a password."""
    officer = signed_in(client, sqlite, settings)
    with transaction(sqlite) as session:
        an_admin(session, "owner", password=PASSWORD)
    return officer


def test_ones_own_password_needs_the_one_before(signed: Officer, sqlite: Engine) -> None:
    new = {"password": "trời nắng tháng tư", "again": "trời nắng tháng tư"}
    wrong = signed.post("/admin/password", current="sai mật khẩu rồi", **new)
    assert words()["password"]["wrong"] in wrong.text
    assert is_in(signed.client)
    changed = signed.post("/admin/password", current=PASSWORD, **new)
    assert changed.headers["location"] == "/admin/sign-in?done=password_set"
    assert sessions(sqlite) == []
    assert enter(signed.client, "owner", new["password"])[0] == 303


def test_a_stolen_session_does_not_guess_the_password_for_long(signed: Officer) -> None:
    new = {"password": "trời nắng tháng tư", "again": "trời nắng tháng tư"}
    for _ in range(5):
        signed.post("/admin/password", current="sai mật khẩu rồi", **new)
    assert (
        words()["password"]["wrong"] in signed.post("/admin/password", current=PASSWORD, **new).text
    )


# --- the first start ----------------------------------------------------------------------------


def test_the_first_start_makes_an_owner_and_later_ones_say_nothing(sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        first = accounts.first_link(session, NOON)
        assert first is not None
        assert accounts.first_link(session, NOON + timedelta(hours=23)) is None
        again = accounts.first_link(session, NOON + timedelta(hours=24))
        assert again not in (None, first)
        accounts.set_password_by_link(session, str(again), "hash", NOON + timedelta(hours=25))
        assert accounts.first_link(session, NOON + timedelta(days=9)) is None
        [admin] = session.exec(select(AdminUser)).all()
        assert (admin.name, admin.role) == ("admin", "owner")


def test_a_failure_is_logged_without_code_and_password(
    client: TestClient, link: str, caplog: pytest.LogCaptureFixture, sqlite: Engine
) -> None:
    migrate(sqlite, "base")  # everything fails from here on
    choose(client, link)
    client.get(link)
    enter(client)
    logged = [record for record in caplog.records if record.name.startswith("service")]
    assert len(logged) == 3
    said = " ".join(f"{record.getMessage()} {record.exc_text}" for record in logged)
    assert link.split("=")[1] not in said
    assert PASSWORD not in said
