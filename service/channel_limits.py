"""What each channel of the settings carries, without opening any."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels.base import Limits
from bot.channels.limits import telegram_limits, zalo_bot_limits
from bot.channels.zalo_messages import limits_of as zalo_oa_limits
from service.delivery.web import LIMITS, NAME
from service.settings import Settings


def channel_limits(settings: Settings) -> Mapping[str, Limits]:
    """By name: the web page, and the channels that are configured."""
    of = settings
    known = {
        "telegram": telegram_limits(of.telegram_per_second, of.telegram_per_chat_seconds),
        "zalo_oa": zalo_oa_limits(of.zalo_per_minute),
        "zalo_bot": zalo_bot_limits(of.zalo_bot_per_second),
    }
    return {NAME: LIMITS, **{name: known[name] for name in settings.channels}}
