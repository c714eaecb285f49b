"""What the channels carry whose limits a setting decides: known without opening them."""

from __future__ import annotations

from bot.channels.base import Limits


def telegram_limits(per_second: int, per_chat_seconds: float) -> Limits:
    """What a bot of Telegram carries."""
    return Limits(
        text_length=4096,
        buttons=8,
        button_label=64,
        upload_bytes=50_000_000,
        download_bytes=20_000_000,
        per_second=per_second,
        per_chat_seconds=per_chat_seconds,
    )


def zalo_bot_limits(per_second: int) -> Limits:
    """What a Zalo bot carries: no buttons, and no files out."""
    return Limits(
        text_length=2000,
        buttons=0,
        download_bytes=20_000_000,
        resend=False,
        per_second=per_second,
    )
