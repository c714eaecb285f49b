"""Whether the assistant can work from here: checks of the machine, and what all checks share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from service.clock import VIETNAM
from service.settings import Settings

State = Literal["ok", "off", "warning", "broken"]

_MIB, _GIB = 1 << 20, 1 << 30
_NO_ROOM, _LITTLE_ROOM = 200 * _MIB, 2 * _GIB  #: bytes free; an index and a day of files need some
_SKEW = timedelta(minutes=5)  #: codes, sessions and webhooks bear no more
_ALIVE = timedelta(minutes=1)  #: a worker that works has left a sign of life since
#: No clock can rightly be earlier: this program was not made yet.
_MADE = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one thing, and what a person should do about it."""

    subject: str
    state: State
    says: tuple[str, ...]
    todo: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """How a channel has fared, from the database."""

    last_event_at: datetime | None = None
    last_error: str | None = None
    last_error_at: datetime | None = None
    stopped: str | None = None


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """How old the token of the Zalo OA is."""

    refreshed_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Probe:
    """What a platform said when it was called; `date` is its own clock."""

    works: bool
    says: str
    date: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database said. `problem`: why it said nothing."""

    problem: str | None = None
    is_new: bool = False  #: there is none yet
    is_current: bool = True  #: its tables are those of this program
    channels: Mapping[str, ChannelFacts] = field(default_factory=dict)
    token: TokenFacts | None = None
    paused: bool = False
    trial: bool = False
    alerts: int = 0


@dataclass(frozen=True, slots=True)
class Index:
    """What the index folder said."""

    problem: str | None = None
    entries: int | None = None  #: None: there is no index yet
    matches: bool = True


@dataclass(frozen=True, slots=True)
class Machine:
    """The data folder, the disk it lies on, and the key that is kept there."""

    data_exists: bool = True
    data_writable: bool = True
    data_open_to_others: bool = False
    free_bytes: int = 100 * _GIB
    key_kept: bool = False
    key_open_to_others: bool = False


@dataclass(frozen=True, slots=True)
class Readers:
    """The programs that look at files which people send; each may be missing."""

    clamd_answers: bool = False  #: asked only where one is configured
    tesseract_installed: bool = False
    reads_vietnamese: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """All that was looked up."""

    now: datetime  #: of the service
    real: datetime  #: of the machine
    stored: Stored = field(default_factory=Stored)
    index: Index = field(default_factory=Index)
    machine: Machine = field(default_factory=Machine)
    readers: Readers = field(default_factory=Readers)
    #: By channel, and "address" for TROLY_PUBLIC_URL; empty when nothing was called.
    probes: Mapping[str, Probe] = field(default_factory=dict)

    def channel(self, name: str) -> ChannelFacts:
        """How it has fared; of a channel that did nothing yet, nothing is known."""
        return self.stored.channels.get(name, ChannelFacts())


def found(
    subject: str, says: Iterable[str], *, missing: Iterable[str] = (), doubts: Iterable[str] = ()
) -> Finding:
    """`missing` keeps it from working, `doubts` do not."""
    lacking, doubtful = tuple(missing), tuple(doubts)
    state: State = "broken" if lacking else "warning" if doubtful else "ok"
    return Finding(subject, state, tuple(says), (*lacking, *doubtful))


def when(at: datetime) -> str:
    """An instant as people here write it."""
    return at.astimezone(VIETNAM).strftime("%H:%M %d/%m/%Y")


def examine_machine(settings: Settings, facts: Facts) -> tuple[Finding, ...]:
    """Everything but the channels."""
    return (
        _worker(settings, facts),
        _desk(facts.stored),
        _database(settings, facts.stored),
        _index(facts.index),
        _folder(settings, facts.machine),
        _disk(facts.machine),
        _clock(settings, facts),
        _key(settings, facts.machine),
        _clamd(settings, facts.readers),
        _tesseract(facts.readers),
    )


def _worker(settings: Settings, facts: Facts) -> Finding:
    if not settings.channels:
        return found("worker", ["không cần: chỉ dùng trang web"])
    seen = facts.channel("worker").last_event_at
    if seen is not None and seen > facts.real - _ALIVE:
        return found("worker", ["đang chạy"])
    since = f"không có dấu hiệu từ {when(seen)}" if seen else "chưa chạy"
    return found("worker", [since], doubts=["chạy troly serve hoặc troly worker"])


def _desk(stored: Stored) -> Finding:
    says, doubts = [], []
    if stored.paused:
        doubts.append("đang tạm dừng: trợ lý không tự trả lời ở bất kỳ kênh nào")
    if stored.trial:
        doubts.append("đang chạy thử: chỉ người được mời được trả lời")
    if stored.alerts:
        doubts.append(f"có {stored.alerts} cảnh báo chưa xử lý, xem trang Cảnh báo")
    if not doubts:
        says.append("không tạm dừng, không có cảnh báo chờ xử lý")
    return found("desk", says, doubts=doubts)


def _database(settings: Settings, stored: Stored) -> Finding:
    kind = "SQLite" if settings.storage_url.startswith("sqlite") else "PostgreSQL"
    if stored.problem:
        todo = "kiểm tra TROLY_DATABASE_URL, TROLY_DATA_DIR và máy chủ cơ sở dữ liệu"
        return found("database", [f"{kind}: không mở được ({stored.problem})"], missing=[todo])
    if stored.is_new:
        return found("database", [f"{kind}: chưa có, được tạo khi khởi động"])
    if not stored.is_current:
        todo = "khởi động dịch vụ để cập nhật các bảng; nếu vẫn vậy: phần mềm cũ hơn dữ liệu"
        return found("database", [f"{kind}: bảng của phiên bản khác"], doubts=[todo])
    return found("database", [f"{kind}: mở được, đúng phiên bản"])


def _index(index: Index) -> Finding:
    if index.problem:
        todo = "chạy troly index build; kiểm tra TROLY_ENCODER"
        return found("index", [index.problem], missing=[todo])
    if index.entries is None:
        return found("index", ["chưa có, được lập khi khởi động"])
    says = f"{index.entries} điều khoản"
    if not index.matches:
        return found("index", [says], doubts=["khác với kho văn bản hiện nay: troly index status"])
    return found("index", [f"{says}, khớp với kho văn bản"])


def _folder(settings: Settings, machine: Machine) -> Finding:
    says = [str(settings.data_dir.resolve())]
    if not machine.data_writable:
        todo = "cho người dùng chạy dịch vụ quyền ghi vào thư mục này"
        return found("data", says, missing=[todo])
    if not machine.data_exists:
        return found("data", [*says, "chưa có, được tạo khi khởi động"])
    if machine.data_open_to_others:
        todo = f"người khác trên máy đọc được: chmod 700 {settings.data_dir}"
        return found("data", says, doubts=[todo])
    return found("data", says)


def _disk(machine: Machine) -> Finding:
    says = [f"còn trống {machine.free_bytes / _GIB:.1f} GB".replace(".", ",")]
    todo = ["giải phóng đĩa chứa thư mục dữ liệu"]
    if machine.free_bytes < _NO_ROOM:
        return found("disk", says, missing=todo)
    return found("disk", says, doubts=todo if machine.free_bytes < _LITTLE_ROOM else ())


def _clock(settings: Settings, facts: Facts) -> Finding:
    says, doubts = [when(facts.now)], []
    if settings.clock is not None:
        doubts.append("đang dùng đồng hồ thử (TROLY_CLOCK), không phải giờ thật")
    if facts.real < _MADE:
        return found("clock", says, missing=["chỉnh lại đồng hồ của máy"], doubts=doubts)
    rows = facts.stored.channels.items()
    known = [row.last_event_at for name, row in rows if name != "worker" and row.last_event_at]
    if known and max(known) > facts.now + _SKEW:
        doubts.append(f"có tin đã nhận lúc {when(max(known))}: đồng hồ đã lùi lại")
    others = [probe.date for probe in facts.probes.values() if probe.date]
    if far := [other for other in others if abs(facts.real - other) > _SKEW]:
        doubts.append(f"lệch với máy chủ bên ngoài ({when(far[0])}): bật đồng bộ giờ (NTP)")
    return found("clock", says, doubts=doubts)


def _key(settings: Settings, machine: Machine) -> Finding:
    if settings.secret_key is not None:
        return found("secret_key", ["đã đặt (TROLY_SECRET_KEY)"])
    if not machine.key_kept:
        return found("secret_key", ["được tạo khi khởi động"])
    kept = settings.data_dir / "secret.key"
    doubts = [f"người khác trên máy đọc được: chmod 600 {kept}"] * machine.key_open_to_others
    return found("secret_key", ["giữ trong thư mục dữ liệu"], doubts=doubts)


def _clamd(settings: Settings, readers: Readers) -> Finding:
    if settings.clamd is None:
        todo = "cài clamav-daemon rồi đặt TROLY_CLAMD nếu muốn quét vi-rút"
        return Finding("clamd", "off", ("tệp gửi đến không được quét vi-rút",), (todo,))
    if readers.clamd_answers:
        return found("clamd", [f"trả lời tại {settings.clamd}"])
    todo = "kiểm tra dịch vụ clamav-daemon, TROLY_CLAMD và quyền dùng socket"
    says = f"không trả lời tại {settings.clamd}: mọi tệp bị từ chối"
    return found("clamd", [says], missing=[todo])


def _tesseract(readers: Readers) -> Finding:
    if readers.reads_vietnamese:
        return found("tesseract", ["đọc được chữ Việt trên ảnh và bản quét"])
    lacking = "thiếu dữ liệu tiếng Việt" if readers.tesseract_installed else "chưa cài"
    todo = "sudo apt install tesseract-ocr tesseract-ocr-vie nếu muốn đọc chữ trên ảnh"
    return Finding(
        "tesseract", "off", (f"{lacking}: ảnh và bản quét được giữ mà không đọc",), (todo,)
    )
