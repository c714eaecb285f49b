"""What an office can set, what is refused, and that all of it is written down."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from service.errors import InvalidSettings
from service.settings import PLACEHOLDER_SECRET, Settings, load_settings, secret_key
from tests.builders import some_settings

ROOT = Path(__file__).parents[3]
SECRET = "k" * 48


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder without a `.env`."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("empty_folder")
def test_everything_has_a_default() -> None:
    settings = load_settings()
    assert (settings.env, settings.port, settings.upload_limit_mb) == ("development", 8000, 20)
    assert settings.storage_url == f"sqlite:///{Path('data/troly.sqlite3').resolve()}"


@pytest.mark.usefixtures("empty_folder")
def test_the_environment_is_read_and_an_empty_value_counts_as_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TROLY_PORT", "8010")
    monkeypatch.setenv("TROLY_CONTACT", "")
    settings = load_settings()
    assert (settings.port, settings.contact) == (8010, None)


def test_a_dotenv_file_is_read(empty_folder: Path) -> None:
    (empty_folder / ".env").write_text("TROLY_CONTACT=Phòng Pháp chế\nOTHER=1\n", "utf-8")
    assert load_settings().contact == "Phòng Pháp chế"


def test_the_example_can_be_used_as_it_is(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (empty_folder / ".env").write_text((ROOT / ".env.example").read_text("utf-8"), "utf-8")
    assert load_settings() == Settings()
    monkeypatch.delenv("TROLY_ENV", raising=False)
    (empty_folder / ".env").unlink()
    assert load_settings().model_dump() == Settings().model_dump()


@pytest.mark.usefixtures("empty_folder")
@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"TROLY_PORT": "0"}, "TROLY_PORT: phải từ 1 trở lên"),
        ({"TROLY_PORT": "70000"}, "TROLY_PORT: không được quá 65535"),
        ({"TROLY_PORT": "abc"}, "TROLY_PORT: phải là một số nguyên"),
        ({"TROLY_ENV": "prod"}, "TROLY_ENV: chỉ nhận 'development', 'production' hoặc 'test'"),
        ({"TROLY_PUBLIC_URL": "hoidap.gov.vn"}, "TROLY_PUBLIC_URL: phải bắt đầu bằng http"),
        ({"TROLY_SECRET_KEY": "short"}, "TROLY_SECRET_KEY: phải có ít nhất 32 ký tự"),
        ({"TROLY_ENV": "production"}, "TROLY_SECRET_KEY: phải là một chuỗi ngẫu nhiên"),
        (
            {"TROLY_ENV": "production", "TROLY_SECRET_KEY": PLACEHOLDER_SECRET},
            "TROLY_SECRET_KEY: phải là một chuỗi ngẫu nhiên",
        ),
        (
            {"TROLY_ENV": "production", "TROLY_SECRET_KEY": SECRET, "TROLY_CLOCK": "c.json"},
            "TROLY_CLOCK: không được đặt khi TROLY_ENV=production",
        ),
    ],
)
def test_a_wrong_value_is_named(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], says: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSettings, match=re.escape(says)) as refusal:
        load_settings()
    assert SECRET not in str(refusal.value)


@pytest.mark.usefixtures("empty_folder")
def test_production_starts_with_a_secret_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROLY_ENV", "production")
    monkeypatch.setenv("TROLY_SECRET_KEY", SECRET)
    assert secret_key(load_settings()) == SECRET


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    settings = some_settings(tmp_path)
    made = secret_key(settings)
    kept = settings.data_dir / "secret.key"
    assert len(made) >= 32
    assert secret_key(settings) == made
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("given", "opened"),
    [
        ("postgresql://u:p@h/n", "postgresql+psycopg://u:p@h/n"),
        ("postgres://u:p@h/n", "postgresql+psycopg://u:p@h/n"),
        ("sqlite:////srv/troly.sqlite3", "sqlite:////srv/troly.sqlite3"),
    ],
)
def test_the_database_is_named_as_people_do(tmp_path: Path, given: str, opened: str) -> None:
    assert some_settings(tmp_path, database_url=given).storage_url == opened


@pytest.mark.parametrize("field", Settings.model_fields)
def test_every_setting_is_described_and_in_the_example(field: str) -> None:
    name = f"TROLY_{field.upper()}"
    described = (ROOT / "docs/operations.md").read_text("utf-8")
    assert f"`{name}`" in described
    assert re.search(rf"^{name}=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE)


def test_nothing_is_described_that_does_not_exist() -> None:
    known = {f"TROLY_{field.upper()}" for field in Settings.model_fields}
    example = (ROOT / ".env.example").read_text("utf-8")
    assert set(re.findall(r"^(TROLY_[A-Z_]+)=", example, re.MULTILINE)) == known
    table = re.findall(
        r"^\| `(TROLY_[A-Z_]+)`", (ROOT / "docs/operations.md").read_text("utf-8"), re.MULTILINE
    )
    assert set(table) == known
