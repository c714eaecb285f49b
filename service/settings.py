"""What an office can set: environment variables named `TROLY_…` (or a `.env` file), read once."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from email.utils import parseaddr
from pathlib import Path
from typing import Literal, Self
from urllib.parse import unquote, urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.mail_addresses import is_address
from service.errors import InvalidSettings
from service.secret_files import read_secret_files
from service.setting_checks import (
    Address,
    DayCounts,
    MailServer,
    Origin,
    Origins,
    Routes,
    Scanner,
    Secret,
    Sender,
    TelegramSecret,
    TimeOfDay,
    Url,
    Verifier,
    WorkHours,
    ZaloBotSecret,
)

#: The value printed in .env.example: good for reading, refused in production.
PLACEHOLDER_SECRET = "thay-bang-mot-chuoi-ngau-nhien-tu-32-ky-tu"
_SHORTEST_SECRET = 32
_SECONDS_OF_A_MINUTE = 60


class Settings(BaseSettings):
    """One value per `TROLY_…` variable; every field is described in docs/operations.md."""

    model_config = SettingsConfigDict(
        env_prefix="TROLY_",
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # it may be a secret
    )

    env: Literal["development", "production", "test"] = "development"
    data_dir: Path = Path("data")
    database_url: Secret = None  #: None: SQLite in the data folder
    secret_key: Secret = None  #: None: made once and kept in the data folder
    public_url: Address | None = None  #: None: no link leaves this machine
    encoder: str | None = None  #: folder or cached name; None: the model that ships
    contact: str | None = None  #: how to reach a person; None: the sentence of texts.vi.yaml
    upload_limit_mb: int = Field(default=20, ge=1, le=500)
    clamd: Scanner | None = None  #: "host:port" or "unix:/path"; None: files are not scanned
    port: int = Field(default=8000, ge=1, le=65535)
    rate_limit: int = Field(default=120, ge=1)  #: questions per minute and address
    workers: int = Field(default=2, ge=1, le=32)  #: processes that answer messaging channels
    clock: Path | None = None  #: tests and proofs only

    telegram_token: Secret = None  #: None: the channel is off
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_base_url: Url | None = None  #: another Bot API server, "http://host:port/bot"
    telegram_file_url: Url | None = None  #: "http://host:port/file/bot"
    telegram_secret: TelegramSecret = None  #: of the webhook's header; 1–256 of A-Z a-z 0-9 _ -
    telegram_per_second: int = Field(default=30, ge=0)  #: messages in any second; 0: no limit
    telegram_per_chat_seconds: float = Field(default=1.0, ge=0)

    zalo_app_id: str | None = None  #: None: the channel is off
    zalo_app_secret: Secret = None
    zalo_oa_secret_key: Secret = None  #: signs webhooks
    zalo_refresh_token: Secret = None  #: the first one; later ones lie in the database
    zalo_code_verifier: Secret = None  #: fixed in Zalo's console; None: made for each consent
    zalo_oauth_url: Origin = "https://oauth.zaloapp.com"
    zalo_openapi_url: Origin = "https://openapi.zalo.me"
    zalo_business_url: Origin = "https://business.openapi.zalo.me"
    zalo_attachment_hosts: str = "zdn.vn,zadn.vn,zalo.me"  #: endings of hosts, by commas
    zalo_verifier: Verifier = None  #: what proves the domain: the code of Zalo's console
    zalo_template_reminder: str | None = None  #: id of the approved template for reminders
    zalo_per_minute: int = Field(default=4000, ge=0)
    zalo_appsecret_proof: bool = False  #: sign each call; a setting of Zalo's console
    zalo_sign_with_app_secret: bool = False  #: accept webhooks signed with the app's secret too
    zalo_operator_minutes: int = Field(default=30, ge=1)  #: silence after an officer's own reply

    zalo_bot_token: Secret = None  #: None: the channel is off
    zalo_bot_base_url: Origin = "https://bot-api.zaloplatforms.com"
    zalo_bot_mode: Literal["polling", "webhook"] = "polling"
    zalo_bot_secret: ZaloBotSecret = None  #: of the webhook's header; 8–256 characters
    zalo_bot_per_second: int = Field(default=5, ge=0)

    smtp_url: MailServer = None  #: "smtp(s)://user:password@host:port"; None: no letters are sent
    smtp_from: Sender = None  #: who sends them; None: the account, where it is an address

    widget_origins: Origins = ""  #: origins that may embed the chat, by spaces
    person_rate_limit: int = Field(default=30, ge=1)  #: messages per minute and person

    work_hours: WorkHours = "07:30-11:30,13:30-17:00"  #: of officers, Monday to Friday
    remind_at: TimeOfDay = "08:00"  #: when the day's reminders leave
    remind_before: DayCounts = "14,7,3,1,0"  #: days before the last day; 0: on it
    remind_late: DayCounts = "1,3,7"  #: days after the first day on which it is late
    #: best first
    remind_order: Routes = "zalo_oa,zalo_bot,web,telegram,email,zalo_paid,zalo_template"
    remind_wait_hours: int = Field(default=4, ge=1)  #: unseen or away, until the next way is tried
    price_zalo_paid: int = Field(default=55, ge=0)  #: đồng, of a message after the free hours
    price_zalo_template: int = Field(default=200, ge=0)  #: đồng, of one by a template
    spend_month: int = Field(default=100_000, ge=0)  #: đồng in a month at most; 0: nothing is paid
    remind_heads: bool = False  #: heads are told what is late, without anybody asked first
    hand_off_minutes: int = Field(default=60, ge=1)  #: of silence until the assistant is back
    hand_off_wait_hours: int = Field(default=4, ge=1)  #: of work until somebody is reminded
    keep_hand_offs_days: int = Field(default=30, ge=1)
    keep_messages_days: int = Field(default=30, ge=1)  #: that were sent
    keep_conversations_days: int = Field(default=90, ge=1)  #: since they were gone on with
    keep_files_days: int = Field(default=180, ge=1)  #: that belong to no form
    keep_comments_days: int = Field(default=730, ge=1)  #: since they were answered
    keep_records_years: int = Field(default=10, ge=1, le=100)  #: of what was sent by form

    @field_validator("clock")
    @classmethod
    def _no_false_clock_in_production(cls, clock: Path | None, info: ValidationInfo) -> Path | None:
        if clock is not None and info.data.get("env") == "production":
            raise ValueError("không được đặt khi TROLY_ENV=production")
        return clock

    @field_validator("zalo_per_minute")
    @classmethod
    def _one_a_second_at_least(cls, per_minute: int) -> int:
        if 0 < per_minute < _SECONDS_OF_A_MINUTE:
            raise ValueError("phải từ 60 trở lên, hoặc 0 nếu không giới hạn")
        return per_minute

    @field_validator("secret_key", mode="after")
    @classmethod
    def _a_real_secret(cls, secret: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("env") == "production" and secret in (None, PLACEHOLDER_SECRET):
            raise ValueError("phải là một chuỗi ngẫu nhiên của riêng đơn vị")
        if secret is not None and len(secret) < _SHORTEST_SECRET:
            raise ValueError(f"phải có ít nhất {_SHORTEST_SECRET} ký tự")
        return secret

    @model_validator(mode="after")
    def _channels_are_whole(self) -> Self:
        if lacking := list(_lacking(self)):
            raise ValueError("\n  ".join(lacking))
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is passed in, the environment, `.env`, and the files that both name."""
        assert isinstance(env_settings, EnvSettingsSource)
        assert isinstance(dotenv_settings, DotEnvSettingsSource)
        variables = {**dotenv_settings.env_vars, **env_settings.env_vars}
        files = InitSettingsSource(settings_cls, read_secret_files(secret_fields(), variables))
        return init_settings, env_settings, dotenv_settings, files

    @property
    def storage_url(self) -> str:
        """The database to open, as SQLAlchemy writes it."""
        if self.database_url is None:
            return f"sqlite:///{(self.data_dir / 'troly.sqlite3').resolve()}"
        for scheme in ("postgresql://", "postgres://"):
            if self.database_url.startswith(scheme):
                return "postgresql+psycopg://" + self.database_url.removeprefix(scheme)
        return self.database_url

    @property
    def channels(self) -> tuple[str, ...]:
        """The messaging channels that are configured; the web is always there."""
        configured = {
            "telegram": self.telegram_token,
            "zalo_oa": self.zalo_app_id,
            "zalo_bot": self.zalo_bot_token,
            "email": self.smtp_url,
        }
        return tuple(name for name, value in configured.items() if value)

    @property
    def letters_from(self) -> tuple[str, str]:
        """Name and address of who sends letters; both "" where neither is known."""
        account = unquote(urlsplit(self.smtp_url or "").username or "")
        return parseaddr(self.smtp_from or (account if is_address(account) else ""))

    @property
    def index_dir(self) -> Path:
        """Where the generations of the search index live."""
        return self.data_dir / "index"

    @property
    def uploads_dir(self) -> Path:
        """The papers' files as they were handed in, each under its SHA-256."""
        return self.data_dir / "uploads"

    @property
    def exports_dir(self) -> Path:
        """Tables that officers take along from the desk, for a day, each under its job's number."""
        return self.data_dir / "exports"

    @property
    def imports_dir(self) -> Path:
        """Tables that were handed in at the desk, until they are read."""
        return self.data_dir / "imports"

    @property
    def erasures_file(self) -> Path:
        """Who asked to be forgotten, as hashes; a backup of the database must not replace it."""
        return self.data_dir / "erasures.txt"

    @property
    def received_dir(self) -> Path:
        """What people have sent, each under its SHA-256; erased with the person."""
        return self.data_dir / "received"


