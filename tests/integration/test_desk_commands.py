"""`troly admin`, `pause`, `trial`, `invite` as they are typed, and the first start of `serve`."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from typer.testing import CliRunner, Result

from service.admin import accounts
from service.cli import app
from service.commands.doors import Doors
from service.commands.serve import where_to_click
from service.settings import Settings
from service.storage.admins import find_admin, get_admin
from service.storage.codes import use_code
from service.storage.engine import transaction
from service.storage.people_tables import AuditEntry
from service.storage.sessions import open_session, signed_in
from service.storage.switches import is_on
from tests.builders import NOON
from tests.desk import PASSWORD, Clock, an_admin, audited, link_in

pytestmark = pytest.mark.usefixtures("hasher", "sqlite")


def troly(settings: Settings, *arguments: str) -> Result:
    """One command, with these settings."""
    return CliRunner().invoke(app, arguments, obj=Doors(settings=lambda: settings))


def test_an_owner_is_made_with_a_link(settings: Settings, sqlite: Engine, clock: Clock) -> None:
    made = troly(settings, "admin", "create-owner")
    assert made.exit_code == 0, made.output
    link = link_in(made.stdout)
    assert f"http://127.0.0.1:{settings.port}{link}" in made.stdout
    code = link.split("=")[1]
    with transaction(sqlite) as session:
        admin = accounts.holder(session, code, clock.now + timedelta(hours=23))
        assert admin is not None
        assert (admin.name, admin.role, admin.password_hash) == ("admin", "owner", None)
        assert accounts.holder(session, code, clock.now + timedelta(hours=24)) is None
    assert audited(sqlite) == [("command", "account_added", "admin:1")]


def test_the_same_name_twice_is_refused(settings: Settings) -> None:
    assert troly(settings, "admin", "create-owner", "--name", "lan").exit_code == 0
    again = troly(settings, "admin", "create-owner", "--name", "Lan")
    assert again.exit_code == 2
    assert "Đã có tài khoản tên lan" in again.stderr
    assert "code=" not in again.output


def test_a_forgotten_password_is_a_new_link(
    settings: Settings, sqlite: Engine, clock: Clock
) -> None:
    with transaction(sqlite) as session:
        admin = get_admin(session, an_admin(session, "lan", password=PASSWORD))
        assert admin is not None
        admin.failed, admin.locked_until = 5, clock.now + timedelta(hours=1)
    first, second = (link_in(troly(settings, "admin", "link", "Lan").stdout) for _ in range(2))
    with transaction(sqlite) as session:
        held = [accounts.holder(session, link.split("=")[1], clock.now) for link in (first, second)]
        assert [admin.name if admin else None for admin in held] == [None, "lan"]
        admin = find_admin(session, "lan")
        assert admin is not None
        assert admin.locked_until is None
        assert admin.password_hash is not None  # the old one works until the link is used


@pytest.mark.parametrize("command", ["link", "disable"])
def test_an_unknown_name_is_refused(settings: Settings, command: str) -> None:
    refused = troly(settings, "admin", command, "khong-co")
    assert refused.exit_code == 2
    assert "Không có tài khoản tên khong-co" in refused.stderr


@pytest.mark.usefixtures("clock")
def test_accounts_are_listed_and_disabled(settings: Settings, sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        an_admin(session, "lan", "owner", PASSWORD)
        token = open_session(session, an_admin(session, "hoa", "viewer"), NOON)
    listed = troly(settings, "admin", "list").stdout
    assert re.search(r"lan +Quản trị chính +đang dùng", listed)
    assert re.search(r"hoa +Chỉ xem +chưa đặt mật khẩu", listed)
    assert PASSWORD not in listed
    assert troly(settings, "admin", "disable", "hoa").exit_code == 0
    assert "Đã tắt từ trước" in troly(settings, "admin", "disable", "hoa").stdout
    assert re.search(r"hoa +Chỉ xem +đã tắt", troly(settings, "admin", "list").stdout)
    with transaction(sqlite) as session:
        assert signed_in(session, token, NOON) is None
    last = troly(settings, "admin", "disable", "lan")
    assert last.exit_code == 2
    assert "duy nhất" in last.stderr


@pytest.mark.parametrize(("command", "name"), [("pause", "paused"), ("trial", "trial")])
def test_switches_are_turned(settings: Settings, sqlite: Engine, command: str, name: str) -> None:
    for state in ("on", "on", "off"):
        result = troly(settings, command, state)
        assert result.exit_code == 0, result.output
        assert ("đang bật" if state == "on" else "đang tắt") in result.stdout
        with transaction(sqlite) as session:
            assert is_on(session, name) is (state == "on")  # type: ignore[arg-type]
    assert audited(sqlite) == [("command", "switch_turned", f"switch:{name}")] * 2
    assert troly(settings, command, "maybe").exit_code == 2


def test_an_invitation_is_for_so_many_and_so_long(
    settings: Settings, sqlite: Engine, clock: Clock
) -> None:
    made = troly(settings, "invite", "--uses", "2", "--days", "3")
    found = re.search(r"Mã mời: ([A-HJKMNP-Z2-9]{4}-[A-HJKMNP-Z2-9]{4})\n", made.stdout)
    assert found, made.output
    assert "đến 12:00 24/11/2026" in made.stdout
    with transaction(sqlite) as session:
        late = clock.now + timedelta(days=3)
        assert use_code(session, "invite", found[1], late) is None
        used = [use_code(session, "invite", found[1], clock.now) is not None for _ in range(3)]
        assert used == [True, True, False]
        [entry] = session.exec(select(AuditEntry)).all()
        assert (entry.action, entry.detail) == ("invitation_made", {"uses": 2, "days": 3})
    for wrong in ("--uses", "--days"):
        assert troly(settings, "invite", wrong, "0").exit_code == 2


def test_what_is_printed_at_a_start_names_the_inner_address(settings: Settings) -> None:
    public = settings.model_copy(update={"public_url": "https://hoi-dap.example.gov.vn"})
    later = where_to_click(public, "0.0.0.0", 8123)
    assert "Bàn làm việc của cán bộ: http://127.0.0.1:8123/admin\n" in later
    first = where_to_click(public, "0.0.0.0", 8123, "/admin/link?code=abc")
    assert "http://127.0.0.1:8123/admin/link?code=abc" in first
    assert "example.gov.vn/admin" not in first + later
