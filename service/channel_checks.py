"""Which channels can work from here, and what each still needs; part of `troly doctor`."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from service.doctor import ChannelFacts, Facts, Finding, found, when
from service.settings import Settings

_LONG_SILENT = timedelta(days=3)  #: Zalo switches a webhook off without telling us
_RECENT = timedelta(days=1)
_NOT_RENEWED = timedelta(days=2)  #: the worker renews the token every day
_DEAD = timedelta(days=90)  #: an unused refresh token has died
_TELEGRAM_PORTS = (None, 443, 80, 88, 8443)
#: Why a channel was stopped, as it is kept → what to do.
_STOPPED = {"zalo_consent": "Zalo đòi cấp quyền lại: chạy troly zalo authorize"}


def examine_channels(settings: Settings, facts: Facts) -> tuple[Finding, ...]:
    """One finding per channel, in the order in which people meet them."""
    return (
        _web(settings, facts),
        _widget(settings),
        _zalo_oa(settings, facts),
        _zalo_bot(settings, facts),
        _telegram(settings, facts),
        _letters(settings, facts),
    )


def _web(settings: Settings, facts: Facts) -> Finding:
    if settings.public_url is None:
        return found("web", ["dùng được tại máy này và trong mạng nội bộ; không gửi liên kết"])
    doubts = _probe_fails(facts, "address")
    if not settings.public_url.startswith("https://"):
        doubts.append("TROLY_PUBLIC_URL chưa dùng https: nội dung đi trên mạng không được mã hóa")
    return found("web", [f"dùng được tại {settings.public_url}"], doubts=doubts)


def _widget(settings: Settings) -> Finding:
    missing = list(_address_lacks(settings))
    if not settings.widget_origins:
        todo = "đặt TROLY_WIDGET_ORIGINS bằng địa chỉ của cổng"
        return Finding("widget", "off", ("chưa bật",), (todo, *missing))
    return found("widget", [f"cho phép: {settings.widget_origins}"], missing=missing)


def _zalo_oa(settings: Settings, facts: Facts) -> Finding:
    if _is_default(settings, "zalo_openapi_url"):
        missing = list(_address_lacks(settings, no_port=True))
    else:  # a stand-in on this machine
        missing = [] if settings.public_url else ["đặt TROLY_PUBLIC_URL để nhận webhook"]
    if not settings.zalo_app_id:
        names = "TROLY_ZALO_APP_ID, TROLY_ZALO_APP_SECRET, TROLY_ZALO_OA_SECRET_KEY"
        return Finding("zalo_oa", "off", ("chưa bật",), (f"đặt {names}", *missing))
    lacking, doubts = _token(settings, facts)
    return _fared("zalo_oa", facts, True, [*missing, *lacking], doubts)


def _zalo_bot(settings: Settings, facts: Facts) -> Finding:
    is_called = settings.zalo_bot_mode == "webhook"
    is_real = _is_default(settings, "zalo_bot_base_url")
    missing = list(_address_lacks(settings)) if is_called and is_real else []
    if not settings.zalo_bot_token:
        return Finding("zalo_bot", "off", ("chưa bật",), ("đặt TROLY_ZALO_BOT_TOKEN", *missing))
    return _fared("zalo_bot", facts, is_called, missing)


def _telegram(settings: Settings, facts: Facts) -> Finding:
    is_called = settings.telegram_mode == "webhook"
    is_real = settings.telegram_base_url is None
    missing = list(_address_lacks(settings)) if is_called and is_real else []
    port = urlsplit(settings.public_url or "").port
    if is_called and is_real and port not in _TELEGRAM_PORTS:
        missing.append("Telegram chỉ gọi tới cổng 443, 80, 88 hoặc 8443")
    if not settings.telegram_token:
        todo = ("đặt TROLY_TELEGRAM_TOKEN", *missing)
        return Finding("telegram", "off", ("chưa bật; Telegram bị chặn tại Việt Nam",), todo)
    doubts = []
    if is_real != (settings.telegram_file_url is None):
        doubts.append("đặt cả TROLY_TELEGRAM_BASE_URL và TROLY_TELEGRAM_FILE_URL, hoặc không đặt")
    return _fared("telegram", facts, is_called, missing, doubts)


def _letters(settings: Settings, facts: Facts) -> Finding:
    if not settings.smtp_url:
        todo = ("đặt TROLY_SMTP_URL, TROLY_SMTP_FROM",)
        return Finding("email", "off", ("chưa bật",), todo)
    row, probe = facts.channel("email"), facts.probes.get("email")
    says = [f"gửi thư từ {settings.letters_from[1]}"]
    if probe and probe.works:
        says.append(probe.says)
    lacking = [*_probe_fails(facts, "email"), *_stopped(row)]
    return found("email", says, missing=lacking, doubts=_odd(row, facts, is_called=False))


def _fared(
    channel: str, facts: Facts, is_called: bool, missing: list[str], doubts: Iterable[str] = ()
) -> Finding:
    """How a configured channel has fared until now, with what it lacks."""
    row, probe = facts.channel(channel), facts.probes.get(channel)
    says = [f"nhận tin bằng {'webhook' if is_called else 'cách tự hỏi (polling)'}"]
    if row.last_event_at is None:
        says.append("chưa nhận tin nào: hãy nhắn thử")
    else:
        says.append(f"tin gần nhất: {when(row.last_event_at)}")
    if probe and probe.works:
        says.append(probe.says)
    lacking = [*missing, *_probe_fails(facts, channel), *_stopped(row)]
    return found(channel, says, missing=lacking, doubts=[*doubts, *_odd(row, facts, is_called)])


def _stopped(row: ChannelFacts) -> Iterator[str]:
    if row.stopped:
        why = f"đã ngừng gửi ({row.stopped}): khắc phục rồi bấm “Thử lại” ở trang Kênh"
        yield _STOPPED.get(row.stopped, why)


def _odd(row: ChannelFacts, facts: Facts, is_called: bool) -> Iterator[str]:
    if is_called and row.last_event_at and row.last_event_at < facts.now - _LONG_SILENT:
        yield "đã lâu không có tin: xem webhook còn bật ở trang quản lý của kênh không"
    if row.last_error and row.last_error_at and row.last_error_at > facts.now - _RECENT:
        yield f"lỗi gần nhất lúc {when(row.last_error_at)}: {row.last_error}"


def _token(settings: Settings, facts: Facts) -> tuple[list[str], list[str]]:
    """What the token of the OA lacks, and doubts about it."""
    token = facts.stored.token
    if token is None:
        first = settings.zalo_refresh_token
        return ([] if first else ["chưa có token: chạy troly zalo authorize"]), []
    age = facts.now - token.refreshed_at
    if age > _DEAD:
        return [f"token không được làm mới từ {when(token.refreshed_at)}: troly zalo authorize"], []
    if age > _NOT_RENEWED or token.expires_at < facts.now:
        return [], [f"token làm mới lần cuối {when(token.refreshed_at)}: worker có chạy không?"]
    return [], []


def _probe_fails(facts: Facts, name: str) -> list[str]:
    probe = facts.probes.get(name)
    return [probe.says] if probe and not probe.works else []


def _address_lacks(settings: Settings, *, no_port: bool = False) -> Iterator[str]:
    """What keeps a platform outside from calling TROLY_PUBLIC_URL."""
    if settings.public_url is None:
        yield "đặt TROLY_PUBLIC_URL: địa chỉ https mà bên ngoài gọi tới được"
        return
    parts = urlsplit(settings.public_url)
    if parts.scheme != "https":
        yield "TROLY_PUBLIC_URL phải bắt đầu bằng https://"
    if no_port and parts.port is not None:
        yield "TROLY_PUBLIC_URL không được ghi cổng"
    if _is_inside(parts.hostname or ""):
        yield "TROLY_PUBLIC_URL là địa chỉ nội bộ, bên ngoài không gọi tới được"


def _is_inside(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host


def _is_default(settings: Settings, name: str) -> bool:
    return bool(getattr(settings, name) == Settings.model_fields[name].default)
