"""What each channel carries by which an office may say something to many; none is opened."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels.base import Limits
from bot.channels.limits import telegram_limits, zalo_bot_limits
from bot.channels.zalo_messages import limits_of as zalo_oa_limits
from service.delivery.web import LIMITS, NAME
from service.settings import Settings


def channel_limits(settings: Settings) -> Mapping[str, Limits]:
    """By name: the web page, and the channels that are configured."""
    per_chat = settings.telegram_per_chat_seconds
    known = {
        "telegram": telegram_limits(settings.telegram_per_second, per_chat),
        "zalo_oa": zalo_oa_limits(settings.zalo_per_minute),
        "zalo_bot": zalo_bot_limits(settings.zalo_bot_per_second),
    }
    return {NAME: LIMITS, **{name: of for name, of in known.items() if name in settings.channels}}
