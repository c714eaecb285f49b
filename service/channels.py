"""The messaging channels that the settings name, opened: the one place that knows them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from sqlalchemy import Engine

from bot.channels.base import Door
from bot.channels.zalo_door import ZaloDoor
from bot.channels.zalo_oa import Account, ZaloOA
from bot.messages import Enclosure
from service import clock
from service.delivery.files import store
from service.delivery.worker import Line
from service.errors import InvalidSettings
from service.links import Linked, path_to
from service.settings import Settings
from service.zalo_oauth import ZaloApp
from service.zalo_tokens import TokenKeeper, ZaloTokens


def open_lines(settings: Settings, engine: Engine) -> list[Line]:
    """What the worker sends, polls and fetches with."""
    opened: Mapping[str, Callable[[Settings, Engine], Line]] = {"zalo_oa": _zalo_oa}
    return [opened[name](settings, engine) for name in settings.channels]


def open_doors(settings: Settings) -> dict[str, Door]:
    """What lets webhooks in: those of channels that are called, not polled."""
    opened: Mapping[str, Callable[[Settings], Door | None]] = {"zalo_oa": _zalo_door}
    doors = {name: opened[name](settings) for name in settings.channels}
    return {name: door for name, door in doors.items() if door is not None}


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


def _zalo_oa(settings: Settings, engine: Engine) -> Line:
    tokens = ZaloTokens(open_zalo_keeper(settings, engine))
    account = Account(
        openapi_url=settings.zalo_openapi_url,
        business_url=settings.zalo_business_url,
        attachment_hosts=_hosts(settings),
        per_minute=settings.zalo_per_minute,
        proof_key=settings.zalo_app_secret if settings.zalo_appsecret_proof else None,
    )
    channel = ZaloOA(
        account, tokens, now=partial(clock.now, settings), link=partial(_link, settings)
    )
    return Line(channel, start=tokens.keep_alive, daily=tokens.keep_alive, close=tokens.close)


def _hosts(settings: Settings) -> tuple[str, ...]:
    return tuple(filter(None, (h.strip() for h in settings.zalo_attachment_hosts.split(","))))


def _link(settings: Settings, enclosure: Enclosure) -> str | None:
    """A signed address of a file that the channel does not carry; None without an address."""
    if settings.public_url is None:
        return None
    sha256 = store(settings.received_dir, enclosure.content)
    return settings.public_url + path_to(
        settings, Linked(sha256, enclosure.name, enclosure.media_type)
    )
