"""The messaging channels that the settings name, opened: the one place that knows them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import Engine

from bot.channels.attachments import Fetcher
from bot.channels.base import Door, JsonValue
from bot.channels.telegram import Telegram
from bot.channels.telegram_receiving import TelegramDoor, TelegramPoller
from bot.channels.zalo_bot import ZaloBot
from bot.channels.zalo_bot_events import ZaloBotDoor, ZaloBotPoller
from bot.channels.zalo_door import ZaloDoor
from bot.channels.zalo_oa import Account, ZaloOA
from bot.messages import Enclosure
from service import clock
from service.delivery.files import store
from service.delivery.worker import Line
from service.links import Linked, path_to
from service.settings import Settings
from service.zalo_tokens import TokenKeeper, ZaloTokens


def open_lines(settings: Settings, engine: Engine) -> list[Line]:
    """What the worker sends, polls and fetches with."""
    opened = {"telegram": _telegram, "zalo_oa": _zalo_oa, "zalo_bot": _zalo_bot}
    return [opened[name](settings, engine) for name in settings.channels]
