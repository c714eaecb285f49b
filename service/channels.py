"""The messaging channels that the settings name, opened: the one place that knows them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import unquote, urlsplit

from sqlalchemy import Engine

from bot.channels.base import Door
from bot.channels.mail import Mail, Server
from bot.channels.telegram import Telegram
from bot.channels.telegram_receiving import TelegramDoor, TelegramPoller
from bot.channels.zalo_bot import ZaloBot, ZaloBotDoor, ZaloBotPoller
from bot.channels.zalo_door import ZaloDoor
from bot.channels.zalo_oa import Account, ZaloOA
from service import clock
from service.delivery.receiving import Entrance
from service.delivery.worker import Line
from service.errors import InvalidSettings
from service.settings import Settings
from service.zalo_oauth import ZaloApp
from service.zalo_tokens import TokenKeeper, ZaloTokens

_SMTPS, _SUBMISSION = 465, 587  #: the usual ports


def open_lines(settings: Settings, engine: Engine) -> list[Line]:
    """What the worker sends, polls and fetches with."""
    opened: Mapping[str, Callable[[Settings, Engine], Line]] = {
        "telegram": _telegram_line,
        "zalo_oa": _zalo_oa_line,
        "zalo_bot": _zalo_bot_line,
        "email": _mail_line,
    }
    return [opened[name](settings, engine) for name in settings.channels]


def open_entrances(settings: Settings) -> dict[str, Entrance]:
    """The doors of the channels that call us; one that is polled has none."""
    entrances: dict[str, Entrance] = {}
    if settings.zalo_app_id:
        entrances["zalo_oa"] = Entrance(_zalo_door(settings))
    if settings.telegram_token and settings.telegram_mode == "webhook":
        telegram = _telegram(settings)
        door = TelegramDoor(settings.telegram_secret, lambda: telegram.account)
        entrances["telegram"] = Entrance(door, telegram.identify, telegram.close)
    if settings.zalo_bot_token and settings.zalo_bot_mode == "webhook":
        bot = _zalo_bot(settings)
        entrances["zalo_bot"] = Entrance(
            ZaloBotDoor(settings.zalo_bot_secret, bot), bot.identify, bot.close
        )
    return entrances


# --- Telegram ------------------------------------------------------------------------------------


def _telegram(settings: Settings) -> Telegram:
    called = settings.telegram_mode == "webhook"
    return Telegram(
        settings.telegram_token or "",
        base_url=settings.telegram_base_url,
        file_url=settings.telegram_file_url,
        webhook_url=f"{settings.public_url}/webhooks/telegram" if called else None,
        secret=settings.telegram_secret if called else None,
        per_second=settings.telegram_per_second,
        per_chat_seconds=settings.telegram_per_chat_seconds,
    )


def _telegram_line(settings: Settings, _engine: Engine) -> Line:
    channel = _telegram(settings)
    polled = settings.telegram_mode == "polling"
    return Line(channel, TelegramPoller(channel) if polled else None, start=channel.start)


# --- Zalo Bot ------------------------------------------------------------------------------------


def _zalo_bot(settings: Settings) -> ZaloBot:
    called = settings.zalo_bot_mode == "webhook"
    return ZaloBot(
        settings.zalo_bot_token or "",
        base_url=settings.zalo_bot_base_url,
        attachment_hosts=_hosts(settings),
        webhook_url=f"{settings.public_url}/webhooks/zalo-bot" if called else None,
        secret=settings.zalo_bot_secret if called else None,
        per_second=settings.zalo_bot_per_second,
    )


def _zalo_bot_line(settings: Settings, _engine: Engine) -> Line:
    channel = _zalo_bot(settings)
    polled = settings.zalo_bot_mode == "polling"
    return Line(channel, ZaloBotPoller(channel) if polled else None, start=channel.start)


# --- letters --------------------------------------------------------------------------------------


def mail_server(settings: Settings) -> Server:
    """Where letters are handed in; raises InvalidSettings where nowhere."""
    if settings.smtp_url is None:
        raise InvalidSettings("Chưa đặt TROLY_SMTP_URL; xem docs/operations.md.")
    parts, (name, sender) = urlsplit(settings.smtp_url), settings.letters_from
    encrypted = parts.scheme == "smtps"
    return Server(
        host=parts.hostname or "",
        port=parts.port or (_SMTPS if encrypted else _SUBMISSION),
        sender=sender,
        sender_name=name,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        encrypted=encrypted,
    )


def _mail_line(settings: Settings, _engine: Engine) -> Line:
    return Line(Mail(mail_server(settings), now=partial(clock.now, settings)))


# --- Zalo OA -------------------------------------------------------------------------------------


def open_zalo_keeper(settings: Settings, engine: Engine) -> TokenKeeper:
    """The tokens of the Zalo OA that the settings name; raises InvalidSettings without one."""
    if not settings.zalo_app_id or not settings.zalo_app_secret:
        raise InvalidSettings(
            "Chưa đặt TROLY_ZALO_APP_ID và TROLY_ZALO_APP_SECRET; xem docs/operations.md."
        )
    app = ZaloApp(settings.zalo_app_id, settings.zalo_app_secret, settings.zalo_oauth_url)
    first = settings.zalo_refresh_token
    return TokenKeeper(engine, app, now=partial(clock.now, settings), first=first)


def _zalo_door(settings: Settings) -> Door:
    secrets = [settings.zalo_oa_secret_key]
    if settings.zalo_sign_with_app_secret:
        secrets.append(settings.zalo_app_secret)
    return ZaloDoor(settings.zalo_app_id or "", tuple(filter(None, secrets)))


def _zalo_oa_line(settings: Settings, engine: Engine) -> Line:
    tokens = ZaloTokens(open_zalo_keeper(settings, engine))
    account = Account(
        openapi_url=settings.zalo_openapi_url,
        business_url=settings.zalo_business_url,
        attachment_hosts=_hosts(settings),
        per_minute=settings.zalo_per_minute,
        proof_key=settings.zalo_app_secret if settings.zalo_appsecret_proof else None,
    )
    channel = ZaloOA(account, tokens, now=partial(clock.now, settings))
    return Line(channel, start=tokens.keep_alive, daily=tokens.keep_alive, close=tokens.close)


def _hosts(settings: Settings) -> tuple[str, ...]:
    """Where Zalo keeps what people send: endings of names, or "host:port"."""
    hosts = (host.strip().lower() for host in settings.zalo_attachment_hosts.split(","))
    return tuple(filter(None, hosts))