def secret_fields() -> tuple[str, ...]:
    """Settings that are never shown; each may be given as a file, `TROLY_X_FILE`."""
    return tuple(name for name, field in Settings.model_fields.items() if not field.repr)


def _lacking(settings: Settings) -> Iterator[str]:
    """What a channel that is partly configured still needs, one sentence each."""
    zalo = {"app_id", "app_secret", "oa_secret_key", "refresh_token"}
    if any(getattr(settings, f"zalo_{name}") for name in zalo):
        needed = ["zalo_app_id", "zalo_app_secret"]
        if not settings.zalo_sign_with_app_secret:
            needed.append("zalo_oa_secret_key")
        yield from _unset(settings, "Zalo OA", needed)
    if settings.smtp_url and not settings.letters_from[1]:
        yield from _unset(settings, "TROLY_SMTP_URL", ["smtp_from"])
    for channel in ("telegram", "zalo_bot"):
        is_called = getattr(settings, f"{channel}_mode") == "webhook"
        if is_called and getattr(settings, f"{channel}_token"):
            name = f"TROLY_{channel.upper()}_MODE=webhook"
            yield from _unset(settings, name, ["public_url", f"{channel}_secret"])


def _unset(settings: Settings, what: str, needed: list[str]) -> Iterator[str]:
    missing = [f"TROLY_{name.upper()}" for name in needed if not getattr(settings, name)]
    if missing:
        yield f"{what} còn thiếu {', '.join(missing)}"


