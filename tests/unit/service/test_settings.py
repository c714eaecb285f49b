"""What an office can set, what is refused, and that all of it is written down."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from service.errors import InvalidSettings
from service.settings import (
    PLACEHOLDER_SECRET,
    Settings,
    load_settings,
    secret_fields,
    secret_key,
)
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
        ({"TROLY_ZALO_PER_MINUTE": "59"}, "TROLY_ZALO_PER_MINUTE: phải từ 60 trở lên"),
        ({"TROLY_WORK_HOURS": "8-17"}, "TROLY_WORK_HOURS: phải là các khoảng giờ theo thứ tự"),
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


TELEGRAM = {"TROLY_TELEGRAM_TOKEN": "1:x", "TROLY_TELEGRAM_MODE": "webhook"}


@pytest.mark.usefixtures("empty_folder")
@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"TROLY_PUBLIC_URL": "https://"}, "TROLY_PUBLIC_URL: phải bắt đầu bằng http"),
        ({"TROLY_PUBLIC_URL": "https://a b.vn"}, "TROLY_PUBLIC_URL: phải bắt đầu bằng http"),
        ({"TROLY_PUBLIC_URL": "https://a.vn:x"}, "TROLY_PUBLIC_URL: phải bắt đầu bằng http"),
        ({"TROLY_PUBLIC_URL": "https://u:p@a.vn"}, "TROLY_PUBLIC_URL: không được chứa"),
        ({"TROLY_PUBLIC_URL": "https://a.vn/?q=1"}, "TROLY_PUBLIC_URL: không được chứa"),
        ({"TROLY_ZALO_OPENAPI_URL": "https://z.vn/v3.0"}, "TROLY_ZALO_OPENAPI_URL: chỉ gồm"),
        ({"TROLY_ZALO_OAUTH_URL": "z.vn"}, "TROLY_ZALO_OAUTH_URL: phải bắt đầu bằng http"),
        ({"TROLY_ZALO_BOT_BASE_URL": "https://z.vn/bot"}, "TROLY_ZALO_BOT_BASE_URL: chỉ gồm"),
        ({"TROLY_WIDGET_ORIGINS": "https://a.vn b.vn"}, "TROLY_WIDGET_ORIGINS: phải là các"),
        ({"TROLY_TELEGRAM_BASE_URL": "ftp://a.vn"}, "TROLY_TELEGRAM_BASE_URL: phải bắt đầu"),
        ({"TROLY_TELEGRAM_SECRET": f"{SECRET}."}, "TROLY_TELEGRAM_SECRET: phải có 1 đến 256"),
        ({"TROLY_TELEGRAM_SECRET": SECRET * 6}, "TROLY_TELEGRAM_SECRET: phải có 1 đến 256"),
        ({"TROLY_ZALO_BOT_SECRET": "bayky-t"}, "TROLY_ZALO_BOT_SECRET: phải có 8 đến 256"),
        ({"TROLY_ZALO_BOT_SECRET": f"{SECRET} "[::-1]}, "TROLY_ZALO_BOT_SECRET: phải có 8"),
        ({"TROLY_ZALO_VERIFIER": "zalo_verifierX.html"}, "TROLY_ZALO_VERIFIER: chỉ ghi phần mã"),
        ({"TROLY_TELEGRAM_PER_CHAT_SECONDS": "x"}, "PER_CHAT_SECONDS: phải là một số"),
        ({"TROLY_ZALO_APPSECRET_PROOF": "có"}, "APPSECRET_PROOF: chỉ nhận true hoặc false"),
        ({"TROLY_SMTP_URL": "mail.example.vn"}, "TROLY_SMTP_URL: phải có dạng smtp://"),
        ({"TROLY_SMTP_URL": "smtp://"}, "TROLY_SMTP_URL: phải có dạng smtp://"),
        ({"TROLY_SMTP_URL": "smtp://a.vn:x"}, "TROLY_SMTP_URL: phải có dạng smtp://"),
        ({"TROLY_SMTP_URL": "smtp://:p@a.vn"}, "TROLY_SMTP_URL: phải có dạng smtp://"),
        ({"TROLY_SMTP_URL": "smtp://a.vn/?x=1"}, "TROLY_SMTP_URL: phải có dạng smtp://"),
        ({"TROLY_SMTP_URL": "smtp://a:mật@b.vn"}, "TROLY_SMTP_URL: tài khoản và mật khẩu"),
        ({"TROLY_SMTP_URL": "smtp://a.vn"}, "TROLY_SMTP_URL còn thiếu TROLY_SMTP_FROM"),
        ({"TROLY_SMTP_URL": "smtp://lan:p@a.vn"}, "TROLY_SMTP_URL còn thiếu TROLY_SMTP_FROM"),
        ({"TROLY_SMTP_FROM": "Sở GDĐT"}, "TROLY_SMTP_FROM: phải là một địa chỉ thư"),
        (
            TELEGRAM,
            "TROLY_TELEGRAM_MODE=webhook còn thiếu TROLY_PUBLIC_URL, TROLY_TELEGRAM_SECRET",
        ),
        (
            {**TELEGRAM, "TROLY_PUBLIC_URL": "https://a.vn"},
            "TROLY_TELEGRAM_MODE=webhook còn thiếu TROLY_TELEGRAM_SECRET",
        ),
        (
            {"TROLY_ZALO_BOT_TOKEN": SECRET, "TROLY_ZALO_BOT_MODE": "webhook"},
            "TROLY_ZALO_BOT_MODE=webhook còn thiếu TROLY_PUBLIC_URL, TROLY_ZALO_BOT_SECRET",
        ),
        (
            {"TROLY_ZALO_APP_ID": "1"},
            "Zalo OA còn thiếu TROLY_ZALO_APP_SECRET, TROLY_ZALO_OA_SECRET_KEY",
        ),
        (
            {"TROLY_ZALO_REFRESH_TOKEN": SECRET, "TROLY_ZALO_SIGN_WITH_APP_SECRET": "true"},
            "Zalo OA còn thiếu TROLY_ZALO_APP_ID, TROLY_ZALO_APP_SECRET",
        ),
    ],
)
def test_a_channel_that_could_not_work_is_refused(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], says: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSettings, match=re.escape(says)) as refusal:
        load_settings()
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize(
    "values",
    [
        {"telegram_token": "1:x"},
        {"telegram_mode": "webhook"},  # without a token the channel is off
        {
            "telegram_token": "1:x",
            "telegram_mode": "webhook",
            "telegram_secret": "A-z_9",
            "public_url": "http://127.0.0.1:8000/",
        },
        {"zalo_app_id": "1", "zalo_app_secret": "a", "zalo_oa_secret_key": "b"},
        {"zalo_app_id": "1", "zalo_app_secret": "a", "zalo_sign_with_app_secret": True},
        {"zalo_verifier": "AbC-1_2"},  # the domain is verified before there is an app
        {"smtp_url": "smtp://mail", "smtp_from": "Sở GDĐT <nhac-viec@so.example.vn>"},
        {"smtp_url": "smtps://lan%40a.vn:p%3A1@mail.example.vn:465"},
        {"widget_origins": "https://a.gov.vn  http://127.0.0.1:9000"},
    ],
)
def test_a_channel_that_can_work_is_taken(tmp_path: Path, values: dict[str, object]) -> None:
    settings = some_settings(tmp_path, **values)
    assert settings.public_url in (None, "http://127.0.0.1:8000")
    assert "  " not in settings.widget_origins


def test_the_address_of_another_bot_api_is_passed_on_as_it_is(tmp_path: Path) -> None:
    base = "http://127.0.0.1:8081/bot"
    assert some_settings(tmp_path, telegram_base_url=base).telegram_base_url == base


def a_secret(name: str) -> str:
    """A value that this setting takes."""
    return f"smtp://lan%40a.vn:{SECRET}@mail" if name == "smtp_url" else f"{name}-{SECRET}"


def test_no_secret_is_shown(tmp_path: Path) -> None:
    given = {name: a_secret(name) for name in secret_fields()}
    settings = some_settings(tmp_path, **given, zalo_app_id="1", public_url="https://a.vn")
    assert SECRET not in f"{settings!r}{settings}"
    assert "zalo_app_id='1'" in repr(settings)


def test_whatever_is_named_like_a_secret_is_one() -> None:
    named = {f for f in Settings.model_fields if re.search(r"token|secret|_key|code_verifier", f)}
    assert named - {"zalo_sign_with_app_secret", "zalo_appsecret_proof"} == {*secret_fields()} - {
        "database_url",
        "smtp_url",
    }


# --- secrets in files ---------------------------------------------------------------------------


@pytest.mark.parametrize("field", secret_fields())
def test_a_secret_may_lie_in_a_file(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    for name in secret_fields():
        (empty_folder / name).write_text(f"{a_secret(name)}\n", "utf-8")
    others = {"zalo_app_id": "1", "zalo_app_secret": "a", "zalo_oa_secret_key": "b"}
    for name in others.keys() - {field}:
        monkeypatch.setenv(f"TROLY_{name.upper()}", others[name])
    monkeypatch.setenv(f"TROLY_{field.upper()}_FILE", str(empty_folder / field))
    assert getattr(load_settings(), field) == a_secret(field)


def test_a_dotenv_file_may_name_the_file_of_a_secret(empty_folder: Path) -> None:
    (empty_folder / "key").write_text(SECRET, "utf-8")
    (empty_folder / ".env").write_text("TROLY_SECRET_KEY=\nTROLY_SECRET_KEY_FILE=key\n", "utf-8")
    assert load_settings().secret_key == SECRET


def test_an_empty_file_says_nothing(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (empty_folder / "token").write_text("\n", "utf-8")
    monkeypatch.setenv("TROLY_TELEGRAM_TOKEN_FILE", "token")
    assert load_settings().telegram_token is None


def test_a_secret_file_is_checked_like_a_variable(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (empty_folder / "key").write_text("short", "utf-8")
    monkeypatch.setenv("TROLY_SECRET_KEY_FILE", "key")
    with pytest.raises(InvalidSettings, match="TROLY_SECRET_KEY: phải có ít nhất 32"):
        load_settings()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "TROLY_SECRET_KEY_FILE: không đọc được tệp key"),
        (b"\xff\xfe", "TROLY_SECRET_KEY_FILE: tệp key không phải"),
        (SECRET.encode(), "TROLY_SECRET_KEY_FILE: chỉ đặt một trong hai"),
    ],
)
def test_a_wrong_secret_file_is_named(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, says: str
) -> None:
    if content is not None:
        (empty_folder / "key").write_bytes(content)
    monkeypatch.setenv("TROLY_SECRET_KEY", SECRET[::-1] * 2)
    monkeypatch.setenv("TROLY_SECRET_KEY_FILE", "key")
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
