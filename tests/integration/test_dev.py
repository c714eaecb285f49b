"""`troly dev`: a stand-in is started as a child, and its settings are printed ready to use."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from service.cli import app
from service.commands.doors import Doors
from service.errors import PortTaken
from service.settings import Settings
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
#: Writes down what it was told and ends as the test wants.
STAND_IN = """
import json, pathlib, sys
pathlib.Path("told.json").write_text(json.dumps(sys.argv[1:]))
print("for other programs")
sys.exit(pathlib.Path("ends.txt").exists())
"""
#: Serves until it is told to stop.
LASTING = """
import pathlib, signal
signal.signal(signal.SIGTERM, lambda *_: (pathlib.Path("stopped.txt").touch(), exit()))
pathlib.Path("ready.txt").touch()
signal.pause()
"""


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A repository with the three stand-ins, one of them a package."""
    fakes = tmp_path / "sources/tests/fakes"
    (fakes / "telegram").mkdir(parents=True)
    (fakes / "telegram/__init__.py").touch()  # as in ours, or ours is found where it is on the path
    for name in ("telegram/__main__.py", "zalo.py", "zalo_bot.py"):
        (fakes / name).write_text(STAND_IN, "utf-8")
    return tmp_path / "sources"


def dev(settings: Settings, sources: Path, *arguments: str) -> Result:
    doors = Doors(settings=lambda: settings, sources=sources)
    return CliRunner().invoke(app, ["dev", *arguments], obj=doors)


def variables(shown: str) -> dict[str, str]:
    return dict(re.findall(r"^export (TROLY_\w+)=(.+)$", shown, re.MULTILINE))


def told(sources: Path) -> dict[str, str]:
    """Option → value, as the stand-in was started."""
    arguments = json.loads((sources / "told.json").read_text("utf-8"))
    return dict(zip(arguments[::2], arguments[1::2], strict=True))


def settings_from(shown: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Settings:
    """The settings that a service has which was started with these lines."""
    monkeypatch.chdir(folder)
    for name, value in variables(shown).items():
        monkeypatch.setenv(name, value)
    return Settings()


@pytest.mark.parametrize(
    ("command", "channel"),
    [("fake-telegram", "telegram"), ("fake-zalo", "zalo_oa"), ("fake-zalo-bot", "zalo_bot")],
)
def test_the_lines_turn_the_channel_on(
    settings: Settings,
    sources: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    channel: str,
) -> None:
    port = free_port()
    result = dev(settings, sources, command, "--port", str(port))
    assert result.exit_code == 0, result.output
    assert "for other programs" not in result.stdout
    assert f"http://127.0.0.1:{port}/" in result.stdout
    assert told(sources)["--port"] == str(port)
    assert settings_from(result.stdout, monkeypatch, sources).channels == (channel,)


def test_a_bot_and_its_stand_in_know_the_same_token(settings: Settings, sources: Path) -> None:
    port = free_port()
    shown = variables(dev(settings, sources, "fake-telegram", "--port", str(port)).stdout)
    assert shown == {
        "TROLY_TELEGRAM_TOKEN": told(sources)["--token"],
        "TROLY_TELEGRAM_BASE_URL": f"http://127.0.0.1:{port}/bot",
        "TROLY_TELEGRAM_FILE_URL": f"http://127.0.0.1:{port}/file/bot",
    }
    shown = variables(dev(settings, sources, "fake-zalo-bot", "--port", str(port)).stdout)
    assert shown["TROLY_ZALO_BOT_TOKEN"] == told(sources)["--token"]


def test_an_app_and_its_stand_in_know_the_same_secrets(settings: Settings, sources: Path) -> None:
    port = free_port()
    shown = variables(dev(settings, sources, "fake-zalo", "--port", str(port)).stdout)
    given = told(sources)
    for setting, option in (
        ("APP_ID", "--app-id"),
        ("APP_SECRET", "--secret"),
        ("OA_SECRET_KEY", "--oa-secret"),
        ("REFRESH_TOKEN", "--refresh-token"),
    ):
        assert shown[f"TROLY_ZALO_{setting}"] == given[option]
    assert given["--webhook"] == f"http://127.0.0.1:{settings.port}/webhooks/zalo"
    again = variables(dev(settings, sources, "fake-zalo", "--port", str(port)).stdout)
    assert again["TROLY_ZALO_APP_ID"] != shown["TROLY_ZALO_APP_ID"]


def test_an_installation_without_sources_says_so(settings: Settings, tmp_path: Path) -> None:
    result = dev(settings, tmp_path, "fake-zalo")
    assert result.exit_code == 2
    assert "cần mã nguồn của trợ lý" in result.stderr
    assert result.stdout == ""


def test_a_port_that_is_taken_is_a_sentence(settings: Settings, sources: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = dev(settings, sources, "fake-telegram", "--port", port)
    assert result.exit_code == 1
    assert f"Không mở được cổng {port}" in result.stderr
    assert not isinstance(result.exception, PortTaken)


def test_a_stand_in_that_fails_is_told(settings: Settings, sources: Path) -> None:
    (sources / "ends.txt").touch()
    result = dev(settings, sources, "fake-telegram", "--port", str(free_port()))
    assert result.exit_code == 1
    assert "dừng vì lỗi" in result.stderr


@pytest.fixture
def lasting(sources: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`troly dev` as a process of its own, its stand-in serving."""
    (sources / "tests/fakes/zalo_bot.py").write_text(LASTING, "utf-8")
    code = """if True:
        import pathlib, sys
        from service.cli import app
        from service.commands.doors import Doors
        app(sys.argv[2:], obj=Doors(sources=pathlib.Path(sys.argv[1])))
    """
    port = str(free_port())
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(sources), "dev", "fake-zalo-bot", "--port", port],
        cwd=sources.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    while not (sources / "ready.txt").exists() and time.monotonic() < until:
        time.sleep(0.02)
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_the_stand_in_ends_with_the_command(
    sources: Path, lasting: subprocess.Popen[bytes], told: signal.Signals
) -> None:
    lasting.send_signal(told)
    assert lasting.wait(30) == 0
    assert (sources / "stopped.txt").exists()