#: What pydantic says in English, for whoever reads the terminal.
_WRONG = {
    "bool_parsing": "chỉ nhận true hoặc false",
    "float_parsing": "phải là một số",
    "int_parsing": "phải là một số nguyên",
    "greater_than_equal": "phải từ {ge} trở lên",
    "less_than_equal": "không được quá {le}",
    "literal_error": "chỉ nhận {expected}",
}


def load_settings() -> Settings:
    """Read the environment and `.env`; raises InvalidSettings naming each wrong variable."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [_in_words(wrong) for wrong in error.errors()]
        raise InvalidSettings("Cấu hình chưa đúng:\n" + "\n".join(lines)) from None


def _in_words(wrong: ErrorDetails) -> str:
    known = _WRONG.get(wrong["type"])
    said = known.format(**wrong.get("ctx", {})) if known else wrong["msg"]
    said = said.removeprefix("Value error, ").replace(" or ", " hoặc ")
    # A sentence about several settings names them itself.
    return f"  TROLY_{str(wrong['loc'][0]).upper()}: {said}" if wrong["loc"] else f"  {said}"


def secret_key(settings: Settings) -> str:
    """The key that signs what leaves the server; made once (mode 0600) where none is set."""
    if settings.secret_key is not None:
        return settings.secret_key
    kept = settings.data_dir / "secret.key"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return kept.read_text("ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return kept.read_text("ascii").strip()
