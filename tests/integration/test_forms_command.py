"""`troly forms` as it is typed, and what the desk learns of forms."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from bot.forms.definition import FORMS
from bot.texts import say
from service.admin.submission_views import form_title
from service.answers_told import told
from service.cli import app
from service.commands.doors import Doors
from service.forms import watch_forms
from service.settings import Settings
from service.storage.alerts import open_alerts, resolve_alert
from service.storage.engine import transaction
from tests.builders import NOON, a_submission
from tests.desk import audited

pytestmark = pytest.mark.usefixtures("sqlite", "clock")
TEXT = (FORMS / "gop-y.yaml").read_text("utf-8")
NEWER = (
    TEXT.replace("version: 1", "version: 2")
    .replace("title: Góp ý dự thảo chính sách", "title: Ý kiến của dân")
    .replace("name: Góp ý\n", "name: Ý kiến\n")
)


def troly(settings: Settings, *arguments: str) -> Result:
    """One command, with these settings."""
    return CliRunner().invoke(app, arguments, obj=Doors(settings=lambda: settings))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A form that the office has written."""
    written = tmp_path / "cua-toi.yaml"
    written.write_text(NEWER, "utf-8")
    return written


def test_a_form_is_checked_used_and_given_back(
    settings: Settings, sqlite: Engine, file: Path
) -> None:
    assert "Tệp dùng được." in troly(settings, "forms", "check", str(file)).stdout
    assert troly(settings, "forms", "show", "gop-y").stdout == TEXT
    done = troly(settings, "forms", "set", str(file))
    assert "Từ nay dùng gop-y, phiên bản 2." in done.stdout
    assert troly(settings, "forms", "show", "gop-y").stdout == NEWER
    listed = troly(settings, "forms", "list").stdout
    assert "gop-y: Ý kiến của dân, phiên bản 2, bản của cơ quan" in listed
    assert listed.count("bản đi kèm") == 6
    again = troly(settings, "forms", "set", str(file))
    assert again.exit_code == 2
    assert "Dòng 3: “version” phải lớn hơn 2." in again.stderr
    assert "Từ nay dùng bản đi kèm" in troly(settings, "forms", "reset", "gop-y").stdout
    assert "không có gì thay đổi" in troly(settings, "forms", "reset", "gop-y").stdout
    assert audited(sqlite) == [
        ("command", "form_changed", "form:gop-y"),
        ("command", "form_reset", "form:gop-y"),
    ]


def test_what_is_wrong_is_said_line_by_line(
    settings: Settings, sqlite: Engine, file: Path, tmp_path: Path
) -> None:
    file.write_text(NEWER.replace("type: text", "type: chu").replace("most: 10", "most: x"))
    for command in ("check", "set"):
        refused = troly(settings, "forms", command, str(file))
        assert refused.exit_code == 2
        assert "Dòng 37: “most” phải là một số nguyên" in refused.stderr
    assert troly(settings, "forms", "check", str(tmp_path / "khong-co.yaml")).exit_code == 2
    assert troly(settings, "forms", "show", "../gop-y").exit_code == 2
    assert audited(sqlite) == []


def test_the_desk_calls_things_as_the_office_does(
    settings: Settings, sqlite: Engine, file: Path
) -> None:
    troly(settings, "forms", "set", str(file))
    assert form_title(settings, "gop-y") == "Ý kiến của dân"
    with transaction(sqlite) as session:
        answers = told(settings, a_submission(session, answers={"comment": "Nên thấp hơn"}))
    assert [(one.name, one.value) for one in answers] == [("Ý kiến", "Nên thấp hơn")]


def test_a_file_that_cannot_be_used_is_an_alert_once(settings: Settings, sqlite: Engine) -> None:
    put = settings.data_dir / "overrides" / "forms" / "gop-y.yaml"
    put.parent.mkdir(parents=True)

    def watched(minutes: int) -> list[tuple[str, str, int]]:
        with transaction(sqlite) as session:
            watch_forms(session, settings, NOON + timedelta(minutes=minutes))
        with transaction(sqlite) as session:
            return [(one.source, one.detail, one.count) for one in open_alerts(session)]

    assert watched(0) == []
    put.write_text("fields: [")
    told_once = [("form:gop-y", say("alerts.form_unusable", form="gop-y"), 1)]
    assert watched(1) == watched(2) == told_once
    with transaction(sqlite) as session:
        resolve_alert(session, open_alerts(session)[0].id or 0, NOON)
    assert watched(3) == []  # somebody has seen it
    put.write_text(NEWER)
    assert watched(4) == []
    put.write_text("x")
    assert len(watched(5)) <= 1
    put.unlink()
    assert watched(6) == []
