"""`troly doctor` over a real database and data folder; nothing outside this machine is called."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from service.checkup import look_up
from service.cli import app
from service.commands.doors import Doors
from service.probes import Answer, Unanswered, ask
from service.settings import Settings, secret_fields
from service.storage.alerts import raise_alert
from service.storage.delivery_tables import ChannelState, ChannelToken
from service.storage.engine import transaction
from service.storage.switches import turn
from tests.builders import NOON, some_settings

SECRET = "bi-mat-" * 6
ZALO = {"zalo_app_id": "1", "zalo_app_secret": "a", "zalo_oa_secret_key": "b"}


def nobody(_url: str, _headers: Mapping[str, str]) -> Answer:
    raise Unanswered("ConnectError")


def doctor(settings: Settings, *arguments: str) -> Result:
    doors = Doors(settings=lambda: settings, online=nobody)
    return CliRunner().invoke(app, ["doctor", *arguments], obj=doors)


def checks(result: Result) -> dict[str, dict[str, Any]]:
    told = json.loads(result.stdout)
    assert told["works"] is (result.exit_code == 0)
    return {check["subject"]: check for check in told["checks"]}


def test_a_fresh_copy_works_and_nothing_is_made(tmp_path: Path) -> None:
    result = doctor(some_settings(tmp_path))
    assert result.exit_code == 0, result.stdout
    assert "✓ Trang web: dùng được" in result.stdout
    assert "– Zalo OA: chưa bật" in result.stdout
    assert "→ đặt TROLY_ZALO_APP_ID" in result.stdout
    assert [*tmp_path.iterdir()] == []


def test_what_is_configured_and_cannot_work_is_exit_code_1(tmp_path: Path) -> None:
    result = doctor(some_settings(tmp_path, **ZALO), "--json")
    assert result.exit_code == 1
    found = checks(result)
    assert found["zalo_oa"]["state"] == "broken"
    assert "chưa có token: chạy troly zalo authorize" in found["zalo_oa"]["todo"]
    assert set(found) >= {"web", "widget", "zalo_bot", "telegram", "worker", "database", "index"}


def test_the_database_tells_how_channels_fare(
    tmp_path: Path, settings: Settings, sqlite: Engine
) -> None:
    token = ChannelToken(
        account="zalo_oa:1",
        access_token=SECRET,
        refresh_token=SECRET,
        expires_at=NOON + timedelta(days=1),
        refreshed_at=NOON,
        previous={},
    )
    with transaction(sqlite) as session:
        session.add(ChannelState(channel="zalo_oa", last_event_at=NOON, stopped="zalo_consent"))
        session.add(token)
        turn(session, "paused", True, NOON)
        raise_alert(session, "channel_stopped", "zalo_oa", "…", NOON)
    asked = []

    def outside(url: str, headers: Mapping[str, str]) -> Answer:
        asked.append((url, dict(headers)))
        return Answer(200, {"error": 0, "data": {"name": "Sở thử"}})

    facts = look_up(some_settings(tmp_path, **ZALO), outside)
    assert facts.stored.channels["zalo_oa"].stopped == "zalo_consent"
    assert facts.stored.token is not None
    assert facts.stored.token.refreshed_at == NOON
    assert (facts.stored.paused, facts.stored.trial, facts.stored.alerts) == (True, False, 1)
    assert facts.probes["zalo_oa"].works
    assert asked == [("https://openapi.zalo.me/v2.0/oa/getoa", {"access_token": SECRET})]


def test_the_network_is_left_alone_unless_it_is_asked_for(tmp_path: Path) -> None:
    settings = some_settings(tmp_path, telegram_token=SECRET)
    assert checks(doctor(settings, "--json"))["telegram"]["state"] == "ok"
    online = checks(doctor(settings, "--json", "--online"))["telegram"]
    assert online["todo"] == ["không gọi được máy chủ (ConnectError)"]


def test_no_secret_is_printed(tmp_path: Path) -> None:
    given = {name: SECRET for name in secret_fields() if name != "database_url"}
    given["smtp_url"] = f"smtp://lan%40a.vn:{SECRET}@127.0.0.1:1"
    settings = some_settings(tmp_path, **given, zalo_app_id="1", public_url="https://a.gov.vn")
    for arguments, ends in (((), 0), (("--json", "--online"), 1)):
        result = doctor(settings, *arguments)
        assert SECRET not in result.output
        assert result.exit_code == ends, result.output


def test_a_database_that_cannot_be_opened_is_said_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql://troly:{SECRET}@127.0.0.1:1/troly"
    result = doctor(some_settings(tmp_path, database_url=url))
    assert result.exit_code == 1
    assert "✗ Cơ sở dữ liệu: PostgreSQL: không mở được (OperationalError)" in result.stdout
    assert SECRET not in result.output


def test_a_database_of_another_version_is_not_read(tmp_path: Path, settings: Settings) -> None:
    settings.data_dir.mkdir()
    (settings.data_dir / "troly.sqlite3").touch()
    assert checks(doctor(settings, "--json"))["database"]["state"] == "warning"


def test_rights_of_the_data_folder_are_looked_at(tmp_path: Path, settings: Settings) -> None:
    settings.data_dir.mkdir(mode=0o700)
    key = settings.data_dir / "secret.key"
    key.touch(0o600)
    found = checks(doctor(settings, "--json"))
    assert (found["data"]["state"], found["secret_key"]["state"]) == ("ok", "ok")
    settings.data_dir.chmod(0o755)
    key.chmod(0o640)
    found = checks(doctor(settings, "--json"))
    assert (found["data"]["state"], found["secret_key"]["state"]) == ("warning", "warning")


def test_a_data_folder_that_is_a_file_is_broken(settings: Settings) -> None:
    settings.data_dir.touch()
    assert checks(doctor(settings, "--json"))["data"]["state"] == "broken"


def test_a_model_that_is_missing_breaks_the_index(tmp_path: Path) -> None:
    settings = some_settings(tmp_path, encoder="khong/co-mo-hinh")
    assert checks(doctor(settings, "--json"))["index"]["state"] == "broken"


# --- the real network, on this machine ----------------------------------------------------------


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b'{"ok": true}' if self.path == "/json" else b"<html>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: the tests are quiet."""


@pytest.fixture
def server() -> Iterator[str]:
    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


def test_an_answer_is_read_with_its_clock(server: str) -> None:
    answer = ask(f"{server}/json", {})
    assert (answer.status, answer.fields) == (200, {"ok": True})
    assert answer.date is not None
    assert answer.date.tzinfo is not None
    assert ask(f"{server}/page", {}).fields == {}


@pytest.mark.parametrize("url", [f"http://127.0.0.1:1/bot{SECRET}/getMe", f"http://[/{SECRET}"])
def test_no_answer_names_no_address(url: str) -> None:
    with pytest.raises(Unanswered) as silence:
        ask(url, {})
    assert SECRET not in str(silence.value)
